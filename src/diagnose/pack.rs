//! The format of a problem pack, `problems/<id>.toml`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Category, Certainty, Contact, LogKind, Outcome, Severity};
use crate::condition::FactType;
use crate::snapshot::{Drive, HostFacts, OtherDevice};

/// A whole pack, as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemPack {
    pub(super) id: Spanned<String>,
    pub(super) title: Spanned<String>,
    pub(super) seen: Spanned<String>,
    pub(super) about: About,
    pub(super) applies_when: Option<Spanned<String>>,
    pub(super) category: Category,
    pub(super) severity: Severity,
    pub(super) contact: Contact,
    pub(super) remedy: Vec<Spanned<String>>,
    pub(super) never: Vec<Spanned<String>>,
    pub(super) source: Spanned<String>,
    pub(super) checked: Date,
    #[serde(default, rename = "question")]
    pub(super) questions: Vec<QuestionRow>,
    #[serde(default, rename = "signal")]
    pub(super) signals: Vec<SignalRow>,
    #[serde(default, rename = "evidence")]
    pub(super) evidence: Vec<EvidenceRow>,
    #[serde(default, rename = "example")]
    pub(super) examples: Vec<Example>,
}

/// What a problem is looked for at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// Each drive.
    Drive,
    /// Each port that a log names, also an empty one.
    Port,
    /// The machine, with or without a drive.
    Machine,
}

/// Operating systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
    /// macOS.
    Macos,
}

impl System {
    /// The name as snapshots write it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Windows => "windows",
            Self::Macos => "macos",
        }
    }
}

/// What a piece of evidence is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The source says so.
    Source,
    /// Known in the field, not confirmed by a source: never more than `possible`.
    GeneralKnowledge,
}

/// Something only the person can see: `[[question]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionRow {
    pub(super) fact: Spanned<String>,
    #[serde(rename = "type")]
    pub(super) kind: FactType,
    pub(super) text: Spanned<String>,
}

/// A pattern counted in a log: `[[signal]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignalRow {
    pub(super) id: Spanned<String>,
    pub(super) log: LogKind,
    /// What a match means, for people.
    pub(super) means: Spanned<String>,
    /// Texts of which every matching line contains one; they make the search fast.
    pub(super) words: Vec<Spanned<String>>,
    pub(super) pattern: Spanned<String>,
    /// Older lines are not counted.
    pub(super) within_days: Option<u16>,
}

/// One way to see the problem: `[[evidence]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceRow {
    pub(super) systems: Spanned<Vec<System>>,
    pub(super) when: Spanned<String>,
    pub(super) confidence: Spanned<Certainty>,
    pub(super) basis: Basis,
    pub(super) what: Spanned<String>,
    #[serde(rename = "where")]
    pub(super) place: Spanned<String>,
    /// Steps that come before the problem's own.
    #[serde(default)]
    pub(super) remedy: Vec<Spanned<String>>,
}

/// A machine, and what the problem says about it: `[[example]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, for whoever reads a failing test.
    pub name: String,
    /// What the problem says.
    pub says: Outcome,
    /// The machine itself; `os` decides which evidence counts.
    pub host: HostFacts,
    /// Facts beside the snapshot: answers, and what other readers state.
    #[serde(default)]
    pub facts: BTreeMap<String, toml::Value>,
    /// Log texts by kind; a kind that is not here was not read.
    #[serde(default)]
    pub logs: BTreeMap<LogKind, String>,
    /// Drives, as the machine published them; the catalog names them.
    #[serde(default, rename = "drive")]
    pub drives: Vec<Drive>,
    /// Other USB devices.
    #[serde(default, rename = "other")]
    pub others: Vec<OtherDevice>,
}
