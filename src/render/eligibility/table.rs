//! Verdicts for people: one block a drive, 80 columns, no colour needed.

use std::fmt::Write as _;

use super::{AdviceRow, AskRow, DriveVerdict, EligibilityDocument, ReasonRow};
use crate::policy::{Effect, Verdict};
use crate::render::contact;
use crate::render::text::labelled;
use crate::text::visible;

/// Renders a document; device text is made visible.
pub fn table(document: &EligibilityDocument) -> String {
    let mut out = String::new();
    for drive in &document.drives {
        block(&mut out, drive, &document.policy.id);
    }
    questions_of(&mut out, document.drives.iter());
    let policy = &document.policy;
    labelled(&mut out, "policy", &format!("{}: {}", policy.id, policy.source));
    out
}

fn block(out: &mut String, drive: &DriveVerdict, policy: &str) {
    let verdict = verdict_words(drive.verdict);
    let _ = writeln!(out, "{}  {}: {verdict}", drive.port, visible(&drive.name));
    labelled(out, "serial", drive.serial.as_deref().unwrap_or("not published"));
    said_by(out, drive, policy);
    out.push('\n');
}

/// What the policy and the catalog say about a drive.
pub(super) fn said_by(out: &mut String, drive: &DriveVerdict, policy: &str) {
    labelled(out, "lifecycle", &drive.lifecycle.note);
    for row in &drive.fips {
        labelled(out, "fips", &row.note);
    }
    for AdviceRow { message, source, .. } in &drive.advice {
        labelled(out, "advised", &format!("{message} Source: {source}."));
    }
    for (effect, label) in [(Effect::Excludes, "excludes"), (Effect::Unknown, "undecided")] {
        for reason in drive.reasons.iter().filter(|reason| reason.effect == effect) {
            labelled(out, label, &said(reason, policy));
        }
    }
    let asks: Vec<&str> = drive.ask.iter().map(|asked| asked.fact.as_str()).collect();
    if !asks.is_empty() {
        labelled(out, "asks", &asks.join(", "));
    }
    let allows = drive.reasons.iter().filter(|reason| reason.effect == Effect::Allows);
    let allows: Vec<&str> = allows.map(|reason| reason.clause.as_str()).collect();
    if !allows.is_empty() {
        labelled(out, "passes", &allows.join(", "));
    }
    labelled(out, "contact", &contact::of_verdict(drive, "the vendor's support desk"));
}

/// Each question once, however many drives wait for its answer.
pub(super) fn questions_of<'d>(out: &mut String, drives: impl Iterator<Item = &'d DriveVerdict>) {
    let mut asked: Vec<&AskRow> = Vec::new();
    for row in drives.flat_map(|drive| &drive.ask) {
        if !asked.contains(&row) {
            asked.push(row);
        }
    }
    if asked.is_empty() {
        return;
    }
    out.push_str("Questions, answered with --fact NAME=true or NAME=false:\n");
    for row in asked {
        labelled(out, "?", &format!("{}: {}", row.fact, row.question));
    }
    out.push('\n');
}

fn said(reason: &ReasonRow, policy: &str) -> String {
    let ReasonRow { clause, text, evidence, source, .. } = reason;
    format!("{policy}.{clause}: {text} Evidence: {evidence}. Source: {source}.")
}

/// The verdict in words.
pub fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Eligible => "eligible for support",
        Verdict::NotEligible => "not eligible for support",
        Verdict::NeedsInformation => "open, questions decide",
        Verdict::Unknown => "not known",
    }
}
