//! Where a literal may begin: a bit for each hash of four bytes.

use super::{CASE, folded};

/// Bits of the usual table: 16 KiB, which leave room in a processor's first cache.
const SMALL: u32 = 17;

/// Bits of the table for a machine with very many known values: 1 MiB.
const LARGE: u32 = 23;

/// With more literals than this the usual table would be too full to tell anything.
const MOST_FOR_SMALL: usize = 2000;

pub(super) struct Beginnings {
    /// First two bytes of the literals that have no more; usually there are none.
    pairs: Option<Vec<u64>>,
    /// Hashed first four bytes of all others. A bit for each and not a byte: in the same room
    /// an eighth of the places that only seem to be a beginning.
    quads: Table,
}

/// A bit that is set where a literal may begin.
enum Table {
    Small(Box<[u32; 1 << (SMALL - 5)]>),
    Large(Box<[u32; 1 << (LARGE - 5)]>),
}

impl Beginnings {
    /// Marks literals of two bytes and more.
    pub(super) fn new(texts: &[Vec<u8>]) -> Self {
        let quads = match texts.len() <= MOST_FOR_SMALL {
            true => Table::Small(zeros()),
            false => Table::Large(zeros()),
        };
        let mut beginnings = Self { pairs: None, quads };
        texts.iter().for_each(|text| beginnings.mark(text));
        beginnings
    }

    /// Whether there are literals of two bytes, which begin nearly everywhere.
    pub(super) fn has_pairs(&self) -> bool {
        self.pairs.is_some()
    }

    fn mark(&mut self, text: &[u8]) {
        match *text {
            [a, b, c, d, ..] => self.quads.set(folded([a, b, c, d])),
            [a, b, c] => (0..=255).for_each(|d| self.quads.set(folded([a, b, c, d]))),
            [a, b] => {
                let at = pair(folded([a, b, 0, 0]));
                self.pairs.get_or_insert_with(|| vec![0; 1 << 10])[at / 64] |= 1 << (at % 64);
            }
            [] | [_] => {}
        }
    }

    /// The first place in a text, but for its last three bytes, where a literal may begin.
    #[inline]
    pub(super) fn next(&self, text: &[u8]) -> Option<usize> {
        match (&self.pairs, &self.quads) {
            (None, Table::Small(table)) => first(text, |quad| has::<SMALL>(&table[..], quad)),
            (None, Table::Large(table)) => first(text, |quad| has::<LARGE>(&table[..], quad)),
            (Some(pairs), table) => first(text, |quad| {
                let short = pair(quad);
                pairs[short / 64] >> (short % 64) & 1 != 0 || table.has(quad)
            }),
        }
    }
}

/// The first place in a text whose four bytes, [folded], may begin a literal. Reads eight
/// bytes at a time, which hold the beginnings of five places.
#[inline]
fn first(text: &[u8], may_begin: impl Fn(u32) -> bool) -> Option<usize> {
    let mut at = 0;
    while let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*bytes) | CASE;
        let quad = |ahead: u32| (word >> (8 * ahead) & 0xffff_ffff) as u32;
        // Written out, as a compiler that saves size leaves a loop.
        if may_begin(quad(0)) {
            return Some(at);
        }
        if may_begin(quad(1)) {
            return Some(at + 1);
        }
        if may_begin(quad(2)) {
            return Some(at + 2);
        }
        if may_begin(quad(3)) {
            return Some(at + 3);
        }
        if may_begin(quad(4)) {
            return Some(at + 4);
        }
        at += 5;
    }
    let rest = text.get(at..)?.array_windows().position(|quad| may_begin(folded(*quad)))?;
    Some(at + rest)
}

impl Table {
    fn set(&mut self, quad: u32) {
        let (table, bit) = match self {
            Self::Small(table) => (&mut table[..], hash::<SMALL>(quad)),
            Self::Large(table) => (&mut table[..], hash::<LARGE>(quad)),
        };
        if let Some(word) = table.get_mut(bit / 32) {
            *word |= 1 << (bit % 32);
        }
    }

    fn has(&self, quad: u32) -> bool {
        match self {
            Self::Small(table) => has::<SMALL>(&table[..], quad),
            Self::Large(table) => has::<LARGE>(&table[..], quad),
        }
    }
}

#[inline]
fn has<const BITS: u32>(table: &[u32], quad: u32) -> bool {
    let bit = hash::<BITS>(quad);
    table.get(bit / 32).is_some_and(|word| word >> (bit % 32) & 1 != 0)
}

/// The place of four bytes, [folded], in a table of 2^`BITS` bits. The factor is one of xxHash's;
/// of the usual ones it lets the fewest four bytes of logs collide with our packs' literals (the
/// golden ratio does it with `0000`).
#[inline]
fn hash<const BITS: u32>(quad: u32) -> usize {
    (quad.wrapping_mul(0xc2b2_ae3d) >> (32 - BITS)) as usize
}

#[inline]
fn pair(quad: u32) -> usize {
    (quad & 0xffff) as usize
}

/// A large table, made on the heap and not moved there.
fn zeros<const LENGTH: usize>() -> Box<[u32; LENGTH]> {
    let zeros = vec![0; LENGTH].into_boxed_slice();
    zeros.try_into().unwrap_or_else(|_| Box::new([0; LENGTH]))
}
