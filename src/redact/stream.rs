//! Redaction of a stream, a window at a time.
//!
//! A window ends at a line break. A line that is longer than a window is cut where no find
//! is cut, with some of what went before and what comes after in view on both sides, so
//! that it makes no difference where the window happens to end.

use std::io::{self, Read};

use super::matcher::{Effort, is_token, names_next_line};
use super::pem::Pem;
use super::wide::Utf16;
use super::worker::{Edit, Worker};

/// Bytes looked at together; small enough to stay in a processor's cache.
const WINDOW: usize = 128 * 1024;

/// What must be in view after a cut inside a line: the longest find and its evidence.
const AHEAD: usize = 16 * 1024;

/// What is kept in view before such a cut.
const BEHIND: usize = 2 * 1024;

/// A stream that is redacted while it is read.
pub(super) struct Stream<'a> {
    raw: Box<dyn Read + 'a>,
    pub(super) worker: Worker<'a>,
    /// Always of the same length; `filled` bytes of it are in use.
    window: Vec<u8>,
    filled: usize,
    /// Bytes at the front of the window that have been dealt with and are only context.
    done: usize,
    begun: bool,
    ended: bool,
    failed: bool,
    /// A secret longer than a window is being dropped.
    dropping: bool,
    out: Vec<u8>,
    read: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(raw: Box<dyn Read + 'a>, worker: Worker<'a>) -> Self {
        Self {
            raw,
            worker,
            window: vec![0; WINDOW],
            filled: 0,
            done: 0,
            begun: false,
            ended: false,
            failed: false,
            dropping: false,
            out: Vec::new(),
            read: 0,
        }
    }

    /// Fills the window, finds, and writes what is settled. False at the end.
    fn advance(&mut self) -> io::Result<bool> {
        self.fill()?;
        if !std::mem::replace(&mut self.begun, true) {
            self.worker.utf16 = Utf16::of(&self.window[..self.filled]);
        }
        while self.dropping && !self.ended {
            self.drop_rest_of_secret();
            self.fill()?;
        }
        self.drop_rest_of_secret();
        if self.done == self.filled && self.ended {
            return Ok(false);
        }
        self.out.clear();
        self.read = 0;
        match self.line_end() {
            _ if self.ended => self.flush_lines(self.filled),
            Some(end) => self.flush_lines(end),
            None => self.flush_part_of_line(),
        }
        Ok(true)
    }

    /// The end of the last whole line in the window.
    fn line_end(&self) -> Option<usize> {
        let text = &self.window[..self.filled];
        if self.worker.utf16.odd.is_some() {
            return self.worker.utf16.line_end(text, self.done);
        }
        let text = &text[self.done..];
        let last = memchr::memrchr(b'\n', text)?;
        let before = memchr::memrchr(b'\n', &text[..last]);
        // A name waits for its value, unless the window holds nothing else.
        let end = before.filter(|&at| names_next_line(&text[at..last])).unwrap_or(last);
        Some(self.done + end + 1)
    }

    fn fill(&mut self) -> io::Result<()> {
        while !self.ended && self.filled < WINDOW {
            match self.raw.read(&mut self.window[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled = WINDOW.min(self.filled + count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn drop_rest_of_secret(&mut self) {
        if self.dropping {
            let rest = &self.window[self.done..self.filled];
            let length = rest.iter().take_while(|&&b| is_token(b)).count();
            self.dropping = length == rest.len() && !self.ended;
            self.remove(self.done, self.done + length);
        }
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.worker.utf16.skip(to - from);
        self.window.copy_within(to..self.filled, from);
        self.filled -= to - from;
    }

    /// Whole lines, or the end of the stream: nothing can reach across.
    fn flush_lines(&mut self, end: usize) {
        let edits = self.worker.edits(&self.window[..end], self.done, Effort::Full);
        self.worker.write(&self.window[..end], self.done, end, &edits, &mut self.out);
        self.remove(0, end);
        self.done = 0;
    }

    fn flush_part_of_line(&mut self) {
        let (before, wide_before) = (self.worker.pem, self.worker.wide_pem);
        let text = &self.window[..self.filled];
        let edits = self.worker.edits(text, self.done, Effort::Full);
        let cut = self.cut(&edits);
        self.worker.pem = before.after(&self.window[self.done..cut]);
        self.worker.wide_pem = after_wide(wide_before, &self.window[self.done..cut]);
        self.worker.write(&self.window, self.done, cut, &edits, &mut self.out);
        let keep = cut.saturating_sub(BEHIND);
        self.remove(0, keep);
        self.done = cut - keep;
    }

    /// Where to cut a long line: far enough from the end, and not inside a find.
    fn cut(&mut self, edits: &[Edit]) -> usize {
        let wanted = self.filled.saturating_sub(AHEAD).max(self.done + 1);
        let Some(edit) = edits.iter().find(|e| e.start < wanted && wanted < e.end) else {
            return wanted;
        };
        if edit.start > self.done {
            return edit.start;
        }
        self.dropping = edit.end == self.filled;
        edit.end
    }
}

/// [`Pem::after`] for UTF-16, of whose characters only the frame of a block counts.
fn after_wide(before: Pem, text: &[u8]) -> Pem {
    if memchr::memchr(0, text).is_none() {
        return Pem::default();
    }
    let narrow: Vec<u8> = text.iter().copied().filter(|&byte| byte != 0).collect();
    before.after(&narrow)
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(io::Error::other("an earlier read failed"));
        }
        while self.read == self.out.len() {
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return Ok(0),
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
        let count = buffer.len().min(self.out.len() - self.read);
        buffer[..count].copy_from_slice(&self.out[self.read..self.read + count]);
        self.read += count;
        Ok(count)
    }
}
