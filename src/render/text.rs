//! Making outside text safe to show.

use std::borrow::Cow;

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

/// Width that every terminal, and every mail, has.
const WIDTH: usize = 80;

/// Appends `label` and `text`, wrapped to 80 columns with the text in a column of its own.
pub fn labelled(out: &mut String, label: &str, text: &str) {
    let first = format!("    {label:<10} ");
    let rest = " ".repeat(first.len());
    let options = textwrap::Options::new(WIDTH).initial_indent(&first).subsequent_indent(&rest);
    out.push_str(&textwrap::fill(&visible(text), options));
    out.push('\n');
}

/// A size as people write it: `62.1 GB`, decimal as on the drive's case.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if size < 1000 {
        return format!("{size} bytes");
    }
    let (mut whole, mut tenths, mut unit) = (size, 0, "");
    for next in UNITS {
        if whole < 1000 {
            break;
        }
        tenths = whole % 1000 / 100;
        whole /= 1000;
        unit = next;
    }
    format!("{whole}.{tenths} {unit}")
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
    fn sizes_are_decimal() {
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(300_000_000), "300.0 MB");
        assert_eq!(bytes(62_109_253_632), "62.1 GB");
        assert_eq!(bytes(u64::MAX), "18446.7 PB");
    }

    #[test]
    fn long_values_wrap_in_their_column() {
        let mut out = String::new();
        labelled(&mut out, "serial", &"word ".repeat(30));
        assert!(out.lines().all(|line| line.len() <= 80));
        assert!(out.lines().nth(1).is_some_and(|line| line.starts_with("               word")));
    }

    #[test]
    fn ordinary_text_is_not_touched() {
        assert!(matches!(visible("Sécure Drïve 日本"), Cow::Borrowed(_)));
    }
}
