//! One thread's work: finds in a text and in the texts inside it become edits.

use std::collections::HashMap;
use std::rc::Rc;

use super::escape::{self, Kind};
use super::known::Wide;
use super::matcher::{Effort, Inside, Matcher, Scratch};
use super::pem::Pem;
use super::pseudonym::Pseudonyms;
use super::sample::Samples;
use super::span::{Find, Span};
use super::view::View;
use super::wide::Utf16;
use super::{Class, Counts};

/// Escapes inside escapes: an address in a shell's string in JSON in a log in JSON.
const MOST_LAYERS: usize = 4;

/// Distinct values of a class remembered at a time.
const MOST_CACHED: usize = 4096;

/// Bytes to put in place of others.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: Class,
    pub(super) with: Rc<[u8]>,
}

/// `None`: the text is a pseudonym already and stays.
type Pseudonym = Option<Rc<[u8]>>;

/// Everything that a redaction needs and changes while it runs.
pub(super) struct Worker<'a> {
    matcher: &'a Matcher,
    pseudonyms: &'a Pseudonyms,
    /// Pseudonyms of known values in their own spelling, by pattern.
    known: Vec<Option<Pseudonym>>,
    /// Pseudonyms of everything else, by class and text.
    seen: [HashMap<Box<[u8]>, Pseudonym>; Class::ALL.len()],
    spans: Vec<Span>,
    scratch: Scratch,
    pub(super) counts: Counts,
    pub(super) samples: Samples,
    pub(super) pem: Pem,
    /// The same for what is UTF-16.
    pub(super) wide_pem: Pem,
    pub(super) utf16: Utf16,
}

impl<'a> Worker<'a> {
    pub(super) fn new(matcher: &'a Matcher, pseudonyms: &'a Pseudonyms) -> Self {
        Self {
            matcher,
            pseudonyms,
            known: vec![None; matcher.literals.len()],
            seen: Default::default(),
            spans: Vec::new(),
            scratch: matcher.scratch(),
            counts: Counts::new(),
            samples: Samples::default(),
            pem: Pem::default(),
            wide_pem: Pem::default(),
            utf16: Utf16::default(),
        }
    }

    /// All edits of a text, in order and disjoint. An open PEM block goes on at `from`.
    pub(super) fn edits(&mut self, text: &[u8], from: usize, effort: Effort) -> Vec<Edit> {
        let mut pem = self.pem;
        let (mut edits, inside) = self.layer(text, from, effort, MOST_LAYERS, &mut pem);
        self.pem = pem;
        if self.wide(text, effort, &mut edits) {
            settle(&mut edits);
            self.free(text, &inside, &mut edits);
        }
        edits
    }

    /// Forgets an open PEM block: another text begins.
    pub(super) fn begin(&mut self) {
        (self.pem, self.wide_pem) = Default::default();
    }

    /// Adds the edits of what is UTF-16; false when nothing is.
    fn wide(&mut self, text: &[u8], effort: Effort, edits: &mut Vec<Edit>) -> bool {
        let mut pem = std::mem::take(&mut self.wide_pem);
        let order = self.utf16.order;
        let Some((view, mixed)) = View::wide(text, self.utf16) else { return false };
        let (found, _) = self.layer(&view.text, 0, effort, MOST_LAYERS, &mut pem);
        edits.extend(found.into_iter().map(|edit| widened(&view, edit, order)));
        self.wide_pem = pem;
        let other = order.other();
        if mixed && let Some(view) = View::mixed(text, other) {
            // What only looks like a value in the wrong order is none.
            let pem = &mut Pem::default();
            let (found, _) = self.layer(&view.text, 0, Effort::Known, MOST_LAYERS, pem);
            edits.extend(found.into_iter().map(|edit| widened(&view, edit, other)));
        }
        true
    }

    /// The edits of a text and of the texts inside it, and the known values inside words.
    fn layer(
        &mut self,
        text: &[u8],
        from: usize,
        effort: Effort,
        layers: usize,
        pem: &mut Pem,
    ) -> (Vec<Edit>, Vec<Inside>) {
        let mut spans = std::mem::take(&mut self.spans);
        spans.clear();
        self.matcher.find(text, from, effort, pem, &mut self.scratch, &mut spans);
        let inside = std::mem::take(&mut self.scratch.inside);
        let mut edits = Vec::with_capacity(spans.len());
        for span in &spans {
            edits.extend(self.edit(text, span));
        }
        self.spans = spans;
        if layers > 0 {
            for kind in Kind::all_in(text) {
                if let Some(view) = View::unescaped(text, kind) {
                    self.unescaped(text, (&view, kind), effort, layers - 1, &mut edits);
                }
            }
        }
        self.free(text, &inside, &mut edits);
        (edits, inside)
    }

    fn unescaped(
        &mut self,
        text: &[u8],
        (view, kind): (&View, Kind),
        effort: Effort,
        layers: usize,
        edits: &mut Vec<Edit>,
    ) {
        let mut found = self.layer_in_view(view, kind, effort, layers);
        if found.is_empty() {
            return;
        }
        for edit in &mut found {
            let source = view.source(edit.start..edit.end);
            edit.with = escape::like(&edit.with, &text[source.clone()], kind).into();
            (edit.start, edit.end) = (source.start, source.end);
        }
        edits.append(&mut found);
        settle(edits);
    }

