//! `manifest.json`: what a bundle holds, where each file came from, what was taken out.
//!
//! Belongs here: the published shape `keycase.bundle/1`, written and read. A field that
//! holds text from outside is filled from redacted text only (see `entry`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::redact::{Counts, Redacted};
use crate::snapshot::Tool;
use crate::text::one_line;

/// The schema name of the manifest.
pub const SCHEMA: &str = "keycase.bundle/1";

/// The manifest's name in a bundle; always the first entry.
pub const MANIFEST: &str = "manifest.json";

/// What a bundle holds: the document `keycase.bundle/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// When the bundle was made.
    #[schemars(with = "String")]
    pub created_at: jiff::Timestamp,
    /// The program that made it, and its data.
    pub tool: Tool,
    /// What the person agreed to, and when.
    pub consent: Option<Consent>,
    /// The bounds the run had.
    pub budgets: Budgets,
    /// Whether the person ended the run early; what is listed is complete all the same.
    #[serde(default)]
    pub interrupted: bool,
    /// Every other file of the bundle, sorted by name.
    pub files: Vec<FileEntry>,
    /// What is not in a file although it was there, and which bound cut it.
    #[serde(default)]
    pub truncations: Vec<Truncation>,
    /// Every collector, whether or not it brought something.
    pub collectors: Vec<CollectorEntry>,
    /// The name of the key that made the stand-ins: the same in all bundles of one
    /// customer, and of no use to anybody else.
    #[serde(default)]
    pub key_id: Option<String>,
    /// The search for known sensitive values in the finished bundle.
    pub audit: AuditEntry,
}

/// What the person agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consent {
    /// The words shown.
    pub text: String,
    /// When they were agreed to.
    #[schemars(with = "String")]
    pub at: jiff::Timestamp,
}

/// The bounds of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Budgets {
    /// Seconds all collectors together may take.
    pub seconds: u64,
    /// Bytes that logs and included files may take, after redaction and before packing.
    pub bytes: u64,
    /// Entries older than this many seconds were left out; `None` takes all.
    pub since_seconds: Option<u64>,
}

/// One file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileEntry {
    /// Name in the bundle, with `/` between folders.
    pub name: String,
    /// Length in bytes, unpacked.
    pub bytes: u64,
    /// SHA-256 of the unpacked bytes, 64 lowercase hex digits.
    pub sha256: String,
    /// Which collector brought it.
    pub collector: String,
    /// How many values of each class were replaced.
    #[serde(default)]
    pub redactions: BTreeMap<String, u64>,
    /// Whether a budget or an interruption cut it.
    #[serde(default)]
    pub truncated: bool,
}

/// One row of the truncation table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Truncation {
    /// Name in the bundle.
    pub file: String,
    /// Which collector brought it.
    pub collector: String,
    /// What was left out, and by which bound; redacted.
    pub why: String,
    /// Bytes of it in the bundle.
    pub kept: u64,
    /// Bytes there were before redaction; `None` when nobody counted them.
    pub of: Option<u64>,
}

/// How one collector ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CollectorEntry {
    /// Its id, e.g. `kernel-log`.
    pub id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it brought nothing, or not all; redacted.
    pub why: Option<String>,
    /// How long it took, in milliseconds; 0 when the run's time was given (`--now`) or the
    /// input recorded, so that the same input gives the same bytes.
    pub ms: u64,
}

/// How a collector ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It brought what it reads.
    Done,
    /// There was nothing for it to read, or it was not allowed to.
    Skipped,
    /// It broke.
    Failed,
    /// It used up its time.
    TimedOut,
    /// An outcome of a newer release.
    #[serde(other)]
    Other,
}

impl Outcome {
    /// The outcome in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Other => "other",
        }
    }
}

/// What the search in the finished bundle was for, and found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntry {
    /// How many known sensitive values were searched for.
    pub values: u64,
    /// How many were found; a bundle with a hit is deleted, so this is 0.
    pub hits: u64,
    /// How many made-up values, one of each class, went through redaction and were
    /// searched for as well.
    #[serde(default)]
    pub canaries: u64,
    /// How many known values there are of each class.
    #[serde(default)]
    pub classes: BTreeMap<String, u64>,
    /// The spellings searched for, in names and contents, without regard to case.
    #[serde(default)]
    pub spellings: Vec<String>,
}

impl CollectorEntry {
    /// An entry whose reason has been through the redactor.
    pub fn new(id: &str, outcome: Outcome, why: Option<&Redacted>, ms: u64) -> Self {
        Self { id: id.to_owned(), outcome, why: why.map(line_of), ms }
    }
}

/// One line, and nothing that steers the terminal of whoever opens the manifest.
pub(super) fn line_of(text: &Redacted) -> String {
    one_line(&String::from_utf8_lossy(text.bytes()))
}

/// Redaction counts under the names that documents use.
pub fn counts_by_name(counts: &Counts) -> BTreeMap<String, u64> {
    counts.iter().map(|(class, count)| (class.name().to_owned(), *count)).collect()
}
