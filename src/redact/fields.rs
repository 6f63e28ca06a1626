//! Redaction of JSON: by what a field means, where that is known, then as text.

use serde_json::{Map, Value};

use super::Class;
use super::matcher::{Effort, Matcher};
use super::rules::Meaning;
use super::worker::Worker;

/// JSON as deep as this is nobody's document.
const DEEPEST: usize = 100;

/// One JSON document being redacted.
pub(super) struct Fields<'w, 'a> {
    pub(super) matcher: &'a Matcher,
    pub(super) worker: &'w mut Worker<'a>,
}

impl Fields<'_, '_> {
    /// The redacted document; `None` when it is nested too deeply to be looked at.
    pub(super) fn document(&mut self, value: &Value) -> Option<Value> {
        self.value("", value, 0)
    }

    fn value(&mut self, field: &str, value: &Value, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        Some(match value {
            Value::String(text) => Value::String(self.string(field, text)),
            Value::Array(items) => {
                let items = items.iter().map(|item| self.value(field, item, depth + 1));
                Value::Array(items.collect::<Option<_>>()?)
            }
            Value::Object(members) => {
                let mut out = Map::new();
                for (name, member) in members {
                    let member = self.value(name, member, depth + 1)?;
                    out.insert(self.text(name, Effort::Full), member);
                }
                Value::Object(out)
            }
            Value::Number(number) => self.number(field, number),
            Value::Null | Value::Bool(_) => value.clone(),
        })
    }

    fn string(&mut self, field: &str, text: &str) -> String {
        match self.matcher.meaning(field) {
            Some(Meaning::Technical) => self.text(text, Effort::Known),
            Some(Meaning::Is(class)) => self.whole(class, field, text),
            Some(Meaning::Mounts) => self.mount(text),
            None => self.in_context(field, text),
        }
    }

    /// A secret may be written as a number.
    fn number(&mut self, field: &str, number: &serde_json::Number) -> Value {
        match self.matcher.meaning(field) {
            Some(Meaning::Is(class)) if class.is_secret() => {
                let text = number.to_string();
                let redacted = self.whole(class, field, &text);
                if redacted == text { Value::Number(number.clone()) } else { redacted.into() }
            }
            _ => Value::Number(number.clone()),
        }
    }

    /// A field that is nothing but a value of a class.
    fn whole(&mut self, class: Class, field: &str, text: &str) -> String {
        let bytes = text.trim().as_bytes();
        if bytes.is_empty() || self.matcher.is_ordinary(class, bytes) {
            return text.to_owned();
        }
        if !class.is_secret() && self.matcher.keeps(bytes) {
            return text.to_owned();
        }
        match self.worker.pseudonym(class, bytes) {
            Some(made) => {
                *self.worker.counts.entry(class).or_default() += 1;
                let made = String::from_utf8_lossy(&made).into_owned();
                self.worker.samples.add_field(class, field, text, &made);
                made
            }
            None => text.to_owned(),
        }
    }

    /// A mount point is named after its volume when no rule knows better.
    fn mount(&mut self, path: &str) -> String {
        let redacted = self.text(path, Effort::Full);
        if redacted != path {
            return redacted;
        }
        match path.rsplit_once('/') {
            Some((folder, name)) if !folder.is_empty() => {
                format!("{folder}/{}", self.whole(Class::VolumeLabel, "mounts", name))
            }
            _ => redacted,
        }
    }

    /// A field without a known meaning: as a log would write it, `name: text`.
    fn in_context(&mut self, field: &str, text: &str) -> String {
        let head = format!("{field}: ");
        let line = head.clone() + text;
        let edits = self.worker.edits(line.as_bytes(), 0, Effort::Full);
        let mut out = Vec::with_capacity(text.len());
        self.worker.write(line.as_bytes(), head.len(), line.len(), &edits, &mut out);
        self.worker.begin();
        String::from_utf8_lossy(&out).into_owned()
    }

    fn text(&mut self, text: &str, effort: Effort) -> String {
        let edits = self.worker.edits(text.as_bytes(), 0, effort);
        let mut out = Vec::with_capacity(text.len());
        self.worker.write(text.as_bytes(), 0, text.len(), &edits, &mut out);
        self.worker.begin();
        String::from_utf8_lossy(&out).into_owned()
    }
}
