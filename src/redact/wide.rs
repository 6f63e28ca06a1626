//! UTF-16 in a text of bytes, decoded.
//!
//! A text is UTF-16 from its byte order mark on. Without one it is where characters and zeros
//! take turns, and between two such stretches that are not far apart: the letters of other
//! scripts have no zeros.

use std::ops::Range;

use super::known::Wide;
use super::view::View;

/// Characters of other scripts between two that have a zero.
const MOST_BETWEEN: usize = 64;

/// More pairs of letters than this in a row are a text of single bytes, not Chinese.
const MOST_PAIRS: usize = 6;

/// How the UTF-16 of a stream is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Utf16 {
    pub(super) order: Wide,
    /// With a byte order mark everything is UTF-16: whether the first character of the text in
    /// view begins at an odd place.
    pub(super) odd: Option<bool>,
}

impl Default for Utf16 {
    /// What Windows writes.
    fn default() -> Self {
        Self { order: Wide::LowFirst, odd: None }
    }
}

impl Utf16 {
    /// What the first bytes of a stream tell.
    pub(super) fn of(start: &[u8]) -> Self {
        match start {
            [0xff, 0xfe, ..] => Self { order: Wide::LowFirst, odd: Some(false) },
            [0xfe, 0xff, ..] => Self { order: Wide::HighFirst, odd: Some(false) },
            [0, c, 0, ..] if *c != 0 => Self { order: Wide::HighFirst, odd: None },
            _ => Self::default(),
        }
    }

    /// The text goes on after so many bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.odd = self.odd.map(|odd| odd ^ (bytes % 2 == 1));
    }

    /// The end of the last line in a text that is UTF-16 throughout.
    pub(super) fn line_end(&self, text: &[u8], from: usize) -> Option<usize> {
        let odd = usize::from(self.odd?);
        let end = |at: usize| match self.order {
            Wide::LowFirst => at % 2 == odd && text.get(at + 1) == Some(&0),
            Wide::HighFirst => at % 2 != odd && at > from && text[at - 1] == 0,
        };
        let low_first = self.order == Wide::LowFirst;
        let mut breaks = memchr::memrchr_iter(b'\n', &text[from..]).map(|at| from + at);
        breaks.find(|&at| end(at)).map(|at| at + if low_first { 2 } else { 1 })
    }
}

/// A stretch of UTF-16, by the low bytes of its first and last character.
#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    last: usize,
    /// Whether it has characters that only the order of bytes tells.
    mixed: bool,
}

impl View {
    /// Decodes the parts of `text` that are UTF-16; `None` when there are none. Also whether
    /// there is more to see in the other order of bytes.
    ///
    /// The origin of a character is the place of its low byte, whatever the order. Characters
    /// below U+0100 are read without regard to it: such a text is a byte, a zero, a byte, a
    /// zero, from its first to its last character.
    pub(super) fn wide(text: &[u8], utf16: Utf16) -> Option<(Self, bool)> {
        let (mut view, mut mixed) = (Self::default(), false);
        let whole = utf16.odd.map(|odd| match utf16.order {
            Wide::LowFirst => usize::from(odd),
            Wide::HighFirst => usize::from(odd) + 1,
        });
        if let Some(first) = whole.filter(|&first| first < text.len()) {
            let last = first + (text.len() - 1 - first) / 2 * 2;
            view.decode(text, first, last, utf16.order, true);
        }
        for stretch in Stretch::all_in(text) {
            if whole.is_none_or(|first| first % 2 != stretch.start % 2) {
                view.either(text, stretch, utf16.order);
                mixed |= stretch.mixed;
            }
        }
        view.sealed(text).map(|view| (view, mixed))
    }

    /// The same for stretches in which the order matters. Without a byte order mark a letter may
    /// belong to the text of single bytes that comes next, and its stretch not be read right.
    pub(super) fn mixed(text: &[u8], order: Wide) -> Option<Self> {
        let mut view = Self::default();
        for stretch in Stretch::all_in(text).filter(|stretch| stretch.mixed) {
            view.either(text, stretch, order);
        }
        view.sealed(text)
    }

    fn sealed(mut self, text: &[u8]) -> Option<Self> {
        let is_there = !self.text.is_empty();
        self.seal(text.len());
        is_there.then_some(self)
    }

    /// The first and last character of a stretch may not belong to it: without a zero next to it
    /// it may be half of another character, or part of a text of single bytes. Then its line is
    /// looked at without it, too.
    fn either(&mut self, text: &[u8], Stretch { start, last, .. }: Stretch, order: Wide) {
        let joins_left = start.checked_sub(1).is_none_or(|at| text[at] != 0);
        let joins_right = text.get(last + 1).is_none_or(|&byte| byte != 0);
        let is_break = |at: &usize| text[*at] == b'\n';
        let first_line = (start..=last).step_by(2).find(is_break);
        if joins_left {
            self.decode(text, start + 2, first_line.unwrap_or(last), order, false);
        }
        self.decode(text, start, last, order, false);
        if joins_right {
            let lows = (0..(last - start) / 2).map(|step| last - 2 - 2 * step);
            let last_line = lows.skip(1).find(is_break).unwrap_or(start);
            self.decode(text, last_line, last - 2, order, false);
        }
        if joins_left && joins_right && first_line.is_none() {
            self.decode(text, start + 2, last - 2, order, false);
        }
    }

