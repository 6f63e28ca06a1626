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
        let head = &text[start.saturating_sub(REACH)..start];
        let line = memchr::memrchr(b'\n', head).map_or(0, |i| i + 1);
        self.follows(&head[line..], address)
            || is_part_of_a_file_name(text, start, end, address)
            || self.precedes(&text[end..])
    }

    fn follows(&self, mut head: &[u8], address: Ipv4Addr) -> bool {
        for _ in 0..MOST_STEPS {
            let end = head.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1);
            head = &head[..end];
            let is_number = head.last().is_some_and(u8::is_ascii_digit);
            let is_part = |b: &u8| match is_number {
                true => b.is_ascii_digit() || *b == b'.',
                false => b.is_ascii_alphabetic(),
            };
            let from = head.iter().rposition(|b| !is_part(b)).map_or(0, |i| i + 1);
            let word = &head[from..];
            if word.is_empty() {
                return false;
            }
            let sure = self.versions.has(word) || ends_in_version(word);
            if sure || self.software.has(word) && looks_like_version(address) {
                return true;
            }
            if !is_number && !self.connectors.has(word) {
                return false;
            }
            head = &head[..from];
        }
        false
    }

    fn precedes(&self, tail: &[u8]) -> bool {
        let Some(tail) = tail.strip_prefix(b" ") else { return false };
        let length = tail.iter().take(16).take_while(|b| b.is_ascii_alphabetic()).count();
        self.versions.has(&tail[..length])
    }
}

/// `DriverVersion`, `fw_version`.
fn ends_in_version(word: &[u8]) -> bool {
    let tail = &word[word.len().saturating_sub(b"version".len())..];
    tail.eq_ignore_ascii_case(b"version")
}

/// `unlocker-8.5.1.2.exe`, `Sentry/6.3.0.1`: a name, a separator, the version.
fn is_part_of_a_file_name(text: &[u8], start: usize, end: usize, address: Ipv4Addr) -> bool {
    let joined = matches!(before(text, start), b'-' | b'_' | b'/')
        && start >= 2
        && text[start - 2].is_ascii_alphabetic();
    let joined = joined || (after(text, end) == b'.' && after(text, end + 1).is_ascii_alphabetic());
    joined && looks_like_version(address)
}

/// Small numbers; most addresses have a large one, and private networks are addresses.
fn looks_like_version(address: Ipv4Addr) -> bool {
    let [first, rest @ ..] = address.octets();
    first < 24 && first != 10 && rest.iter().all(|&part| part < 100)
}
