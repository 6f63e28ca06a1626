//! The search itself: all spellings of all values in one automaton.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::canary;
use super::spellings::{self, Spelled, Spelling};
use crate::packs::PackSet;
use crate::redact::known::{self, Edge};
use crate::redact::neighbours::{escape_after, escape_before};
use crate::redact::rules::Rules;
use crate::redact::{Class, RedactError, Seeds};

/// Bytes searched at a time.
const WINDOW: usize = 128 * 1024;

/// With more bytes of spellings than this the automaton is kept in its compact form: a dense
/// one takes about 300 bytes for each of them.
const MOST_DENSE_BYTES: usize = 32 * 1024;

/// Bytes next to a find that decide whether it stands alone: an escape, or a terminal's colour
/// sequence.
const NEIGHBOUR: usize = 16;

/// A value of this machine in content that was to leave. Says what and where, not which.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The file, or the name of it.
    pub file: String,
    /// What kind of value it is.
    pub class: Class,
    /// How it was spelled.
    pub spelling: Spelling,
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: a {} ({})", self.file, self.class.name(), self.spelling)
    }
}

/// What is searched for, in numbers: it names no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// How many values of the machine there are of each class.
    pub classes: BTreeMap<Class, u64>,
    /// How many made-up values are searched for as well.
    pub canaries: u64,
}

impl Searched {
    /// How many values of the machine there are.
    pub fn values(&self) -> u64 {
        self.classes.values().sum()
    }
}

struct Needle {
    class: Class,
    spelling: Spelling,
    edge: Edge,
    /// The first and the last byte of what is spelled.
    ends: (u8, u8),
}

/// All known values, spelled out.
pub struct Audit {
    automaton: AhoCorasick,
    needles: Vec<Needle>,
    longest: usize,
    searched: Searched,
}

impl Audit {
    /// Spells out all values of the machine that are looked for anywhere, and the canaries.
    pub fn new(packs: &PackSet, seeds: &Seeds) -> Result<Self, RedactError> {
        let rules = Rules::load(packs)?;
        let mut needles = Vec::new();
        let mut texts = Vec::new();
        let mut values = BTreeSet::new();
        let mut searched = Searched::default();
        let mut add = |class, value: &str| {
            for Spelled { spelling, text, plain } in spellings::all(class, value) {
                let ends = plain.as_bytes().first().zip(plain.as_bytes().last());
                let ends = ends.map_or((0, 0), |(first, last)| (*first, *last));
                needles.push(Needle { class, spelling, edge: known::edge(class, &plain), ends });
                texts.push(text);
            }
        };
        for seed in &seeds.secret {
            let value = seed.value.trim();
            let wanted = known::is_searchable(&rules, seed.class, value)
                && seed.class != Class::FileName
                && !is_kept(seeds, seed.class, value);
            if wanted && values.insert(value.to_lowercase()) {
                add(seed.class, value);
                *searched.classes.entry(seed.class).or_default() += 1;
            }
        }
        for (class, value) in canary::values() {
            add(class, value);
            searched.canaries += 1;
        }
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        Ok(Self { automaton: automaton(&texts)?, needles, longest, searched })
    }

    /// What is searched for.
    pub fn searched(&self) -> &Searched {
        &self.searched
    }

    /// Searches the name of a file.
    pub fn name(&self, name: &str) -> Vec<Hit> {
        let mut hits = BTreeSet::new();
        self.search(name, name.as_bytes(), (true, true), &mut |hit| {
            hits.insert(hit);
        });
        hits.into_iter().collect()
    }

    /// Searches the content of a file, read to its end.
    pub fn content(&self, file: &str, content: &mut dyn Read) -> io::Result<Vec<Hit>> {
        let mut hits = BTreeSet::new();
        self.scan(file, content, &mut |hit| {
            hits.insert(hit);
        })?;
        Ok(hits.into_iter().collect())
    }

    /// Reports a hit as often as it is seen; the callers count it once.
    fn scan(&self, file: &str, content: &mut dyn Read, hit: &mut dyn FnMut(Hit)) -> io::Result<()> {
        let overlap = self.longest + 2 * NEIGHBOUR;
        let mut window: Vec<u8> = Vec::new();
        let mut begins = true;
        loop {
            let ends = fill(&mut window, content, WINDOW.max(4 * overlap))?;
            self.search(file, &window, (begins, ends), hit);
            if ends {
                return Ok(());
            }
            window.drain(..window.len() - overlap);
            begins = false;
        }
    }

