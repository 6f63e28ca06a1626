//! The page as a whole: contents in, HTML out.

use std::collections::BTreeMap;

use askama::Template;
use sha2::{Digest, Sha256};

use super::documents::{self, Eligibility, Finding, Findings, Triage};
use super::drive::DriveView;
use super::timeline::Timeline;
use super::topology::Topology;
use crate::bundle::manifest::{CollectorEntry, FileEntry, Outcome};
use crate::bundle::{CANARIES, Contents, Manifest};
use crate::render::text::{bytes, count};
use crate::snapshot::{HostFacts, Snapshot};
use crate::text::{hex, visible};

/// The look of the page; it stands inside it, since nothing is fetched.
const STYLE: &str = include_str!("../../../templates/report/style.css");

/// The page's own name in a bundle.
const REPORT: &str = "report.html";

/// The page's parts, in its own words.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    /// Lets the page's own style in and no other.
    nonce: String,
    style: &'static str,
    title: String,
    made: String,
    tool: String,
    system: String,
    interrupted: bool,
    glance: Vec<Glance>,
    drives: Vec<DriveView>,
    ticket: Option<Vec<(&'static str, String)>>,
    findings: Vec<FindingView>,
    timeline: Option<Timeline>,
    topology: Option<Topology>,
    files: Vec<FileView>,
    cut: Vec<CutView>,
    sources: Vec<SourceView>,
    replaced: Vec<(String, u64)>,
    audit: String,
    consent: String,
}

/// One of the few facts on top.
struct Glance {
    label: &'static str,
    value: String,
    tone: &'static str,
}

struct FindingView {
    title: String,
    severity: String,
    tone: &'static str,
    grade: String,
    evidence: Vec<(String, String)>,
    remedy: Vec<String>,
    never: Vec<String>,
}

struct FileView {
    name: String,
    size: String,
    replaced: u64,
    note: &'static str,
}

struct CutView {
    file: String,
    kept: String,
    of: String,
    why: String,
}

struct SourceView {
    id: String,
    outcome: &'static str,
    tone: &'static str,
    why: String,
}

/// Writes the page about a bundle.
pub fn report(contents: &Contents<'_>) -> String {
    let Contents { manifest, snapshot, documents, logs } = contents;
    let eligibility: Eligibility = documents::read(documents, "eligibility.json");
    let findings: Findings = documents::read(documents, "findings.json");
    let triage: Triage = documents::read(documents, "triage.json");
    let drives: Vec<DriveView> =
        snapshot.drives.iter().map(|drive| DriveView::new(drive, &eligibility)).collect();
    let findings: Vec<FindingView> =
        findings.findings.iter().map(|row| finding(row, snapshot)).collect();
    let tool = &manifest.tool;
    let page = Page {
        nonce: nonce(manifest),
        style: STYLE,
        title: title(snapshot),
        made: manifest.created_at.to_string(),
        tool: clean(&format!("{} {} (data {})", tool.name, tool.version, tool.data.version)),
        system: system(&snapshot.host),
        interrupted: manifest.interrupted,
        glance: glance(&drives, &findings, manifest),
        drives,
        ticket: triage.rows(),
        findings,
        timeline: Timeline::new(logs, snapshot),
        topology: Topology::new(logs, snapshot),
        files: manifest.files.iter().map(file).collect(),
        cut: cut(manifest),
        sources: manifest.collectors.iter().map(source).collect(),
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

/// A word that the page's texts cannot know, and the same for the same bundle.
fn nonce(manifest: &Manifest) -> String {
    let text = serde_json::to_vec(manifest).unwrap_or_default();
    let mut word = hex(&Sha256::digest(&text));
    word.truncate(24);
    word
}

fn title(snapshot: &Snapshot) -> String {
    match snapshot.drives.as_slice() {
        [] => "No secure drive was found".to_owned(),
        [one] => clean(&one.display_name()),
        [first, more @ ..] => {
            let others = if more.len() == 1 { "another drive" } else { "other drives" };
            format!("{} and {others}", clean(&first.display_name()))
        }
    }
}

fn system(host: &HostFacts) -> String {
    let os = host.os_version.as_ref().or(host.os.as_ref());
    let kernel = host.kernel.as_ref().map(|kernel| format!("kernel {kernel}"));
    let parts: Vec<String> =
        os.cloned().into_iter().chain(kernel).chain(host.arch.clone()).collect();
    if parts.is_empty() { String::new() } else { clean(&format!("{}.", parts.join(", "))) }
}

fn glance(drives: &[DriveView], findings: &[FindingView], manifest: &Manifest) -> Vec<Glance> {
    let mut glance: Vec<Glance> = Vec::new();
    if let [drive] = drives
        && let Some(verdict) = &drive.verdict
    {
        let value = verdict.words.to_owned();
        glance.push(Glance { label: "Verdict", value, tone: verdict.tone });
    } else {
        let value = format!("{} found", drives.len());
        glance.push(Glance { label: "Drives", value, tone: "plain" });
    }
    if let Some(worst) = findings.first() {
        let value = match findings.len() {
            1 => worst.title.clone(),
            count => format!("{}, and {} more", worst.title, count - 1),
        };
        glance.push(Glance { label: "Finding", value, tone: worst.tone });
    }
    // The page may not be listed yet while it is written; it and the manifest count too.
    let files = manifest.files.iter().filter(|file| file.name != REPORT).count() + 2;
    let values = replaced(manifest);
    let count: u64 = values.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count));
    glance.push(Glance { label: "Inside", value: format!("{files} files"), tone: "plain" });
    glance.push(Glance {
        label: "Taken out",
        value: match count {
            1 => "1 personal value".to_owned(),
            count => format!("{count} personal values"),
        },
        tone: "good",
    });
    glance
}

