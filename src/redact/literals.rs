//! Finding many literals at once, without regard to the case of ASCII letters.
//!
//! A table over the first bytes of all literals says where none can begin, which is nearly
//! everywhere; at the places that are left the few literals that begin so are compared. Where
//! many begin alike the literals' trie is walked, whose steps wait for each other and for
//! memory. The table's look-ups do not wait for each other, unlike the steps of an automaton
//! over the whole text, which took more than twice the time.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, BuildError, MatchKind, StartKind};

use super::RedactError;
use super::words::Fnv;

/// Bits of the usual table: 16 KiB, which leave room in a processor's first cache.
const SMALL: u32 = 17;

/// Bits of the table for a machine with very many known values: 1 MiB.
const LARGE: u32 = 23;

/// More literals than this that begin alike are told apart by the trie.
const MOST_COMPARED: usize = 8;

/// With more literals than this the usual table would be too full to tell anything.
const MOST_FOR_SMALL: usize = 2000;

/// With more bytes of literals than this the trie is kept in its compact form.
const MOST_DENSE_BYTES: usize = 32 * 1024;

/// Literals, compiled.
pub(super) struct Literals {
    trie: Trie,
    texts: Vec<Vec<u8>>,
    /// Literals by their first four bytes, [folded], the shorter ones first.
    by_quad: ByStart,
    /// Literals that have three bytes, by them.
    by_triple: ByStart,
    /// First two bytes of the literals that have no more; usually there are none.
    pairs: Option<Vec<u64>>,
    /// Hashed first four bytes of all others. A bit for each and not a byte: in the same room
    /// an eighth of the places that only seem to be a beginning.
    quads: Table,
}

/// Indices of the literals that begin with these bytes.
type ByStart = HashMap<u32, Vec<usize>, BuildHasherDefault<Fnv>>;

/// A bit that is set where a literal may begin.
enum Table {
    Small(Box<[u8; 1 << (SMALL - 3)]>),
    Large(Box<[u8; 1 << (LARGE - 3)]>),
}

enum Trie {
    Dense(DFA),
    Compact(NFA),
}

impl Literals {
    /// Compiles literals of two bytes and more.
    pub(super) fn new(texts: &[Vec<u8>]) -> Result<Self, RedactError> {
        let quads = match texts.len() <= MOST_FOR_SMALL {
            true => Table::Small(zeros()),
            false => Table::Large(zeros()),
        };
        let mut literals = Self {
            trie: Trie::new(texts)?,
            texts: texts.to_vec(),
            by_quad: ByStart::default(),
            by_triple: ByStart::default(),
            pairs: None,
            quads,
        };
        let mut by_length: Vec<usize> = (0..texts.len()).collect();
        by_length.sort_by_key(|&index| texts[index].len());
        for index in by_length {
            literals.mark(index, &texts[index])?;
        }
        Ok(literals)
    }

    fn mark(&mut self, index: usize, text: &[u8]) -> Result<(), RedactError> {
        match *text {
            [a, b, c, d, ..] => {
                self.by_quad.entry(folded(&[a, b, c, d])).or_default().push(index);
                self.mark_quad([a, b, c, d]);
            }
            [a, b, c] => {
                self.by_triple.entry(triple(folded(&[a, b, c, 0]))).or_default().push(index);
                (0..=255).for_each(|d| self.mark_quad([a, b, c, d]));
            }
            [a, b] => {
                let at = pair(folded(&[a, b, 0, 0]));
                self.pairs.get_or_insert_with(|| vec![0; 1 << 10])[at / 64] |= 1 << (at % 64);
            }
            _ => return Err(RedactError::Automaton("a literal has less than two bytes".into())),
        }
        Ok(())
    }

    fn mark_quad(&mut self, quad: [u8; 4]) {
        match &mut self.quads {
            Table::Small(table) => set(&mut table[..], hash::<SMALL>(&quad)),
            Table::Large(table) => set(&mut table[..], hash::<LARGE>(&quad)),
        }
    }

