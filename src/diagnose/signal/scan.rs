//! One pass over a log, in constant memory.

use super::{Clock, LogKind, Observed, Reading, Signals, stamp};

/// Longest line looked at; the rest of a longer one is passed over.
const LONGEST_LINE: usize = 16 * 1024;

/// Counts the signals of some kinds of log in one log, block by block.
#[derive(Debug)]
pub struct Scan<'a> {
    signals: &'a Signals,
    kinds: &'a [LogKind],
    clock: Clock,
    observed: &'a mut Observed,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
}

impl<'a> Scan<'a> {
    /// Begins a log that holds messages of some kinds.
    pub fn new(
        signals: &'a Signals,
        kinds: &'a [LogKind],
        clock: Clock,
        observed: &'a mut Observed,
    ) -> Self {
        Self { signals, kinds, clock, observed, begun: Vec::new() }
    }

    /// Takes the next block of the log; blocks end anywhere.
    pub fn block(&mut self, mut block: &[u8]) {
        if !self.begun.is_empty() {
            let end = block.iter().position(|byte| *byte == b'\n');
            self.carry(&block[..end.unwrap_or(block.len())]);
            let Some(end) = end else { return };
            let line = std::mem::take(&mut self.begun);
            self.lines(&line);
            // The room of the buffer is kept.
            self.begun = line;
            self.begun.clear();
            block = &block[end + 1..];
        }
        let whole = block.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        self.lines(&block[..whole]);
        self.carry(&block[whole..]);
    }

    /// Ends the log: notes where it was and how much of it was read.
    pub fn end(mut self, place: &str, reading: Reading) {
        let line = std::mem::take(&mut self.begun);
        self.lines(&line);
        for kind in self.kinds {
            self.observed.read(*kind, place, reading);
        }
    }

    fn carry(&mut self, part: &[u8]) {
        let room = LONGEST_LINE.saturating_sub(self.begun.len());
        self.begun.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// Looks through whole lines for words, and at the lines that have one.
    fn lines(&mut self, text: &[u8]) {
        let kinds = self.kinds;
        for kind in kinds {
            let Some(words) = self.signals.words(*kind) else { continue };
            let mut from = 0;
            while let Some(at) = words.next(text, from) {
                let start = text[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
                let length = text[at..].iter().position(|b| *b == b'\n');
                let end = length.map_or(text.len(), |length| at + length);
                let line = &text[start..end.min(start + LONGEST_LINE)];
                for owner in words.owners(line) {
                    self.line(owner, line);
                }
                from = end;
            }
        }
    }

    fn line(&mut self, owner: usize, line: &[u8]) {
        let Some(signal) = self.signals.at(owner) else { return };
        let Some(found) = signal.pattern.captures(line) else { return };
        let at = stamp::written_at(line, self.clock);
        let too_old = |days| at.is_some_and(|at| self.clock.is_older(at, days));
        if signal.within_days.is_some_and(too_old) {
            return;
        }
        let start = found.get(0).map_or(0, |whole| whole.start());
        let subject = signal.subject(&found);
        self.observed.seen(&signal.id).add(subject, at, &line[start..]);
    }
}
