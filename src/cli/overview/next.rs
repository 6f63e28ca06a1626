//! What to do now: commands, each with what it is good for.

use crate::policy::Verdict;
use crate::render::eligibility::EligibilityDocument;
use crate::render::findings::FindingsDocument;
use crate::render::overview::NextRow;
use crate::snapshot::Snapshot;

/// The steps, the first one first.
pub(super) fn steps(
    snapshot: &Snapshot,
    eligibility: &EligibilityDocument,
    findings: &FindingsDocument,
) -> Vec<NextRow> {
    let mut steps = Vec::new();
    let mut step = |command: &str, does: &str| {
        steps.push(NextRow { command: command.into(), does: does.into() });
    };
    for right in &findings.rights {
        step(&right.grant, &format!("grants the right that is missing for {}", right.place));
    }
    if !findings.findings.is_empty() {
        step("keycase diagnose", "shows the evidence, and every step");
    }
    if snapshot.drives.is_empty() {
        step("keycase scan --all", "lists every USB device, to see whether the computer sees it");
        step("keycase --help", "lists all commands");
        return steps;
    }
    let counts = eligibility.summary;
    if counts.needs_information > 0 {
        step("keycase check", "asks the questions that decide, and says who is to be asked");
    } else if counts.not_eligible + counts.unknown > 0 {
        step("keycase check", "says why, with the source of every rule");
    }
    let open = |verdict| matches!(verdict, Verdict::Eligible | Verdict::NeedsInformation);
    if eligibility.drives.iter().any(|drive| open(drive.verdict)) {
        step(
            "keycase submit",
            "opens a ticket with the evidence; shows it and asks before it goes",
        );
    } else {
        step("keycase bundle", "packs the evidence, without personal data, for whoever helps");
    }
    steps
}
