//! Known problems: from evidence to findings.
//!
//! Belongs here: problem packs (`data/problems/`), the signals they count in logs, what a
//! snapshot and counted signals say about a drive, and which right is missing to see more.
//! Pure: values in, values out; a log arrives as blocks of bytes. Does not belong here:
//! opening logs (`host`), showing findings (`render`), what support then does (`policy`).
//!
//! | file | holds |
//! |---|---|
//! | `pack.rs` | the format of a problem pack |
//! | `load.rs` | reading packs, and refusing the ones that are wrong |
//! | `safety.rs` | advice that no pack may give |
//! | `names.rs` | the facts that evidence may read |
//! | `facts.rs` | stating those facts for a machine, a drive, a port |
//! | `signal/` | patterns, the one pass over a log, what was counted |
//! | `decide.rs` | evidence → findings |
//! | `finding.rs` | findings and their order |
//! | `rights.rs` | what could not be read, and the command that grants it |

mod decide;
mod example;
mod facts;
mod finding;
mod load;
mod names;
mod pack;
mod rights;
mod safety;
mod signal;

pub use decide::{Case, diagnose};
pub use example::{Outcome, Ran, failed_examples, run_example};
pub use finding::{
    Asked, Category, Certainty, Contact, Diagnosis, Evidence, Finding, NotEvaluated, Severity,
};
pub use load::{Problem, Problems};
pub use names::MACHINE_FACTS;
pub use pack::{About, Basis, Example, System};
pub use rights::{Refusal, Right, rights};
pub use safety::forbidden;
pub use signal::{
    Clock, LogKind, Observed, RawLine, Reading, Scan, Signal, Signals, Tally, written_at,
};
