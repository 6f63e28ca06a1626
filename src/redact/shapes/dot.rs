//! Around a full stop: IPv4 addresses, MAC addresses as switches write them, domain names
//! — and versions, file names and library names, which are none of these.

use super::super::Class;
use super::super::pseudonym::{parse_v4, v4_is_plain};
use super::super::rules::Rules;
use super::super::span::Span;
use super::kind::{self, DIGIT, DOT, LETTER, NAME, is};
use super::{Shapes, after, before, past_colour};

/// A domain name has at most 253 characters.
const LONGEST: usize = 253;

impl Shapes {
    /// Looks at what the full stop at `at` belongs to. Returns where to go on.
    pub(super) fn dot(&self, rules: &Rules, text: &[u8], at: usize, out: &mut Vec<Span>) -> usize {
        let (left, right) = (before(text, at), after(text, at + 1));
        if !is(left, DIGIT | LETTER) || !is(right, DIGIT | LETTER) {
            return at + 1;
        }
        if self.mac
            && let Some(span) = dotted_mac(text, at)
        {
            out.push(span);
            return span.end;
        }
        if is(left, DIGIT) && is(right, DIGIT) {
            let (start, end) = numbers(text, at);
            let in_word = is_name(before(text, start)) || is_name(after(text, end));
            if self.ipv4 && self.ipv4(text, start, end, out) {
                return end;
            }
            if !in_word {
                return end;
            }
        }
        if self.fqdn { self.fqdn(rules, text, at, out) } else { at + 1 }
    }

    /// Adds the address; true when the numbers are one, to be replaced or not.
    fn ipv4(&self, text: &[u8], start: usize, end: usize, out: &mut Vec<Span>) -> bool {
        let joined = |byte: u8| is(byte, LETTER);
        if joined(before(text, start)) || joined(after(text, end)) {
            return false;
        }
        let Some(address) = parse_v4(&text[start..end]) else { return false };
        if !v4_is_plain(address) && !self.versions.is_version(text, start, end, address) {
            out.push(Span::value(Class::Ipv4, start, end));
        }
        true
    }

    fn fqdn(&self, rules: &Rules, text: &[u8], at: usize, out: &mut Vec<Span>) -> usize {
        let floor = at.saturating_sub(LONGEST);
        let mut start = past_colour(text, kind::run_start(text, floor, at, NAME), at);
        let most = text.len().min(start + LONGEST + 1);
        let mut end = kind::run_end(&text[..most], at + 1, NAME);
        let past = end;
        while matches!(text[end - 1], b'.' | b'-') {
            end -= 1;
        }
        while start < end && matches!(text[start], b'.' | b'-') {
            start += 1;
        }
        let Some(dot) = text[start..end].iter().rposition(|&b| b == b'.') else { return past };
        let is_domain = self.tlds.has(&text[start + dot + 1..end])
            && !matches!(after(text, end), b'@' | b'_' | b'(')
            && !matches!(before(text, start), b'@' | b'_' | b'$');
        if is_domain && !rules.is_ordinary(Class::Domain, &text[start..end]) {
            out.push(Span::value(Class::Domain, start, end));
        }
        // A mail address ends with its domain; the `@` is still to come.
        if after(text, past) == b'@' { at + 1 } else { past }
    }
}

fn is_name(byte: u8) -> bool {
    is(byte, NAME)
}

/// The run of digits and full stops around `at`, without full stops at its ends.
fn numbers(text: &[u8], at: usize) -> (usize, usize) {
    let floor = at.saturating_sub(LONGEST);
    let mut start = kind::run_start(text, floor, at, DIGIT | DOT);
    while text[start] == b'.' {
        start += 1;
    }
    let mut end = kind::run_end(text, at + 1, DIGIT | DOT);
    while text[end - 1] == b'.' {
        end -= 1;
    }
    (start, end)
}

/// `001a.2b3c.4d5e`, with `at` at the first full stop.
fn dotted_mac(text: &[u8], at: usize) -> Option<Span> {
    if text.get(at + 5) != Some(&b'.') {
        return None;
    }
    let start = at.checked_sub(4)?;
    let end = at + 10;
    let digits = text.get(start..end)?.iter().enumerate();
    let hex = digits.clone().all(|(i, b)| matches!(i, 4 | 9) || b.is_ascii_hexdigit());
    // Three groups of decimal digits are a number more often than an address.
    let letters = digits.clone().any(|(_, b)| b.is_ascii_alphabetic());
    let alone = !is_name(before(text, start)) && !after(text, end).is_ascii_alphanumeric();
    (hex && letters && alone).then(|| Span::value(Class::Mac, start, end))
}
