//! One screen for a person: 80 columns, words instead of signs and colours, and an order
//! in which it can be read aloud.

use std::fmt::Write as _;

use super::Overview;
use crate::policy::{Contact, Verdict};
use crate::render::contact;
use crate::render::eligibility::{DriveVerdict, verdict_words};
use crate::render::findings::{FindingRow, FindingsDocument, certainty_word, severity};
use crate::render::scan::{lock_state, managed};
use crate::render::text::{count, labelled};
use crate::snapshot::{Drive, Managed};
use crate::text::visible;

/// Findings shown in full; more would not fit a screen.
const FINDINGS: usize = 4;

/// Renders an overview.
pub fn screen(overview: &Overview) -> String {
    let mut out = String::new();
    drives(&mut out, overview);
    findings(&mut out, overview);
    contacts(&mut out, overview);
    out.push_str("\nNext\n");
    for next in &overview.next {
        let _ = writeln!(out, "    {}", visible(&next.command));
        labelled(&mut out, "", &next.does);
    }
    out
}

fn drives(out: &mut String, overview: &Overview) {
    let drives = &overview.snapshot.drives;
    match drives.len() {
        0 => return nothing(out, overview),
        1 => out.push_str("One drive\n"),
        count => {
            let _ = writeln!(out, "{count} drives");
        }
    }
    for drive in drives {
        let port = drive.port.to_string();
        let verdict = overview.eligibility.drives.iter().find(|row| row.port == port);
        block(out, drive, verdict);
    }
}

fn block(out: &mut String, drive: &Drive, verdict: Option<&DriveVerdict>) {
    let _ = writeln!(out, "\n{}", visible(&drive.display_name()));
    labelled(out, "port", &drive.port.to_string());
    labelled(out, "state", lock_state(drive.lock_state));
    labelled(out, "managed", managed(drive.managed));
    let Some(verdict) = verdict else { return };
    let mut support = verdict_words(verdict.verdict).to_owned();
    let excludes = verdict.excluding().next();
    if let Some(reason) = excludes {
        let _ = write!(support, ": {}", reason.text);
    }
    if verdict.verdict == Verdict::NeedsInformation {
        let _ = write!(support, " ({})", count(verdict.ask.len(), "question"));
    }
    labelled(out, "support", &support);
    labelled(out, "lifecycle", &verdict.lifecycle.note);
    for advice in &verdict.advice {
        labelled(out, "advised", &advice.message);
    }
}

/// No drive: what to try, in the order in which it helps.
fn nothing(out: &mut String, overview: &Overview) {
    out.push_str("No IronKey, Kingston or DataLocker drive found\n\n");
    if overview.snapshot.host.usb_bus == Some(false) {
        labelled(out, "because", "this system has no USB bus (a container or virtual machine?)");
        labelled(out, "try", "run keycase on the computer that the drive is plugged into");
        return;
    }
    for (number, text) in [
        "plug the drive directly into this computer, without a hub",
        "unlock it first, if it has a keypad: until then no computer sees it",
        "try another port, then another computer",
    ]
    .into_iter()
    .enumerate()
    {
        labelled(out, if number == 0 { "try" } else { "" }, &format!("{}. {text}", number + 1));
    }
}

fn findings(out: &mut String, overview: &Overview) {
    let findings = &overview.findings.findings;
    if findings.is_empty() {
        if !overview.snapshot.drives.is_empty() {
            out.push_str("\nNo known problem shows\n");
        }
        return;
    }
    out.push_str("\nWhat shows\n");
    let mut warned = Vec::new();
    for (number, finding) in findings.iter().take(FINDINGS).enumerate() {
        labelled(out, &format!("{}.", number + 1), &heading(finding));
        if let Some(first) = finding.remedy.first() {
            labelled(out, "do first", first);
        }
        warnings(out, finding, &mut warned);
    }
    if let Some(more) = findings.len().checked_sub(FINDINGS).filter(|more| *more > 0) {
        labelled(out, "and", &format!("{more} more, shown by keycase diagnose"));
    }
    // What must not be done counts also where the rest has no room.
    findings.iter().skip(FINDINGS).for_each(|finding| warnings(out, finding, &mut warned));
}

