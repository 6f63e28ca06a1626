//! Four numbers with full stops: an address, or the version of some software?

use std::net::Ipv4Addr;

use super::super::rules::Rules;
use super::{after, before};

/// How far back the word that decides may stand.
const REACH: usize = 64;

/// Words and numbers between that word and the version: `version was updated from 1.2.3.4
/// to`.
const MOST_STEPS: usize = 6;

/// Whether the words around the numbers make them a version.
pub(super) fn is_version(
    rules: &Rules,
    text: &[u8],
    start: usize,
    end: usize,
    address: Ipv4Addr,
) -> bool {
    let head = &text[start.saturating_sub(REACH)..start];
    let line = head.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    if follows_version_word(rules, &head[line..], address) {
        return true;
    }
    is_part_of_a_file_name(text, start, end, address) || precedes_version_word(rules, text, end)
}

fn follows_version_word(rules: &Rules, mut head: &[u8], address: Ipv4Addr) -> bool {
    for _ in 0..MOST_STEPS {
        let end = head.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1);
        head = &head[..end];
        let is_number = head.last().is_some_and(u8::is_ascii_digit);
        let is_part = |b: &u8| {
            if is_number { b.is_ascii_digit() || *b == b'.' } else { b.is_ascii_alphabetic() }
        };
        let from = head.iter().rposition(|b| !is_part(b)).map_or(0, |i| i + 1);
        let word = String::from_utf8_lossy(&head[from..]).to_lowercase();
        if word.is_empty() {
            return false;
        }
        let sure = rules.has_word("version-words", &word) || word.ends_with("version");
        if sure || (rules.has_word("software-words", &word) && looks_like_version(address)) {
            return true;
        }
        if !is_number && !rules.has_word("version-connectors", &word) {
            return false;
        }
        head = &head[..from];
    }
    false
}

fn precedes_version_word(rules: &Rules, text: &[u8], end: usize) -> bool {
    let tail = &text[end..text.len().min(end + 16)];
    let Some(tail) = tail.strip_prefix(b" ") else { return false };
    let length = tail.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(tail.len());
    let word = String::from_utf8_lossy(&tail[..length]).to_lowercase();
    rules.has_word("version-words", &word)
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
