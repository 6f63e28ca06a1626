//! Escapes, and what they stand for.
//!
//! There are two kinds, which different programs write: the ones of addresses and XML, and the
//! ones of strings. They are decoded one after the other. Together they would take the path
//! `VID_0951&amp;PID_1666\001A92` for one with the character of the octal number 001 in it, and
//! its serial number would be gone before a rule could see it.

/// Who writes an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `%2d`, `&#45;`, `&amp;`.
    Reference,
    /// `\x2d`, `\u002d`, `\055`, `\"`.
    Backslash,
}

impl Kind {
    /// The kinds of escapes that a text holds.
    pub(super) fn all_in(text: &[u8]) -> impl Iterator<Item = Self> + use<> {
        let is = |at: &usize| Self::of(text[*at]).escape(&text[*at..]).is_some();
        let first = memchr::memchr3_iter(b'\\', b'%', b'&', text).find(is);
        let kind = first.map(|at| Self::of(text[at]));
        let rest = &text[first.unwrap_or(text.len())..];
        let holds = |kind: Self| kind.places(rest).any(|at| kind.escape(&rest[at..]).is_some());
        let other = match kind {
            Some(Self::Reference) if holds(Self::Backslash) => Some(Self::Backslash),
            Some(Self::Backslash) if holds(Self::Reference) => Some(Self::Reference),
            _ => None,
        };
        kind.into_iter().chain(other)
    }

    fn of(first: u8) -> Self {
        if first == b'\\' { Self::Backslash } else { Self::Reference }
    }

    /// Where an escape of the kind may begin.
    pub(super) fn places(self, text: &[u8]) -> impl Iterator<Item = usize> {
        // For the one that has a single sign both are the same.
        let (one, other) = match self {
            Self::Reference => (b'%', b'&'),
            Self::Backslash => (b'\\', b'\\'),
        };
        memchr::memchr2_iter(one, other, text)
    }

    /// The escape of the kind that a text begins with, and its length.
    pub(super) fn escape(self, text: &[u8]) -> Option<(Decoded, usize)> {
        match (self, text) {
            (Self::Reference, [b'%', a, b, ..]) => Some((Decoded::Byte(hex(&[*a, *b])? as u8), 3)),
            (Self::Reference, [b'&', rest @ ..]) => entity(rest),
            (Self::Backslash, [b'\\', rest @ ..]) => backslash(rest),
            _ => None,
        }
    }
}

/// What follows a backslash; the length is with it.
fn backslash(text: &[u8]) -> Option<(Decoded, usize)> {
    match text {
        [b'x' | b'X', a, b, ..] => Some((Decoded::Byte(hex(&[*a, *b])? as u8), 4)),
        [b'u', rest @ ..] => unicode(rest),
        [b'U', rest @ ..] => long_unicode(rest).or_else(|| unicode(rest)),
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some((Decoded::Byte((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')), 4))
        }
        [c, ..] => {
            let byte = match c {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'"' | b'\\' | b'/' | b'\'' | b' ' => *c,
                _ => return None,
            };
            Some((Decoded::Byte(byte), 2))
        }
        [] => None,
    }
}

/// Writes a pseudonym in the escapes that its source used: a dash that was `\\x2d` there is
/// so again.
pub(super) fn like(pseudonym: &[u8], source: &[u8], kind: Kind) -> Vec<u8> {
    let mut out = Vec::with_capacity(pseudonym.len());
    for &byte in pseudonym {
        match escape_of(byte, source, kind) {
            Some(escape) => out.extend_from_slice(escape),
            None => out.push(byte),
        }
    }
    out
}

fn escape_of(byte: u8, source: &[u8], kind: Kind) -> Option<&[u8]> {
    if byte.is_ascii_alphanumeric() {
        return None;
    }
    let mut at = 0;
    while at < source.len() {
        match kind.escape(&source[at..]) {
            Some((decoded, length)) => {
                if decoded.bytes(&mut [0; 4]) == [byte] {
                    return Some(&source[at..at + length]);
                }
                at += length;
            }
            None => at += 1,
        }
    }
    None
}

/// What an escape stands for.
#[derive(Clone, Copy)]
pub(super) enum Decoded {
    Byte(u8),
    Char(char),
}

impl Decoded {
    pub(super) fn bytes(self, buffer: &mut [u8; 4]) -> &[u8] {
        match self {
            Self::Byte(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Self::Char(c) => c.encode_utf8(buffer).as_bytes(),
        }
    }
}

/// `\u002d`, or a pair of surrogates.
fn unicode(text: &[u8]) -> Option<(Decoded, usize)> {
    let first = hex(text.get(..4)?)?;
    if let Some(c) = char::from_u32(first) {
        return Some((Decoded::Char(c), 6));
    }
    let second = hex(text.get(4..10)?.strip_prefix(b"\\u")?)?;
    let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    let c = char::decode_utf16(pair).next()?.ok()?;
    Some((Decoded::Char(c), 12))
}

/// `\U0000002d`, as C and Python write it.
fn long_unicode(text: &[u8]) -> Option<(Decoded, usize)> {
    let digits = text.get(..8)?.strip_prefix(b"00")?;
    Some((Decoded::Char(char::from_u32(hex(digits)?)?), 10))
}

/// `&#45;`, `&#x2d;`, and the five names of XML, which HTML also knows in capitals.
fn entity(text: &[u8]) -> Option<(Decoded, usize)> {
    let length = text.iter().take(10).position(|&b| b == b';')?;
    let c = match &*text[..length].to_ascii_lowercase() {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x', digits @ ..] => char::from_u32(hex(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        _ => return None,
    };
    Some((Decoded::Char(c), length + 2))
}

fn hex(digits: &[u8]) -> Option<u32> {
    let ok = !digits.is_empty() && digits.len() <= 6 && digits.iter().all(u8::is_ascii_hexdigit);
    let text = ok.then(|| std::str::from_utf8(digits).ok()).flatten()?;
    u32::from_str_radix(text, 16).ok()
}
