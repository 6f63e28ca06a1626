//! The patterns of all signals, compiled once, one search automaton for each kind of log.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, Input, MatchKind};
use regex::bytes::{CaptureLocations, Regex, RegexBuilder};

use super::{LogKind, Short, Subject};

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
    /// Where each of [`GROUPS`] stands in the pattern.
    places: [Option<usize>; GROUPS.len()],
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
        let place = |name| pattern.capture_names().position(|group| group == Some(name));
        let places = GROUPS.map(place);
        let (id, means) = (id.to_owned(), means.to_owned());
        Ok(Self { id, log, means, within_days, words, pattern, places })
    }

    /// Whether its lines say which port, disk or device they are about.
    pub fn has_subject(&self) -> bool {
        self.pattern.capture_names().flatten().next().is_some()
    }

    /// What a line is about.
    pub(super) fn subject(&self, found: &CaptureLocations, line: &[u8]) -> Option<Subject> {
        let [port, hub, hub_port, node, vid, pid] = self.places.map(|place| {
            let (start, end) = found.get(place?)?;
            Short::new(line.get(start..end)?)
        });
        if let Some(port) = port {
            return Some(Subject::Port(port));
        }
        if let (Some(hub), Some(port)) = (hub, hub_port) {
            return Short::new(port_of(hub.text(), port.text()).as_bytes()).map(Subject::Port);
        }
        if let Some(node) = node {
            return Some(Subject::Node(node));
        }
        let ids = format!("{}:{}", vid?.text(), pid?.text()).to_ascii_lowercase();
        Short::new(ids.as_bytes()).map(Subject::Usb)
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

/// The search for one kind of log: first for lines with a word, then for the words in them.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// Finds the next word, many bytes at a step.
    next: AhoCorasick,
    /// Finds all words of a line, also those inside each other.
    every: AhoCorasick,
    /// The signals that each word belongs to.
    owners: Vec<Vec<usize>>,
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
            let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for (index, signal) in own() {
                for word in &signal.words {
                    by_word.entry(word).or_default().push(index);
                }
            }
            let next = AhoCorasickBuilder::new()
                .match_kind(MatchKind::LeftmostFirst)
                .build(by_word.keys())
                .map_err(|error| failed(&error))?;
            let every = AhoCorasickBuilder::new()
                .kind(Some(AhoCorasickKind::DFA))
                .build(by_word.keys())
                .map_err(|error| failed(&error))?;
            let owners = by_word.into_values().collect();
            words.insert(kind, Words { next, every, owners });
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
        self.next.find(Input::new(text).range(from..)).map(|found| found.start())
    }

    /// The signals that have a word in the line, in the order of their packs.
    pub(super) fn owners(&self, line: &[u8], owners: &mut Vec<usize>) {
        owners.clear();
        for found in self.every.find_overlapping_iter(line) {
            let more = self.owners.get(found.pattern().as_usize()).into_iter().flatten();
            for owner in more {
                if !owners.contains(owner) {
                    owners.push(*owner);
                }
            }
        }
        owners.sort_unstable();
    }
}
