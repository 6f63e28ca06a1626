//! One screen for a person: 80 columns, words instead of signs and colours, and an order
//! in which it can be read aloud.

use std::fmt::Write as _;

use super::{ChannelRow, Overview};
use crate::diagnose::Contact as FindingContact;
use crate::policy::{Contact, Verdict};
use crate::render::eligibility::{DriveVerdict, verdict_words};
use crate::render::findings::{FindingRow, certainty_word, severity};
use crate::render::scan::{lock_state, managed};
use crate::render::text::labelled;
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
        let count = verdict.ask.len();
        let _ = write!(support, " ({count} question{})", if count == 1 { "" } else { "s" });
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

/// Who helps, in the order of the drives and findings that say so, each once.
fn contacts(out: &mut String, overview: &Overview) {
    out.push_str("\nWho helps\n");
    let mut told = Vec::new();
    let drives = &overview.eligibility.drives;
    // Nobody is sent to a desk that supports none of the drives.
    let covered = |verdict| matches!(verdict, Verdict::Eligible | Verdict::NeedsInformation);
    let desk = drives.is_empty() || drives.iter().any(|drive| covered(drive.verdict));
    let found = overview.findings.findings.iter().map(|f| policy_contact(f.contact));
    for contact in drives.iter().map(|drive| drive.contact).chain(found) {
        let helps = contact != Contact::None && (desk || contact != Contact::Vendor);
        if helps && !told.contains(&contact) {
            told.push(contact);
            one(out, contact, overview);
        }
    }
    let open = overview.eligibility.summary.needs_information > 0;
    let governed = overview.snapshot.drives.iter().any(|drive| drive.managed == Managed::Yes);
    if open && governed && !told.contains(&Contact::OrganisationAdmin) {
        labelled(out, "first", "the administrator of your organisation, unless that is you");
    }
    if !told.contains(&Contact::Vendor) && open {
        labelled(out, "maybe", &format!("{}, if the questions allow it", overview.support.name));
        channels(out, &overview.support.channels);
    } else if told.is_empty() {
        labelled(out, "who", "whoever looks after this computer, if nothing above helps");
    }
}

fn one(out: &mut String, contact: Contact, overview: &Overview) {
    let who = match contact {
        Contact::Vendor => overview.support.name.as_str(),
        Contact::Manufacturer => "the maker of the drive",
        Contact::OrganisationAdmin => "the administrator of your organisation",
        Contact::Sales => "your sales manager, sales engineer or reseller",
        Contact::Licensing => "whoever handles your licences and accounts",
        Contact::None => return,
    };
    labelled(out, "who", who);
    if contact == Contact::Vendor {
        channels(out, &overview.support.channels);
    }
}

/// The policy's own channels; one with a condition is never named without it.
fn channels(out: &mut String, channels: &[ChannelRow]) {
    for (number, row) in channels.iter().enumerate() {
        let mut text = row.id.replace('_', " ");
        match &row.address {
            Some(address) => {
                let _ = write!(text, ": {address}");
            }
            None if row.id == "phone" => text.push_str(" (the policy gives no number)"),
            None => text.push_str(" (the policy gives no address)"),
        }
        if let Some(condition) = &row.condition {
            let _ = write!(text, ", {condition}");
        }
        labelled(out, if number == 0 { "how" } else { "" }, &text);
    }
}

fn policy_contact(contact: FindingContact) -> Contact {
    match contact {
        FindingContact::Vendor => Contact::Vendor,
        FindingContact::Manufacturer => Contact::Manufacturer,
        FindingContact::OrganisationAdmin => Contact::OrganisationAdmin,
        FindingContact::Sales => Contact::Sales,
        FindingContact::Licensing => Contact::Licensing,
        FindingContact::None => Contact::None,
    }
}
