//! One pass over a text: known values and the rules' literals by one automaton, shapes by
//! the few bytes that give them away, PEM blocks by their frame.

use std::ops::Range;

use regex::bytes::CaptureLocations;

use super::bluetooth;
use super::known::{self, Edge, Literal, Wide};
use super::literals::Literals;
use super::path;
use super::pem::{self, Pem};
use super::rules::{Meaning, Rules};
use super::shapes::Shapes;
use super::span::{self, Find, Span, settle};
use super::{Class, RedactError, Seeds};

/// How much of a line after its keyword a rule sees.
const REACH: usize = 1024;

/// What a literal stands for.
#[derive(Clone, Copy)]
enum Pattern {
    Known(usize),
    Keep(usize),
    Rule(usize),
    Pem,
    Bluetooth,
}

/// Rules and known values, compiled.
pub(super) struct Matcher {
    search: Literals,
    patterns: Vec<Pattern>,
    pub(super) literals: Vec<Literal>,
    keep: Vec<Edge>,
    rules: Rules,
    shapes: Shapes,
}

/// What a search writes to beside its finds.
#[derive(Default)]
pub(super) struct Scratch {
    /// Where groups are noted, for each expression of each rule; nobody reads them.
    groups: Vec<Vec<CaptureLocations>>,
    /// Known values inside longer words.
    pub(super) inside: Vec<Inside>,
}

/// A known value that is not looked for inside a longer word, and stands in one.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    literal: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How much is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Known values, rules, shapes.
    Full,
    /// Known values only, in a field that holds something technical.
    Known,
}

impl Matcher {
    pub(super) fn new(rules: Rules, seeds: &Seeds) -> Result<Self, RedactError> {
        let shapes = Shapes::new(&rules).map_err(RedactError::Shape)?;
        let literals = known::literals(&rules, seeds);
        let mut texts: Vec<Vec<u8>> = Vec::new();
        let mut patterns = Vec::new();
        for (index, literal) in literals.iter().enumerate() {
            texts.push(literal.bytes.clone());
            patterns.push(Pattern::Known(index));
        }
        let mut keep = Vec::new();
        for value in seeds.keep.iter().map(|value| value.trim()).filter(|v| v.len() >= 4) {
            texts.push(value.as_bytes().to_vec());
            patterns.push(Pattern::Keep(keep.len()));
            keep.push(known::edge(Class::Serial, value));
        }
        for (literal, rule) in &rules.literals {
            texts.push(literal.as_bytes().to_vec());
            patterns.push(Pattern::Rule(*rule));
        }
        if rules.shapes.contains("pem") {
            texts.push(pem::BEGIN.to_vec());
            patterns.push(Pattern::Pem);
        }
        if rules.shapes.contains("mac") {
            texts.push(bluetooth::BEGIN.to_vec());
            patterns.push(Pattern::Bluetooth);
        }
        let search = Literals::new(&texts)?;
        Ok(Self { search, patterns, literals, keep, rules, shapes })
    }

    /// Space for the rules to note groups in.
    pub(super) fn scratch(&self) -> Scratch {
        let rules = self.rules.rules.iter();
        let groups = rules
            .map(|rule| rule.expressions.iter().map(|one| one.regex.capture_locations()).collect());
        let groups = groups.collect();
        Scratch { groups, inside: Vec::new() }
    }

    /// What a JSON field of this name holds.
    pub(super) fn meaning(&self, field: &str) -> Option<Meaning> {
        self.rules.fields.get(&field.to_lowercase()).copied()
    }

    /// Whether a value of a class identifies nobody.
    pub(super) fn is_ordinary(&self, class: Class, value: &[u8]) -> bool {
        self.rules.is_ordinary(class, value)
    }

    /// Whether a text is a value that stays.
    pub(super) fn keeps(&self, text: &[u8]) -> bool {
        let mut spans = Vec::new();
        let mut keeps = Vec::new();
        let (mut pem, mut none) = (Pem::default(), Scratch::default());
        self.walk(text, Effort::Known, &mut spans, &mut keeps, &mut pem, &mut none);
        keeps.contains(&(0, text.len()))
    }

    /// Whether a text holds a value of this machine.
    pub(super) fn holds_known(&self, text: &[u8]) -> bool {
        let mut spans = Vec::new();
        let (mut pem, mut none) = (Pem::default(), Scratch::default());
        self.walk(text, Effort::Known, &mut spans, &mut Vec::new(), &mut pem, &mut none);
        !spans.is_empty()
    }

