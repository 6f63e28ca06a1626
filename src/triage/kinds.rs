//! Kinds of words: what a single word is about, whatever is said with it (`laptop` and
//! `workstation` are both a `host`), so that the model understands a word that it has
//! never learned by others of its kind.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::spelling::Vocabulary;
use super::text::Text;

/// The kinds of one language.
#[derive(Clone, Debug, Default)]
pub(super) struct Kinds {
    words: HashMap<String, Vec<String>>,
    beginnings: HashMap<String, Vec<String>>,
}

impl Kinds {
    /// Kinds as a pack lists them: words, beginnings (`corrupt*`), two words (`drive_letter`).
    pub(super) fn new(kinds: BTreeMap<String, Vec<String>>) -> Self {
        let mut known = Self::default();
        for (kind, words) in kinds {
            for word in words {
                let (list, word) = match word.strip_suffix('*') {
                    Some(start) => (&mut known.beginnings, start.to_owned()),
                    None => (&mut known.words, word),
                };
                list.entry(word).or_default().push(kind.clone());
            }
        }
        known
    }

    /// The kinds of the word at `index`, alone or with the next one.
    pub(super) fn of(&self, text: &Text, index: usize) -> BTreeSet<&str> {
        let Some(word) = text.words.get(index).map(|word| word.text.as_str()) else {
            return BTreeSet::new();
        };
        let next = text
            .words
            .get(index + 1)
            .and_then(|next| self.words.get(format!("{word}_{}", next.text).as_str()));
        let ends = word.char_indices().map(|(end, _)| end).skip(1).chain([word.len()]);
        let beginnings = ends.filter_map(|end| self.beginnings.get(&word[..end]));
        let lists = self.words.get(word).into_iter().chain(next).chain(beginnings);
        lists.flatten().map(String::as_str).collect()
    }

    /// Whether a word is of any kind by itself.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Adds every whole word it knows: it is spelled right.
    pub(super) fn teach(&self, vocabulary: &mut Vocabulary) {
        self.words.keys().filter(|word| !word.contains('_')).for_each(|word| vocabulary.add(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_the_kinds_that_list_it_or_its_beginning() {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let kinds = Kinds::new(BTreeMap::from([
            ("host".to_owned(), list(&["pc", "laptop*"])),
            ("mount".to_owned(), list(&["drive_letter", "volume"])),
            ("letter".to_owned(), list(&["letter"])),
        ]));
        let text = Text::new("Two laptops, no drive letter");
        let of = |index| kinds.of(&text, index).into_iter().collect::<Vec<_>>();
        assert_eq!(of(1), ["host"]);
        assert_eq!(of(3), ["mount"]);
        assert_eq!(of(4), ["letter"]);
        assert!(of(0).is_empty() && of(9).is_empty());
    }
}
