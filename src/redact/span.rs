//! A stretch of text to replace, and how overlapping finds become one list.

use super::Class;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Find {
    /// A value of this machine, by its index among the automaton's patterns.
    Seed(usize),
    /// A value that a rule or shape recognised.
    Value,
}

/// One find.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the evidence for it begins: a keyword before the value, or the value itself.
    pub(super) from: usize,
    pub(super) class: Class,
    pub(super) find: Find,
}

impl Span {
    /// A value that stands for itself.
    pub(super) fn value(class: Class, start: usize, end: usize) -> Self {
        Self { start, end, from: start, class, find: Find::Value }
    }

    fn rank(&self) -> (usize, usize, bool) {
        (self.start, usize::MAX - self.end, self.find == Find::Value)
    }
}

/// Sorts spans and makes them disjoint: the first and longest wins, and a span that sticks
/// out of the one before is joined to it, so that no part of a find is left over.
pub(super) fn settle(spans: &mut Vec<Span>) {
    // The finds of each pass come in order; a stable sort uses that.
    spans.sort_by_key(Span::rank);
    let mut kept: usize = 0;
    for index in 0..spans.len() {
        let span = spans[index];
        match kept.checked_sub(1).map(|last| &mut spans[last]) {
            Some(last) if span.end <= last.end => {}
            Some(last) if span.start < last.end => {
                last.end = span.end;
                last.find = Find::Value;
            }
            _ => {
                spans[kept] = span;
                kept += 1;
            }
        }
    }
    spans.truncate(kept);
}
