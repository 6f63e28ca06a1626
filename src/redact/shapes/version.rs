//! Four numbers with full stops: an address, or the version of some software?

use core::net::Ipv4Addr;

use super::super::rules::Rules;
use super::super::words::Words;
use super::{after, before};

/// How far back the word that decides may stand.
const REACH: usize = 64;

/// Words and numbers between that word and the version: `version was updated from 1.2.3.4
/// to`.
const MOST_STEPS: usize = 6;

/// Words that tell a version from an address.
pub(super) struct Clues {
    /// After these the numbers are a version.
    versions: Words,
    /// After these they are, when they are small.
    software: Words,
    /// These may stand in between.
    connectors: Words,
}

/// What the words before the numbers say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Nothing of a version.
    Nothing,
    /// It is one if it looks like one.
    Maybe,
    /// It is one, unless it is an address of a private network.
    Version,
    /// Nothing else has such a name.
    Named,
}

/// After these even an address of a private network is a version.
const NAMES: [&str; 4] = ["version", "versions", "firmware", "fw"];

/// What was done with a version, or with something from an address: `driver installed from`.
const VERBS: [&str; 5] = ["update", "upgrade", "upgraded", "updated", "installed"];

/// What leads to an address as well as to a version.
const LEADS: [&str; 3] = ["from", "at", "to"];

/// Parts of the names of drives, which stand between their maker and a version.
const MODEL_WORDS: [&str; 6] = ["vault", "privacy", "locker", "traveler", "datatraveler", "keypad"];

/// Product codes of Kingston's drives begin so: IKVP50, DTVP30, DL4FE.
const CODES: [&[u8]; 3] = [b"IK", b"DT", b"DL"];

/// What ends so has an address more often than a version.
const ADDRESSED: [&str; 5] = ["server", "address", "addr", "host", "ip"];

/// A shorter word is the beginning of too many others.
const SHORTEST_BEGINNING: usize = 5;

impl Clues {
    pub(super) fn new(rules: &Rules) -> Self {
        Self {
            versions: rules.words("version-words"),
            software: rules.words("software-words"),
            connectors: rules.words("version-connectors"),
        }
    }

    /// Whether the words around the numbers make them a version.
    pub(super) fn is_version(
        &self,
        text: &[u8],
        start: usize,
        end: usize,
        address: Ipv4Addr,
    ) -> bool {
        if has_port(text, end) {
            return false;
        }
        let head = &text[start.saturating_sub(REACH)..start];
        let line = memchr::memrchr(b'\n', head).map_or(0, |i| i + 1);
        let small = looks_like_version(address);
        match self.before(&head[line..], small) {
            Says::Named => true,
            _ if address.is_private() => false,
            Says::Version => true,
            Says::Maybe => small,
            Says::Nothing => {
                small && (is_part_of_a_file_name(text, start, end) || self.precedes(&text[end..]))
            }
        }
    }

    /// What the words before the numbers say, if these are `small`.
    fn before(&self, mut head: &[u8], small: bool) -> Says {
        let mut leads = false;
        for _ in 0..MOST_STEPS {
            let end = head.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1);
            head = &head[..end];
            let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_');
            let from = head.iter().rposition(|b| !is_part(b)).map_or(0, |i| i + 1);
            let token = &head[from..];
            if token.is_empty() {
                return Says::Nothing;
            }
            let is_number = token.iter().all(|b| b.is_ascii_digit() || *b == b'.');
            if !is_number {
                let word = last_word(token);
                match self.word(token, word, small) {
                    Says::Named | Says::Version if leads => return Says::Maybe,
                    Says::Maybe if leads && !is_any(&VERBS, word) => return Says::Nothing,
                    Says::Nothing => {}
                    says => return says,
                }
                leads |= is_any(&LEADS, word);
                let goes_on = self.connectors.has(word) || is_any(&MODEL_WORDS, word);
                if word.len() < token.len() || !goes_on {
                    return Says::Nothing;
                }
            }
            head = &head[..from];
        }
        Says::Nothing
    }

    /// What one word before the numbers says; it is the last one of its token.
    fn word(&self, token: &[u8], word: &[u8], small: bool) -> Says {
        if is_any(&NAMES, word) || ends_in(word, "version") {
            Says::Named
        } else if is_any(&VERBS, word) {
            Says::Maybe
        } else if self.versions.has(word) {
            Says::Version
        } else if self.connectors.has(word) || ADDRESSED.iter().any(|end| ends_in(word, end)) {
            Says::Nothing
        } else if small && (self.is_of_software(token) || is_product_code(token)) {
            Says::Maybe
        } else {
            Says::Nothing
        }
    }

    /// `client`, `SafeConsoleReady`, `Unlocker_Win`, `unlocker.exe`.
    fn is_of_software(&self, token: &[u8]) -> bool {
        token.split(|b| !b.is_ascii_alphabetic()).any(|word| {
            self.software.has(word)
                || self.software.start_of(word, SHORTEST_BEGINNING)
                || self.versions.start_of(word, SHORTEST_BEGINNING)
        })
    }

    fn precedes(&self, tail: &[u8]) -> bool {
        let Some(tail) = tail.strip_prefix(b" ") else { return false };
        let length = tail.iter().take(16).take_while(|b| b.is_ascii_alphabetic()).count();
        self.versions.has(&tail[..length])
    }
}

/// The letters at the end of a token; of `IKVP50` there are none.
fn last_word(token: &[u8]) -> &[u8] {
    let from = token.iter().rposition(|b| !b.is_ascii_alphabetic()).map_or(0, |i| i + 1);
    &token[from..]
}

fn is_any(words: &[&str], word: &[u8]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

/// `DriverVersion`, `fw_version`.
fn ends_in(word: &[u8], end: &str) -> bool {
    word[word.len().saturating_sub(end.len())..].eq_ignore_ascii_case(end.as_bytes())
}

/// At most four capitals, and digits.
fn is_product_code(token: &[u8]) -> bool {
    let capitals = token.iter().take_while(|b| b.is_ascii_uppercase()).count();
    CODES.iter().any(|code| token.starts_with(code))
        && capitals <= 4
        && token.get(capitals).is_some_and(u8::is_ascii_digit)
        && token.iter().all(u8::is_ascii_alphanumeric)
}

/// `5.9.12.33:443`.
fn has_port(text: &[u8], end: usize) -> bool {
    after(text, end) == b':' && after(text, end + 1).is_ascii_digit()
}

/// `unlocker-8.5.1.2.exe`, `Sentry/6.3.0.1`: a name, a separator, the version.
fn is_part_of_a_file_name(text: &[u8], start: usize, end: usize) -> bool {
    let joined = matches!(before(text, start), b'-' | b'_' | b'/')
        && start >= 2
        && text[start - 2].is_ascii_alphabetic();
    joined || (after(text, end) == b'.' && after(text, end + 1).is_ascii_alphabetic())
}

/// Small numbers; most addresses have a large one, and private networks are addresses.
fn looks_like_version(address: Ipv4Addr) -> bool {
    let [first, rest @ ..] = address.octets();
    first < 24 && first != 10 && rest.iter().all(|&part| part < 100)
}
