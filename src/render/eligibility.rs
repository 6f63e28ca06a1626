//! Eligibility: the published document `keycase.eligibility/1`, and its other forms.

mod csv;
mod fips;
mod fleet;
mod monitoring;
mod table;

pub use csv::{csv, csv_header};
pub use fips::FipsRow;
pub use fleet::{Fleet, FleetRow, Frame};
pub use monitoring::{nagios, nagios_unknown, prometheus};
pub use table::{table, verdict_words};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::catalog::{Advice, Catalog};
use crate::policy::{Contact, Effect, Eligibility, LifecycleStatus, Policy, Reason, Verdict};
use crate::snapshot::{Drive, Ending, Tool};

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.eligibility/1";

/// Verdicts for all drives of one machine: `keycase.eligibility/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EligibilityDocument {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The program and its data.
    pub tool: Tool,
    /// The time the answer is for.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// The policy behind the answer.
    pub policy: PolicyRef,
    /// One row per drive, in port order.
    pub drives: Vec<DriveVerdict>,
    /// How many drives have each verdict.
    pub summary: Summary,
}

/// Which policy an answer rests on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PolicyRef {
    /// Id, e.g. `datalocker`.
    pub id: String,
    /// The source's own date, or the day the pack was compared with it.
    pub version: String,
    /// The document, and every overlay that changed the policy.
    pub source: String,
}

impl From<&Policy> for PolicyRef {
    fn from(policy: &Policy) -> Self {
        Self { id: policy.id.clone(), version: policy.version(), source: policy.cited() }
    }
}

/// The verdict for one drive.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DriveVerdict {
    /// Number of the machine, when the answer is about several: they have the same ports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<usize>,
    /// Bus and port chain; null where a list does not say it.
    #[serde(serialize_with = "null_if_empty")]
    #[schemars(with = "Option<String>")]
    pub port: String,
    /// Id of the catalog entry.
    pub id: Option<String>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Model, when it is known exactly.
    pub model: Option<String>,
    /// A name for people.
    pub name: String,
    /// USB serial number.
    pub serial: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Every clause that spoke.
    pub reasons: Vec<ReasonRow>,
    /// What is published about the end of the model.
    pub lifecycle: LifecycleRow,
    /// FIPS certificates of the model; they say nothing about support.
    pub fips: Vec<FipsRow>,
    /// What is advised, whatever the verdict is.
    pub advice: Vec<AdviceRow>,
    /// What would settle an open verdict.
    pub ask: Vec<AskRow>,
    /// Whom to turn to.
    pub contact: Contact,
    /// Whom to turn to while questions decide, where the policy says so.
    pub meanwhile: Option<MeanwhileRow>,
}

/// Empty is what nobody knows.
fn null_if_empty<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    Some(text).filter(|text| !text.is_empty()).serialize(serializer)
}

/// Whom to turn to while a question is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MeanwhileRow {
    /// Whom.
    pub contact: Contact,
    /// When not: then the policy's own desk.
    pub unless: String,
}

/// What one clause says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReasonRow {
    /// Id of the clause.
    pub clause: String,
    /// What it does.
    pub effect: Effect,
    /// What it says.
    pub text: String,
    /// The facts it rests on.
    pub evidence: String,
    /// Where the clause comes from.
    pub source: String,
}

/// What is published about the end of a model.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LifecycleRow {
    /// `supported` only with a date.
    pub status: LifecycleStatus,
    /// Last day of life or of support, whichever comes first; included.
    pub ends: Option<String>,
    /// What ends on that day: `life` or `support`.
    pub ending: Option<Ending>,
    /// When somebody last looked.
    pub checked: Option<String>,
    /// Where the date, or its absence, comes from.
    pub source: Option<String>,
    /// The same in words.
    pub note: String,
}

/// Something that the drive's owner is advised to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdviceRow {
    /// Id, e.g. `update_software`.
    pub id: String,
    /// What to do, and why.
    pub message: String,
    /// Where the advice comes from.
    pub source: String,
}

impl From<Advice> for AdviceRow {
    fn from(advice: Advice) -> Self {
        Self { id: advice.id.into(), message: advice.message, source: advice.source }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AskRow {
    /// The fact, as `--fact` takes it.
    pub fact: String,
    /// The question.
    pub question: String,
}

/// How many drives have each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Supported.
    pub eligible: usize,
    /// Excluded.
    pub not_eligible: usize,
    /// Open questions.
    pub needs_information: usize,
    /// Not placed among the products.
    pub unknown: usize,
}

impl Summary {
    /// Counts verdicts.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut summary = Self::default();
        for verdict in verdicts {
            summary.add(verdict, 1);
        }
        summary
    }

    /// Adds drives with the same verdict.
    pub fn add(&mut self, verdict: Verdict, drives: usize) {
        *match verdict {
            Verdict::Eligible => &mut self.eligible,
            Verdict::NotEligible => &mut self.not_eligible,
            Verdict::NeedsInformation => &mut self.needs_information,
            Verdict::Unknown => &mut self.unknown,
        } += drives;
    }

