//! One language: its cues, its negators, its numbers. Finding what a text says in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::kinds::Kinds;
use super::pack::{CueRow, LanguageRow};
use super::phrase::{Choice, Phrase};
use super::spelling::Vocabulary;
use super::text::Text;

/// How many words a negator reaches ahead.
const REACH: usize = 4;

/// A short phrase of a language that the text is not written in proves nothing; an error
/// message quoted word for word does.
const FOREIGN: usize = 3;

/// A language, ready to read with.
#[derive(Clone, Debug)]
pub(super) struct Language {
    pub(super) id: String,
    pub(super) usual: bool,
    function_words: BTreeSet<String>,
    pub(super) negators: BTreeSet<String>,
    not_negating: BTreeSet<String>,
    pub(super) breaks: BTreeSet<String>,
    pub(super) numbers: BTreeMap<String, u64>,
    pub(super) units: BTreeMap<String, String>,
    pub(super) measures: BTreeSet<String>,
    pub(super) stock: BTreeSet<String>,
    known: Vec<String>,
    pub(super) sets: BTreeMap<String, Vec<String>>,
    pub(super) kinds: Kinds,
    cues: Vec<Cue>,
    by_word: HashMap<String, Vec<usize>>,
    by_beginning: HashMap<String, Vec<usize>>,
    by_number: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Cue {
    says: String,
    phrase: Phrase,
    negatable: bool,
    asks: bool,
    tone: bool,
}

/// A place where a text says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) says: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) negated: bool,
    pub(super) asks: bool,
    pub(super) tone: bool,
}

impl Language {
    /// A language without cues.
    pub(super) fn new(row: LanguageRow) -> Self {
        let set = |words: Vec<String>| words.into_iter().collect::<BTreeSet<_>>();
        let mut units = BTreeMap::new();
        for (unit, words) in row.units {
            units.extend(words.into_iter().map(|word| (word, unit.clone())));
        }
        Self {
            id: row.id,
            usual: row.usual,
            function_words: set(row.function_words),
            negators: set(row.negators),
            not_negating: set(row.not_negating),
            breaks: set(row.breaks),
            numbers: row.numbers,
            units,
            measures: set(row.measures),
            stock: set(row.stock),
            known: row.known,
            sets: row.sets,
            kinds: Kinds::new(row.kinds),
            cues: Vec::new(),
            by_word: HashMap::new(),
            by_beginning: HashMap::new(),
            by_number: Vec::new(),
        }
    }

    /// Adds a phrase of a cue.
    pub(super) fn add(&mut self, row: &CueRow, phrase: Phrase) {
        let index = self.cues.len();
        for choice in phrase.first() {
            let list = match choice {
                Choice::Exact(word) => self.by_word.entry(word.clone()).or_default(),
                Choice::Prefix(start) => self.by_beginning.entry(start.clone()).or_default(),
                Choice::Number => &mut self.by_number,
            };
            list.push(index);
        }
        self.cues.push(Cue {
            says: row.says.get_ref().clone(),
            phrase,
            negatable: row.negatable,
            asks: row.asks,
            tone: row.tone,
        });
    }

    /// How much of the text is in it: function words count double, words of cues once.
    pub(super) fn weight(&self, text: &Text) -> usize {
        let of = |word: &str| {
            let cue = self.by_word.contains_key(word) || self.units.contains_key(word);
            2 * usize::from(self.function_words.contains(word)) + usize::from(cue)
        };
        text.words.iter().map(|word| of(&word.text)).sum()
    }

    /// Adds every word it knows.
    pub(super) fn teach(&self, vocabulary: &mut Vocabulary) {
        for cue in &self.cues {
            cue.phrase.vocabulary().for_each(|choice| vocabulary.add_choice(choice));
        }
        self.kinds.teach(vocabulary);
        let sets = [&self.function_words, &self.negators, &self.breaks];
        let words = sets.into_iter().flatten();
        words
            .chain(self.units.keys())
            .chain(self.numbers.keys())
            .chain(&self.known)
            .for_each(|word| vocabulary.add(word));
    }

    /// Whether a word means nothing by itself: a small word that neither turns anything round nor
    /// is about anything.
    pub(super) fn means_nothing(&self, word: &str) -> bool {
        self.function_words.contains(word)
            && !self.negators.contains(word)
            && !self.kinds.knows(word)
    }

    /// Gives numbers written as words their value.
    pub(super) fn count(&self, text: &mut Text) {
        for word in &mut text.words {
            if word.value.is_none() {
                word.value = self.numbers.get(&word.text).copied();
            }
        }
    }

    /// Finds what the text says; `own` is whether it is written in this language.
    pub(super) fn hits(&self, text: &Text, own: bool) -> Vec<Hit> {
        let mut hits = Vec::new();
        for start in 0..text.words.len() {
            for index in self.candidates(text, start) {
                let cue = &self.cues[index];
                if !own && cue.phrase.places() < FOREIGN {
                    continue;
                }
                if let Some((end, skipped)) = cue.phrase.at(text, start) {
                    let negated = cue.negatable && self.negated(text, start, &skipped);
                    let (says, asks, tone) = (cue.says.clone(), cue.asks, cue.tone);
                    hits.push(Hit { says, start, end, negated, asks, tone });
                }
            }
        }
        hits
    }

    fn candidates(&self, text: &Text, start: usize) -> Vec<usize> {
        let word = &text.words[start];
        let mut found = self.by_word.get(&word.text).cloned().unwrap_or_default();
        for (end, _) in word.text.char_indices().skip(1) {
            found.extend(self.by_beginning.get(&word.text[..end]).into_iter().flatten());
        }
        found.extend(self.by_beginning.get(&word.text).into_iter().flatten());
        if word.value.is_some() {
            found.extend(&self.by_number);
        }
        found
    }

    /// Whether a negator stands shortly before, or inside a gap.
    fn negated(&self, text: &Text, start: usize, skipped: &[usize]) -> bool {
        if skipped.iter().any(|index| self.negates(text, *index)) {
            return true;
        }
        let clause = text.words[start].clause;
        for index in (start.saturating_sub(REACH)..start).rev() {
            let word = &text.words[index];
            if word.clause != clause || self.breaks.contains(&word.text) {
                return false;
            }
            if self.negates(text, index) {
                return true;
            }
        }
        false
    }

    fn negates(&self, text: &Text, index: usize) -> bool {
        let next = text.words.get(index + 1);
        self.negators.contains(&text.words[index].text)
            && !next.is_some_and(|next| self.not_negating.contains(&next.text))
    }
}
