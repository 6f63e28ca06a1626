//! Everything about one machine in one answer: the published document
//! `keycase.overview/1`, and one screen for a person.

mod screen;

pub use screen::screen;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::eligibility::{EligibilityDocument, PolicyRef};
use super::findings::FindingsDocument;
use crate::policy::Policy;
use crate::snapshot::{Snapshot, Tool};

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.overview/1";

/// What `scan`, `check` and `diagnose` say about one machine: `keycase.overview/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Overview {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The program and its data.
    pub tool: Tool,
    /// The time the answer is for.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// What is attached, as `scan` says it.
    pub snapshot: Snapshot,
    /// Whether it is supported, as `check` says it.
    pub eligibility: EligibilityDocument,
    /// What is wrong, as `diagnose` says it.
    pub findings: FindingsDocument,
    /// The support desk behind the policy.
    pub support: Support,
    /// What to do now, the first thing first.
    pub next: Vec<NextRow>,
}

/// How a support desk is reached.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Support {
    /// The policy.
    pub policy: PolicyRef,
    /// The desk's name.
    pub name: String,
    /// The ways to reach it that the policy names.
    pub channels: Vec<ChannelRow>,
}

/// One way to reach a desk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChannelRow {
    /// `portal`, `web`, `email`, `phone`, …
    pub id: String,
    /// Address or number, when the policy gives one.
    pub address: Option<String>,
    /// When the channel may be used, if not always.
    pub condition: Option<String>,
}

/// One step of what to do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NextRow {
    /// The command to type.
    pub command: String,
    /// What it is good for.
    pub does: String,
}

impl Support {
    /// The desk of a policy.
    pub fn new(policy: &Policy) -> Self {
        let channels = policy.pack.channels.iter().map(|row| ChannelRow {
            id: row.id.clone(),
            address: row.address.as_ref().map(ToString::to_string),
            condition: row.condition.as_ref().map(ToString::to_string),
        });
        let name = policy.pack.name.to_string();
        Self { policy: PolicyRef::from(policy), name, channels: channels.collect() }
    }
}
