//! Findings: the published document `keycase.findings/1`, and the same for people.

use std::fmt::Write as _;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::contact::{called, for_finding, of_finding, unless};
use super::eligibility::{DriveVerdict, EligibilityDocument};
use super::text::{count, labelled};
use crate::diagnose::{
    Asked, Category, Certainty, Contact, Diagnosis, Evidence, Finding, NotEvaluated, RawLine,
    Right, Severity,
};
use crate::policy::Verdict;
use crate::redact::Redactor;
use crate::snapshot::{Drive, Snapshot, Tool};
use crate::text::visible;

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.findings/1";

/// The policy's own desk, in a diagnosis.
const DESK: &str = "the vendor's support (`keycase submit`)";

/// What is wrong with the drives of one machine: `keycase.findings/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FindingsDocument {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The program and its data.
    pub tool: Tool,
    /// The time the answer is for.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// The drives that were looked at.
    pub drives: Vec<DriveRow>,
    /// What is wrong, in the order of work.
    pub findings: Vec<FindingRow>,
    /// What could not be decided.
    pub not_evaluated: Vec<NotEvaluatedRow>,
    /// Questions whose answers would decide some of it.
    pub ask: Vec<AskRow>,
    /// Rights that are missing, and what grants them.
    pub rights: Vec<RightRow>,
}

/// A drive that was looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DriveRow {
    /// Bus and port chain.
    pub port: String,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Model, when it is known exactly.
    pub model: Option<String>,
    /// A name for people.
    pub name: String,
}

/// One problem.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FindingRow {
    /// Id; `keycase explain` prints its rule.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// The port it is about; null for the machine.
    pub port: Option<String>,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Certainty,
    /// What kind of problem it is.
    pub category: Category,
    /// What a technician can check.
    pub evidence: Vec<EvidenceRow>,
    /// What the person can do, in order.
    pub remedy: Vec<String>,
    /// What not to do.
    pub never: Vec<String>,
    /// Whom to turn to then.
    pub contact: Contact,
    /// When it is the vendor's support desk instead; `null` when that is not open.
    pub unless: Option<String>,
    /// Where the rule comes from.
    pub source: String,
}

/// One thing that was seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvidenceRow {
    /// What was seen.
    pub what: String,
    /// Where to look.
    #[serde(rename = "where")]
    pub place: String,
    /// Redacted lines of a log, at most three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

/// A problem that could not be decided.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NotEvaluatedRow {
    /// Id of the problem.
    pub id: String,
    /// The drive's port; null for the machine.
    pub port: Option<String>,
    /// The facts and logs that would decide it.
    pub missing: Vec<String>,
}

/// A question.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AskRow {
    /// The fact, as `--fact` takes it.
    pub fact: String,
    /// The question.
    pub question: String,
}

/// A right that is missing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RightRow {
    /// What could not be read.
    #[serde(rename = "where")]
    pub place: String,
    /// The right that reading it takes.
    pub right: String,
    /// What reading it would add.
    pub adds: String,
    /// The one command that grants it.
    pub grant: String,
}

impl FindingsDocument {
    /// Takes a diagnosis; lines of logs go through the redactor, and stay out without one.
    pub fn new(
        tool: Tool,
        as_of: Timestamp,
        snapshot: &Snapshot,
        diagnosis: &Diagnosis,
        rights: &[Right],
        redactor: Option<&Redactor>,
    ) -> Self {
        let findings = diagnosis.findings.iter().map(|finding| finding_row(finding, redactor));
        Self {
            schema: SCHEMA.into(),
            tool,
            as_of,
            drives: snapshot.drives.iter().map(DriveRow::from).collect(),
            findings: findings.collect(),
            not_evaluated: diagnosis.not_evaluated.iter().map(NotEvaluatedRow::from).collect(),
            ask: diagnosis.ask.iter().map(AskRow::from).collect(),
            rights: rights.iter().map(RightRow::from).collect(),
        }
    }

    /// The same with what the policy says about each drive taken into account.
    #[must_use]
    pub fn heeding(mut self, eligibility: &EligibilityDocument) -> Self {
        for finding in self.findings.iter_mut().filter(|row| row.contact == Contact::Vendor) {
            let mut drives = eligibility.drives.iter();
            let about = drives.find(|drive| Some(&drive.port) == finding.port.as_ref());
            if let Some(verdict) = about {
                finding.heed(verdict);
            }
        }
        self
    }

    /// Who makes the drive that a finding is about.
    pub fn maker(&self, finding: &FindingRow) -> Option<&str> {
        let mut drives = self.drives.iter();
        drives.find(|drive| Some(&drive.port) == finding.port.as_ref())?.vendor.as_deref()
    }
}

fn finding_row(finding: &Finding, redactor: Option<&Redactor>) -> FindingRow {
    FindingRow {
        id: finding.id.clone(),
        title: finding.title.clone(),
        port: finding.port.as_ref().map(ToString::to_string),
        severity: finding.severity,
        confidence: finding.confidence,
        category: finding.category,
        evidence: finding.evidence.iter().map(|e| evidence_row(e, redactor)).collect(),
        remedy: finding.remedy.clone(),
        never: finding.never.clone(),
        contact: finding.contact,
        unless: None,
        source: finding.source.clone(),
    }
}

impl FindingRow {
    /// Sends nobody to a vendor's desk that does not support the drive.
    fn heed(&mut self, verdict: &DriveVerdict) {
        match (&verdict.meanwhile, verdict.verdict) {
            (Some(row), _) => {
                (self.contact, self.unless) = (for_finding(row.contact), Some(row.unless.clone()));
            }
            (None, Verdict::NotEligible) => self.contact = for_finding(verdict.contact),
            _ => {}
        }
    }
}

