//! One pass over a log, in constant memory.

use regex::bytes::CaptureLocations;

use super::observed::Seen;
use super::{Clock, LogKind, Observed, Reading, Signals, stamp};

/// Longest line looked at; the rest of a longer one is passed over.
const LONGEST_LINE: usize = 16 * 1024;

/// Counts the signals of some kinds of log in one log, block by block.
///
/// What is counted belongs to the log once it has ended: one that is dropped before leaves
/// nothing behind.
#[derive(Debug)]
pub struct Scan<'a> {
    signals: &'a Signals,
    kinds: &'a [LogKind],
    clock: Clock,
    observed: &'a mut Observed,
    /// Matches of each signal.
    seen: Vec<Seen>,
    /// Signals whose words stand in the line at hand, and where their groups are.
    candidates: Vec<usize>,
    groups: Vec<CaptureLocations>,
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
        let seen = signals.iter().map(|_| Seen::default()).collect();
        let groups = signals.iter().map(|signal| signal.pattern.capture_locations()).collect();
        let (candidates, begun) = (Vec::new(), Vec::new());
        Self { signals, kinds, clock, observed, seen, candidates, groups, begun }
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
        for (signal, seen) in self.signals.iter().zip(&self.seen) {
            self.observed.add(&signal.id, seen);
        }
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
                let mut candidates = std::mem::take(&mut self.candidates);
                words.owners(line, &mut candidates);
                for owner in &candidates {
                    self.line(*owner, line);
                }
                self.candidates = candidates;
                from = end;
            }
        }
    }

    fn line(&mut self, owner: usize, line: &[u8]) {
        let found = (self.signals.at(owner), self.groups.get_mut(owner), self.seen.get_mut(owner));
        let (Some(signal), Some(groups), Some(seen)) = found else { return };
        let Some(whole) = signal.pattern.captures_read(groups, line) else { return };
        let at = stamp::written_at(line, self.clock);
        let too_old = |days| at.is_some_and(|at| self.clock.is_older(at, days));
        if signal.within_days.is_some_and(too_old) {
            return;
        }
        seen.add(signal.subject(groups, line), at, &line[whole.start()..]);
    }
}
