//! Showing answers: terminal tables, published JSON, progress. Decides nothing.

pub mod findings;
pub mod json;
pub mod problem;
pub mod scan;
pub mod text;
