//! Typing mistakes: a long word that no pack knows, one slip away from one that it knows.

use std::collections::BTreeSet;

use super::phrase::Choice;
use super::text::Text;

/// Shorter words have too many neighbours.
const SHORTEST: usize = 6;
/// From here on two slips are still the same word.
const LONG: usize = 10;

/// The words that packs use.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    words: BTreeSet<String>,
    beginnings: BTreeSet<String>,
}

impl Vocabulary {
    /// Adds a word that is spelled right.
    pub(super) fn add(&mut self, word: &str) {
        self.words.insert(word.to_owned());
    }

    /// Adds what a phrase accepts at one place.
    pub(super) fn add_choice(&mut self, choice: &Choice) {
        match choice {
            Choice::Exact(word) => self.add(word),
            Choice::Prefix(start) => {
                self.beginnings.insert(start.clone());
            }
            Choice::Number => {}
        }
    }

    /// Replaces words with slips by the words that were meant.
    pub(super) fn correct(&self, text: &mut Text) {
        for word in &mut text.words {
            if let Some(meant) = self.meant(&word.text) {
                word.text = meant.to_owned();
            }
        }
    }

    fn meant(&self, word: &str) -> Option<&str> {
        if word.len() < SHORTEST || !word.is_ascii() || self.knows(word) {
            return None;
        }
        let most = if word.len() >= LONG { 2 } else { 1 };
        // The first letter is rarely wrong; insisting on it keeps neighbours apart.
        let near = |known: &&String| known.starts_with(&word[..1]) && known.len() >= SHORTEST - 1;
        let whole = self.words.iter().filter(near).map(|known| (slips(word, known, most), known));
        // What a word begins with is short, however long the word is.
        let long = |start: &&String| near(start) && start.len() >= SHORTEST;
        let starts = self.beginnings.iter().filter(long).map(|start| {
            let ends = [start.len(), start.len() - 1, start.len() + 1];
            let parts = ends.map(|end| &word[..word.len().min(end)]);
            let fewest = parts.map(|part| slips(part, start, 1)).into_iter().min();
            (fewest.filter(|slips| *slips <= 1).unwrap_or(usize::MAX), start)
        });
        let (found, meant) = whole.chain(starts).min()?;
        (found <= most).then_some(meant.as_str())
    }

    /// Known as it stands, or as a form of a known word.
    fn knows(&self, word: &str) -> bool {
        let form = |end: &str| word.strip_suffix(end).is_some_and(|stem| self.words.contains(stem));
        self.words.contains(word)
            || ["s", "r", "rs", "es", "d", "ed", "ing", "er", "ers", "n", "en", "e", "t", "te"]
                .into_iter()
                .any(form)
            || self.beginnings.iter().any(|start| word.starts_with(start.as_str()))
    }
}

/// Letters to change, add, drop or swap with their neighbour; more than `most` is "far".
fn slips(a: &str, b: &str, most: usize) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > most {
        return usize::MAX;
    }
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if swapped {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(word: &str) -> String {
        let mut vocabulary = Vocabulary::default();
        for known in ["password", "recognised", "safeconsole", "drive", "drives", "locked"] {
            vocabulary.add(known);
        }
        for start in ["corrupt", "phish", "spark"] {
            vocabulary.add_choice(&Choice::Prefix(start.into()));
        }
        let mut text = Text::new(word);
        vocabulary.correct(&mut text);
        text.words[0].text.clone()
    }

    #[test]
    fn one_slip_in_a_long_word_is_forgiven() {
        assert_eq!(corrected("pasword"), "password");
        assert_eq!(corrected("passwrod"), "password");
        assert_eq!(corrected("recongised"), "recognised");
        assert_eq!(corrected("safconsole"), "safeconsole");
        assert_eq!(corrected("corupted"), "corrupt");
    }

    #[test]
    fn other_words_stay_what_they_are() {
        for word in [
            "physiotherapist",
            "sparsebundle",
            "driver",
            "blocked",
            "passport",
            "drives",
            "lock",
            "corruption",
        ] {
            assert_eq!(corrected(word), word);
        }
    }
}
