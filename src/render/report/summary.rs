//! What a bundle says, in a few lines for a terminal: verdicts, findings, the triage.

use super::documents::{self, Eligibility, Finding, Findings, Judged, Triage};
use crate::bundle::{Contents, Document};
use crate::policy::Verdict;
use crate::render::eligibility::verdict_words;
use crate::render::text::{count, labelled};

/// Findings that are named; the page has all of them.
const FINDINGS: usize = 8;

/// The longest text shown of a value: a bundle may come from anybody.
const LONGEST: usize = 240;

/// What the page says of the triage that fits a few lines.
const TICKET: [&str; 4] = ["Careful", "Type", "Severity", "Category"];

/// What the documents of a bundle say, and nothing when it has none.
pub fn summary(contents: &Contents<'_>) -> String {
    let Contents { snapshot, documents, .. } = contents;
    let mut out = String::new();
    let eligibility: Eligibility = documents::read(documents, "eligibility.json");
    for drive in &snapshot.drives {
        let port = drive.port.to_string();
        let judged = eligibility.drives.iter().find(|row| row.port.as_deref() == Some(&port));
        if let Some(words) = judged.and_then(verdict) {
            labelled(&mut out, "verdict", &format!("port {port}: {}", short(&words)));
        }
    }
    findings(&mut out, documents);
    let triage: Triage = documents::read(documents, "triage.json");
    for (label, value) in triage.rows().unwrap_or_default() {
        if TICKET.contains(&label) {
            labelled(&mut out, &label.to_lowercase(), &short(&value));
        }
    }
    match out.is_empty() {
        true => out,
        false => format!("What the bundle says\n{out}"),
    }
}

fn verdict(judged: &Judged) -> Option<String> {
    // A name that this release does not know says as little as the one for it.
    let verdict = documents::named(judged.verdict.as_deref()?).unwrap_or(Verdict::Unknown);
    let words = verdict_words(verdict);
    let excludes = judged.reasons.iter().find(|row| row.effect.as_deref() == Some("excludes"));
    let rest = match (excludes.and_then(|row| row.text.as_deref()), judged.ask.len()) {
        (Some(text), _) => format!(": {text}"),
        (None, 0) => String::new(),
        (None, questions) => format!(" ({})", count(questions, "question")),
    };
    Some(format!("{words}{rest}"))
}

fn findings(out: &mut String, documents: &[Document]) {
    let Findings { findings } = documents::read(documents, "findings.json");
    for row in findings.iter().take(FINDINGS) {
        labelled(out, "finding", &finding(row));
    }
    if let Some(more) = findings.len().checked_sub(FINDINGS).filter(|more| *more > 0) {
        labelled(out, "", &format!("and {more} more"));
    }
    let there = documents.iter().any(|document| document.name == "findings.json");
    if there && findings.is_empty() {
        labelled(out, "finding", "no known problem shows");
    }
}

fn finding(row: &Finding) -> String {
    let part = |value: &Option<String>| value.as_deref().map(short);
    let severity = part(&row.severity).unwrap_or_else(|| "unknown".into());
    let title = part(&row.title).unwrap_or_else(|| "without a title".into());
    let place = part(&row.port).map(|port| format!(" on port {port}")).unwrap_or_default();
    let sure = part(&row.confidence).map(|sure| format!(" ({sure})")).unwrap_or_default();
    format!("{severity}: {title}{place}{sure}")
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(short("ä"), "ä");
        let cut = short(&"ä".repeat(LONGEST + 1));
        assert_eq!(cut.chars().count(), LONGEST + 1);
        assert!(cut.ends_with("ä…"));
    }
}