    /// Finds everything in `text`, settled: in order and disjoint.
    /// An open PEM block goes on at `from`.
    pub(super) fn find(
        &self,
        text: &[u8],
        from: usize,
        effort: Effort,
        pem: &mut Pem,
        scratch: &mut Scratch,
        out: &mut Vec<Span>,
    ) {
        scratch.inside.clear();
        if pem.is_open() {
            pem.spans(text, from, out);
        }
        let mut keeps = Vec::new();
        self.walk(text, effort, out, &mut keeps, pem, scratch);
        span::order(out);
        if effort == Effort::Full {
            self.shapes.scan(&self.rules, text, out);
        }
        if !keeps.is_empty() {
            let kept = |span: &Span| keeps.iter().any(|k| k.0 <= span.start && span.end <= k.1);
            out.retain(|span| span.class.is_secret() || !kept(span));
        }
        settle(out);
    }

    fn walk(
        &self,
        text: &[u8],
        effort: Effort,
        out: &mut Vec<Span>,
        keeps: &mut Vec<(usize, usize)>,
        pem: &mut Pem,
        scratch: &mut Scratch,
    ) {
        self.search.each(text, |pattern, start, end| match self.patterns[pattern] {
            Pattern::Known(literal) => {
                let found = Inside { literal, start, end };
                if self.stands_alone(text, found, (false, false)) {
                    out.extend(self.known(text, found));
                } else {
                    scratch.inside.push(found);
                }
            }
            Pattern::Keep(index) => {
                if self.keep[index].allows(text, start, end, (false, false)) {
                    keeps.push((start, end));
                }
            }
            Pattern::Rule(rule) if effort == Effort::Full => {
                self.rule(text, rule, (start, end), scratch, out);
            }
            Pattern::Pem if effort == Effort::Full && !pem.is_open() => {
                pem.open();
                pem.spans(text, end, out);
            }
            Pattern::Bluetooth if effort == Effort::Full => out.extend(bluetooth::at(text, end)),
            Pattern::Rule(_) | Pattern::Pem | Pattern::Bluetooth => {}
        });
    }

    /// What goes for a known value in a longer word of which the part to its left, its right,
    /// or both is replaced; `None` when it still stands in a word.
    pub(super) fn freed(&self, text: &[u8], inside: Inside, free: (bool, bool)) -> Option<Span> {
        self.stands_alone(text, inside, free).then(|| self.known(text, inside)).flatten()
    }

    fn stands_alone(&self, text: &[u8], found: Inside, free: (bool, bool)) -> bool {
        let literal = &self.literals[found.literal];
        literal.wide.is_some() || literal.edge.allows(text, found.start, found.end, free)
    }

    /// What goes for a known value.
    fn known(&self, text: &[u8], Inside { literal: index, start, end }: Inside) -> Option<Span> {
        let literal = &self.literals[index];
        let mut span =
            Span { start, end, from: start, class: literal.class, find: Find::Seed(index) };
        match literal.class {
            // Whatever stands before a known domain is a machine in it.
            Class::Domain if literal.wide.is_none() => {
                let labels = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'.';
                let floor = start.saturating_sub(253);
                let from = text[floor..start].iter().rposition(|b| !labels(b));
                let from = from.map_or(floor, |i| floor + i + 1);
                if from < start && text[start - 1] == b'.' {
                    span.start = from;
                    span.find = Find::Value;
                }
            }
            // Names below a known folder are what must go; the folder itself goes with the
            // labels and users in it.
            Class::FileName => {
                if text.get(end) != Some(&b'/') {
                    return None;
                }
                let line = &text[end + 1..text.len().min(end + REACH)];
                let quote = start.checked_sub(1).map(|at| text[at]).filter(|b| b"\"'".contains(b));
                let length = path::length(line, quote);
                if length == 0 {
                    return None;
                }
                span.start = end + 1;
                span.end = end + 1 + length;
                span.find = Find::Value;
            }
            _ => {}
        }
        Some(span)
    }

    /// Whether what stands where a value could is an ordinary word, or for a passphrase begins
    /// with one: "password: required for unlocking".
    fn is_said(&self, class: Class, value: &[u8]) -> bool {
        let first = || value.split(|byte| *byte == b' ').next().unwrap_or_default();
        self.is_ordinary(class, value)
            || class == Class::Password && self.is_ordinary(class, first())
    }

