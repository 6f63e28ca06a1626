//! A few lines before and after, for the person to see what redaction does.
//!
//! What stood there before is for the eyes of whoever sits at the terminal: it is never
//! written, sent or logged.

use std::fmt;
use std::ops::Range;

use super::Class;
use super::worker::Edit;

/// Samples kept of a file: one of each class, as far as they go.
const MOST: usize = 3;

/// Bytes shown on each side of a value.
const AROUND: usize = 60;

/// A piece of a line before and after.
#[derive(Clone, PartialEq, Eq)]
pub struct Sample {
    /// What was replaced.
    pub class: Class,
    before: String,
    /// How it reads in the bundle.
    pub after: String,
}

impl Sample {
    /// How it read on this machine. For a terminal only.
    pub fn before_unredacted(&self) -> &str {
        &self.before
    }
}

impl fmt::Debug for Sample {
    /// Never shows what stood there before.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({}: {:?})", self.class.name(), self.after)
    }
}

/// Two samples that begin alike for so many characters are of the same line.
const SAME: usize = 40;

/// The samples of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples(Vec<Sample>);

impl Samples {
    pub(super) fn take(self) -> Vec<Sample> {
        self.0
    }

    pub(super) fn all(&self) -> &[Sample] {
        &self.0
    }

    /// Adds a field that was replaced as a whole.
    pub(super) fn add_field(&mut self, class: Class, name: &str, before: &str, after: &str) {
        if self.wants(class) {
            let shown = |value: &str| format!("{name}: {value}");
            self.0.push(Sample { class, before: shown(before), after: shown(after) });
        }
    }

    /// Adds the line around an edit, when neither its class nor its line is among the samples
    /// yet.
    pub(super) fn add(&mut self, text: &[u8], edits: &[Edit], at: usize) {
        let edit = &edits[at];
        if !self.wants(edit.class) {
            return;
        }
        let shown = around(text, edit.start..edit.end);
        let text_of = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\0', "");
        let before = text_of(&text[shown.clone()]);
        let start: String = before.chars().take(SAME).collect();
        if self.0.iter().any(|sample| sample.before.starts_with(&start)) {
            return;
        }
        let mut after = Vec::new();
        let mut done = shown.start;
        let inside = |edit: &&Edit| shown.start <= edit.start && edit.end <= shown.end;
        for edit in edits.iter().filter(inside) {
            if edit.start >= done {
                after.extend_from_slice(&text[done..edit.start]);
                after.extend_from_slice(&edit.with);
                done = edit.end;
            }
        }
        after.extend_from_slice(&text[done..shown.end]);
        self.0.push(Sample { class: edit.class, before, after: text_of(&after) });
    }

    fn wants(&self, class: Class) -> bool {
        self.0.len() < MOST && self.0.iter().all(|sample| sample.class != class)
    }
}

/// The value with some of its line.
fn around(text: &[u8], value: Range<usize>) -> Range<usize> {
    let floor = value.start.saturating_sub(AROUND);
    let line_start = memchr::memrchr(b'\n', &text[floor..value.start]);
    let ceiling = text.len().min(value.end + AROUND);
    let line_end = memchr::memchr(b'\n', &text[value.end..ceiling]);
    let start = line_start.map_or(floor, |at| floor + at + 1);
    start..line_end.map_or(ceiling, |at| value.end + at)
}
