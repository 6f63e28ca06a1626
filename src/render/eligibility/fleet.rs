//! Verdicts for a list of drives, row after row: the forms that one machine's verdicts have,
//! without keeping the rows.
//!
//! Equal drives have equal rows but for port and serial number, so what lies around these is
//! written once for each kind of drive.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::csv::{self, LineParts};
use super::table::{questions_of, said_by, verdict_words};
use super::{DriveVerdict, EligibilityDocument, Summary};
use crate::policy::Effect;
use crate::render::text::{count, labelled};
use crate::text::{json, visible};

/// Kinds of drives that are told apart in a table.
const MOST_KINDS: usize = 200;

/// The rows of all drives of one kind.
#[derive(Debug)]
pub struct FleetRow {
    verdict: DriveVerdict,
    csv: LineParts,
    json: LineParts,
}

/// What surrounds the rows in the published document.
#[derive(Debug)]
pub struct Frame {
    head: String,
    tail: String,
}

/// What a list held, by kinds of drives.
#[derive(Debug, Default)]
pub struct Fleet {
    kinds: BTreeMap<(String, &'static str, String), (DriveVerdict, usize)>,
    /// Drives of kinds beyond those that are told apart.
    others: usize,
    /// How many drives have each verdict.
    pub summary: Summary,
    /// How many drives something is advised for.
    pub advised: usize,
}

impl FleetRow {
    /// The rows of drives with this verdict, in a document that `head` has the frame of.
    pub fn new(mut verdict: DriveVerdict, head: &EligibilityDocument) -> serde_json::Result<Self> {
        verdict.port.clear();
        verdict.serial = None;
        let line = json::line(&verdict)?;
        // Inside a text the quotation marks would be escaped: these two stand for themselves.
        let (_, line) = line.split_once("\"port\":null").unwrap_or_default();
        let (before, after) = line.split_once("\"serial\":null").unwrap_or_default();
        let json = LineParts {
            before_serial: format!("{before}\"serial\":"),
            after_serial: after.trim_end().to_owned(),
        };
        Ok(Self { csv: csv::parts(&verdict, head), json, verdict })
    }

    /// The verdict that all these drives have.
    pub fn verdict(&self) -> &DriveVerdict {
        &self.verdict
    }

    /// Appends a line of comma-separated values.
    pub fn csv(&self, port: &str, serial: Option<&str>, out: &mut String) {
        let LineParts { before_serial, after_serial } = &self.csv;
        let (port, serial) = (csv::own(port), csv::own(serial.unwrap_or_default()));
        for part in [&port, before_serial, &serial, after_serial] {
            out.push_str(part);
        }
    }

    /// Appends an object, without a line break.
    pub fn json(
        &self,
        port: Option<&str>,
        serial: Option<&str>,
        out: &mut String,
    ) -> serde_json::Result<()> {
        let LineParts { before_serial, after_serial } = &self.json;
        let (port, serial) = (json::line(&port)?, json::line(&serial)?);
        for part in ["{\"port\":", port.trim_end(), before_serial, serial.trim_end(), after_serial]
        {
            out.push_str(part);
        }
        Ok(())
    }
}

impl Frame {
    /// The frame of a document whose drives are still to come.
    pub fn new(head: &EligibilityDocument) -> serde_json::Result<Self> {
        let text = json::line(head)?;
        let (head, tail) = text.split_once("\"drives\":[]").unwrap_or_default();
        let tail = tail.split("\"summary\":").next().unwrap_or_default();
        Ok(Self { head: format!("{head}\"drives\":[\n"), tail: format!("\n]{tail}\"summary\":") })
    }

    /// What stands before the first drive.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// What stands after the last one.
    pub fn tail(&self, summary: Summary) -> serde_json::Result<String> {
        Ok(format!("{}{}}}\n", self.tail, json::line(&summary)?.trim_end()))
    }
}

impl Fleet {
    /// Adds drives of one kind.
    pub fn add(&mut self, row: &FleetRow, drives: usize) {
        let verdict = &row.verdict;
        self.summary.add(verdict.verdict, drives);
        self.advised += if verdict.advice.is_empty() { 0 } else { drives };
        // Two rows are of one kind when the same stands against them, for the same cause.
        let reasons = verdict.reasons.iter();
        let against =
            reasons.filter(|row| matches!(row.effect, Effect::Excludes | Effect::Unknown));
        let against: Vec<&str> = against.flat_map(|row| [&*row.clause, &*row.evidence]).collect();
        let asked: Vec<&str> = verdict.ask.iter().map(|asked| &*asked.fact).collect();
        let advice: Vec<&str> = verdict.advice.iter().map(|advice| &*advice.message).collect();
        let why = [against.join(" "), asked.join(" "), advice.join(" ")].join(" ");
        let key = (verdict.name.clone(), verdict_words(verdict.verdict), why);
        let is_room = self.kinds.len() < MOST_KINDS;
        match self.kinds.get_mut(&key) {
            Some((_, count)) => *count += drives,
            None if is_room => {
                self.kinds.insert(key, (verdict.clone(), drives));
            }
            None => self.others += drives,
        }
    }

    /// The list in short, for people: the most numerous kind first.
    pub fn table(&self, list: &str, document: &EligibilityDocument) -> String {
        let mut out = String::new();
        let mut kinds: Vec<&(DriveVerdict, usize)> = self.kinds.values().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (verdict, count) in &kinds {
            let words = verdict_words(verdict.verdict);
            let _ = writeln!(out, "{count} × {}: {words}", visible(&verdict.name));
            said_by(&mut out, verdict, &document.policy.id);
            out.push('\n');
        }
        if self.others > 0 {
            let _ = writeln!(out, "{} of other kinds; --format csv has them all\n", self.others);
        }
        questions_of(&mut out, kinds.iter().map(|(verdict, _)| verdict));
        let counts = self.summary.counts().into_iter().filter(|(_, drives)| *drives > 0);
        let counts = counts.map(|(name, drives)| format!("{drives} {}", name.replace('_', " ")));
        let counts = counts.collect::<Vec<_>>().join(", ");
        let all = count(self.summary.total(), "drive");
        let all = if counts.is_empty() { all } else { format!("{all}: {counts}") };
        labelled(&mut out, "list", &format!("{list}, {all}"));
        let policy = &document.policy;
        labelled(&mut out, "policy", &format!("{}: {}", policy.id, policy.source));
        out
    }
}
