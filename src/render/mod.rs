//! Showing answers: terminal tables, published JSON, progress. Decides nothing.

pub mod json;
pub mod outbox;
pub mod scan;
pub mod submission;
pub mod text;
