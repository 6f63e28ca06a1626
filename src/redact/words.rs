//! Sets of words, asked without regard to the case of ASCII letters and without making a
//! string: they are asked for every address in a log.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// The longest word that is ever in a set; longer ones are not looked up.
const LONGEST: usize = 64;

/// Words in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    words: HashSet<Box<[u8]>, BuildHasherDefault<Fnv>>,
    longest: usize,
}

impl Words {
    /// Adds a word; one that is too long to be asked for is an error.
    pub(super) fn add(&mut self, word: &str) -> Result<(), String> {
        let word = word.to_lowercase().into_bytes();
        if word.len() > LONGEST {
            return Err(format!("a word has more than {LONGEST} bytes"));
        }
        self.longest = self.longest.max(word.len());
        self.words.insert(word.into());
        Ok(())
    }

    /// Whether the word is in the set.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        if word.len() > self.longest {
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

/// FNV-1a: what is stored is from our own packs and this machine, so nobody can choose values
/// that collide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