    /// Decodes the characters with their low bytes at `first`, `first + 2` … `last`. Unless the
    /// text is UTF-16 throughout, nothing is known of what lies beyond.
    fn decode(&mut self, text: &[u8], first: usize, last: usize, order: Wide, throughout: bool) {
        let unit = |at: usize| {
            let high = match order {
                Wide::LowFirst if at < last || throughout => text.get(at + 1),
                Wide::HighFirst if at > first || throughout => {
                    at.checked_sub(1).map(|at| &text[at])
                }
                _ => None,
            };
            u16::from_be_bytes([high.copied().unwrap_or(0), text[at]])
        };
        if first > last {
            return;
        }
        let mut at = first;
        while at <= last {
            let pair = [unit(at), if at + 2 <= last { unit(at + 2) } else { 0 }];
            let (c, length) = match char::decode_utf16(pair).next() {
                Some(Ok(c)) => (c, 2 * c.len_utf16()),
                _ => (char::REPLACEMENT_CHARACTER, 2),
            };
            // A mark at the start is not part of the first line.
            if c != '\u{feff}' || at > first {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    self.push(byte, at);
                }
            }
            at += length;
        }
        self.close(last + 1);
    }

    /// The bytes that a range of decoded UTF-16 was, and a pseudonym in their place. Zeros at
    /// its ends stay where they are: only what is no zero there has to go with its character.
    pub(super) fn wide_edit(
        &self,
        range: Range<usize>,
        pseudonym: &[u8],
        order: Wide,
    ) -> (Range<usize>, Vec<u8>) {
        let decoded = self.text.get(range.clone()).unwrap_or_default();
        let is_lead = |b: &u8| *b & 0xc0 != 0x80;
        let (head, tail) = (decoded.first(), decoded.iter().rfind(|b| is_lead(b)));
        let has_high = |lead: Option<&u8>| lead.is_some_and(|&lead| lead >= 0xc4);
        let source = self.source(range.start..range.end.saturating_sub(1));
        let mut source = source.start..source.end + 1;
        // Two units of 16 bits make a character of four bytes.
        if tail.is_some_and(|&lead| lead >= 0xf0) {
            source.end += 2;
        }
        let mut wide: Vec<u8> = pseudonym.iter().flat_map(|&byte| [byte, 0]).collect();
        match order {
            Wide::LowFirst if has_high(tail) => source.end += 1,
            Wide::HighFirst if has_high(head) => {
                source.start = source.start.saturating_sub(1);
                wide.pop();
                wide.insert(0, 0);
            }
            _ => {
                wide.pop();
            }
        }
        (source, wide)
    }
}

impl Stretch {
    /// Every stretch of two characters and more. One that begins at an even place may go around
    /// another that begins at an odd one: lines of UTF-16 with single bytes between them.
    fn all_in(text: &[u8]) -> impl Iterator<Item = Self> {
        let mut done = [0, 0];
        let stretch = move |zero: usize| {
            let start = zero.checked_sub(1)?;
            let done = &mut done[start % 2];
            if start < *done || !is_text(text[start]) {
                return None;
            }
            let stretch = Self::at(text, start);
            *done = stretch.last + 1;
            (stretch.last > zero).then_some(stretch)
        };
        memchr::memchr_iter(0, text).filter_map(stretch)
    }

    /// Whatever lies between two characters that have a zero belongs to it, unless it is too
    /// much, or no UTF-16.
    fn at(text: &[u8], start: usize) -> Self {
        let mut stretch = Self { start, last: start, mixed: false };
        let (mut at, mut pairs) = (start, 0);
        while at - stretch.last <= 2 * MOST_BETWEEN && pairs <= MOST_PAIRS {
            let (Some(&between), Some(&low)) = (text.get(at + 1), text.get(at + 2)) else { break };
            let after = text.get(at + 3).copied();
            at += 2;
            // Its zero stands before it or after it, as the order may be.
            if is_text(low) && (between == 0 || after == Some(0)) {
                stretch.mixed |= between != 0 || at > stretch.last + 2;
                stretch.last = at;
                pairs = 0;
            } else if low == 0 && after == Some(0) {
                break;
            } else {
                let is_pair = is_printable(low) && after.is_some_and(is_printable);
                pairs = if is_pair { pairs + 1 } else { 0 };
            }
        }
        stretch
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0xa0..=0xff)
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}
