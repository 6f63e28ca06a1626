//! Sets of words, asked without regard to the case of ASCII letters and without making a
//! string: they are asked for every address in a log.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// The longest word that is ever in a set; longer ones are not looked up.
const LONGEST: usize = 64;

/// Words in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    words: HashSet<Box<[u8]>, BuildHasherDefault<Spread>>,
    longest: usize,
    /// A bit for each length that a word has, so that most that is asked for need not be
    /// looked up.
    lengths: u128,
}

impl Words {
    /// Adds a word; one that is too long to be asked for is an error.
    pub(super) fn add(&mut self, word: &str) -> Result<(), String> {
        let word = word.to_lowercase().into_bytes();
        if word.len() > LONGEST {
            return Err(format!("a word has more than {LONGEST} bytes"));
        }
        self.longest = self.longest.max(word.len());
        self.lengths |= 1 << word.len();
        self.words.insert(word.into());
        Ok(())
    }

    /// Whether the word is in the set.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        if word.len() > self.longest || self.lengths >> word.len() & 1 == 0 {
            return false;
        }
        let mut buffer = [0; LONGEST];
        let Some(lower) = buffer.get_mut(..word.len()) else { return false };
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        self.words.contains(&*lower)
    }

    /// Whether a text ends in one of the words.
    pub(super) fn end_of(&self, text: &[u8]) -> bool {
        (1..=self.longest.min(text.len())).any(|length| self.has(&text[text.len() - length..]))
    }
}

impl Words {
    /// Whether a text begins with one of the words that have at least so many bytes.
    pub(super) fn start_of(&self, text: &[u8], least: usize) -> bool {
        (least..=self.longest.min(text.len())).any(|length| self.has(&text[..length]))
    }
}

/// Eight bytes by one multiplication: what is stored is from our own packs and this machine, so
/// nobody can choose values that collide.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // A map looks at the highest and at the lowest bits.
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }

    /// A length; that of a text alone would not keep apart what ends in zeros.
    fn write_usize(&mut self, length: usize) {
        self.write_u64(length as u64);
    }
}
