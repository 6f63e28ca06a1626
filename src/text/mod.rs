//! Making outside text and bytes safe to show, and numbers of things in words.
//!
//! Belongs here: which characters can steer a terminal or a reader, and showing them. At the
//! bottom of the arrows, because every layer shows or writes text from devices and files.

pub mod json;
mod quantity;

use std::borrow::Cow;

pub use quantity::{bytes, count};

/// Returns `text` with everything that could steer a terminal made visible.
///
/// Control characters, including C1, and the characters that reorder or hide text
/// (bidirectional controls, zero-width and tag characters) become `\u{…}`. Line breaks
/// too: one value is one line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_steering) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_steering(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// `text` as one line for a place that has no room for [`visible`] escapes: what could steer a
/// terminal, a reader or a header is a blank.
pub fn one_line(text: &str) -> String {
    text.chars().map(|character| if is_steering(character) { ' ' } else { character }).collect()
}

/// Lowercase hex digits of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for half in [byte >> 4, byte & 0xf] {
            digits.extend(char::from_digit(u32::from(half), 16));
        }
    }
    digits
}

/// Whether a character can move the cursor, change state, or change the order of others.
pub fn is_steering(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00ad}'
                | '\u{061c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_not_obeyed() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("x\ny"), "x\\u{a}y");
        assert_eq!(visible("\u{9b}2J"), "\\u{9b}2J");
        assert_eq!(visible("\u{202e}evil"), "\\u{202e}evil");
    }

    #[test]
    fn one_line_has_neither_breaks_nor_overrides() {
        assert_eq!(one_line("a\r\nb\u{202e}c\u{2028}d\u{9b}e"), "a  b c d e");
        assert_eq!(one_line("Sécure Drïve 日本"), "Sécure Drïve 日本");
    }

    #[test]
    fn a_byte_is_two_hex_digits() {
        assert_eq!(hex(&[0, 9, 0x1a, 0xff]), "00091aff");
    }

    #[test]
    fn ordinary_text_is_not_touched() {
        assert!(matches!(visible("Sécure Drïve 日本"), Cow::Borrowed(_)));
    }
}
