//! One thread's work: finds in a text and in the texts inside it become edits.

use std::collections::HashMap;
use std::rc::Rc;

use super::matcher::{Effort, Inside, Matcher, Scratch};
use super::pem::Pem;
use super::pseudonym::Pseudonyms;
use super::sample::Samples;
use super::span::{Find, Span};
use super::view::{View, escape_like};
use super::{Class, Counts};

/// Escapes inside escapes: a shell's string in JSON in a log in JSON.
const MOST_LAYERS: usize = 3;

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
        }
    }

    /// All edits of a text, in order and disjoint. An open PEM block goes on at `from`.
    pub(super) fn edits(&mut self, text: &[u8], from: usize, effort: Effort) -> Vec<Edit> {
        let mut pem = self.pem;
        let (mut edits, inside) = self.layer(text, from, effort, MOST_LAYERS, &mut pem);
        self.pem = pem;
        if let Some(view) = View::narrowed(text) {
            let pem = &mut Pem::default();
            let (inner, _) = self.layer(&view.text, 0, effort, MOST_LAYERS, pem);
            for edit in inner {
                let source = view.narrow_source(edit.start..edit.end);
                let with = View::widen(&edit.with).into();
                edits.push(Edit { start: source.start, end: source.end, with, ..edit });
            }
            settle(&mut edits);
            self.free(text, &inside, &mut edits);
        }
        edits
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
        if layers > 0
            && let Some(view) = View::unescaped(text)
        {
            self.unescaped(text, &view, effort, layers - 1, &mut edits);
        }
        self.free(text, &inside, &mut edits);
        (edits, inside)
    }

    fn unescaped(
        &mut self,
        text: &[u8],
        view: &View,
        effort: Effort,
        layers: usize,
        edits: &mut Vec<Edit>,
    ) {
        let mut found = self.layer_in_view(view, effort, layers);
        if found.is_empty() {
            return;
        }
        for edit in &mut found {
            let source = view.source(edit.start..edit.end);
            edit.with = escape_like(&edit.with, &text[source.clone()]).into();
            (edit.start, edit.end) = (source.start, source.end);
        }
        edits.append(&mut found);
        settle(edits);
    }

    /// The edits of a view that its source has not had already.
    fn layer_in_view(&mut self, view: &View, effort: Effort, layers: usize) -> Vec<Edit> {
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
        if layers > 0
            && let Some(inner) = View::unescaped(&view.text)
        {
            self.unescaped(&view.text, &inner, effort, layers - 1, &mut edits);
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
