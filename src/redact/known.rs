//! The values of this machine as literals: which spellings, and where each may stand.
//!
//! Escapes (`\x2d`, `%2d`, `\u002d`) and UTF-16 are not spelled out here: the text is
//! decoded and searched again (`view`). What remains are spellings that differ in the
//! characters themselves.

use std::collections::BTreeSet;

use super::neighbours::escape_before;
use super::rules::Rules;
use super::{Class, Seeds};

/// One spelling of one value.
pub(super) struct Literal {
    pub(super) class: Class,
    /// The bytes to look for, without regard to the case of ASCII letters.
    pub(super) bytes: Vec<u8>,
    /// The value in the machine's own spelling.
    pub(super) value: String,
    pub(super) edge: Edge,
    pub(super) wide: Option<Wide>,
}

/// What may stand next to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// Anything: the value is long and odd enough to be itself wherever it stands.
    Any,
    /// No letter: `jdoe` is not in `jdoering`, but in `jdoe2`.
    NoLetter,
    /// Neither letter nor digit: `al` is not in `al2`.
    NoWord,
}

/// UTF-16 with this byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wide {
    LowFirst,
    HighFirst,
}

impl Wide {
    pub(super) fn other(self) -> Self {
        match self {
            Self::LowFirst => Self::HighFirst,
            Self::HighFirst => Self::LowFirst,
        }
    }
}

/// A value shorter than this would be found everywhere.
const SHORTEST: usize = 2;

/// A name longer than this is no name, label or serial number of any system.
const LONGEST: usize = 1024;

/// Whether a value is looked for wherever it stands. Words that everybody's logs hold are
/// not: they are taken out only where a rule says what they are.
pub(super) fn is_searchable(rules: &Rules, class: Class, value: &str) -> bool {
    let letters_or_digits = value.chars().filter(|c| c.is_alphanumeric()).count();
    let digits_only = value.chars().all(|c| c.is_ascii_digit());
    let first = value.chars().next();
    let one_character = value.chars().all(|c| Some(c) == first);
    let short_number = digits_only && value.len() < 6;
    (SHORTEST..=LONGEST).contains(&value.len())
        && letters_or_digits >= SHORTEST
        && !short_number
        && !one_character
        && !rules.is_ordinary(class, value.as_bytes())
        && !is_technical(rules, class, value)
}

/// Names of parts and vendors are words of every log line about drives.
fn is_technical(rules: &Rules, class: Class, value: &str) -> bool {
    let named = matches!(class, Class::User | Class::Host | Class::VolumeLabel | Class::Domain);
    named && rules.has_word("technical-words", value.to_lowercase().as_bytes())
}

/// Which neighbours keep a value from being found.
pub(super) fn edge(class: Class, value: &str) -> Edge {
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let others = value.chars().count() - letters;
    let length = letters + others;
    let odd = letters > 0 && others > 0 && length >= 6;
    let digits = value.chars().all(|c| c.is_ascii_digit());
    match class {
        // Without the zeros in front it can be the beginning of another address.
        Class::Mac if value.contains(':') && length < 17 => Edge::NoWord,
        _ if odd => Edge::Any,
        _ if digits || length < 4 => Edge::NoWord,
        Class::Serial | Class::Uuid if length >= 12 => Edge::Any,
        _ => Edge::NoLetter,
    }
}

/// All spellings of all values worth looking for.
pub(super) fn literals(rules: &Rules, seeds: &Seeds) -> Vec<Literal> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for seed in &seeds.secret {
        let value = seed.value.trim();
        if !is_searchable(rules, seed.class, value) || is_kept(seeds, seed.class, value) {
            continue;
        }
        for spelling in spellings(seed.class, value) {
            if seen.insert(spelling.to_ascii_lowercase()) {
                add(&mut out, seed.class, value, &spelling);
            }
        }
    }
    out
}

fn is_kept(seeds: &Seeds, class: Class, value: &str) -> bool {
    class == Class::Serial && seeds.keep.iter().any(|keep| keep.eq_ignore_ascii_case(value))
}

fn add(out: &mut Vec<Literal>, class: Class, value: &str, spelling: &str) {
    let edge = edge(class, spelling);
    let literal = |bytes, wide| Literal { class, bytes, value: value.to_owned(), edge, wide };
    out.push(literal(spelling.as_bytes().to_vec(), None));
    // Without a byte order mark, UTF-16 is decoded for certain only while all characters fit one
    // byte.
    if spelling.chars().any(|c| u32::from(c) > 0xff) {
        let low = spelling.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let high = spelling.encode_utf16().flat_map(u16::to_be_bytes).collect();
        out.push(literal(low, Some(Wide::LowFirst)));
        out.push(literal(high, Some(Wide::HighFirst)));
    }
}

