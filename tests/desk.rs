//! Support desks and the outbox, through the program and against desks that fail.

#![cfg(feature = "submit")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "desk/crash.rs"]
mod crash;
#[path = "support/fake_freshdesk.rs"]
mod fake_freshdesk;
#[path = "desk/freshdesk.rs"]
mod freshdesk;
#[path = "support/multipart.rs"]
mod multipart;
#[path = "support/submitter.rs"]
mod submitter;
