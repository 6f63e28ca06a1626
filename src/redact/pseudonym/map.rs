//! Which pseudonym stands for which value: for the customer's own eyes.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
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

    /// Replaces every known pseudonym in a text by the value behind it; also how many there
    /// were.
    pub fn unmask(&self, text: &str) -> (String, usize) {
        let Ok(search) = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(self.entries.keys())
        else {
            return (text.to_owned(), 0);
        };
        let values: Vec<&str> = self.entries.values().map(|entry| entry.value.as_str()).collect();
        let (mut out, mut done, mut count) = (String::with_capacity(text.len()), 0, 0);
        for found in search.find_iter(text) {
            if stands_alone(text, found.start(), found.end()) {
                out.push_str(&text[done..found.start()]);
                out.push_str(values[found.pattern().as_usize()]);
                (done, count) = (found.end(), count + 1);
            }
        }
        out.push_str(&text[done..]);
        (out, count)
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

/// Whether a pseudonym ends where a word does: `10.1.2.3` is not in `10.1.2.34`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric();
    let (before, after) = (&text[..start], &text[end..]);
    let next_number = after.strip_prefix('.').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && text[..end].ends_with(joins_number)
    });
    !before.ends_with(joins) && !after.starts_with(joins) && !next_number
}

fn joins_number(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_values_back() {
        let mut map = PseudonymMap::default();
        map.add("host-ab12", Class::Host, "wks-07");
        map.add("10.1.2.3", Class::Ipv4, "10.0.0.9");
        let read = |text: &str| map.unmask(text).0;
        assert_eq!(read("(HOST-AB12) at 10.1.2.3."), "(wks-07) at 10.0.0.9.");
        assert_eq!(
            read("http://host-ab12:3128/ user@host-ab12"),
            "http://wks-07:3128/ user@wks-07"
        );
        for text in ["host-ab123 é…", "10.1.2.34", "110.1.2.3", "10.1.2.3.4"] {
            assert_eq!(map.unmask(text), (text.to_owned(), 0));
        }
    }
}