    /// Adds the counts of another document.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            eligible: self.eligible + other.eligible,
            not_eligible: self.not_eligible + other.not_eligible,
            needs_information: self.needs_information + other.needs_information,
            unknown: self.unknown + other.unknown,
        }
    }

    /// The counts with their published names.
    pub fn counts(self) -> [(&'static str, usize); 4] {
        [
            ("eligible", self.eligible),
            ("not_eligible", self.not_eligible),
            ("needs_information", self.needs_information),
            ("unknown", self.unknown),
        ]
    }

    /// How many drives there are.
    pub fn total(self) -> usize {
        self.counts().iter().map(|(_, count)| count).sum()
    }
}

impl EligibilityDocument {
    /// The document for one machine's drives.
    pub fn new(tool: Tool, as_of: Timestamp, policy: &Policy, drives: Vec<DriveVerdict>) -> Self {
        let summary = Summary::of(drives.iter().map(|drive| drive.verdict));
        let policy = PolicyRef::from(policy);
        Self { schema: SCHEMA.into(), tool, as_of, policy, drives, summary }
    }

    /// The same as the answer about the machine of this number, of several.
    #[must_use]
    pub fn of_machine(mut self, number: usize) -> Self {
        self.drives.iter_mut().for_each(|drive| drive.machine = Some(number));
        self
    }
}

impl DriveVerdict {
    /// The row of one drive, with what the catalog says about its model on the day `today`.
    pub fn new(drive: &Drive, answer: &Eligibility<'_>, catalog: &Catalog, today: Date) -> Self {
        let certificates = catalog.certificates(&drive.identity);
        let life = &answer.lifecycle;
        let ask = answer.ask.iter().map(|asked| AskRow {
            fact: asked.fact.to_owned(),
            question: asked.question.to_owned(),
        });
        Self {
            machine: None,
            port: drive.port.to_string(),
            id: drive.identity.id.clone(),
            vendor: drive.identity.vendor.clone(),
            model: drive.identity.model.clone(),
            name: drive.display_name(),
            serial: drive.usb.serial.clone(),
            verdict: answer.verdict,
            reasons: answer.reasons.iter().map(ReasonRow::from).collect(),
            lifecycle: LifecycleRow {
                status: life.status,
                ends: life.ends.map(|date| date.to_string()),
                ending: life.ends.map(|_| life.ending),
                checked: life.checked.map(|date| date.to_string()),
                source: life.source.clone(),
                note: life.words(),
            },
            fips: certificates.iter().map(|row| FipsRow::new(row, today)).collect(),
            advice: catalog.advice(drive).into_iter().map(AdviceRow::from).collect(),
            ask: ask.collect(),
            contact: answer.contact,
            meanwhile: answer
                .meanwhile
                .map(|row| MeanwhileRow { contact: row.contact, unless: row.unless.to_owned() }),
        }
    }
}

impl DriveVerdict {
    /// What its verdict rests on, where that is not "eligible" or questions: the evidence of
    /// what excludes it or cannot be decided.
    pub fn why(&self) -> String {
        let weighs = |effect| matches!(effect, Effect::Excludes | Effect::Unknown);
        let reasons = self.reasons.iter().filter(|reason| weighs(reason.effect));
        reasons.map(|reason| reason.evidence.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The clauses that exclude the drive.
    pub fn excluding(&self) -> impl Iterator<Item = &ReasonRow> {
        self.reasons.iter().filter(|reason| reason.effect == Effect::Excludes)
    }
}

impl From<&Reason<'_>> for ReasonRow {
    fn from(reason: &Reason<'_>) -> Self {
        Self {
            clause: reason.clause.to_owned(),
            effect: reason.effect,
            text: reason.text.to_owned(),
            evidence: reason.evidence.clone(),
            source: reason.source.to_owned(),
        }
    }
}

/// The published name of a verdict.
pub fn verdict_id(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Eligible => "eligible",
        Verdict::NotEligible => "not_eligible",
        Verdict::NeedsInformation => "needs_information",
        Verdict::Unknown => "unknown",
    }
}

/// The published name of a contact.
pub fn contact_id(contact: Contact) -> &'static str {
    match contact {
        Contact::Vendor => "vendor",
        Contact::Manufacturer => "manufacturer",
        Contact::OrganisationAdmin => "organisation_admin",
        Contact::Sales => "sales",
        Contact::Licensing => "licensing",
        Contact::None => "none",
    }
}

/// The published name of a lifecycle status.
pub fn lifecycle_id(status: LifecycleStatus) -> &'static str {
    match status {
        LifecycleStatus::Supported => "supported",
        LifecycleStatus::Ended => "ended",
        LifecycleStatus::Unknown => "unknown",
    }
}
