//! Which literals may begin with given bytes.

use std::collections::BTreeSet;

use super::{CASE, eight};

/// A literal, and what eight bytes of a text have to be where it begins.
pub(super) struct Candidate {
    literal: usize,
    /// Its first eight bytes in lower case, or all that it has.
    head: u64,
    /// The bit that parts upper from lower case, where `head` has a letter.
    letters: u64,
    /// The bits of `head` that count.
    mask: u64,
}

/// Literals by their first bytes, in open hash tables whose slots name a stretch of a list.
pub(super) struct Candidates {
    /// By the first four bytes; those of three bytes stand there too, wherever a longer one
    /// begins like them.
    quads: Slots,
    /// By the first three bytes, those that have no more.
    triples: Slots,
}

struct Slots {
    /// First bytes and the stretch of `list`; an empty stretch is a free slot. A power of two,
    /// at least twice as many as are taken.
    slots: Vec<(u32, u32, u32)>,
    list: Vec<Candidate>,
}

impl Candidate {
    fn new(literal: usize, text: &[u8]) -> Self {
        let mask = !0 >> (64 - 8 * text.len().clamp(1, 8));
        let lower = text.to_ascii_lowercase();
        let letters: Vec<u8> =
            lower.iter().map(|byte| if byte.is_ascii_lowercase() { 0x20 } else { 0 }).collect();
        Self { literal, head: eight(&lower), letters: eight(&letters), mask }
    }

    pub(super) fn literal(&self) -> usize {
        self.literal
    }

    /// Whether the first eight bytes of a text are those of the literal, as far as it goes.
    #[inline]
    pub(super) fn fits(&self, start: u64) -> bool {
        ((start | self.letters) ^ self.head) & self.mask == 0
    }
}

impl Candidates {
    pub(super) fn new(texts: &[Vec<u8>]) -> Self {
        // The shorter ones come first, and of equals the one that was given first.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&index| texts[index].len());
        let of_length = |is: fn(usize) -> bool| {
            order.iter().copied().filter(move |&index| is(texts[index].len()))
        };
        let first = |index: usize| eight(&texts[index]);
        let candidate = |index: usize| Candidate::new(index, &texts[index]);
        let keys: BTreeSet<u32> =
            of_length(|length| length > 3).map(|index| quad(first(index))).collect();
        let three = |index: usize| (triple(first(index)), candidate(index));
        let short = of_length(|length| length == 3).flat_map(|index| {
            let alike = keys.iter().filter(move |&&key| key & THREE == triple(first(index)));
            alike.map(move |&key| (key, candidate(index)))
        });
        let long =
            of_length(|length| length > 3).map(|index| (quad(first(index)), candidate(index)));
        Self {
            quads: Slots::new(short.chain(long).collect()),
            triples: Slots::new(of_length(|length| length == 3).map(three).collect()),
        }
    }

    /// The literals of three bytes and more that may begin like this, the shorter ones first.
    #[inline]
    pub(super) fn at(&self, start: u64) -> &[Candidate] {
        match self.quads.of(quad(start)) {
            [] => self.triples.of(triple(start)),
            both => both,
        }
    }
}

impl Slots {
    fn new(mut keyed: Vec<(u32, Candidate)>) -> Self {
        keyed.sort_by_key(|(key, _)| *key);
        let mut slots = vec![(0, 0, 0); (2 * keyed.len()).next_power_of_two()];
        let mut from = 0;
        for alike in keyed.chunk_by(|a, b| a.0 == b.0) {
            let to = from + alike.len();
            let mask = slots.len() - 1;
            let start = first_slot(alike[0].0);
            let free =
                (0..=mask).map(|step| (start + step) & mask).find(|&at| slots[at].1 == slots[at].2);
            if let (Some(at), Ok(first), Ok(past)) = (free, from.try_into(), to.try_into()) {
                slots[at] = (alike[0].0, first, past);
            }
            from = to;
        }
        Self { slots, list: keyed.into_iter().map(|(_, candidate)| candidate).collect() }
    }

    #[inline]
    fn of(&self, key: u32) -> &[Candidate] {
        let mut at = first_slot(key);
        // There is always a free slot to end at.
        while let Some(&(found, from, to)) = self.slots.get(at & (self.slots.len() - 1)) {
            if found == key || from == to {
                return self.list.get(from as usize..to as usize).unwrap_or_default();
            }
            at += 1;
        }
        &[]
    }
}

/// The likeliest slot of a key, before it is cut to the length of a table.
#[inline]
fn first_slot(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

/// The first four bytes, [folded](super::folded).
#[inline]
fn quad(start: u64) -> u32 {
    ((start | CASE) & 0xffff_ffff) as u32
}

const THREE: u32 = 0x00ff_ffff;

/// The first three bytes, [folded](super::folded).
#[inline]
fn triple(start: u64) -> u32 {
    quad(start) & THREE
}
