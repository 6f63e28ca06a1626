//! One pass over a text: known values and the rules' literals by one automaton, shapes by
//! the few bytes that give them away, PEM blocks by their frame.

use super::known::{self, Edge, Literal, Wide};
use super::literals::Literals;
use super::pem::{self, Pem};
use super::rules::{Meaning, Rule, Rules};
use super::shapes::Shapes;
use super::span::{Find, Span, settle};
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
        let search = Literals::new(&texts)?;
        Ok(Self { search, patterns, literals, keep, rules, shapes })
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
        self.walk(text, Effort::Known, &mut spans, &mut keeps, &mut Pem::default());
        keeps.contains(&(0, text.len()))
    }

    /// Whether a text holds a value of this machine.
    pub(super) fn holds_known(&self, text: &[u8]) -> bool {
        let mut spans = Vec::new();
        self.walk(text, Effort::Known, &mut spans, &mut Vec::new(), &mut Pem::default());
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
        out: &mut Vec<Span>,
    ) {
        if pem.is_open() {
            pem.spans(text, from, out);
        }
        let mut keeps = Vec::new();
        self.walk(text, effort, out, &mut keeps, pem);
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
    ) {
        self.search.each(text, |pattern, start, end| match self.patterns[pattern] {
            Pattern::Known(index) => self.known(text, index, start, end, out),
            Pattern::Keep(index) => {
                if self.keep[index].allows(text, start, end) {
                    keeps.push((start, end));
                }
            }
            Pattern::Rule(rule) if effort == Effort::Full => {
                self.rule(text, &self.rules.rules[rule], start, out);
            }
            Pattern::Pem if effort == Effort::Full && !pem.is_open() => {
                pem.open();
                pem.spans(text, end, out);
            }
            Pattern::Rule(_) | Pattern::Pem => {}
        });
    }

    fn known(&self, text: &[u8], index: usize, start: usize, end: usize, out: &mut Vec<Span>) {
        let literal = &self.literals[index];
        if literal.wide.is_none() && !literal.edge.allows(text, start, end) {
            return;
        }
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
                    return;
                }
                let line = &text[end + 1..text.len().min(end + REACH)];
                let quote = start.checked_sub(1).map(|at| text[at]).filter(|b| b"\"'".contains(b));
                let stop = |b: &u8| match quote {
                    Some(quote) => *b == quote || *b == b'\n',
                    None => b.is_ascii_whitespace() || b"\"'`<>|;,".contains(b),
                };
                let length = line.iter().position(stop).unwrap_or(line.len());
                if length == 0 {
                    return;
                }
                span.start = end + 1;
                span.end = end + 1 + length;
                span.find = Find::Value;
            }
            _ => {}
        }
        out.push(span);
    }

    fn rule(&self, text: &[u8], rule: &Rule, start: usize, out: &mut Vec<Span>) {
        if !rule.inside_word && start > 0 && text[start].is_ascii_alphanumeric() {
            let left = text[start - 1];
            let camel = left.is_ascii_lowercase() && text[start].is_ascii_uppercase();
            if left.is_ascii_alphanumeric() && !camel {
                return;
            }
        }
        let rest = &text[start..text.len().min(start + REACH)];
        let line = memchr::memchr(b'\n', rest).map_or(rest, |end| &rest[..end]);
        let Some(found) = rule.regex.captures(line) else { return };
        for &(group, class) in &rule.groups {
            let Some(value) = found.get(group) else { continue };
            let value = value.range();
            let value = value.start..value.start + trimmed(class, &line[value]);
            if value.is_empty() || self.is_ordinary(class, &line[value.clone()]) {
                continue;
            }
            let (from, mut to) = (start + value.start, start + value.end);
            if to == start + rest.len() && class.is_secret() {
                to += text[to..].iter().take_while(|b| is_token(**b)).count();
            }
            out.push(Span { start: from, end: to, from: start, class, find: Find::Value });
        }
    }
}

/// The length of a value without the punctuation of the sentence it ends.
fn trimmed(class: Class, value: &[u8]) -> usize {
    if class.is_secret() || class == Class::VolumeLabel {
        return value.len();
    }
    value.iter().rposition(|b| !b".:,;&-".contains(b)).map_or(0, |last| last + 1)
}

/// Bytes that keys and tokens are written with.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-.~".contains(&byte)
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
