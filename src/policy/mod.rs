//! What a vendor's support policy says: as data, and as answers.
//!
//! Belongs here: the format of policy packs, loading and overlaying them, and the pure
//! functions that answer from them: [`eligibility`]. Does not belong here: reading the
//! machine, asking a person, printing, the clock. Time is an argument.

mod clause;
mod eligibility;
mod load;
mod overlay;
mod pack;
mod words;

pub use clause::{Clause, Contact, Example, FactRow, Outcome};
pub use eligibility::{
    Asked, Effect, Eligibility, EndOfLife, LifecycleStatus, Reason, Verdict, eligibility,
};
pub use load::{Policies, Policy, typed as typed_fact};
pub use pack::{PolicySource, Product, Scope};
pub use words::Words;
