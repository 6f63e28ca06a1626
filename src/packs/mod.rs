//! The data the program runs on: TOML packs, embedded at build, added to by overlays.
//!
//! Belongs here: the set of pack texts, its version and hash, and turning one text into a
//! typed value with an error that shows line and column. Does not belong here: reading
//! overlay folders from disk (the shell does that) and what any kind of pack means
//! (`catalog`, `policy`, `redact`, …).
//!
//! A long embedded pack, what was learned for triage, is unpacked when it is first read.

mod embedded;
mod error;
mod set;
mod text;

pub use embedded::embedded;
pub use error::{PackError, Span};
pub use set::{Origin, Pack, PackSet};
pub use text::Text;