    /// A find at the edge of a window is left to the next one, which sees its neighbours.
    fn search(
        &self,
        file: &str,
        text: &[u8],
        (begins, ends): (bool, bool),
        hit: &mut dyn FnMut(Hit),
    ) {
        for found in self.automaton.find_overlapping_iter(text) {
            let (start, end) = (found.start(), found.end());
            let seen_whole =
                (begins || start >= NEIGHBOUR) && (ends || end + NEIGHBOUR <= text.len());
            let needle = &self.needles[found.pattern().as_usize()];
            if seen_whole && needle.stands_alone(text, start, end) {
                let (class, spelling) = (needle.class, needle.spelling);
                hit(Hit { file: file.to_owned(), class, spelling });
            }
        }
    }
}

fn is_kept(seeds: &Seeds, class: Class, value: &str) -> bool {
    let kept = |keep: &String| keep.trim().eq_ignore_ascii_case(value);
    class == Class::Serial && seeds.keep.iter().any(kept)
}

/// Reads until `window` has `room` bytes; true at the end of the content.
fn fill(window: &mut Vec<u8>, content: &mut dyn Read, room: usize) -> io::Result<bool> {
    let wanted = room.saturating_sub(window.len()) as u64;
    (&mut *content).take(wanted).read_to_end(window)?;
    Ok(window.len() < room)
}

/// Twice as fast as a table of transitions, where that is not too large: a machine has few
/// values.
fn automaton(texts: &[Vec<u8>]) -> Result<AhoCorasick, RedactError> {
    let is_small = texts.iter().map(Vec::len).sum::<usize>() <= MOST_DENSE_BYTES;
    let kind = if is_small { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
    AhoCorasick::builder()
        .kind(Some(kind))
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true)
        .build(texts)
        .map_err(|error| RedactError::Automaton(error.to_string()))
}

impl Needle {
    /// Whether the neighbours leave the value a word of its own. A short name inside a
    /// longer word is not the name.
    fn stands_alone(&self, text: &[u8], start: usize, end: usize) -> bool {
        if self.edge == Edge::Any {
            return true;
        }
        if self.spelling.is_wide() {
            return self.stands_alone_wide(text, start, end);
        }
        let (before, after) = (&text[..start], &text[end..]);
        let (first, last) = self.ends;
        // A value that needs no decoding is seen before and after its neighbour is decoded.
        let is_plain = !self.spelling.is_escaped();
        let joins_left = match escape_before(before) {
            Some(meant) => {
                self.joins(first, Some(meant))
                    && (!is_plain || self.joins(first, before.last().copied()))
            }
            None => self.joins(first, before.last().copied()) && !known::ends_colour(before),
        };
        let joins_right = match escape_after(after) {
            Some(meant) if !is_plain => self.joins(last, Some(meant)),
            _ => self.joins(last, after.first().copied()),
        };
        !joins_left && !joins_right
    }

    fn stands_alone_wide(&self, text: &[u8], start: usize, end: usize) -> bool {
        let high_first = usize::from(self.spelling == Spelling::Utf16Be);
        let low = |at: Option<usize>| {
            let at = at?;
            // The other half of a wide character is zero for the letters in question.
            let other = if high_first == 1 { at.checked_sub(1)? } else { at + 1 };
            text.get(at).filter(|_| text.get(other) == Some(&0)).copied()
        };
        let (first, last) = (start + high_first, end + high_first);
        let left = low(first.checked_sub(2));
        let right = low(Some(last));
        let own_left = text.get(first).copied().unwrap_or(0);
        let own_right = text.get(last.saturating_sub(2)).copied().unwrap_or(0);
        !self.joins(own_left, left) && !self.joins(own_right, right)
    }

    fn joins(&self, own: u8, neighbour: Option<u8>) -> bool {
        let Some(neighbour) = neighbour else { return false };
        own.is_ascii_alphanumeric()
            && (neighbour.is_ascii_alphabetic()
                || self.edge == Edge::NoWord && neighbour.is_ascii_digit())
    }
}
