//! How a ticket reads: the template, and filling it with facts. Pure.

use serde::Deserialize;

use super::Facts;
use super::ticket::{DriveSection, FindingSection, TicketDraft, VerdictSection};

/// The text of a ticket, as data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TicketTemplate {
    /// Why it reads like this.
    pub source: String,
    /// When that was looked at.
    pub checked: jiff::civil::Date,
    /// The subject when there is a drive.
    pub subject: String,
    /// The subject when there is none.
    pub subject_without_drive: String,
    /// The longest symptom within a subject.
    pub symptom_chars: usize,
    drive_heading: String,
    host_heading: String,
    given_heading: String,
    verdict_heading: String,
    findings_heading: String,
    no_findings: String,
    careful: String,
    triage_heading: String,
    words_heading: String,
    questions_heading: String,
    evidence_heading: String,
    no_drive: String,
    no_verdict: String,
    policy: String,
    whom: String,
    evidence: String,
    no_evidence: String,
    closing: String,
    /// What stands for a fact that is not known.
    pub unknown: String,
    drive: Vec<Line>,
    host: Vec<Line>,
    triage: Vec<Line>,
}

/// One line of facts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Line {
    label: String,
    value: String,
    when_unknown: WhenUnknown,
}

/// What becomes of a line whose fact is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WhenUnknown {
    Show,
    Omit,
}

impl TicketTemplate {
    /// The whole text of a ticket: facts first, then what is made of them, the person's
    /// words, and what is still open.
    pub fn text(&self, draft: &TicketDraft) -> String {
        let mut text = String::new();
        for drive in &draft.drives {
            self.drive(&mut text, drive);
        }
        if draft.drives.is_empty() {
            section(&mut text, &self.no_drive, []);
        }
        section(&mut text, &self.host_heading, self.lines(&self.host, &draft.facts));
        if !draft.given.is_empty() {
            let given = draft.given.iter().map(|(name, value)| format!("{name}: {value}"));
            section(&mut text, &self.given_heading, given);
        }
        let triage: Vec<String> = self.lines(&self.triage, &draft.facts).collect();
        if !triage.is_empty() {
            section(&mut text, &self.triage_heading, triage);
        }
        self.findings(&mut text, &draft.findings);
        section(&mut text, &self.words_heading, draft.words.lines().map(str::to_owned));
        let open = draft.open_questions();
        if !open.is_empty() {
            let open = open.into_iter().map(|question| format!("? {question}"));
            section(&mut text, &self.questions_heading, open);
        }
        let evidence = match &draft.bundle {
            Some(_) => self.fill(&self.evidence, &draft.facts),
            None => self.no_evidence.clone(),
        };
        section(&mut text, &self.evidence_heading, [evidence]);
        text.push_str(&self.fill(&self.closing, &draft.facts));
        text.push('\n');
        text
    }

    fn drive(&self, text: &mut String, drive: &DriveSection) {
        let heading = self.fill(&self.drive_heading, &drive.facts);
        section(text, &heading, self.lines(&self.drive, &drive.facts));
        let lines: Vec<String> = match &drive.verdict {
            None => vec![self.no_verdict.clone()],
            Some(verdict) => self.verdict(verdict),
        };
        section(text, &self.verdict_heading, lines);
    }

    fn verdict(&self, verdict: &VerdictSection) -> Vec<String> {
        let VerdictSection { verdict: id, words, policy, whom, reasons, .. } = verdict;
        let head = words.as_ref().map_or_else(|| id.clone(), |words| format!("{words} ({id})"));
        let named = [(&self.policy, policy), (&self.whom, whom)].into_iter();
        let named =
            named.filter_map(|(label, value)| Some(format!("{label}: {}", value.as_ref()?)));
        let reasons = reasons.iter().map(|reason| format!("- {reason}"));
        std::iter::once(head).chain(named).chain(reasons).collect()
    }

    fn findings(&self, text: &mut String, findings: &[FindingSection]) {
        let mut lines = Vec::new();
        for finding in findings {
            let FindingSection { id, title, severity, confidence, .. } = finding;
            let place = finding.port.as_ref().map(|port| format!(", port {port}"));
            let place = place.unwrap_or_default();
            lines.push(format!("{severity}, {confidence}: {title} ({id}{place})"));
            lines.extend(finding.seen.iter().map(|seen| format!("  {seen}")));
            let never = finding.never.iter();
            lines.extend(never.map(|warning| format!("  {}: {warning}", self.careful)));
        }
        if lines.is_empty() {
            lines.push(self.no_findings.clone());
        }
        section(text, &self.findings_heading, lines);
    }

    fn lines<'a>(
        &'a self,
        lines: &'a [Line],
        facts: &'a Facts,
    ) -> impl Iterator<Item = String> + 'a {
        lines.iter().filter_map(|line| {
            let known = placeholders(&line.value).all(|name| facts.contains_key(name));
            let shown = known || line.when_unknown == WhenUnknown::Show;
            shown.then(|| format!("{}: {}", line.label, self.fill(&line.value, facts)))
        })
    }

    /// Puts facts into a text; what is not known becomes the template's word for it.
    pub fn fill(&self, text: &str, facts: &Facts) -> String {
        fill(text, |name| facts.get(name).cloned().unwrap_or_else(|| self.unknown.clone()))
    }
}

/// Replaces every `{name}`. A brace that opens no name stands for itself.
pub fn fill(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        filled.push_str(&value(name));
        rest = after;
    }
    filled + rest
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = next_placeholder(rest)?;
        rest = after;
        Some(name)
    })
}

fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('{')?;
    let close = open + text[open..].find('}')?;
    Some((&text[..open], &text[open + 1..close], &text[close + 1..]))
}

fn section(text: &mut String, heading: &str, lines: impl IntoIterator<Item = String>) {
    text.push_str(heading);
    text.push('\n');
    for line in lines {
        text.push_str("  ");
        text.push_str(&line);
        text.push('\n');
    }
    text.push('\n');
}
