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

/// Families whose facts are also read together with another of them, or with a kind.
const TOGETHER: [&str; 4] = ["tells.", "denies.", "is.", "names."];

/// What joins two names into the name of both.
pub(in super::super) const BOTH: char = '&';

/// So many letters are how a word begins.
const BEGINNING: usize = 5;

/// What a name stands for; the names of one group have the same length together in every
/// text, facts excepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// A fact, `tells.hazard`.
    Fact,
    /// A word, `burnt`.
    Word,
    /// Two words that follow each other, or a word that begins or ends a sentence,
    /// `smell_burnt`.
    Pair,
    /// A word of the last sentence, `~pleas`: there people say what they want.
    Last,
    /// What a word is about, `%heat`.
    Kind,
    /// How a longer word begins, `verlo*`: so that a form or a compound that was never learned
    /// is understood by others of its family.
    Beginning,
    /// Two facts or kinds of one text, `%wipe&tells.undo_wipe`: neither says how bad it is
    /// without the other.
    Both,
}

impl Group {
    /// The groups whose lengths are evened out.
    pub(super) const EVEN: [Self; 6] =
        [Self::Word, Self::Pair, Self::Last, Self::Kind, Self::Beginning, Self::Both];

    /// The group of a name.
    pub fn of(name: &str) -> Self {
        match name {
            _ if name.contains(BOTH) => Self::Both,
            _ if name.contains(['.', '=']) => Self::Fact,
            _ if name.starts_with('%') => Self::Kind,
            _ if name.starts_with('~') => Self::Last,
            _ if name.ends_with('*') => Self::Beginning,
            _ if name.contains('_') => Self::Pair,
            _ => Self::Word,
        }
    }

    /// The length of its names in a text, beside that of the words.
    pub(super) fn share(self) -> f64 {
        match self {
            Self::Fact | Self::Word | Self::Pair => 1.0,
            Self::Kind | Self::Both => 0.7,
            Self::Last | Self::Beginning => 0.5,
        }
    }
}

/// The names of everything a text shows, with the words of the text behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features(BTreeMap<String, String>);

/// A word, a number or a product of a text.
struct Token {
    name: String,
    said: String,
    sentence: usize,
}

impl Features {
    /// What a text shows, and what is known of it.
    pub(in super::super) fn of(signals: &Signals<'_>, facts: &Facts<'_>) -> Self {
        let mut shown = Self::default();
        let tokens = tokens(&signals.text, &signals.named());
        shown.pairs(&tokens, &signals.text.questions);
        let last = tokens.last().map(|token| token.sentence);
        for token in tokens {
            if Some(token.sentence) == last {
                shown.show(format!("~{}", token.name), token.said.clone());
            }
            shown.show(token.name, token.said);
        }
        for (index, word) in signals.text.words.iter().enumerate() {
            for kind in signals.kinds(index) {
                shown.show(format!("%{kind}"), word.text.clone());
            }
            if let Some(beginning) = beginning(&word.text) {
                shown.show(format!("{beginning}*"), word.text.clone());
            }
        }
        shown.facts(facts, |fact| signals.is_tone(fact));
        shown.both();
        shown
    }

    /// The names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The words behind a name that is no fact.
    pub(in super::super) fn said(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|said| !said.is_empty())
    }

    /// Words that follow each other in a sentence, and those at its ends.
    fn pairs(&mut self, tokens: &[Token], questions: &[usize]) {
        let sentence = |index: usize| tokens.get(index).map(|token| token.sentence);
        for (index, token) in tokens.iter().enumerate() {
            if index == 0 || sentence(index - 1) != sentence(index) {
                self.show(format!("^_{}", token.name), token.said.clone());
            }
            match tokens.get(index + 1).filter(|next| next.sentence == token.sentence) {
                Some(next) => self.show(
                    format!("{}_{}", token.name, next.name),
                    format!("{} {}", token.said, next.said),
                ),
                None => {
                    let end = if questions.contains(&token.sentence) { '?' } else { '$' };
                    self.show(format!("{}_{end}", token.name), token.said.clone());
                }
            }
        }
    }

    /// Facts and kinds, two by two.
    fn both(&mut self) {
        let of_both = |name: &&str| {
            Group::of(name) == Group::Kind || TOGETHER.iter().any(|family| name.starts_with(family))
        };
        let names: Vec<String> = self.iter().filter(of_both).map(str::to_owned).collect();
        for (index, one) in names.iter().enumerate() {
            for other in &names[index + 1..] {
                self.show(format!("{one}{BOTH}{other}"), String::new());
            }
        }
    }

    fn show(&mut self, name: String, said: String) {
        self.0.entry(name).or_insert(said);
    }

    /// A fact that holds, or its value.
    fn facts(&mut self, facts: &Facts<'_>, is_tone: impl Fn(&str) -> bool) {
        for (name, fact) in facts.all().filter(|(name, _)| !is_tone(name)) {
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

/// The words of a text; products and numbers stand by their kind.
fn tokens(text: &Text, products: &[(usize, usize, String)]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut index = 0;
    while let Some(word) = text.words.get(index) {
        let product = products.iter().find(|(start, _, _)| *start == index);
        let (name, next) = match product {
            Some((_, end, kind)) => (kind.clone(), (*end).max(index + 1)),
            None => (token(&word.text, word.value), index + 1),
        };
        let words = text.words.get(index..next).unwrap_or_default();
        let said = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        tokens.push(Token { name, said, sentence: word.sentence });
        index = next;
    }
    tokens
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

/// How a word begins that is longer than that.
fn beginning(word: &str) -> Option<&str> {
    let (end, _) = word.char_indices().nth(BEGINNING)?;
    let beginning = word.get(..end)?;
    beginning.chars().all(char::is_alphabetic).then_some(beginning)
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
