//! Redaction of a stream, a window at a time.
//!
//! A window ends at a line break. A line that is longer than a window is cut where no find
//! is cut, with some of what went before and what comes after in view on both sides, so
//! that it makes no difference where the window happens to end.

use std::io::{self, Read};

use super::matcher::{Effort, is_token};
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
    window: Vec<u8>,
    /// Bytes at the front of the window that have been dealt with and are only context.
    done: usize,
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
            window: Vec::new(),
            done: 0,
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
        while self.dropping && !self.ended {
            self.drop_rest_of_secret();
            self.fill()?;
        }
        self.drop_rest_of_secret();
        if self.done == self.window.len() && self.ended {
            return Ok(false);
        }
        self.out.clear();
        self.read = 0;
        let line_end = memchr::memrchr(b'\n', &self.window[self.done..]);
        match line_end {
            _ if self.ended => self.flush_lines(self.window.len()),
            Some(at) => self.flush_lines(self.done + at + 1),
            None => self.flush_part_of_line(),
        }
        Ok(true)
    }

    fn fill(&mut self) -> io::Result<()> {
        while !self.ended && self.window.len() < WINDOW {
            let have = self.window.len();
            self.window.resize(WINDOW, 0);
            let got = self.raw.read(&mut self.window[have..]);
            self.window.truncate(have + got.as_ref().map_or(0, |&n| n.min(WINDOW - have)));
            match got {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn drop_rest_of_secret(&mut self) {
        if self.dropping {
            let rest = &self.window[self.done..];
            let length = rest.iter().take_while(|&&b| is_token(b)).count();
            self.dropping = length == rest.len() && !self.ended;
            self.window.drain(self.done..self.done + length);
        }
    }

    /// Whole lines, or the end of the stream: nothing can reach across.
    fn flush_lines(&mut self, end: usize) {
        let edits = self.worker.edits(&self.window[..end], self.done, Effort::Full);
        self.worker.write(&self.window[..end], self.done, end, &edits, &mut self.out);
        self.window.drain(..end);
        self.done = 0;
    }

    fn flush_part_of_line(&mut self) {
        let before = self.worker.pem;
        let edits = self.worker.edits(&self.window, self.done, Effort::Full);
        let cut = self.cut(&edits);
        self.worker.pem = before.after(&self.window[self.done..cut]);
        self.worker.write(&self.window, self.done, cut, &edits, &mut self.out);
        let keep = cut.saturating_sub(BEHIND);
        self.window.drain(..keep);
        self.done = cut - keep;
    }

    /// Where to cut a long line: far enough from the end, and not inside a find.
    fn cut(&mut self, edits: &[Edit]) -> usize {
        let wanted = self.window.len().saturating_sub(AHEAD).max(self.done + 1);
        let Some(edit) = edits.iter().find(|e| e.start < wanted && wanted < e.end) else {
            return wanted;
        };
        if edit.start > self.done {
            return edit.start;
        }
        self.dropping = edit.end == self.window.len();
        edit.end
    }
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
