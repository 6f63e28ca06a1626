//! The page as a whole: contents in, HTML out.

use std::collections::BTreeMap;

use askama::Template;

use super::documents::{self, Eligibility, Finding, Findings};
use super::drive::DriveView;
use crate::bundle::{Contents, Manifest};
use crate::render::text::bytes;
use crate::text::visible;

/// The page's parts, in its own words.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    made: String,
    tool: String,
    interrupted: bool,
    drives: Vec<DriveView>,
    findings: Vec<FindingView>,
    files: Vec<FileView>,
    sources: Vec<SourceView>,
    replaced: Vec<(String, u64)>,
    audit: String,
    consent: String,
}

struct FindingView {
    title: String,
    grade: String,
    remedy: Vec<String>,
}

struct FileView {
    name: String,
    size: String,
    replaced: u64,
    note: &'static str,
}

struct SourceView {
    id: String,
    outcome: &'static str,
    why: String,
}

/// Writes the page about a bundle.
pub fn report(contents: &Contents<'_>) -> String {
    let manifest = contents.manifest;
    let eligibility: Eligibility = documents::read(contents.documents, "eligibility.json");
    let findings: Findings = documents::read(contents.documents, "findings.json");
    let drives = contents.snapshot.drives.iter();
    let tool = &manifest.tool;
    let page = Page {
        made: manifest.created_at.to_string(),
        tool: clean(&format!("{} {} (data {})", tool.name, tool.version, tool.data.version)),
        interrupted: manifest.interrupted,
        drives: drives.map(|drive| DriveView::new(drive, &eligibility)).collect(),
        findings: findings.findings.iter().map(finding).collect(),
        files: files(manifest),
        sources: sources(manifest),
        replaced: replaced(manifest),
        audit: audit(manifest),
        consent: consent(manifest),
    };
    // Writing to memory fails only if a value's own formatting does, and none here does.
    page.render().unwrap_or_default()
}

/// Outside text, with everything made visible that could steer or hide other text.
pub(super) fn clean(text: &str) -> String {
    visible(text).into_owned()
}

fn finding(finding: &Finding) -> FindingView {
    let text = |value: &Option<String>| value.as_deref().map(clean);
    let port = text(&finding.port).map(|port| format!("port {port}"));
    let source = text(&finding.source).map(|source| format!("source: {source}"));
    let parts = [text(&finding.severity), text(&finding.confidence), port, source];
    FindingView {
        title: text(&finding.title).unwrap_or_else(|| "without a title".into()),
        grade: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
        remedy: finding.remedy.iter().map(|step| clean(step)).collect(),
    }
}

fn files(manifest: &Manifest) -> Vec<FileView> {
    let view = |file: &crate::bundle::manifest::FileEntry| FileView {
        name: clean(&file.name),
        size: bytes(file.bytes),
        replaced: file.redactions.values().sum(),
        note: if file.truncated { "cut to fit" } else { "" },
    };
    manifest.files.iter().map(view).collect()
}

fn sources(manifest: &Manifest) -> Vec<SourceView> {
    let view = |entry: &crate::bundle::manifest::CollectorEntry| SourceView {
        id: clean(&entry.id),
        outcome: entry.outcome.words(),
        why: entry.why.as_deref().map(clean).unwrap_or_default(),
    };
    manifest.collectors.iter().map(view).collect()
}

fn replaced(manifest: &Manifest) -> Vec<(String, u64)> {
    let mut sums = BTreeMap::<&str, u64>::new();
    for (class, count) in manifest.files.iter().flat_map(|file| &file.redactions) {
        let sum = sums.entry(class).or_default();
        *sum = sum.saturating_add(*count);
    }
    sums.into_iter().map(|(class, count)| (clean(&class.replace('_', " ")), count)).collect()
}

fn audit(manifest: &Manifest) -> String {
    match manifest.audit.values {
        0 => "The finished bundle was not searched: no sensitive value of the machine was \
              known to search for."
            .to_owned(),
        values => format!(
            "The finished bundle was searched for {values} sensitive values that the machine \
             is known to have; {} were found.",
            manifest.audit.hits
        ),
    }
}

fn consent(manifest: &Manifest) -> String {
    manifest.consent.as_ref().map_or(String::new(), |consent| {
        format!("Agreed to at {}: {}", consent.at, clean(&consent.text))
    })
}
