//! From a person's words to a classified ticket: what kind, how bad, about what, in scope?
//!
//! Belongs here: reading a description with the cues of a language, rules that conclude,
//! vote and cap, the policy's own severities, and the questions whose answers would change
//! the result. Does not belong here: asking them, reading the machine, due times, printing.
//!
//! A text becomes words ([`text`]), words become facts that say what the text says and
//! what it denies, and rules over those facts decide. Impact decides the severity, never
//! tone: what is stopped, for how many, with which way around it. Every rule that spoke is
//! in the answer with the words it rests on. Nothing leaves the machine and nothing is
//! left to chance: the same words and facts give the same answer.

mod decide;
mod impact;
mod language;
mod load;
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
mod votes;

pub use decide::{Ticket, UnknownPolicy, triage};
pub use load::{Example, Rules};
pub use values::{Category, Confidence, Contact, Kind, Question, Reason, Scope, Severity, Triage};
