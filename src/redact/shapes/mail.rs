//! Around an `@`: mail addresses.

use super::super::Class;
use super::super::rules::Rules;
use super::super::span::Span;
use super::kind::{self, DASH, DIGIT, DOT, HIGH, LETTER, NAME, UNDERSCORE, is};
use super::{Shapes, after, before, past_colour};

/// RFC 5321: at most 64 characters before the `@`, 255 after.
const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 255;

impl Shapes {
    /// Looks at the `@` at `at`. Returns where to go on.
    pub(super) fn mail(&self, rules: &Rules, text: &[u8], at: usize, out: &mut Vec<Span>) -> usize {
        if !self.email || !before(text, at).is_ascii_graphic() && before(text, at) < 0x80 {
            return at + 1;
        }
        let start = local_start(text, at);
        let end = domain_end(text, at + 1);
        let Some(domain) = text.get(at + 1..end) else { return at + 1 };
        let Some(dot) = domain.iter().rposition(|&b| b == b'.') else { return at + 1 };
        let ending = &domain[dot + 1..];
        let is_address = start < at
            && domain[0].is_ascii_alphanumeric()
            && ending.len() >= 2
            && ending[0].is_ascii_alphabetic()
            && !self.units.has(ending);
        if !is_address {
            return at + 1;
        }
        if !rules.is_ordinary(Class::Email, &text[start..end]) {
            out.push(Span::value(Class::Email, start, end));
        }
        end
    }
}

fn local_start(text: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(LONGEST_LOCAL);
    let mut start = at;
    while start > floor && is_local(text[start - 1]) {
        start -= 1;
    }
    start = past_colour(text, start, at);
    // A list or sentence before the address is not part of it.
    while start < at && matches!(text[start], b'.' | b'-' | b'\'') {
        start += 1;
    }
    start
}

fn domain_end(text: &[u8], from: usize) -> usize {
    let most = text.len().min(from + LONGEST_DOMAIN);
    let mut end = kind::run_end(&text[..most], from, NAME | HIGH);
    while end > from && matches!(after(text, end - 1), b'.' | b'-') {
        end -= 1;
    }
    end
}

/// Bytes above 127 are letters of international addresses.
fn is_local(byte: u8) -> bool {
    is(byte, DIGIT | LETTER | DOT | DASH | UNDERSCORE | HIGH) || matches!(byte, b'+' | b'\'' | b'~')
}