    /// Calls `found` with literal, start and end of every occurrence, in order of starts.
    pub(super) fn each(&self, text: &[u8], found: impl FnMut(usize, usize, usize)) {
        match &self.trie {
            Trie::Dense(trie) => self.each_in(trie, text, found),
            Trie::Compact(trie) => self.each_in(trie, text, found),
        }
    }

    fn each_in<A: Automaton>(
        &self,
        trie: &A,
        text: &[u8],
        mut found: impl FnMut(usize, usize, usize),
    ) {
        let Ok(start) = trie.start_state(Anchored::Yes) else { return };
        let mut from = 0;
        while let Some(ahead) = self.next_place(&text[from..]) {
            from += ahead;
            if !self.compare(text, from, &mut found) {
                self.walk(trie, start, text, from, &mut found);
            }
            from += 1;
        }
        for at in from.max(text.len().saturating_sub(3))..text.len() {
            self.walk(trie, start, text, at, &mut found);
        }
    }

    /// The first place in a text, but for its last three bytes, where a literal may begin.
    #[inline]
    fn next_place(&self, text: &[u8]) -> Option<usize> {
        match (&self.pairs, &self.quads) {
            (None, Table::Small(table)) => {
                text.array_windows().position(|quad| is_set(table, hash::<SMALL>(quad)))
            }
            (None, Table::Large(table)) => {
                text.array_windows().position(|quad| is_set(table, hash::<LARGE>(quad)))
            }
            (Some(pairs), table) => text.array_windows().position(|quad| {
                let short = pair(folded(quad));
                pairs[short / 64] >> (short % 64) & 1 != 0 || table.has(quad)
            }),
        }
    }

    /// Reports every literal that begins at `at`, unless there are too many to compare.
    fn compare(&self, text: &[u8], at: usize, found: &mut impl FnMut(usize, usize, usize)) -> bool {
        let Some(start) = text[at..].first_chunk().map(folded) else { return false };
        let long = self.by_quad.get(&start).map_or(&[][..], Vec::as_slice);
        if self.pairs.is_some() || long.len() > MOST_COMPARED {
            return false;
        }
        let short = self.by_triple.get(&triple(start)).map_or(&[][..], Vec::as_slice);
        for &literal in short.iter().chain(long) {
            let wanted = &self.texts[literal];
            let end = at + wanted.len();
            if text.get(at..end).is_some_and(|bytes| bytes.eq_ignore_ascii_case(wanted)) {
                found(literal, at, end);
            }
        }
        true
    }

    /// Reports every literal that begins at `at`.
    fn walk<A: Automaton>(
        &self,
        trie: &A,
        start: StateID,
        text: &[u8],
        at: usize,
        found: &mut impl FnMut(usize, usize, usize),
    ) {
        let mut state = start;
        for (depth, &byte) in text[at..].iter().enumerate() {
            state = trie.next_state(Anchored::Yes, state, byte);
            if !trie.is_special(state) {
                continue;
            }
            if trie.is_dead(state) {
                return;
            }
            if trie.is_match(state) {
                for index in 0..trie.match_len(state) {
                    let literal = trie.match_pattern(state, index).as_usize();
                    // A state also lists literals that end here and began later.
                    if self.texts[literal].len() == depth + 1 {
                        found(literal, at, at + depth + 1);
                    }
                }
            }
        }
    }
}

impl Trie {
    fn new(texts: &[Vec<u8>]) -> Result<Self, RedactError> {
        let failed = |error: BuildError| RedactError::Automaton(error.to_string());
        if texts.iter().map(Vec::len).sum::<usize>() > MOST_DENSE_BYTES {
            let mut builder = NFA::builder();
            builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false);
            return builder.build(texts).map(Self::Compact).map_err(failed);
        }
        let mut builder = DFA::builder();
        builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false);
        builder.start_kind(StartKind::Anchored).build(texts).map(Self::Dense).map_err(failed)
    }
}

