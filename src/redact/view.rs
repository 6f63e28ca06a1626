//! Texts inside texts: escapes ([`escape`](super::escape)) and UTF-16 ([`wide`](super::wide)),
//! decoded so that one search finds every spelling, with the way back to the bytes they were
//! written in.

use std::ops::Range;

use super::escape::Kind;

/// A decoded text and where each of its bytes came from.
#[derive(Default)]
pub(super) struct View {
    pub(super) text: Vec<u8>,
    /// Start of each byte's source, plus the end of the last one.
    pub(super) origin: Vec<u32>,
}

impl View {
    /// The source of a range of decoded bytes.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        let at = |index: usize| self.origin.get(index).map_or(0, |&o| o as usize);
        at(range.start)..at(range.end)
    }

    pub(super) fn push(&mut self, byte: u8, from: usize) {
        self.text.push(byte);
        self.origin.push(u32::try_from(from).unwrap_or(u32::MAX));
    }

    /// Notes where the last byte's source ends. A line break follows each part, so that
    /// nothing is found across two.
    pub(super) fn close(&mut self, end: usize) {
        self.push(b'\n', end);
    }

    /// Seals the way back; call once, after the last part.
    pub(super) fn seal(&mut self, end: usize) {
        self.origin.push(u32::try_from(end).unwrap_or(u32::MAX));
    }

    /// Decodes the lines of `text` that hold escapes of a kind; `None` when there are none.
    pub(super) fn unescaped(text: &[u8], kind: Kind) -> Option<Self> {
        let mut view = Self::default();
        let mut line_end = 0;
        for at in kind.places(text) {
            if at < line_end || kind.escape(&text[at..]).is_none() {
                continue;
            }
            let start =
                memchr::memrchr(b'\n', &text[line_end..at]).map_or(line_end, |i| line_end + i + 1);
            line_end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
            view.unescape_line(text, start..line_end, kind);
        }
        if view.text.is_empty() {
            return None;
        }
        view.seal(text.len());
        Some(view)
    }

    fn unescape_line(&mut self, text: &[u8], line: Range<usize>, kind: Kind) {
        let mut at = line.start;
        while at < line.end {
            match kind.escape(&text[at..line.end]) {
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

    /// Whether this text has an escape of a kind that its source did not have.
    pub(super) fn has_new(&self, kind: Kind) -> bool {
        kind.places(&self.text).any(|at| {
            let escape = kind.escape(&self.text[at..]);
            escape.is_some_and(|(_, length)| self.touches_escape(at..at + length))
        })
    }

    /// Whether an escape lies in, or right next to, a range of decoded bytes. Without one
    /// the text stands in the source as it is and has been looked at there.
    pub(super) fn touches_escape(&self, range: Range<usize>) -> bool {
        let range = range.start.saturating_sub(1)..(range.end + 1).min(self.text.len());
        let source = self.source(range.clone());
        source.len() != range.len()
    }
}
