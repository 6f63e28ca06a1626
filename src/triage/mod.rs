//! From a person's words to a classified ticket: what kind, how bad, about what, in scope?
//!
//! Belongs here: reading a description with the cues of a language, rules that conclude and
//! guard, the model that was learned, the policy's own severities, and the questions whose
//! answers would change the result. Does not belong here: learning, asking, reading the
//! machine, due times, printing.
//!
//! A text becomes words ([`text`]), words become facts that say what the text says and what
//! it denies. A linear model over words, pairs and kinds of words, and facts places the text;
//! rules guard what must be certain: what a person stated, what a policy says in so many
//! words, whose product it is. Every answer names the rules that spoke and the words that
//! carried the model. Nothing leaves the machine and nothing is left to chance: the same
//! words and facts give the same answer.

mod decide;
mod explain;
mod impact;
mod kinds;
mod language;
mod load;
mod model;
mod pack;
mod phrase;
mod questions;
mod rules;
mod scope;
mod severity;
mod signals;
mod spelling;
pub mod text;
mod values;

pub use decide::{Ticket, UnknownPolicy, place, triage};
pub use explain::{Cited, Explained, LEARNED, Learned};
pub use load::{Example, Rules};
pub use model::{Features, Group, Head, Levels, Model, Row};
pub use values::{Category, Confidence, Contact, Kind, Question, Reason, Scope, Severity, Triage};
