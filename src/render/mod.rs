//! Showing answers: terminal tables, published JSON, progress. Decides nothing.

pub mod bundle;
pub mod contact;
pub mod eligibility;
pub mod event;
pub mod findings;
pub mod hand_over;
pub mod machine;
pub mod outbox;
pub mod overview;
pub mod policy;
pub mod preview;
pub mod problem;
pub mod progress;
pub mod report;
pub mod scan;
pub mod status;
pub mod submission;
pub mod text;
pub mod triage;
pub mod udev;
pub mod unmasked;