fn finding(finding: &Finding, snapshot: &Snapshot) -> FindingView {
    let text = |value: &Option<String>| value.as_deref().map(clean);
    let port = text(&finding.port).map(|port| format!("port {port}"));
    let mut drives = snapshot.drives.iter();
    let about = drives.find(|drive| Some(&drive.port.to_string()) == finding.port.as_ref());
    let maker = about.and_then(|drive| drive.identity.vendor.as_deref());
    let whom = documents::whom(finding.contact.as_deref(), maker, finding.unless.as_deref());
    let contact = whom.map(|whom| format!("turn to {whom}"));
    let source = text(&finding.source).map(|source| format!("source: {source}"));
    let parts = [text(&finding.confidence), port, contact, source];
    let evidence = finding.evidence.iter();
    let evidence =
        evidence.map(|e| (text(&e.what).unwrap_or_default(), text(&e.place).unwrap_or_default()));
    FindingView {
        title: text(&finding.title).unwrap_or_else(|| "without a title".into()),
        severity: text(&finding.severity).unwrap_or_else(|| "unknown".into()),
        tone: match finding.severity.as_deref() {
            Some("error") => "bad",
            Some("warning") => "ask",
            Some("info") => "plain",
            _ => "open",
        },
        grade: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        evidence: evidence.collect(),
        remedy: finding.remedy.iter().map(|step| clean(step)).collect(),
        never: finding.never.iter().map(|warning| clean(warning)).collect(),
    }
}

fn file(file: &FileEntry) -> FileView {
    FileView {
        name: clean(&file.name),
        size: bytes(file.bytes),
        replaced: file.redactions.values().fold(0, |sum, count| sum.saturating_add(*count)),
        note: if file.truncated { "cut to fit" } else { "" },
    }
}

fn source(entry: &CollectorEntry) -> SourceView {
    SourceView {
        id: clean(&entry.id),
        outcome: entry.outcome.words(),
        tone: match entry.outcome {
            Outcome::Done => "good",
            Outcome::Skipped | Outcome::Other => "open",
            Outcome::TimedOut => "ask",
            Outcome::Failed => "bad",
        },
        why: entry.why.as_deref().map(clean).unwrap_or_default(),
    }
}

/// What was left out, and by which bound. Older bundles have no table of it; there a file
/// only says that it was cut.
fn cut(manifest: &Manifest) -> Vec<CutView> {
    let rows = manifest.truncations.iter().map(|row| CutView {
        file: clean(&row.file),
        kept: bytes(row.kept),
        of: row.of.map_or_else(|| "not counted".to_owned(), bytes),
        why: clean(&row.why),
    });
    let untold = |file: &&FileEntry| {
        file.truncated && manifest.truncations.iter().all(|row| row.file != file.name)
    };
    let others = manifest.files.iter().filter(untold).map(|file| CutView {
        file: clean(&file.name),
        kept: bytes(file.bytes),
        of: "not counted".to_owned(),
        why: "cut to fit; the newest part is here".to_owned(),
    });
    rows.chain(others).collect()
}

fn replaced(manifest: &Manifest) -> Vec<(String, u64)> {
    let mut sums = BTreeMap::<&str, u64>::new();
    // Made-up values are nobody's.
    let real = manifest.files.iter().filter(|file| file.collector != CANARIES);
    for (class, count) in real.flat_map(|file| &file.redactions) {
        let sum = sums.entry(class).or_default();
        *sum = sum.saturating_add(*count);
    }
    sums.into_iter().map(|(class, count)| (clean(&class.replace('_', " ")), count)).collect()
}

fn audit(manifest: &Manifest) -> String {
    let audit = &manifest.audit;
    if audit.values == 0 {
        return "No sensitive value of the machine was known to search the finished bundle for."
            .to_owned();
    }
    format!(
        "The finished bundle was searched, names and contents, for {} that the machine is known \
         to have and {} made-up ones, in {}; {} were found.",
        count(audit.values, "sensitive value"),
        audit.canaries,
        count(audit.spellings.len(), "spelling"),
        audit.hits
    )
}

fn consent(manifest: &Manifest) -> String {
    manifest.consent.as_ref().map_or(String::new(), |consent| {
        format!("Agreed to at {}: {}", consent.at, clean(&consent.text))
    })
}
