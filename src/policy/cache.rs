//! Answering the same question again without deciding it again.
//!
//! A fleet is many drives of few models. What a verdict can depend on becomes a key; a key
//! seen before is a lookup.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::eligibility::{Eligibility, eligibility};
use super::policy::Policy;
use crate::condition::{FactValue, Facts};
use crate::snapshot::{Drive, Lifecycle};

/// Answers kept; a fleet with more kinds of drives starts over, so memory stays bounded.
const KEPT: usize = 20_000;

/// Verdicts of one policy on one day, remembered.
#[derive(Debug)]
pub struct EligibilityCache<'p> {
    policy: &'p Policy,
    today: Date,
    /// Whether a clause reads what has no key: the logical units.
    reads_all: bool,
    answers: HashMap<String, Eligibility<'p>>,
    key: String,
}

impl<'p> EligibilityCache<'p> {
    /// An empty cache.
    pub fn new(policy: &'p Policy, today: Date) -> Self {
        let reads_all = policy.reads().any(|name| name == "drive.luns");
        Self { policy, today, reads_all, answers: HashMap::new(), key: String::new() }
    }

    /// The same answer as [`eligibility`].
    pub fn get(&mut self, drive: &Drive, life: &Lifecycle, facts: &Facts<'_>) -> &Eligibility<'p> {
        self.key.clear();
        key(&mut self.key, drive, life, facts);
        let known = !self.reads_all && self.answers.contains_key(&self.key);
        if !known {
            if self.answers.len() >= KEPT {
                self.answers.clear();
            }
            let answer = eligibility(self.policy, drive, life, facts, self.today);
            self.answers.insert(self.key.clone(), answer);
        }
        &self.answers[&self.key]
    }
}

/// Everything an answer can depend on, each part with its length so that none runs into
/// the next.
fn key(key: &mut String, drive: &Drive, life: &Lifecycle, facts: &Facts<'_>) {
    let identity = &drive.identity;
    let texts = [
        &identity.id,
        &identity.vendor,
        &identity.model,
        &identity.name,
        &drive.firmware.version,
        &drive.software.version,
        &life.source,
    ];
    for text in texts {
        match text {
            Some(text) => {
                let _ = write!(key, "{}:{text}", text.len());
            }
            None => key.push('-'),
        }
    }
    // Small codes need no words; they end at a sign that no number contains.
    let codes = [identity.confidence as u8, drive.managed as u8, drive.lock_state as u8];
    let release = drive.usb.bcd_device.map_or(-1, |release| i32::from(release.0));
    let ids = [drive.usb.vid.map(|vid| vid.0), drive.usb.pid.map(|pid| pid.0)];
    for code in codes.map(i32::from).into_iter().chain([release]) {
        let _ = write!(key, "{code},");
    }
    for id in ids {
        let _ = write!(key, "{},", id.map_or(-1, i32::from));
    }
    for date in [life.end_of_life, life.checked] {
        match date {
            Some(date) => {
                let _ = write!(key, "{date},");
            }
            None => key.push('-'),
        }
    }
    for (name, fact) in facts.all() {
        key.push('|');
        key.push_str(name);
        match &fact.value {
            FactValue::Bool(value) => key.push(if *value { '+' } else { '-' }),
            other => {
                let _ = write!(key, "={other}");
            }
        }
        key.push_str(fact.origin.words());
    }
}
