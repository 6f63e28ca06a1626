//! Where a path in a line ends, when names in it have blanks: "…/Merger Plan/offer letter.docx
//! failed".
//!
//! In quotes it is clear. Elsewhere a blank belongs to the path when a slash or a file's ending
//! follows soon, or a word that begins with a capital letter; of two mistakes the one that takes
//! a word too many is the better one.

/// So many words after a blank are looked at.
const WORDS: usize = 6;

/// The length of the path that a line begins with; `quote` is the sign before it, if it stands
/// in quotes.
pub(super) fn length(line: &[u8], quote: Option<u8>) -> usize {
    if let Some(quote) = quote {
        let stop = |byte: &u8| *byte == quote || *byte == b'\n';
        return line.iter().position(stop).unwrap_or(line.len());
    }
    let mut length = word(line);
    while line.get(length) == Some(&b' ') {
        let more = further(line, length);
        if more == 0 {
            break;
        }
        length += more;
    }
    length
}

/// How many bytes from the blank at `at` still belong to the path.
fn further(line: &[u8], at: usize) -> usize {
    let rest = &line[at..];
    let last = line[..at].rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let has_ending = has_ending(last);
    let mut end = 0;
    for number in 0..WORDS {
        if rest.get(end) != Some(&b' ') {
            break;
        }
        let from = end + 1;
        let length = word(&rest[from..]);
        let word = &rest[from..from + length];
        if length == 0 || word[0] == b'/' || word.contains(&b'=') {
            break;
        }
        end = from + length;
        if word.contains(&b'/') || !has_ending && self::has_ending(word) {
            return end;
        }
        if number == 0 && !has_ending && is_title(word) {
            return end;
        }
    }
    0
}

/// The length of the word that a text begins with.
fn word(text: &[u8]) -> usize {
    let mut length = 0;
    while let Some(byte) = text.get(length) {
        let ends = byte.is_ascii_whitespace() || b"\"'`<>|;,".contains(byte);
        // `plan.docx: error`
        let says = *byte == b':' && text.get(length + 1).is_none_or(u8::is_ascii_whitespace);
        if ends || says {
            break;
        }
        length += 1;
    }
    length
}

/// Whether a name has an ending as files have, which a version has not.
fn has_ending(name: &[u8]) -> bool {
    let Some(dot) = memchr::memrchr(b'.', name) else { return false };
    let ending = &name[dot + 1..];
    (2..=5).contains(&ending.len())
        && ending.iter().all(u8::is_ascii_alphanumeric)
        && ending.iter().any(u8::is_ascii_alphabetic)
}

fn is_title(word: &[u8]) -> bool {
    word.first().is_some_and(|first| first.is_ascii_uppercase() || *first >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_belong_to_a_path_when_it_goes_on_behind_them() {
        for (path, rest) in [
            ("a/plan.docx", " failed to read main.rs"),
            ("Merger Plan/offer letter.docx", " failed"),
            ("Merger Plan", ", then b"),
            ("my papers/x", " and /mnt/other/y"),
            ("Steuer Übersicht", " failed"),
            ("plan", " firmware 3.6.0.12"),
            ("plan", " TYPE=vfat"),
            ("plan.docx", ": error"),
            ("a", ""),
            ("", " b"),
        ] {
            let line = format!("{path}{rest}");
            let found = length(line.as_bytes(), None);
            assert_eq!(&line[..found], path, "{line}");
        }
    }

    #[test]
    fn in_quotes_it_ends_with_them() {
        assert_eq!(length(b"my own words\" failed", Some(b'"')), 12);
        assert_eq!(length(b"my own words", Some(b'"')), 12);
    }
}