    /// Looks at what a rule's literal from `begin` to `end` introduces.
    fn rule(
        &self,
        text: &[u8],
        index: usize,
        (begin, end): (usize, usize),
        scratch: &mut Scratch,
        out: &mut Vec<Span>,
    ) {
        let rule = &self.rules.rules[index];
        let start = begin;
        if !rule.inside_word && start > 0 && text[start].is_ascii_alphanumeric() {
            let left = text[start - 1];
            let camel = left.is_ascii_lowercase() && text[start].is_ascii_uppercase();
            if left.is_ascii_alphanumeric() && !camel && !known::ends_colour(&text[..start]) {
                return;
            }
        }
        let start = if rule.follows { end } else { begin };
        let rest = &text[start..text.len().min(start + REACH)];
        let line = line(rest);
        let Some(notes) = scratch.groups.get_mut(index) else { return };
        let mut tried = rule.expressions.iter().zip(notes);
        let matching = tried.find_map(|(one, groups)| {
            one.regex.captures_read(groups, line).map(|_| (&one.groups, &*groups))
        });
        let Some((wanted, groups)) = matching else { return };
        for &(group, class) in wanted {
            let Some((from, to)) = groups.get(group) else { continue };
            let value = from..from + trimmed(class, &line[from..to]);
            let value = match rule.last_part {
                true => last_part(line, without_unit(line, value)),
                false => value,
            };
            let ordinary = self.is_said(class, &line[value.clone()]);
            if value.is_empty() || ordinary || is_count(class, line, &value) {
                continue;
            }
            let (from, mut to) = (start + value.start, start + value.end);
            if to == start + rest.len() && class.is_secret() {
                to += text[to..].iter().take_while(|b| is_token(**b)).count();
            }
            out.push(Span { start: from, end: to, from: begin, class, find: Find::Value });
        }
    }
}

/// A line without its end; with the next one where it names what that one holds.
fn line(rest: &[u8]) -> &[u8] {
    let Some(end) = memchr::memchr(b'\n', rest) else { return rest };
    if !names_next_line(&rest[..end]) {
        return &rest[..end];
    }
    memchr::memchr(b'\n', &rest[end + 1..]).map_or(rest, |more| &rest[..end + 1 + more])
}

/// Whether a line is the name of a value that stands on the next line: in property lists, as
/// `plutil` and `system_profiler -xml` write them.
pub(super) fn names_next_line(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b"</key>")
}

/// The last of the parts that `_` joins. The link to an NVMe drive has the number of a namespace
/// after the serial number: `…_S649NL0W123456_1`.
fn last_part(line: &[u8], value: Range<usize>) -> Range<usize> {
    let last = |range: Range<usize>| {
        let at = memchr::memrchr(b'_', &line[range.clone()]).map_or(0, |at| at + 1);
        range.start + at..range.end
    };
    let part = last(value.clone());
    let is_number = part.len() <= 3 && line[part.clone()].iter().all(u8::is_ascii_digit);
    if !is_number || part.start == value.start {
        return part;
    }
    let before = last(value.start..part.start - 1);
    let is_serial = before.len() >= SHORTEST_SERIAL
        && line[before.clone()].iter().any(u8::is_ascii_digit)
        && line[before.clone()].iter().all(u8::is_ascii_alphanumeric);
    if is_serial { before } else { part }
}

/// A shorter part of the name of a drive is a capacity or a model.
const SHORTEST_SERIAL: usize = 8;

/// `pass: 1024 bytes` counts something.
fn is_count(class: Class, line: &[u8], value: &Range<usize>) -> bool {
    class == Class::Password
        && line[value.clone()].iter().all(u8::is_ascii_digit)
        && line[value.end..].starts_with(b" bytes")
}

/// A name from /dev/disk/by-id without the partition, and without the unit number that
/// usb-storage adds: `-part1`, `-0:0`.
fn without_unit(line: &[u8], value: Range<usize>) -> Range<usize> {
    let text = &line[value.clone()];
    let digits = text.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let head = &text[..text.len() - digits];
    let length = match head {
        [head @ .., b'-', b'p', b'a', b'r', b't'] => head.len(),
        [head @ .., b'-'] if digits > 0 && line.get(value.end) == Some(&b':') => head.len(),
        _ => text.len(),
    };
    value.start..value.start + length
}

/// The length of a value without the punctuation of the sentence it ends.
fn trimmed(class: Class, value: &[u8]) -> usize {
    if class.is_secret() || class == Class::VolumeLabel {
        return value.len();
    }
    value
        .iter()
        .rposition(|b| !matches!(b, b',' | b'-' | b'.' | b':' | b';' | b'&'))
        .map_or(0, |last| last + 1)
}

/// Bytes that keys and tokens are written with.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'/' | b'=' | b'_' | b'~')
}

impl Literal {
    /// Writes a pseudonym in the encoding of this spelling.
    pub(super) fn encode(&self, pseudonym: &[u8]) -> Vec<u8> {
        match self.wide {
            None => pseudonym.to_vec(),
            Some(Wide::LowFirst) => pseudonym.iter().flat_map(|&b| [b, 0]).collect(),
            Some(Wide::HighFirst) => pseudonym.iter().flat_map(|&b| [0, b]).collect(),
        }
    }
}
