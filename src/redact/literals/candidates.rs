//! Which literals may begin with given bytes.

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

/// Literals by their first bytes, in an open hash table whose slots name a stretch of a list.
pub(super) struct Candidates {
    /// By the first four bytes.
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
        let keyed = |long: bool| {
            let of_length = order.iter().filter(move |&&index| match texts[index].len() {
                3 => !long,
                length => long && length > 3,
            });
            let key = if long { quad } else { triple };
            of_length
                .map(move |&index| {
                    (key(eight(&texts[index])), Candidate::new(index, &texts[index]))
                })
                .collect()
        };
        Self { quads: Slots::new(keyed(true)), triples: Slots::new(keyed(false)) }
    }

    /// The literals of three bytes, and those of four and more, that may begin like this.
    #[inline]
    pub(super) fn at(&self, start: u64) -> (&[Candidate], &[Candidate]) {
        (self.triples.of(triple(start)), self.quads.of(quad(start)))
    }
}

impl Slots {
    fn new(mut keyed: Vec<(u32, Candidate)>) -> Self {
        keyed.sort_by_key(|(key, _)| *key);
        let mut slots = vec![(0, 0, 0); (2 * keyed.len()).next_power_of_two()];
        let mut from = 0;
        for alike in keyed.chunk_by(|a, b| a.0 == b.0) {
            let to = from + alike.len();
            let free = Self::probe(&slots, alike[0].0).find(|&at| slots[at].1 == slots[at].2);
            if let (Some(at), Ok(first), Ok(past)) = (free, from.try_into(), to.try_into()) {
                slots[at] = (alike[0].0, first, past);
            }
            from = to;
        }
        Self { slots, list: keyed.into_iter().map(|(_, candidate)| candidate).collect() }
    }

    #[inline]
    fn of(&self, key: u32) -> &[Candidate] {
        for at in Self::probe(&self.slots, key) {
            let (found, from, to) = self.slots[at];
            if from == to {
                break;
            }
            if found == key {
                return self.list.get(from as usize..to as usize).unwrap_or_default();
            }
        }
        &[]
    }

    /// Where a key may stand, the likeliest slot first.
    #[inline]
    fn probe<T>(slots: &[T], key: u32) -> impl Iterator<Item = usize> + use<T> {
        let mask = slots.len() - 1;
        let start = (key.wrapping_mul(0x9e37_79b1) >> 16) as usize;
        (0..=mask).map(move |step| (start + step) & mask)
    }
}

/// The first four bytes, [folded](super::folded).
#[inline]
fn quad(start: u64) -> u32 {
    ((start | CASE) & 0xffff_ffff) as u32
}

/// The first three bytes, [folded](super::folded).
#[inline]
fn triple(start: u64) -> u32 {
    quad(start) & 0x00ff_ffff
}
