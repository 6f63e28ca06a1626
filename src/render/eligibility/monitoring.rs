//! Verdicts for monitoring: Prometheus text and a Nagios plugin's line.

use std::fmt::Write as _;

use super::{DriveVerdict, EligibilityDocument, Summary, verdict_id};
use crate::policy::Verdict;
use crate::render::text::count;
use crate::text::visible;

/// The text exposition format, for node_exporter's textfile collector.
///
/// Serial numbers stay out: they would end in every copy of the metrics.
pub fn prometheus(documents: &[EligibilityDocument]) -> String {
    let mut out = String::from(
        "# HELP keycase_drive_eligible Whether the policy supports the drive (1) or not, or not known (0).\n\
         # TYPE keycase_drive_eligible gauge\n",
    );
    for (machine, document, drive) in numbered(documents) {
        let eligible = u8::from(drive.verdict == Verdict::Eligible);
        let _ = writeln!(
            out,
            "keycase_drive_eligible{{{machine}port=\"{}\",name=\"{}\",policy=\"{}\",verdict=\"{}\"}} {eligible}",
            label(&drive.port),
            label(&drive.name),
            label(&document.policy.id),
            verdict_id(drive.verdict)
        );
    }
    out.push_str(
        "# HELP keycase_drives Drives by verdict.\n\
         # TYPE keycase_drives gauge\n",
    );
    for (verdict, count) in sum(documents).counts() {
        let _ = writeln!(out, "keycase_drives{{verdict=\"{verdict}\"}} {count}");
    }
    out
}

/// One line: status, what is wrong, and performance data; `advised` is how many drives something
/// is advised for.
pub fn nagios(documents: &[EligibilityDocument], advised: usize, status: &str) -> String {
    let summary = sum(documents);
    let mut parts = Vec::new();
    for (verdict, drives) in summary.counts().into_iter().filter(|(_, drives)| *drives > 0) {
        parts.push(format!("{drives} {}", verdict.replace('_', " ")));
    }
    if parts.is_empty() {
        parts.push("no drive found".into());
    }
    if advised > 0 {
        parts.push(format!("{advised} advised to update"));
    }
    for (_, drive) in rows(documents).filter(|(_, d)| d.verdict != Verdict::Eligible) {
        parts.push(format!("{}: {}", called(drive), why(drive)));
    }
    for (_, drive) in rows(documents).filter(|(_, drive)| !drive.advice.is_empty()) {
        parts.push(format!("{}: update advised", called(drive)));
    }
    let data: Vec<String> =
        summary.counts().iter().map(|(verdict, count)| format!("{verdict}={count}")).collect();
    format!("KEYCASE {status} - {} | {}\n", parts.join(", "), data.join(" "))
}

/// The line of a check that could not run.
pub fn nagios_unknown(what: &str) -> String {
    format!("KEYCASE UNKNOWN - {}\n", plain(what))
}

/// A drive by its machine, where there are several, its port and its name.
fn called(drive: &DriveVerdict) -> String {
    let machine = drive.machine.map(|number| format!("machine {number} ")).unwrap_or_default();
    format!("{machine}{} {}", drive.port, plain(&drive.name))
}

fn why(drive: &DriveVerdict) -> String {
    use crate::policy::Effect;
    let by = |effect| {
        let of = drive.reasons.iter().filter(move |reason| reason.effect == effect);
        of.map(|reason| reason.clause.as_str()).collect::<Vec<_>>().join(" ")
    };
    match drive.verdict {
        Verdict::Eligible => "eligible".into(),
        Verdict::NotEligible => format!("not eligible ({})", by(Effect::Excludes)),
        Verdict::NeedsInformation => count(drive.ask.len(), "question"),
        Verdict::Unknown => "product not known".into(),
    }
}

/// Each drive with a label for its machine, when there are several: two machines have the
/// same ports, and no two series may have the same labels.
fn numbered(
    documents: &[EligibilityDocument],
) -> impl Iterator<Item = (String, &EligibilityDocument, &DriveVerdict)> {
    let several = documents.len() > 1;
    documents.iter().enumerate().flat_map(move |(number, document)| {
        let machine = if several { format!("machine=\"{}\",", number + 1) } else { String::new() };
        document.drives.iter().map(move |drive| (machine.clone(), document, drive))
    })
}

fn rows(
    documents: &[EligibilityDocument],
) -> impl Iterator<Item = (&EligibilityDocument, &DriveVerdict)> {
    documents.iter().flat_map(|document| document.drives.iter().map(move |drive| (document, drive)))
}

fn sum(documents: &[EligibilityDocument]) -> Summary {
    documents.iter().fold(Summary::default(), |sum, document| sum.and(document.summary))
}

/// A label value; Prometheus escapes backslash, quote and line break.
fn label(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// Nagios takes everything after a pipe for performance data.
fn plain(text: &str) -> String {
    visible(text).replace('|', "/")
}