/// What not to do; each warning once, however many findings give it.
fn warnings<'f>(out: &mut String, finding: &'f FindingRow, warned: &mut Vec<&'f str>) {
    for warning in &finding.never {
        if !warned.contains(&warning.as_str()) {
            warned.push(warning);
            labelled(out, "careful", warning);
        }
    }
}

fn heading(finding: &FindingRow) -> String {
    let place = finding.port.as_ref().map(|port| format!(" on port {port}")).unwrap_or_default();
    let (severity, sure) = (severity(finding.severity), certainty_word(finding.confidence));
    format!("{}{place} ({severity}, {sure})", finding.title)
}

/// Somebody who helps.
struct Helper {
    words: String,
    contact: Contact,
    /// Whether it is, or may be, the policy's own desk.
    is_desk: bool,
}

/// Who helps, in the order of the drives and findings that say so, each once.
fn contacts(out: &mut String, overview: &Overview) {
    out.push_str("\nWho helps\n");
    let helpers = helpers(overview);
    let open = overview.eligibility.summary.needs_information > 0;
    let governed = overview.snapshot.drives.iter().any(|drive| drive.managed == Managed::Yes);
    if open && governed && !helpers.iter().any(|h| h.contact == Contact::OrganisationAdmin) {
        labelled(out, "first", "the administrator of your organisation, unless that is you");
    }
    for helper in &helpers {
        labelled(out, "who", &helper.words);
        if helper.is_desk {
            channels(out, overview);
        }
    }
    if open && !helpers.iter().any(|helper| helper.is_desk) {
        labelled(out, "maybe", &format!("{}, if the questions allow it", overview.support.name));
        channels(out, overview);
    } else if helpers.is_empty() {
        let above = !overview.findings.findings.is_empty();
        let when = if above { ", if nothing above helps" } else { "" };
        labelled(out, "who", &format!("whoever looks after this computer{when}"));
    }
}

fn helpers(overview: &Overview) -> Vec<Helper> {
    let (drives, desk) = (&overview.eligibility.drives, overview.support.name.as_str());
    // Nobody is sent to a desk that supports none of the drives.
    let covered = |verdict| matches!(verdict, Verdict::Eligible | Verdict::NeedsInformation);
    let desk_helps = drives.is_empty() || drives.iter().any(|drive| covered(drive.verdict));
    let named = drives.iter().map(|drive| Helper {
        words: contact::of_verdict(drive, desk),
        contact: drive.meanwhile.as_ref().map_or(drive.contact, |row| row.contact),
        is_desk: drive.meanwhile.is_some() || drive.contact == Contact::Vendor,
    });
    let findings = &overview.findings;
    let found = findings.findings.iter().map(|finding| helper(finding, findings, desk));
    let mut told = Vec::<Helper>::new();
    for helper in named.chain(found) {
        let helps = helper.contact != Contact::None && (desk_helps || !helper.is_desk);
        if helps && !told.iter().any(|told| told.words == helper.words) {
            told.push(helper);
        }
    }
    told
}

fn helper(finding: &FindingRow, all: &FindingsDocument, desk: &str) -> Helper {
    let contact = contact::of_finding(finding.contact);
    let words = match contact {
        Contact::Vendor => desk.to_owned(),
        contact => contact::called(contact, all.maker(finding)),
    };
    match &finding.unless {
        Some(unless) => {
            Helper { words: contact::unless(&words, unless, desk), contact, is_desk: true }
        }
        None => Helper { words, contact, is_desk: contact == Contact::Vendor },
    }
}

/// The policy's own channels that can be reached by what it says.
fn channels(out: &mut String, overview: &Overview) {
    let reachable = overview.support.channels.iter().filter(|row| row.address.is_some());
    let reachable = reachable
        .map(|row| contact::way(&row.id, row.address.as_deref(), row.condition.as_deref()));
    for (number, text) in reachable.enumerate() {
        labelled(out, if number == 0 { "how" } else { "" }, &text);
    }
}
