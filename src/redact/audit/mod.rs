//! The second look: searches finished content for every value the machine is known to
//! have, in every spelling.
//!
//! Belongs here: a search that shares nothing with the replacing code but the list of
//! values that are looked for at all. Where that code decodes the text and looks for the
//! value, this one spells the value out and looks for the spellings. A hit means that the
//! content does not leave.

mod canary;
mod spellings;

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

pub use canary::{CanaryError, self_test};
pub use spellings::Spelling;

use super::known::{self, Edge};
use super::rules::Rules;
use super::{Class, RedactError, Seeds};
use crate::packs::PackSet;

/// Bytes searched at a time.
const WINDOW: usize = 128 * 1024;

/// Bytes next to a find that decide whether it stands alone: one wide character.
const NEIGHBOUR: usize = 2;

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

struct Needle {
    class: Class,
    value: usize,
    spelling: Spelling,
    edge: Edge,
}

/// All known values, spelled out.
pub struct Audit {
    automaton: AhoCorasick,
    needles: Vec<Needle>,
    longest: usize,
    values: usize,
}

impl Audit {
    /// Spells out all values of the machine that are looked for anywhere.
    pub fn new(packs: &PackSet, seeds: &Seeds) -> Result<Self, RedactError> {
        let rules = Rules::load(packs)?;
        let mut needles = Vec::new();
        let mut texts = Vec::new();
        let mut values = BTreeSet::new();
        for seed in &seeds.secret {
            let value = seed.value.trim();
            let kept = seeds.keep.iter().any(|keep| keep.trim().eq_ignore_ascii_case(value));
            let searched = known::is_searchable(&rules, seed.class, value)
                && seed.class != Class::FileName
                && !(kept && seed.class == Class::Serial);
            if !searched || !values.insert(value.to_lowercase()) {
                continue;
            }
            for (spelling, text) in spellings::all(seed.class, value) {
                let edge = known::edge(seed.class, value);
                needles.push(Needle { class: seed.class, value: values.len(), spelling, edge });
                texts.push(text);
            }
        }
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        Ok(Self { automaton: automaton(&texts)?, needles, longest, values: values.len() })
    }

    /// How many values are searched for.
    pub fn values(&self) -> u64 {
        self.values as u64
    }

    /// Searches the name of a file.
    pub fn name(&self, name: &str) -> Vec<Hit> {
        let mut hits = BTreeSet::new();
        self.search(name, name.as_bytes(), (true, true), &mut |hit, _| {
            hits.insert(hit);
        });
        hits.into_iter().collect()
    }

    /// Searches the content of a file, read to its end.
    pub fn content(&self, file: &str, content: &mut dyn Read) -> io::Result<Vec<Hit>> {
        let mut hits = BTreeSet::new();
        self.scan(file, content, &mut |hit, _| {
            hits.insert(hit);
        })?;
        Ok(hits.into_iter().collect())
    }

    /// How many of the values stand in the content, which is read to its end.
    pub fn count(&self, content: &mut dyn Read) -> io::Result<u64> {
        let mut found = BTreeSet::new();
        self.scan("", content, &mut |_, value| {
            found.insert(value);
        })?;
        Ok(found.len() as u64)
    }

    /// Reports a hit as often as it is seen; the callers count it once.
    fn scan(
        &self,
        file: &str,
        content: &mut dyn Read,
        hit: &mut dyn FnMut(Hit, usize),
    ) -> io::Result<()> {
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
        hit: &mut dyn FnMut(Hit, usize),
    ) {
        for found in self.automaton.find_overlapping_iter(text) {
            let (start, end) = (found.start(), found.end());
            let seen_whole =
                (begins || start >= NEIGHBOUR) && (ends || end + NEIGHBOUR <= text.len());
            let needle = &self.needles[found.pattern().as_usize()];
            if seen_whole && needle.stands_alone(text, start, end) {
                let (class, spelling) = (needle.class, needle.spelling);
                hit(Hit { file: file.to_owned(), class, spelling }, needle.value);
            }
        }
    }
}

/// Reads until `window` has `room` bytes; true at the end of the content.
fn fill(window: &mut Vec<u8>, content: &mut dyn Read, room: usize) -> io::Result<bool> {
    let wanted = room.saturating_sub(window.len()) as u64;
    (&mut *content).take(wanted).read_to_end(window)?;
    Ok(window.len() < room)
}

fn automaton(texts: &[Vec<u8>]) -> Result<AhoCorasick, RedactError> {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true)
        .build(texts)
        .map_err(|error| RedactError::Automaton(error.to_string()))
}

impl Needle {
    /// Whether the neighbours leave the value a word of its own. A short name inside a
    /// longer word is not the name.
    fn stands_alone(&self, text: &[u8], start: usize, end: usize) -> bool {
        if self.edge == Edge::Any || self.spelling.is_escaped() {
            return true;
        }
        let step = if self.spelling.is_wide() { 2 } else { 1 };
        let low = |at: Option<usize>| {
            let at = at?;
            let byte = *text.get(at)?;
            // The other half of a wide character is zero for the letters in question.
            let other =
                if self.spelling == Spelling::Utf16Be { at.checked_sub(1)? } else { at + 1 };
            (step == 1 || text.get(other) == Some(&0)).then_some(byte)
        };
        let last = if self.spelling == Spelling::Utf16Be { end + 1 } else { end };
        let first = if self.spelling == Spelling::Utf16Be { start + 1 } else { start };
        let left = low(first.checked_sub(step));
        let right = low(Some(last));
        let own_left = text.get(first).copied().unwrap_or(0);
        let own_right = text.get(last.saturating_sub(step)).copied().unwrap_or(0);
        !self.joins(own_left, left) && !self.joins(own_right, right)
    }

    fn joins(&self, own: u8, neighbour: Option<u8>) -> bool {
        let Some(neighbour) = neighbour else { return false };
        own.is_ascii_alphanumeric()
            && (neighbour.is_ascii_alphabetic()
                || self.edge == Edge::NoWord && neighbour.is_ascii_digit())
    }
}
