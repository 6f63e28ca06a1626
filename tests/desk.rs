//! Support desks and the outbox, through the program and against desks that fail.

#![cfg(feature = "submit")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "desk/attach.rs"]
mod attach;
#[path = "desk/crash.rs"]
mod crash;
#[path = "desk/email.rs"]
mod email;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/fake_freshdesk.rs"]
mod fake_freshdesk;
#[path = "support/fake_zendesk.rs"]
mod fake_zendesk;
#[path = "desk/freshdesk.rs"]
mod freshdesk;
#[path = "desk/handoff.rs"]
mod handoff;
#[path = "support/http.rs"]
mod http;
#[path = "support/multipart.rs"]
mod multipart;
#[path = "desk/outbox.rs"]
mod outbox;
#[path = "desk/request_tracker.rs"]
mod request_tracker;
#[path = "desk/secrets.rs"]
mod secrets;
#[path = "desk/submit.rs"]
mod submit;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/submitter.rs"]
mod submitter;
#[path = "desk/zendesk.rs"]
mod zendesk;
