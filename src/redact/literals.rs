//! Finding many literals at once, without regard to the case of ASCII letters.
//!
//! A table over the first bytes of all literals says where none can begin, which is nearly
//! everywhere; at the places that are left the few literals that begin so are compared. Where
//! many begin alike the literals' trie is walked, whose steps wait for each other and for
//! memory. The table's look-ups do not wait for each other, unlike the steps of an automaton
//! over the whole text, which took more than twice the time.
//!
//! | file | |
//! |---|---|
//! | `beginnings` | where a literal may begin |
//! | `candidates` | which ones may |

mod beginnings;
mod candidates;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, BuildError, MatchKind, StartKind};

use super::RedactError;
use beginnings::Beginnings;
use candidates::Candidates;

/// More literals than this that begin alike are told apart by the trie.
const MOST_COMPARED: usize = 24;

/// With more bytes of literals than this the trie is kept in its compact form.
const MOST_DENSE_BYTES: usize = 32 * 1024;

/// Literals, compiled.
pub(super) struct Literals {
    trie: Trie,
    texts: Vec<Vec<u8>>,
    beginnings: Beginnings,
    candidates: Candidates,
}

enum Trie {
    Dense(DFA),
    Compact(NFA),
}

impl Literals {
    /// Compiles literals of two bytes and more.
    pub(super) fn new(texts: &[Vec<u8>]) -> Result<Self, RedactError> {
        if texts.iter().any(|text| text.len() < 2) {
            return Err(RedactError::Automaton("a literal has less than two bytes".into()));
        }
        Ok(Self {
            trie: Trie::new(texts)?,
            texts: texts.to_vec(),
            beginnings: Beginnings::new(texts),
            candidates: Candidates::new(texts),
        })
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
        let (mut from, few) = (0, !self.beginnings.has_pairs());
        while let Some(ahead) = self.beginnings.next(&text[from..]) {
            from += ahead;
            if !few || !self.compare(text, from, &mut found) {
                self.walk(trie, start, text, from, &mut found);
            }
            from += 1;
        }
        for at in from.max(text.len().saturating_sub(3))..text.len() {
            self.walk(trie, start, text, at, &mut found);
        }
    }

    /// Reports every literal that begins at `at`, unless there are too many to compare.
    #[inline]
    fn compare(&self, text: &[u8], at: usize, found: &mut impl FnMut(usize, usize, usize)) -> bool {
        let start = eight(&text[at..]);
        let candidates = self.candidates.at(start);
        if candidates.len() > MOST_COMPARED {
            return false;
        }
        for candidate in candidates.iter().filter(|candidate| candidate.fits(start)) {
            let wanted = &self.texts[candidate.literal()];
            let end = at + wanted.len();
            // What `fits` has seen need not be compared again.
            let seen = wanted.len().min(8);
            let rest = text.get(at + seen..end);
            if rest.is_some_and(|rest| rest.eq_ignore_ascii_case(&wanted[seen..])) {
                found(candidate.literal(), at, end);
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

/// The bit that parts upper from lower case, in eight bytes.
const CASE: u64 = 0x2020_2020_2020_2020;

/// Four bytes with the bit that parts upper from lower case set in all of them.
#[inline]
fn folded(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | (CASE & 0xffff_ffff) as u32
}

/// The first eight bytes of a text, or what it has of them and zeros.
#[inline]
pub(super) fn eight(text: &[u8]) -> u64 {
    let bytes = text.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        bytes
    });
    u64::from_le_bytes(bytes)
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
        let many: Vec<String> = (0..60).map(|n| format!("disk{n:02}")).collect();
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

    /// Short literals and texts of few letters, so that much overlaps, ends early or is cut off.
    #[test]
    fn nothing_is_missed_that_a_plain_search_finds() {
        let mut state = 0x2545_f491_u32;
        let mut below = |limit: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % limit
        };
        for round in 0..400 {
            let mut word = |length: u32| -> String {
                (0..length).map(|_| ['a', 'B', '-', '\u{0}'][below(4) as usize]).collect()
            };
            // Every other round has literals of two bytes, for which there is a way of its own.
            let lengths = [3, 3, 4, 4, 5, 9, 12, 3 - round % 2];
            let literals = lengths.map(&mut word);
            let text = word(40 + round % 9);
            let mut plain = Vec::new();
            for (index, literal) in literals.iter().enumerate() {
                let at = |start: &usize| {
                    let bytes = text.as_bytes().get(*start..start + literal.len());
                    bytes.is_some_and(|bytes| bytes.eq_ignore_ascii_case(literal.as_bytes()))
                };
                plain.extend((0..text.len()).filter(at).map(|at| (index, at, at + literal.len())));
            }
            let mut all = found(&literals.each_ref().map(String::as_str), &text);
            assert!(all.is_sorted_by_key(|found| found.1), "in order");
            all.sort_unstable();
            plain.sort_unstable();
            assert_eq!(all, plain, "{literals:?} in {text:?}");
        }
    }
}