    /// The edits of a view that its source has not had already.
    fn layer_in_view(
        &mut self,
        view: &View,
        kind: Kind,
        effort: Effort,
        layers: usize,
    ) -> Vec<Edit> {
        let mut spans = Vec::new();
        let pem = &mut Pem::default();
        self.matcher.find(&view.text, 0, effort, pem, &mut self.scratch, &mut spans);
        let inside = std::mem::take(&mut self.scratch.inside);
        // What stands next to a find that has been had already is freed by it all the same.
        let whole: Vec<Edit> = match inside.is_empty() {
            true => Vec::new(),
            false => spans.iter().filter_map(|span| self.edit(&view.text, span)).collect(),
        };
        spans.retain(|span| view.touches_escape(span.from..span.end));
        let mut edits: Vec<Edit> =
            spans.iter().filter_map(|span| self.edit(&view.text, span)).collect();
        for next in Kind::all_in(&view.text).filter(|_| layers > 0) {
            // One order of decoding is enough where both give the same.
            if (kind, next) == (Kind::Backslash, Kind::Reference) && !view.has_new(next) {
                continue;
            }
            if let Some(inner) = View::unescaped(&view.text, next) {
                self.unescaped(&view.text, (&inner, next), effort, layers - 1, &mut edits);
            }
        }
        edits.extend(whole);
        settle(&mut edits);
        self.free(&view.text, &inside, &mut edits);
        edits
    }

    /// Takes out known values that stand next to what is replaced: they were parts of longer
    /// words, and afterwards are words of their own.
    fn free(&mut self, text: &[u8], inside: &[Inside], edits: &mut Vec<Edit>) {
        let touched = |place: &Inside| {
            let left = edits.binary_search_by_key(&place.start, |edit| edit.end).is_ok();
            let right = edits.binary_search_by_key(&place.end, |edit| edit.start).is_ok();
            (left || right).then_some((*place, (left, right)))
        };
        let touched: Vec<_> = inside.iter().filter_map(touched).collect();
        let before = edits.len();
        for (place, free) in touched {
            let span = self.matcher.freed(text, place, free);
            edits.extend(span.and_then(|span| self.edit(text, &span)));
        }
        if edits.len() > before {
            settle(edits);
        }
    }

    fn edit(&mut self, text: &[u8], span: &Span) -> Option<Edit> {
        let bytes = &text[span.start..span.end];
        let with = match span.find {
            Find::Seed(index) => self.known(index, bytes),
            Find::Value => self.pseudonym(span.class, bytes),
        }?;
        Some(Edit { start: span.start, end: span.end, class: span.class, with })
    }

    fn known(&mut self, index: usize, bytes: &[u8]) -> Pseudonym {
        let literal = &self.matcher.literals[index];
        if literal.wide.is_none() && bytes != literal.bytes {
            return self.pseudonym(literal.class, bytes);
        }
        if let Some(ready) = &self.known[index] {
            return ready.clone();
        }
        let value = if literal.wide.is_some() { literal.value.as_bytes() } else { bytes };
        let plain = self.pseudonym(literal.class, value);
        let made: Pseudonym = plain.map(|plain| literal.encode(&plain).into());
        self.known[index] = Some(made.clone());
        made
    }

    /// The pseudonym of one value.
    pub(super) fn pseudonym(&mut self, class: Class, bytes: &[u8]) -> Pseudonym {
        if let Some(known) = self.seen[class.index()].get(bytes) {
            return known.clone();
        }
        let matcher = self.matcher;
        let clashes = |text: &[u8]| matcher.holds_known(text);
        let made: Pseudonym = self.pseudonyms.replace(class, bytes, &clashes).map(Rc::from);
        let seen = &mut self.seen[class.index()];
        if seen.len() >= MOST_CACHED {
            seen.clear();
        }
        seen.insert(Box::from(bytes), made.clone());
        made
    }

    /// Writes `text[from..to]` with the edits that lie in it.
    pub(super) fn write(
        &mut self,
        text: &[u8],
        from: usize,
        to: usize,
        edits: &[Edit],
        out: &mut Vec<u8>,
    ) {
        let mut at = from;
        let inside = |edit: &Edit| edit.end > from && edit.start < to;
        for (index, edit) in edits.iter().enumerate().filter(|(_, edit)| inside(edit)) {
            self.samples.add(text, edits, index);
            let start = edit.start.max(at);
            out.extend_from_slice(&text[at..start]);
            out.extend_from_slice(&edit.with);
            *self.counts.entry(edit.class).or_default() += 1;
            at = edit.end;
        }
        if at < to {
            out.extend_from_slice(&text[at..to]);
        }
    }
}

/// An edit of decoded UTF-16 as one of its source.
fn widened(view: &View, edit: Edit, order: Wide) -> Edit {
    let (source, with) = view.wide_edit(edit.start..edit.end, &edit.with, order);
    Edit { start: source.start, end: source.end, with: with.into(), ..edit }
}

/// Sorts edits and makes them disjoint; one that sticks out of the one before lengthens it.
fn settle(edits: &mut Vec<Edit>) {
    edits.sort_by_key(|edit| (edit.start, usize::MAX - edit.end));
    edits.dedup_by(|next, kept| {
        let overlaps = next.start < kept.end;
        if overlaps {
            kept.end = kept.end.max(next.end);
        }
        overlaps
    });
}