fn evidence_row(evidence: &Evidence, redactor: Option<&Redactor>) -> EvidenceRow {
    let lines = evidence.lines.iter().filter_map(|line| redacted(line, redactor));
    let (what, place) = (evidence.what.clone(), evidence.place.clone());
    EvidenceRow { what, place, lines: lines.collect() }
}

/// A line that cannot be redacted is left out.
fn redacted(line: &RawLine, redactor: Option<&Redactor>) -> Option<String> {
    let clean = redactor?.text(line.unredacted()).ok()?;
    Some(String::from_utf8_lossy(clean.bytes()).trim_end().to_owned())
}

impl From<&Drive> for DriveRow {
    fn from(drive: &Drive) -> Self {
        let (port, model) = (drive.port.to_string(), drive.identity.model.clone());
        Self { port, vendor: drive.identity.vendor.clone(), model, name: drive.display_name() }
    }
}

impl From<&NotEvaluated> for NotEvaluatedRow {
    fn from(open: &NotEvaluated) -> Self {
        Self {
            id: open.id.clone(),
            port: open.port.as_ref().map(ToString::to_string),
            missing: open.missing.iter().cloned().collect(),
        }
    }
}

impl From<&Asked> for AskRow {
    fn from(asked: &Asked) -> Self {
        Self { fact: asked.fact.clone(), question: asked.question.clone() }
    }
}

impl From<&Right> for RightRow {
    fn from(right: &Right) -> Self {
        Self {
            place: right.place.clone(),
            right: right.right.into(),
            adds: right.adds.into(),
            grant: right.grant.into(),
        }
    }
}

/// Renders a document for people: 80 columns, no colour needed. The questions, which are
/// many, are listed on request.
pub fn table(document: &FindingsDocument, questions: bool) -> String {
    let mut out = String::new();
    for drive in &document.drives {
        let _ = writeln!(out, "{}  {}", drive.port, visible(&drive.name));
    }
    if document.findings.is_empty() {
        out.push_str("No known problem shows.\n");
    }
    for finding in &document.findings {
        out.push('\n');
        block(&mut out, finding, document.maker(finding));
    }
    rest(&mut out, document, questions);
    out.trim_start_matches('\n').to_owned()
}

fn block(out: &mut String, finding: &FindingRow, maker: Option<&str>) {
    let place = finding.port.as_deref().unwrap_or("machine");
    let severity = severity(finding.severity);
    let head = format!("{severity}[{}] {place}: {}", finding.id, finding.title);
    let options = textwrap::Options::new(80).subsequent_indent("  ");
    out.push_str(&textwrap::fill(&visible(&head), options));
    out.push('\n');
    labelled(out, "sure", certainty(finding.confidence));
    for evidence in &finding.evidence {
        labelled(out, "seen", &format!("{} ({})", evidence.what, evidence.place));
        for line in &evidence.lines {
            labelled(out, "", line);
        }
    }
    for (number, step) in finding.remedy.iter().enumerate() {
        let label = if number == 0 { "to do" } else { "" };
        labelled(out, label, &format!("{}. {step}", number + 1));
    }
    for (number, warning) in finding.never.iter().enumerate() {
        labelled(out, if number == 0 { "careful" } else { "" }, warning);
    }
    labelled(out, "then ask", &then_ask(finding, maker));
}

/// What could not be told: rights, questions, and how much stays open.
fn rest(out: &mut String, document: &FindingsDocument, questions: bool) {
    if !document.rights.is_empty() {
        out.push_str("\nNot allowed to read:\n");
        for right in &document.rights {
            let text = format!(
                "takes {}; it would add {}. To grant it: {}",
                right.right, right.adds, right.grant
            );
            labelled(out, &right.place, &text);
        }
    }
    if questions && !document.ask.is_empty() {
        out.push_str("\nOnly you can answer:\n");
        for ask in &document.ask {
            labelled(out, &format!("--fact {}=yes", ask.fact), &ask.question);
        }
    }
    let open = document.not_evaluated.len();
    if open > 0 {
        let need = if open == 1 { "needs" } else { "need" };
        let answers = match document.ask.len() {
            0 => String::new(),
            asked => format!("{} of yours (listed with -v), ", count(asked, "answer")),
        };
        let text = format!(
            "{} {need} what is not known here: {answers}logs, or facts of another system \
             (listed with --json).",
            count(open, "more check")
        );
        let _ = write!(out, "\n{}\n", textwrap::fill(&text, 80));
    }
}

/// The severity in a word.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// The certainty in a word.
pub fn certainty_word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Possible => "possible",
        Certainty::Likely => "likely",
        Certainty::Certain => "certain",
    }
}

/// The certainty in words.
pub fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Possible => "possible: one explanation among several",
        Certainty::Likely => "likely: the usual explanation",
        Certainty::Certain => "certain: the evidence has no other explanation",
    }
}

/// Whom to turn to, in words; the maker by name where it is known.
pub fn contact(contact: Contact, maker: Option<&str>) -> String {
    match contact {
        Contact::Vendor => DESK.to_owned(),
        Contact::None => "nobody; it can be settled at this computer".to_owned(),
        contact => called(of_finding(contact), maker),
    }
}

/// Whom a finding names.
fn then_ask(finding: &FindingRow, maker: Option<&str>) -> String {
    let named = contact(finding.contact, maker);
    match &finding.unless {
        Some(otherwise) => unless(&named, otherwise, DESK),
        None => named,
    }
}
