//! A policy in use: its pack with overlays applied, and what can be looked up in it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use toml::Spanned;

use super::Words;
use super::calendar::Calendar;
use super::clause::{Clause, FactRow};
use super::hours::{Hours, HoursException};
use super::pack::{PolicyPack, Product};
use super::rows::{Severity, SeverityRef, Topic};
use crate::condition::{Condition, FactValue, Facts, KnownNames, Origin};

/// A policy in use.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Id, the file's name.
    pub id: String,
    /// What the pack states.
    pub pack: PolicyPack,
    /// Who is not supported, compiled.
    pub clauses: Vec<Clause>,
    /// Facts that an overlay states for everybody, by its file.
    pub standing: Vec<(String, FactValue, Origin)>,
    /// Files that changed the policy, in order.
    pub overlaid_by: Vec<String>,
    pub(super) names: KnownNames,
    pub(super) reads: Vec<String>,
}

impl Policy {
    /// The facts conditions may read: the drive's and the policy's own.
    pub fn names(&self) -> &KnownNames {
        &self.names
    }

    /// The row of a fact the policy may ask for.
    pub fn fact(&self, id: &str) -> Option<&FactRow> {
        self.pack.facts.iter().find(|row| row.id.get_ref() == id)
    }

    /// The clause of an id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The names of all facts that its clauses read, each once.
    pub(super) fn reads(&self) -> impl Iterator<Item = &str> {
        self.reads.iter().map(String::as_str)
    }

    /// Takes note of what the clauses read, after they changed.
    pub(super) fn note_reads(&mut self) {
        let clauses = self.clauses.iter();
        let conditions = clauses.flat_map(|c| c.applies_when.iter().chain([&c.excludes_when]));
        let names: BTreeSet<&String> = conditions.flat_map(Condition::reads).collect();
        self.reads = names.into_iter().cloned().collect();
    }

    /// The facts an overlay states, as the lowest layer of a run's facts.
    pub fn standing_facts(&self) -> Facts<'_> {
        let mut facts = Facts::default();
        for (name, value, origin) in &self.standing {
            facts.set(name.as_str(), value.clone(), origin.clone());
        }
        facts
    }

    /// The document and every file that changed the policy.
    pub fn cited(&self) -> String {
        let mut cited = self.pack.source.title.to_string();
        for file in &self.overlaid_by {
            cited.push_str("; ");
            cited.push_str(file);
        }
        cited
    }

    /// The edition: the source's own date, or the day the pack was compared with it.
    pub fn version(&self) -> String {
        let dated = self.pack.source.updated.or(self.pack.source.effective);
        dated.unwrap_or(self.pack.checked).to_string()
    }

    /// A severity by number (in the policy's order, from 1), name or alias, and its place.
    pub fn severity(&self, text: &str) -> Option<(usize, &Severity)> {
        let text = text.trim();
        let all = &self.pack.severities;
        if let Ok(number) = text.parse::<usize>() {
            let place = number.checked_sub(1)?;
            return all.get(place).map(|severity| (place, severity));
        }
        all.iter().enumerate().find(|(_, severity)| severity.is_called(text))
    }

    /// Whether a row's reference means this severity.
    pub(super) fn refers(&self, reference: &Spanned<SeverityRef>, severity: &Severity) -> bool {
        let found = self.severity(&reference.get_ref().0);
        found.is_some_and(|(_, found)| std::ptr::eq(found, severity))
    }

    /// What the pack says about something its source does not publish.
    pub fn gap(&self, topic: Topic) -> Option<&Words> {
        self.pack.gaps.iter().find(|gap| gap.topic == topic).map(|gap| &gap.note)
    }

    /// A product in scope by name or alias.
    pub fn product(&self, name: &str) -> Option<&Product> {
        let name = name.trim();
        self.pack.scope.products.iter().find(|product| {
            let aliases = product.aliases.iter().map(String::as_str);
            aliases.chain([&*product.name]).any(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// The names of all products in scope.
    pub(super) fn product_names(&self) -> String {
        let names: Vec<&str> = self.pack.scope.products.iter().map(|row| &*row.name).collect();
        names.join(", ")
    }

    /// Other hours that hold for a severity.
    pub(super) fn hours_exception(&self, severity: &Severity) -> Option<&HoursException> {
        let exceptions = self.pack.hours.as_ref()?.exceptions.iter();
        exceptions
            .into_iter()
            .find(|other| other.severities.iter().any(|reference| self.refers(reference, severity)))
    }

    /// The calendar that governs a severity.
    pub fn calendar(&self, severity: &Severity) -> Calendar {
        match &self.pack.hours {
            Some(hours) => hours.calendar(self.hours_exception(severity)),
            None => Calendar::unknown(),
        }
    }

    /// The calendar of everything that no severity governs.
    pub fn usual_calendar(&self) -> Calendar {
        self.pack.hours.as_ref().map_or_else(Calendar::unknown, |hours| hours.calendar(None))
    }

    /// The day it is at the desk.
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.usual_calendar().zone().clone()).date()
    }

    /// Whose hours these are, when an overlay states them.
    pub(super) fn hours_source(&self) -> Option<String> {
        let source = |hours: &Hours| hours.overlaid_by.clone();
        self.pack.hours.as_ref().and_then(source).map(|file| format!("hours stated by {file}"))
    }
}

impl Severity {
    /// Whether a text is one of its names.
    fn is_called(&self, text: &str) -> bool {
        let aliases = self.aliases.iter().map(String::as_str);
        aliases.chain([&*self.name]).any(|name| name.eq_ignore_ascii_case(text))
    }
}
