//! BitLocker recovery keys: 48 digits, in eight groups of six with dashes or blanks, or in one
//! piece.

use super::super::Class;
use super::super::span::Span;
use super::kind::{DIGIT, is};
use super::{after, before};

/// The digits of a key, and its length with blanks.
const DIGITS: usize = 48;
const WITH_BLANKS: usize = 55;

/// A key covers two places that are so far apart, wherever it begins: only these are looked at.
const STEP: usize = DIGITS / 2;

/// Adds the keys without dashes; those with dashes are found by them.
pub(super) fn scan(text: &[u8], out: &mut Vec<Span>) {
    let may_be = |byte: &u8| is(*byte, DIGIT) || *byte == b' ';
    let (mut at, mut done) = (STEP, 0);
    while at < text.len() {
        // From the end: most steps are over at the first byte.
        if text[at - STEP..=at].iter().rev().all(may_be) {
            let from = at.saturating_sub(WITH_BLANKS).max(done);
            if let Some(span) = (from..at).find_map(|start| key(text, start)) {
                done = span.end;
                out.push(span);
            }
        }
        at += STEP;
    }
}

/// The key that begins at `start`.
fn key(text: &[u8], start: usize) -> Option<Span> {
    if !is(text[start], DIGIT) || is(before(text, start), DIGIT) {
        return None;
    }
    let plain =
        text.get(start..start + DIGITS).is_some_and(|key| key.iter().all(u8::is_ascii_digit));
    let end = start + if plain { DIGITS } else { WITH_BLANKS };
    let is_key = plain || text.get(start..end).is_some_and(|key| key.chunks(7).all(is_group));
    (is_key && !is(after(text, end), DIGIT)).then(|| Span::value(Class::BitlockerKey, start, end))
}

/// Six digits and the blank after them, which the last group has not.
fn is_group(group: &[u8]) -> bool {
    let (digits, blank) = group.split_at(group.len().min(6));
    digits.len() == 6 && digits.iter().all(u8::is_ascii_digit) && matches!(blank, b"" | b" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_wherever_they_begin() {
        let blanks = "474747 104747 474747 474747 474747 474747 474747 474740";
        for key in [blanks.to_owned(), blanks.replace(' ', "")] {
            for shift in 0..60 {
                let text = format!("{}key {key} {key}.", " ".repeat(shift));
                let mut out = Vec::new();
                scan(text.as_bytes(), &mut out);
                let found: Vec<&str> = out.iter().map(|s| &text[s.start..s.end]).collect();
                assert_eq!(found, [&key, &key], "{shift}");
            }
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in ["1".repeat(49), "1234567 ".repeat(9), "12345 ".repeat(12), " ".repeat(99)] {
            let mut out = Vec::new();
            scan(text.as_bytes(), &mut out);
            assert!(out.is_empty(), "{text}");
        }
    }
}
