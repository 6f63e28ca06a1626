//! Conditions of packs: CEL expressions with three outcomes.
//!
//! Belongs here: named facts and where they come from, compiling the text of a condition
//! against the names that exist, and deciding it as [`Truth`]. Does not belong here: what a
//! condition is *for* (`policy`, `diagnose`, `triage` know that), reading anything.
//!
//! A fact that nobody has stated makes a condition neither true nor false but unknown, and
//! the answer names the facts that would settle it. `&&`, `||`, `!` and `?:` follow Kleene's
//! logic: `false && x` is false and `true || x` is true whatever `x` is. Everything else in
//! an expression needs all the facts it reads.
//!
//! `known(x)` asks whether a fact is stated at all; it is never unknown itself.

mod drive;
mod evaluate;
mod facts;
mod inspect;
mod leaf;
mod limits;
mod lower;
mod names;
mod reading;
mod value;

pub use drive::{drive_fact, drive_facts, drive_names};
pub use evaluate::Truth;
pub use facts::{Fact, Facts, Origin};
pub use names::KnownNames;
pub use value::{FactType, FactValue, ValueError};

use lower::Node;

/// Why a text is not a condition, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ConditionError {
    /// Column in the text in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// A condition that compiled: only known facts, only known functions, bounded work.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    node: Node,
    reads: Vec<String>,
}

impl Condition {
    /// Compiles a CEL expression over the facts that exist.
    pub fn compile(text: &str, known: &KnownNames) -> Result<Self, ConditionError> {
        limits::check(text)?;
        let (node, reads) = lower::compile(text, known)?;
        Ok(Self { text: text.to_owned(), node, reads })
    }

    /// Decides the condition on what is known.
    pub fn evaluate(&self, facts: &Facts) -> Truth {
        evaluate::node(&self.node, facts)
    }

    /// The names of the facts the condition reads, each once, in reading order.
    pub fn reads(&self) -> &[String] {
        &self.reads
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}
