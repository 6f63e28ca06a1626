//! What was counted.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;

use super::LogKind;
use crate::snapshot::Drive;

/// Sample lines kept of each signal.
const SAMPLES: usize = 3;

/// Longest name of a port, disk or device.
const LONGEST_SUBJECT: usize = 64;

/// Longest sample in bytes.
const LONGEST_SAMPLE: usize = 240;

/// Ports, disks or devices told apart for each signal; a log of garbage names more.
const SUBJECTS: usize = 256;

/// A line of a log, from where the pattern begins. It is as the log has it: it must go
/// through the redactor before anybody outside sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct RawLine(Vec<u8>);

impl RawLine {
    /// Takes the beginning of a text.
    pub(super) fn of(text: &[u8]) -> Self {
        Self(text[..text.len().min(LONGEST_SAMPLE)].to_vec())
    }

    /// The bytes, for the redactor.
    pub fn unredacted(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for RawLine {
    /// Never shows the line: a debug print is not redacted.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawLine({} bytes)", self.0.len())
    }
}

/// Matches of one signal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// How many lines matched.
    pub count: u64,
    /// The earliest, as far as lines say when.
    pub first: Option<Timestamp>,
    /// The latest.
    pub last: Option<Timestamp>,
    /// The first few lines.
    pub samples: Vec<RawLine>,
}

impl Tally {
    fn add(&mut self, at: Option<Timestamp>, line: &[u8]) {
        self.count = self.count.saturating_add(1);
        if let Some(at) = at {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
        if self.samples.len() < SAMPLES {
            self.samples.push(RawLine::of(line));
        }
    }

    fn join(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        let room = SAMPLES.saturating_sub(self.samples.len());
        self.samples.extend(other.samples.iter().take(room).cloned());
    }
}

/// A text of at most 64 bytes, in place: lines that matter can be most of a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Short {
    bytes: [u8; LONGEST_SUBJECT],
    length: usize,
}

impl Short {
    /// Takes a text that is short enough.
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST_SUBJECT];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        std::str::from_utf8(text).ok()?;
        Some(Self { bytes, length: text.len() })
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl std::fmt::Debug for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A port path, `2-1.4`.
    Port(Short),
    /// A block device or a partition, `sdb1`.
    Node(Short),
    /// Vendor and product id, `0951:1576`.
    Usb(Short),
}

impl Subject {
    fn is_of(&self, drive: &Drive) -> bool {
        match self {
            Self::Port(port) => port.text() == drive.port.to_string(),
            Self::Node(node) => drive.luns.iter().any(|lun| {
                let disk = lun.node.as_deref().and_then(|n| n.strip_prefix("/dev/"));
                let rest = disk.and_then(|disk| node.text().strip_prefix(disk));
                rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'p'))
            }),
            Self::Usb(ids) => match (drive.usb.vid, drive.usb.pid) {
                (Some(vid), Some(pid)) => ids.text() == format!("{vid}:{pid}"),
                _ => false,
            },
        }
    }
}

/// Matches of one signal, in all and by subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Seen {
    all: Tally,
    by_subject: BTreeMap<Subject, Tally>,
}

impl Seen {
    pub(super) fn add(&mut self, subject: Option<Subject>, at: Option<Timestamp>, line: &[u8]) {
        self.all.add(at, line);
        if let Some(tally) = subject.and_then(|subject| self.about(subject)) {
            tally.add(at, line);
        }
    }

    fn join(&mut self, other: &Self) {
        self.all.join(&other.all);
        for (subject, tally) in &other.by_subject {
            if let Some(own) = self.about(*subject) {
                own.join(tally);
            }
        }
    }

    /// The matches about a subject; `None` for one too many.
    fn about(&mut self, subject: Subject) -> Option<&mut Tally> {
        let room = self.by_subject.len() < SUBJECTS;
        match self.by_subject.entry(subject) {
            Entry::Occupied(own) => Some(own.into_mut()),
            Entry::Vacant(place) => room.then(|| place.insert(Tally::default())),
        }
    }

    fn sum(&self, of: impl Fn(&Subject) -> bool) -> Tally {
        let mut sum = Tally::default();
        let own = self.by_subject.iter().filter(|(subject, _)| of(subject));
        own.for_each(|(_, tally)| sum.join(tally));
        sum
    }
}

/// How far a kind of log was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// A part of it: what was not found may be in the rest.
    Partly,
    /// To the end.
    Whole,
}

/// What the logs of a machine say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    seen: BTreeMap<String, Seen>,
    logs: BTreeMap<LogKind, (Reading, Vec<String>)>,
}

impl Observed {
    /// Adds what one log said about a signal.
    pub(super) fn add(&mut self, signal: &str, seen: &Seen) {
        if seen.all.count > 0 {
            self.seen.entry(signal.to_owned()).or_default().join(seen);
        }
    }

    /// Notes that a log was read, and where it stands.
    pub fn read(&mut self, kind: LogKind, place: &str, reading: Reading) {
        let (how, places) = self.logs.entry(kind).or_insert((reading, Vec::new()));
        *how = (*how).min(reading);
        places.push(place.to_owned());
    }

    /// How far a kind of log was read; `None` when there was none.
    pub fn reading(&self, kind: LogKind) -> Option<Reading> {
        self.logs.get(&kind).map(|(reading, _)| *reading)
    }

    /// Where a kind of log was read.
    pub fn place(&self, kind: LogKind) -> String {
        let places = self.logs.get(&kind).map(|(_, places)| places.join(", "));
        match places {
            Some(places) => format!("{} ({places})", kind.name()),
            None => kind.name().to_owned(),
        }
    }

    /// All matches of a signal.
    pub fn total(&self, signal: &str) -> Tally {
        self.seen.get(signal).map(|seen| seen.all.clone()).unwrap_or_default()
    }

    /// Matches about a drive.
    pub fn of_drive(&self, signal: &str, drive: &Drive) -> Tally {
        self.seen.get(signal).map(|s| s.sum(|of| of.is_of(drive))).unwrap_or_default()
    }

    /// Matches about a port.
    pub fn of_port(&self, signal: &str, port: &str) -> Tally {
        let is_it = |subject: &Subject| matches!(subject, Subject::Port(own) if own.text() == port);
        self.seen.get(signal).map(|seen| seen.sum(is_it)).unwrap_or_default()
    }

    /// The ports that lines of a signal name.
    pub fn ports<'o>(&'o self, signal: &str) -> impl Iterator<Item = &'o str> {
        let seen = self.seen.get(signal).into_iter();
        seen.flat_map(|seen| seen.by_subject.keys()).filter_map(|subject| match subject {
            Subject::Port(port) => Some(port.text()),
            _ => None,
        })
    }
}
