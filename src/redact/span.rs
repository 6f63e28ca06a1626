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

    /// One number that orders by start, and of equal starts the longer first: compared in
    /// one step.
    fn rank(&self) -> u128 {
        (self.start as u128) << 64 | (usize::MAX - self.end) as u128
    }

    /// Whether this is a known value where `other` only looks like one.
    fn knows_better(&self, other: &Self) -> bool {
        let same = (self.start, self.end) == (other.start, other.end);
        same && other.find == Find::Value && self.find != Find::Value
    }
}

/// Orders the finds of one pass, which come nearly in order: what a rule finds stands up to its
/// reach behind the keyword that it was found by.
pub(super) fn order(spans: &mut [Span]) {
    for next in 1..spans.len() {
        let mut at = next;
        while at > 0 && spans[at - 1].rank() > spans[at].rank() {
            spans.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Sorts spans and makes them disjoint: the first and longest wins, of equals the known value,
/// and a span that sticks out of the one before is joined to it, so that no part of a find is
/// left over.
pub(super) fn settle(spans: &mut Vec<Span>) {
    // The finds of each pass come in order; a stable sort uses that.
    spans.sort_by_key(Span::rank);
    let mut kept: usize = 0;
    for index in 0..spans.len() {
        let span = spans[index];
        match kept.checked_sub(1).map(|last| &mut spans[last]) {
            Some(last) if span.knows_better(last) => *last = span,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize, find: Find) -> Span {
        Span { find, ..Span::value(Class::User, start, end) }
    }

    fn settled(mut spans: Vec<Span>) -> Vec<(usize, usize, Find)> {
        settle(&mut spans);
        spans.iter().map(|span| (span.start, span.end, span.find)).collect()
    }

    #[test]
    fn of_equals_the_known_value_is_kept_in_either_order() {
        let (seed, value) = (span(4, 9, Find::Seed(7)), span(4, 9, Find::Value));
        for spans in [vec![seed, value], vec![value, seed], vec![value, seed, value]] {
            assert_eq!(settled(spans), [(4, 9, Find::Seed(7))]);
        }
    }

    #[test]
    fn what_sticks_out_is_joined_and_known_no_more() {
        let spans =
            vec![span(4, 9, Find::Seed(7)), span(6, 12, Find::Value), span(12, 13, Find::Value)];
        assert_eq!(settled(spans), [(4, 12, Find::Value), (12, 13, Find::Value)]);
    }

    #[test]
    fn the_finds_of_a_pass_are_put_in_order() {
        let mut spans =
            [(9, 10), (2, 3), (2, 8), (30, 31), (11, 12)].map(|(a, b)| span(a, b, Find::Value));
        order(&mut spans);
        assert_eq!(spans.map(|s| (s.start, s.end)), [(2, 8), (2, 3), (9, 10), (11, 12), (30, 31)]);
    }
}
