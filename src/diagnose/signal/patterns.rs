//! The patterns of all signals, compiled once, one search automaton for each kind of log.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Input, MatchKind};
use regex::bytes::{Captures, Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::{LogKind, Subject};

/// A word shorter than this stands in too many lines to be of use.
pub(in crate::diagnose) const SHORTEST_WORD: usize = 5;

/// Named groups that say what a line is about.
pub(super) const GROUPS: [&str; 6] = ["port", "hub", "hubport", "node", "vid", "pid"];

/// A pattern with a name.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Name, as `signal.<id>` in conditions.
    pub id: String,
    /// The log it stands in.
    pub log: LogKind,
    /// What a match means.
    pub means: String,
    /// Lines older than this many days are not counted.
    pub within_days: Option<u16>,
    pub(super) words: Vec<String>,
    pub(super) pattern: Regex,
}

impl Signal {
    /// Compiles a signal; the error says what is wrong with the pattern.
    pub(in crate::diagnose) fn new(
        id: &str,
        log: LogKind,
        means: &str,
        words: Vec<String>,
        pattern: &str,
        within_days: Option<u16>,
    ) -> Result<Self, String> {
        let pattern = RegexBuilder::new(pattern).unicode(false).size_limit(1 << 18).build();
        let pattern =
            pattern.map_err(|_| "not a regular expression, or one that is too large".to_owned())?;
        let mut groups = pattern.capture_names().flatten();
        if let Some(strange) = groups.find(|group| !GROUPS.contains(group)) {
            return Err(format!("a group is one of {}, not `{strange}`", GROUPS.join(", ")));
        }
        let (id, means) = (id.to_owned(), means.to_owned());
        Ok(Self { id, log, means, within_days, words, pattern })
    }

    /// Whether its lines say which port, disk or device they are about.
    pub fn has_subject(&self) -> bool {
        self.pattern.capture_names().flatten().next().is_some()
    }

    /// Whether its lines name a port.
    pub fn names_ports(&self) -> bool {
        let mut groups = self.pattern.capture_names().flatten();
        groups.any(|group| group == "port" || group == "hubport")
    }

    /// What a line is about.
    pub(super) fn subject(&self, found: &Captures<'_>) -> Option<Subject> {
        let group = |name| {
            let text = std::str::from_utf8(found.name(name)?.as_bytes()).ok()?;
            (text.len() <= 64).then(|| text.to_owned())
        };
        if let Some(port) = group("port") {
            return Some(Subject::Port(port));
        }
        if let (Some(hub), Some(port)) = (group("hub"), group("hubport")) {
            return Some(Subject::Port(port_of(&hub, &port)));
        }
        if let Some(node) = group("node") {
            return Some(Subject::Node(node));
        }
        let ids = format!("{}:{}", group("vid")?, group("pid")?);
        Some(Subject::Usb(ids.to_ascii_lowercase()))
    }
}

/// `usb1` and `3` is port 1-3; `1-2` and `4` is port 1-2.4. Source: hub port devices are
/// named `<hub>-port<n>` (drivers/usb/core/port.c of Linux).
fn port_of(hub: &str, port: &str) -> String {
    match hub.strip_prefix("usb") {
        Some(bus) => format!("{bus}-{port}"),
        None => format!("{hub}.{port}"),
    }
}

/// All signals of all packs.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    all: Vec<Signal>,
    words: BTreeMap<LogKind, Words>,
}

/// The search for one kind of log: first for words, then for patterns in their lines.
#[derive(Clone, Debug)]
pub(super) struct Words {
    automaton: AhoCorasick,
    patterns: RegexSet,
    /// The signal of each pattern.
    owners: Vec<usize>,
}

impl Signals {
    /// Compiles the search for the words of all signals.
    pub(in crate::diagnose) fn new(all: Vec<Signal>) -> Result<Self, String> {
        let mut words = BTreeMap::new();
        for kind in LogKind::ALL {
            let own = || all.iter().enumerate().filter(|(_, signal)| signal.log == kind);
            if own().next().is_none() {
                continue;
            }
            let failed = |error: &dyn std::fmt::Display| {
                format!("the signals of the {} do not compile: {error}", kind.name())
            };
            let automaton = AhoCorasickBuilder::new()
                .match_kind(MatchKind::LeftmostFirst)
                .build(own().flat_map(|(_, signal)| &signal.words))
                .map_err(|error| failed(&error))?;
            let patterns = RegexSetBuilder::new(own().map(|(_, signal)| signal.pattern.as_str()))
                .unicode(false)
                .build()
                .map_err(|error| failed(&error))?;
            let owners = own().map(|(index, _)| index).collect();
            words.insert(kind, Words { automaton, patterns, owners });
        }
        Ok(Self { all, words })
    }

    /// All signals, in the order of their packs.
    pub fn iter(&self) -> impl Iterator<Item = &Signal> {
        self.all.iter()
    }

    /// The signal of a name.
    pub fn get(&self, id: &str) -> Option<&Signal> {
        self.all.iter().find(|signal| signal.id == id)
    }

    pub(super) fn at(&self, index: usize) -> Option<&Signal> {
        self.all.get(index)
    }

    pub(super) fn words(&self, kind: LogKind) -> Option<&Words> {
        self.words.get(&kind)
    }
}

impl Words {
    /// Where the next word stands in `text`, at or after `from`.
    pub(super) fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        self.automaton.find(Input::new(text).range(from..)).map(|found| found.start())
    }

    /// The signals whose pattern fits the line.
    pub(super) fn owners(&self, line: &[u8]) -> Vec<usize> {
        let fitting = self.patterns.matches(line).into_iter();
        fitting.filter_map(|pattern| self.owners.get(pattern).copied()).collect()
    }
}
