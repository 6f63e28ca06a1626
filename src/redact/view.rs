//! Texts inside texts: escapes and UTF-16, decoded so that one search finds every
//! spelling, with the way back to the bytes they were written in.

use std::ops::Range;

/// A decoded text and where each of its bytes came from.
#[derive(Default)]
pub(super) struct View {
    pub(super) text: Vec<u8>,
    /// Start of each byte's source, plus the end of the last one.
    origin: Vec<u32>,
}

impl View {
    /// The source of a range of decoded bytes.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        let at = |index: usize| self.origin.get(index).map_or(0, |&o| o as usize);
        at(range.start)..at(range.end)
    }

    fn push(&mut self, byte: u8, from: usize) {
        self.text.push(byte);
        self.origin.push(u32::try_from(from).unwrap_or(u32::MAX));
    }

    /// Notes where the last byte's source ends. A line break follows each part, so that
    /// nothing is found across two.
    fn close(&mut self, end: usize) {
        self.push(b'\n', end);
    }

    /// Seals the way back; call once, after the last part.
    fn seal(&mut self, end: usize) {
        self.origin.push(u32::try_from(end).unwrap_or(u32::MAX));
    }

    /// Decodes the lines of `text` that hold escapes; `None` when there are none.
    pub(super) fn unescaped(text: &[u8]) -> Option<Self> {
        let mut view = Self::default();
        let mut line_end = 0;
        for at in memchr::memchr3_iter(b'\\', b'%', b'&', text) {
            if at < line_end || escape(&text[at..]).is_none() {
                continue;
            }
            let start =
                memchr::memrchr(b'\n', &text[line_end..at]).map_or(line_end, |i| line_end + i + 1);
            line_end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
            view.unescape_line(text, start..line_end);
        }
        if view.text.is_empty() {
            return None;
        }
        view.seal(text.len());
        Some(view)
    }

    fn unescape_line(&mut self, text: &[u8], line: Range<usize>) {
        let mut at = line.start;
        while at < line.end {
            match escape(&text[at..line.end]) {
                Some((decoded, length)) => {
                    let mut buffer = [0; 4];
                    for byte in decoded.bytes(&mut buffer) {
                        self.push(*byte, at);
                    }
                    at += length;
                }
                None => {
                    self.push(text[at], at);
                    at += 1;
                }
            }
        }
        self.close(line.end);
    }

    /// Decodes the parts of `text` that are UTF-16 of characters below U+0100; `None`
    /// when there are none. Byte order does not matter: such a text is a byte, a zero, a
    /// byte, a zero, from its first to its last character.
    pub(super) fn narrowed(text: &[u8]) -> Option<Self> {
        let mut view = Self::default();
        let mut done = 0;
        for zero in memchr::memchr_iter(0, text) {
            if zero < done || zero == 0 || !is_text(text[zero - 1]) || zero - 1 < done {
                continue;
            }
            let mut end = zero - 1;
            while end + 2 < text.len() && text[end + 1] == 0 && is_text(text[end + 2]) {
                end += 2;
            }
            done = end + 1;
            if end > zero {
                view.narrow(text, zero - 1, end);
            }
        }
        if view.text.is_empty() {
            return None;
        }
        view.seal(text.len());
        Some(view)
    }

    /// The first and last character of a run may not belong to it: without a zero next to it
    /// it may be half of another character, or part of a text of single bytes. Then the run is
    /// looked at with and without them.
    fn narrow(&mut self, text: &[u8], start: usize, last: usize) {
        let joins_left = start.checked_sub(1).is_none_or(|at| text[at] != 0);
        let joins_right = text.get(last + 1).is_none_or(|&byte| byte != 0);
        for first in [start, start + 2].into_iter().take(if joins_left { 2 } else { 1 }) {
            let lasts = [last, last - 2];
            for last in lasts.into_iter().take(if joins_right { 2 } else { 1 }) {
                if first <= last {
                    self.narrow_run(text, first, last);
                }
            }
        }
    }

    fn narrow_run(&mut self, text: &[u8], start: usize, last: usize) {
        for at in (start..=last).step_by(2) {
            let mut buffer = [0; 4];
            for byte in char::from(text[at]).encode_utf8(&mut buffer).bytes() {
                self.push(byte, at);
            }
        }
        self.close(last + 1);
    }

    /// The source of a range of a narrowed text: from its first byte to its last, without
    /// the zero that follows.
    pub(super) fn narrow_source(&self, range: Range<usize>) -> Range<usize> {
        let source = self.source(range.start..range.end.saturating_sub(1));
        source.start..source.end + 1
    }

    /// Whether an escape lies in, or right next to, a range of decoded bytes. Without one
    /// the text stands in the source as it is and has been looked at there.
    pub(super) fn touches_escape(&self, range: Range<usize>) -> bool {
        let range = range.start.saturating_sub(1)..(range.end + 1).min(self.text.len());
        let source = self.source(range.clone());
        source.len() != range.len()
    }

    /// Writes a pseudonym over a range of a narrowed text. What follows the last byte, a
    /// zero or not, stays.
    pub(super) fn widen(pseudonym: &[u8]) -> Vec<u8> {
        let mut wide: Vec<u8> = pseudonym.iter().flat_map(|&byte| [byte, 0]).collect();
        wide.pop();
        wide
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0xa0..=0xff)
}

/// Writes a pseudonym in the escapes that its source used: a dash that was `\\x2d` there is
/// so again.
pub(super) fn escape_like(pseudonym: &[u8], source: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pseudonym.len());
    for &byte in pseudonym {
        match escape_of(byte, source) {
            Some(escape) => out.extend_from_slice(escape),
            None => out.push(byte),
        }
    }
    out
}

fn escape_of(byte: u8, source: &[u8]) -> Option<&[u8]> {
    if byte.is_ascii_alphanumeric() {
        return None;
    }
    let mut at = 0;
    while at < source.len() {
        match escape(&source[at..]) {
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
    fn bytes(self, buffer: &mut [u8; 4]) -> &[u8] {
        match self {
            Self::Byte(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Self::Char(c) => c.encode_utf8(buffer).as_bytes(),
        }
    }
}

/// The escape a text begins with, and its length.
pub(super) fn escape(text: &[u8]) -> Option<(Decoded, usize)> {
    match text {
        [b'%', a, b, ..] => Some((Decoded::Byte(hex(&[*a, *b])? as u8), 3)),
        [b'\\', b'x' | b'X', a, b, ..] => Some((Decoded::Byte(hex(&[*a, *b])? as u8), 4)),
        [b'\\', b'u', rest @ ..] => unicode(rest),
        [b'\\', b'U', rest @ ..] => long_unicode(rest).or_else(|| unicode(rest)),
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some((Decoded::Byte((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')), 4))
        }
        [b'\\', c, ..] => {
            let byte = match c {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'"' | b'\\' | b'/' | b'\'' | b' ' => *c,
                _ => return None,
            };
            Some((Decoded::Byte(byte), 2))
        }
        [b'&', rest @ ..] => entity(rest),
        _ => None,
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