/// The spellings of a value that differ in more than escapes and the case of ASCII letters.
fn spellings(class: Class, value: &str) -> Vec<String> {
    let mut all = match class {
        Class::Mac => mac_spellings(value),
        Class::Uuid => uuid_spellings(value),
        // udev writes a space as an underscore.
        Class::Serial | Class::VolumeLabel => {
            let joined = value.split_whitespace().collect::<Vec<_>>().join("_");
            vec![value.to_owned(), joined]
        }
        _ => vec![value.to_owned()],
    };
    if class != Class::FileName {
        all.extend(in_name(value));
    }
    if !value.is_ascii() {
        for spelling in std::mem::take(&mut all) {
            all.extend([spelling.to_lowercase(), spelling.to_uppercase(), spelling]);
        }
    }
    all.sort();
    all.dedup();
    all
}

/// With an underscore for what the name of a file, or of a device in udev's database, does not
/// hold; `None` when it would begin or end with one, and be part of anything.
fn in_name(value: &str) -> Option<String> {
    let holds = |c: char| c.is_alphanumeric() || ".-_+@".contains(c);
    let whole = value.starts_with(holds) && value.ends_with(holds);
    whole.then(|| value.chars().map(|c| if holds(c) { c } else { '_' }).collect())
}

fn mac_spellings(value: &str) -> Vec<String> {
    let digits: Vec<char> = value.chars().filter(char::is_ascii_hexdigit).collect();
    let groups = |size| digits.chunks(size).map(|group| group.iter().collect::<String>());
    let pairs: Vec<String> = groups(2).collect();
    let mut all: Vec<String> = [":", "-", "_", ""].map(|sign| pairs.join(sign)).into();
    // Switches write three groups of four digits, macOS' arp no zero in front.
    all.push(groups(4).collect::<Vec<_>>().join("."));
    let short = pairs.iter().map(|pair| pair.strip_prefix('0').unwrap_or(pair));
    all.push(short.collect::<Vec<_>>().join(":"));
    all
}

fn uuid_spellings(value: &str) -> Vec<String> {
    let digits: String = value.chars().filter(char::is_ascii_hexdigit).collect();
    let mut all = vec![value.to_owned()];
    if digits.len() == 32 {
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
        all.push(parts.map(|part| digits[part].to_owned()).join("-"));
        all.push(digits);
    } else if digits.len() == 8 && value.len() == 9 {
        // The id of a FAT volume, with and without its dash.
        all.push(digits);
    }
    all
}

impl Edge {
    /// Whether a value from `start` to `end` may stand there; a side that is `free` has nothing
    /// that counts next to it.
    pub(super) fn allows(self, text: &[u8], start: usize, end: usize, free: (bool, bool)) -> bool {
        if self == Self::Any {
            return true;
        }
        let blocks = |own: u8, other: u8| match self {
            Self::Any => false,
            _ if !own.is_ascii_alphanumeric() => false,
            Self::NoLetter => other.is_ascii_alphabetic(),
            Self::NoWord => other.is_ascii_alphanumeric(),
        };
        let left = start.checked_sub(1).map(|at| text[at]).filter(|_| !free.0);
        let right = text.get(end).copied().filter(|_| !free.1);
        let left_blocks = left.is_some_and(|byte| blocks(text[start], byte));
        let right_blocks = right.is_some_and(|byte| blocks(text[end - 1], byte));
        if right_blocks || !left_blocks {
            return !right_blocks;
        }
        // The last letter of what means something else is no letter of the same word.
        let before = &text[..start];
        ends_colour(before)
            || escape_before(before).is_some_and(|meant| !blocks(text[start], meant))
    }
}

/// Whether the text ends in a terminal's colour sequence, whose last byte is a letter.
pub(super) fn ends_colour(text: &[u8]) -> bool {
    // Nearly always told by the byte before the letter.
    if !matches!(text, [.., b'0'..=b'9' | b';' | b'[', _]) {
        return false;
    }
    let tail = &text[text.len().saturating_sub(16)..];
    let Some(escape) = tail.iter().rposition(|&b| b == 0x1b) else { return false };
    match &tail[escape + 1..] {
        [b'[', numbers @ .., b'm' | b'K'] => {
            numbers.iter().all(|&b| b.is_ascii_digit() || b == b';')
        }
        _ => false,
    }
}
