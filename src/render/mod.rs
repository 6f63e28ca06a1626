//! Showing answers: terminal tables, published JSON, progress. Decides nothing.

pub mod eligibility;
pub mod json;
pub mod scan;
pub mod text;
pub mod triage;
