//! Support desks and the outbox, through the program and against desks that fail.

#![cfg(feature = "submit")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "desk/attach.rs"]
mod attach;
#[path = "desk/crash.rs"]
mod crash;
#[path = "support/fake_freshdesk.rs"]
mod fake_freshdesk;
#[path = "desk/freshdesk.rs"]
mod freshdesk;
#[path = "support/multipart.rs"]
mod multipart;
#[path = "desk/request_tracker.rs"]
mod request_tracker;
#[path = "desk/submit.rs"]
mod submit;
#[path = "support/submitter.rs"]
mod submitter;
