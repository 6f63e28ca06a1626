//! Taking personal data out of text, for certain.
//!
//! Belongs here: classes, rules, pseudonyms, and the audit search. Pure: bytes in, bytes
//! out. Does not belong here: finding out what this machine knows (`collect::seeds`) and
//! writing files (`bundle`). Only this module can make a [`Redacted`], and the bundle
//! writer accepts nothing else.

mod class;
mod redacted;
mod redactor;
mod seeds;

pub use class::{Class, Counts};
pub use redacted::{Redacted, RedactedName, RedactedReader};
pub use redactor::{Key, RedactError, Redactor};
pub use seeds::{Seed, Seeds};
