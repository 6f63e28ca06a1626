//! Taking personal data out of text, for certain.
//!
//! Belongs here: classes, rules, pseudonyms, and the audit search. Pure: bytes in, bytes
//! out. Does not belong here: finding out what this machine knows (`collect::seeds`) and
//! writing files (`bundle`). Only this module can make a [`Redacted`], and the bundle
//! writer accepts nothing else.
//!
//! ```text
//!  packs ─► rules ─┐                  ┌─► view: escapes, UTF-16 ─┐
//!                  ├─► matcher ─► find in a window of the stream ┴─► edits ─► text
//!  seeds ─► known ─┘   (one automaton, shapes)        pseudonym ─────┘
//! ```

pub mod audit;
mod bluetooth;
mod class;
mod escape;
mod example;
mod fields;
mod form;
mod known;
mod literals;
mod matcher;
mod names;
mod neighbours;
mod path;
mod pem;
mod pseudonym;
mod redacted;
mod redactor;
mod rules;
mod sample;
mod seeds;
mod shapes;
mod span;
mod stream;
mod view;
mod wide;
mod words;
mod worker;

pub use class::{Class, Counts};
pub use example::failed_examples;
pub use pseudonym::{MapEntry, PseudonymMap};
pub use redacted::{Redacted, RedactedName, RedactedReader};
pub use redactor::{Key, RedactError, Redactor};
pub use rules::{Redacts, RuleRow, rows};
pub use sample::Sample;
pub use seeds::{Seed, Seeds};
