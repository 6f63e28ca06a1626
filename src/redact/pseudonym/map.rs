//! Which pseudonym stands for which value: for the customer's own eyes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Class;

/// A hostile log must not fill the memory with invented values.
const MOST_ENTRIES: usize = 50_000;

/// Values longer than this are replaced, but not remembered.
const LONGEST_VALUE: usize = 300;

/// A value behind a pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapEntry {
    /// What kind of value it is.
    pub class: Class,
    /// The value itself.
    pub value: String,
}

/// Pseudonyms and the values behind them. It stays on the machine and is never part of a
/// bundle. Passwords, tokens, keys and codes are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PseudonymMap {
    /// By pseudonym, in lower case.
    entries: BTreeMap<String, MapEntry>,
    /// Whether values were left out because there were too many.
    #[serde(default)]
    truncated: bool,
}

impl PseudonymMap {
    /// The value behind a pseudonym, in any case of letters.
    pub fn get(&self, pseudonym: &str) -> Option<&MapEntry> {
        self.entries.get(&pseudonym.to_ascii_lowercase())
    }

    /// All pseudonyms, in lower case, with their values.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &MapEntry)> {
        self.entries.iter().map(|(pseudonym, entry)| (pseudonym.as_str(), entry))
    }

    /// Whether values were left out because there were too many.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Adds what another map knows.
    pub fn extend(&mut self, other: &Self) {
        for (pseudonym, entry) in &other.entries {
            self.add(pseudonym, entry.class, &entry.value);
        }
        self.truncated |= other.truncated;
    }

    /// Replaces every known pseudonym in a text by the value behind it.
    pub fn unmask(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let (word, tail) = split_word(rest);
            out.push_str(self.get(word).map_or(word, |entry| entry.value.as_str()));
            rest = tail;
        }
        out
    }

    pub(super) fn add(&mut self, pseudonym: &str, class: Class, value: &str) {
        let too_many = self.entries.len() >= MOST_ENTRIES || value.len() > LONGEST_VALUE;
        if too_many {
            self.truncated = true;
            return;
        }
        let entry = MapEntry { class, value: value.to_owned() };
        self.entries.entry(pseudonym.to_ascii_lowercase()).or_insert(entry);
    }
}

/// Splits off a run of characters that pseudonyms are made of, or of others.
fn split_word(text: &str) -> (&str, &str) {
    let of_pseudonym = |c: char| c.is_ascii_alphanumeric() || "-_.:@".contains(c);
    let first = text.chars().next().is_some_and(of_pseudonym);
    let end = text.find(|c| of_pseudonym(c) != first).unwrap_or(text.len());
    let (word, _) = text.split_at(end);
    // A full stop or colon after a pseudonym belongs to the sentence.
    let trimmed = word.trim_end_matches(['.', ':']);
    let end = if first && !trimmed.is_empty() { trimmed.len() } else { end };
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_values_back() {
        let mut map = PseudonymMap::default();
        map.add("host-ab12", Class::Host, "wks-07");
        map.add("10.1.2.3", Class::Ipv4, "10.0.0.9");
        assert_eq!(map.unmask("(HOST-AB12) at 10.1.2.3."), "(wks-07) at 10.0.0.9.");
        assert_eq!(map.unmask("host-ab123 é…"), "host-ab123 é…");
    }
}
