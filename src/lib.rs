//! keycase opens a better support case for an encrypted USB drive.
//!
//! It reads what the operating system already publishes about attached IronKey, Kingston
//! and DataLocker drives, says what each drive is and whether the vendor still supports
//! it, packs redacted evidence into a verifiable bundle, and files one ticket, exactly
//! once, with the support desk.
//!
//! ```text
//!             read once                decide purely              send safely
//!  machine ─► host ─► Snapshot ─► catalog ─► policy ──► ticket draft ─► outbox ─► desk
//!  file ────────────┘   (--from)                              ▲
//!                       └─► collect ─► redact ─► bundle ──────┘
//! ```
//!
//! | module | what belongs there |
//! |---|---|
//! | [`snapshot`] | values only: what a machine said |
//! | [`text`] | showing outside text safely |
//! | [`packs`] | the TOML data, embedded and overlaid |
//! | [`condition`] | CEL conditions with three outcomes |
//! | [`catalog`] | which model a device is, how sure, from which source |
//! | [`policy`] | what a vendor's support policy says about a drive |
//! | [`diagnose`] | known problems: evidence, findings, missing rights |
//! | [`triage`] | what kind of ticket a description is, and how bad |
//! | [`redact`] | taking personal data out of text |
//! | [`inventory`] | lists of drives from somewhere else |
//! | [`watch`] | what happened to drives between two readings |
//! | [`udev`] | the rules that let the seat's user open known drives |
//! | [`host`] | reading a machine |
//! | [`collect`] | gathering evidence within bounds |
//! | [`bundle`] | writing and verifying evidence bundles |
//! | `files` | files that survive a crash and that nobody else reads |
//! | [`desk`] | support desks and the outbox |
//! | [`render`] | tables, JSON, progress |
//! | [`cli`] | the shell: one file per command |
//!
//! Arrows point downwards only; `tests/architecture.rs` holds the code to them.

pub mod bundle;
pub mod catalog;
pub mod cli;
pub mod collect;
pub mod condition;
pub mod desk;
pub mod diagnose;
mod files;
pub mod host;
pub mod inventory;
pub mod packs;
pub mod policy;
pub mod redact;
pub mod render;
pub mod snapshot;
pub mod text;
pub mod triage;
pub mod udev;
pub mod watch;