/// Four bytes with the bit that parts upper from lower case set in all of them.
#[inline]
fn folded(bytes: &[u8; 4]) -> u32 {
    u32::from_le_bytes(*bytes) | 0x2020_2020
}

/// The first three of four bytes.
#[inline]
fn triple(word: u32) -> u32 {
    word & 0x00ff_ffff
}

#[inline]
fn pair(word: u32) -> usize {
    (word & 0xffff) as usize
}

#[inline]
fn is_set<const BYTES: usize>(table: &[u8; BYTES], bit: usize) -> bool {
    table[bit / 8] >> (bit % 8) & 1 != 0
}

fn set(table: &mut [u8], bit: usize) {
    if let Some(byte) = table.get_mut(bit / 8) {
        *byte |= 1 << (bit % 8);
    }
}

/// The place of four bytes in a table of 2^`BITS` bits.
#[inline]
fn hash<const BITS: u32>(quad: &[u8; 4]) -> usize {
    (folded(quad).wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

impl Table {
    fn has(&self, quad: &[u8; 4]) -> bool {
        match self {
            Self::Small(table) => is_set(table, hash::<SMALL>(quad)),
            Self::Large(table) => is_set(table, hash::<LARGE>(quad)),
        }
    }
}

/// A large table, made on the heap and not moved there.
fn zeros<const LENGTH: usize>() -> Box<[u8; LENGTH]> {
    let zeros = vec![0; LENGTH].into_boxed_slice();
    zeros.try_into().unwrap_or_else(|_| Box::new([0; LENGTH]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(literals: &[&str], text: &str) -> Vec<(usize, usize, usize)> {
        let texts: Vec<Vec<u8>> = literals.iter().map(|l| l.as_bytes().to_vec()).collect();
        let mut out = Vec::new();
        Literals::new(&texts).unwrap().each(text.as_bytes(), |l, a, b| out.push((l, a, b)));
        out
    }

    #[test]
    fn overlapping_nested_and_repeated_literals_are_all_found() {
        let all = found(&["abcd", "bcd", "abcdef", "abcd"], "xABCDef abcd");
        let mut expected =
            vec![(0, 1, 5), (3, 1, 5), (2, 1, 7), (1, 2, 5), (0, 8, 12), (3, 8, 12), (1, 9, 12)];
        let mut all_sorted = all.clone();
        all_sorted.sort_unstable();
        expected.sort_unstable();
        assert_eq!(all_sorted, expected);
        assert!(all.is_sorted_by_key(|found| found.1));
    }

    /// Many that begin alike, and few: both ways find the same.
    #[test]
    fn many_literals_that_begin_alike_are_found_like_few() {
        let many: Vec<String> = (0..40).map(|n| format!("disk{n:02}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).chain(["dis", "Disk"]).collect();
        let few = ["disk07", "dis", "Disk"];
        let text = "a disk07, a DISK39 and a `isk";
        let names = |literals: &[&str]| {
            let mut names: Vec<(String, usize)> = Vec::new();
            names.extend(found(literals, text).iter().map(|f| (literals[f.0].to_owned(), f.1)));
            names
        };
        let own = |name: &str, at| (name.to_owned(), at);
        let both =
            [own("dis", 2), own("Disk", 2), own("disk07", 2), own("dis", 12), own("Disk", 12)];
        assert_eq!(names(&few), both);
        assert_eq!(names(&many), [&both[..], &[own("disk39", 12)]].concat());
    }

    #[test]
    fn the_end_of_the_text_is_searched_too() {
        assert_eq!(found(&["al", "ab"], "al"), [(0, 0, 2)]);
        assert_eq!(found(&["al"], "xxxal"), [(0, 3, 5)]);
        assert_eq!(found(&["al"], "a"), []);
        assert_eq!(found(&["abc"], "-abc"), [(0, 1, 4)]);
    }
}
