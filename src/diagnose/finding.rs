//! Findings, what was not evaluated, and the order of both.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RawLine;
use crate::snapshot::PortPath;

/// How much a problem matters; in the order of work.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; normal behaviour that looks like a fault, for example.
    Info,
    /// Works worse than it should, or will stop working.
    Warning,
    /// The drive or its data cannot be used.
    Error,
}

impl Severity {
    /// The published name, e.g. `error`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// One explanation among several.
    Possible,
    /// The usual explanation.
    Likely,
    /// The evidence has no other explanation.
    Certain,
}

impl Certainty {
    /// The published name, e.g. `certain`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// What kind of problem it is; the categories of tickets.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Passwords, unlocking, lock-out.
    UnlockPassword,
    /// The drive or a part of it does not show up.
    NotRecognised,
    /// Management server, policies of the organisation.
    Management,
    /// Updating device software.
    FirmwareUpdate,
    /// File systems and data.
    FilesystemDataLoss,
    /// Speed.
    Performance,
    /// Systems and programs that do not go together with the drive.
    Compatibility,
    /// Broken hardware.
    HardwareDamage,
    /// How something is done.
    HowTo,
    /// Something the product does not do.
    FeatureRequest,
    /// Licences.
    Licensing,
    /// Nothing a vendor supports.
    OutOfScope,
}

/// Whom to turn to when the remedy does not help.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// The support desk of the vendor whose policy applies.
    Vendor,
    /// The maker of the drive.
    Manufacturer,
    /// The administrator of the person's own organisation.
    OrganisationAdmin,
    /// Sales or the reseller.
    Sales,
    /// Whoever handles licences.
    Licensing,
    /// Nobody; it can be settled at the machine.
    None,
}

/// One problem that the evidence shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Id of the pack.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// The port it is about; `None` for the machine.
    pub port: Option<PortPath>,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Certainty,
    /// What kind of problem it is.
    pub category: Category,
    /// What a technician can check.
    pub evidence: Vec<Evidence>,
    /// What the person can do, in order.
    pub remedy: Vec<String>,
    /// What not to do.
    pub never: Vec<String>,
    /// Whom to turn to then.
    pub contact: Contact,
    /// Where the rule comes from.
    pub source: String,
}

/// One thing that was seen. Its lines are as the log has them: not redacted.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What was seen.
    pub what: String,
    /// Where to look.
    pub place: String,
    /// Lines of a log, at most three.
    pub lines: Vec<RawLine>,
}

/// A problem that could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotEvaluated {
    /// Id of the pack.
    pub id: String,
    /// The drive's port; `None` for the machine.
    pub port: Option<PortPath>,
    /// Names of the facts and logs that would decide it.
    pub missing: BTreeSet<String>,
}

/// A question whose answer would decide a problem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The fact, as `--fact` takes it.
    pub fact: String,
    /// The question.
    pub question: String,
}

/// Everything that one look at a machine gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// What is wrong, what to do first coming first.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub not_evaluated: Vec<NotEvaluated>,
    /// Questions that would decide some of it.
    pub ask: Vec<Asked>,
}

impl Diagnosis {
    /// Puts findings in the order of work, and each question once.
    pub(super) fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            let order = |f: &Finding| (Reverse(f.severity), Reverse(f.confidence));
            order(a).cmp(&order(b)).then_with(|| a.port.cmp(&b.port)).then_with(|| a.id.cmp(&b.id))
        });
        self.not_evaluated.sort();
        self.not_evaluated.dedup();
        self.ask.sort();
        self.ask.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_the_serialized_names() {
        for value in [Severity::Info, Severity::Warning, Severity::Error] {
            assert_eq!(json!(value), value.id());
        }
        for value in [Certainty::Possible, Certainty::Likely, Certainty::Certain] {
            assert_eq!(json!(value), value.id());
        }
    }
}
