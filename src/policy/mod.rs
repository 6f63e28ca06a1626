//! What a vendor's support policy says: as data, and as answers.
//!
//! Belongs here: the format of policy packs, loading and overlaying them, and the pure
//! functions that answer from them: [`eligibility()`], [`targets()`], [`ticket_lifecycle`],
//! [`version_support`]. Does not belong here: reading the
//! machine, asking a person, printing, the clock. Time is an argument.

mod assumed;
mod calendar;
mod clause;
mod eligibility;
mod example;
mod holidays;
mod hours;
mod judged;
mod lifecycle;
mod load;
mod measurable;
mod overlay;
mod pack;
mod period;
#[expect(clippy::module_inception, reason = "the type of that name")]
mod policy;
mod release;
mod rows;
mod schema;
mod targets;
mod versions;
mod words;

pub use calendar::Calendar;
pub use clause::{Clause, ClauseRow, Contact, Example, FactRow, Outcome};
pub use eligibility::{
    Asked, Effect, Eligibility, EndOfLife, LifecycleStatus, Meanwhile, Reason, Verdict, eligibility,
};
pub use example::run_example;
pub use holidays::{HolidayRule, Holidays, us_federal_days};
pub use hours::{Day, Hours, HoursException, TimeOfDay, Zone};
pub use lifecycle::{
    LifecycleAnswer, LifecycleQuery, Next, Reopen, StateRow, TicketState, Timer, ticket_lifecycle,
};
pub use load::{Policies, typed as typed_fact};
pub use overlay::Overlay as PolicyOverlay;
pub use pack::{PolicyPack, PolicySource, Product, Scope};
pub use period::Period;
pub use policy::Policy;
pub use release::{DayOrMonth, Release};
pub use rows::{
    Channel, Escalation, Gap, Plan, Priority, RequestType, RequestTypeId, Rule, Severity,
    SeverityRef, Topic,
};
pub use targets::{Due, TargetError, TargetQuery, TargetRow, Targets, targets};
pub use versions::{
    SupportStatus, VersionAnswer, VersionQuery, VersionRule, Versions, version_support,
};
pub use words::Words;

pub use crate::snapshot::ReleaseNumber;
