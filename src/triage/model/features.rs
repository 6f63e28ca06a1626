//! What a text shows: its words, cues, counts and products, by name.

use std::collections::BTreeMap;

use super::super::signals::Signals;
use super::super::text::Text;
use crate::condition::{FactValue, Facts};

/// Families of facts that say something about the text.
const FAMILIES: [&str; 9] =
    ["says", "tells", "denies", "is", "names", "count", "text", "product", "policy"];

/// Endings that tell forms of one word apart, the longest first.
const ENDINGS: [&str; 6] = ["ingly", "ing", "ed", "es", "ly", "s"];

/// The names of everything a text shows, with the words of the text behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features(BTreeMap<String, String>);

impl Features {
    /// What a text shows, and what is known of it.
    pub(in super::super) fn of(signals: &Signals<'_>, facts: &Facts<'_>) -> Self {
        let mut shown = Self::default();
        shown.words(&signals.text, &signals.named());
        shown.facts(facts);
        shown
    }

    /// The names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The words behind a name that is a word.
    pub(in super::super) fn said(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|said| !said.is_empty())
    }

    /// Whether the name stands for a fact; else it is a word.
    pub fn is_fact(name: &str) -> bool {
        name.contains(['.', '='])
    }

    /// Its words; products and numbers stand by their kind.
    fn words(&mut self, text: &Text, products: &[(usize, usize, String)]) {
        let mut index = 0;
        while let Some(word) = text.words.get(index) {
            let product = products.iter().find(|(start, _, _)| *start == index);
            let (name, next) = match product {
                Some((_, end, kind)) => (kind.clone(), (*end).max(index + 1)),
                None => (token(&word.text, word.value), index + 1),
            };
            let words = text.words.get(index..next).unwrap_or_default();
            let said = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            self.show(name, said);
            index = next;
        }
    }

    fn show(&mut self, name: String, said: String) {
        self.0.entry(name).or_insert(said);
    }

    /// A fact that holds, or its value.
    fn facts(&mut self, facts: &Facts<'_>) {
        for (name, fact) in facts.all() {
            let family = name.split_once('.').map(|(family, _)| family);
            if family.is_some_and(|family| !FAMILIES.contains(&family)) {
                continue;
            }
            let shown = match &fact.value {
                FactValue::Bool(false) if family.is_some() => continue,
                FactValue::Bool(true) if family.is_some() => name.to_owned(),
                FactValue::Bool(value) => format!("{name}={value}"),
                FactValue::Int(number) => format!("{name}={}", some(*number)),
                FactValue::Text(text) if text.is_empty() => continue,
                FactValue::Text(text) => format!("{name}={}", text.replace(' ', "-")),
                _ => continue,
            };
            self.show(shown, String::new());
        }
    }
}

/// A word without its ending; a number by its size.
fn token(word: &str, value: Option<u64>) -> String {
    if let Some(value) = value {
        return format!("#{}", some(i64::try_from(value).unwrap_or(i64::MAX)));
    }
    // `24.04`
    let word = word.replace(['.', ',', '='], "-");
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
    stem.filter(|stem| stem.chars().count() >= 3).unwrap_or(&word).to_owned()
}

/// How many, in classes.
fn some(number: i64) -> &'static str {
    match number {
        ..=0 => "0",
        1 => "1",
        2 => "2",
        3..=9 => "3+",
        10..=49 => "10+",
        _ => "50+",
    }
}
