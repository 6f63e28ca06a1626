//! How many: the numbers of people, drives and sites that a text speaks of.

use std::collections::BTreeMap;

use super::language::Language;
use super::text::Text;

/// How far the thing counted may stand behind its number: `600 encrypted S1000 drives`.
const NEAR: usize = 4;

/// A larger number is a serial number or a joke.
const MOST: u64 = 10_000_000;

/// What is counted, and how many at most; what is merely there is left out.
pub(super) fn counts(text: &Text, language: &Language) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let mut part_of = false;
    for (index, word) in text.words.iter().enumerate() {
        let Some(value) = word.value.filter(|value| *value <= MOST) else {
            part_of &= index > 0 && text.words[index - 1].sentence == word.sentence;
            continue;
        };
        let next = text.words.get(index + 1);
        if next.is_some_and(|next| language.measures.contains(&next.text)) {
            continue;
        }
        // `3 of our 400 drives`: the first number counts, with the unit of the second.
        let Some((unit, other)) = unit(text, language, index) else { continue };
        let stock = part_of || is_stock(text, language, index);
        part_of = other;
        if !stock {
            let known = counts.entry(unit).or_insert(0);
            *known = value.max(*known);
        }
    }
    counts
}

/// The unit behind the number at `index`, and whether another number stands between.
fn unit(text: &Text, language: &Language, index: usize) -> Option<(String, bool)> {
    let mut other = false;
    for next in (index + 1)..(index + 1 + NEAR + 2) {
        let word = text.words.get(next)?;
        let here = &text.words[index];
        if word.sentence != here.sentence || (word.clause != here.clause && !other) {
            return None;
        }
        if (next > index + NEAR && !other) || language.breaks.contains(&word.text) {
            return None;
        }
        if word.value.is_some() {
            if other || !joins(text, language, index, next) {
                return None;
            }
            other = true;
        }
        if let Some(unit) = language.units.get(&word.text) {
            return Some((unit.clone(), other));
        }
    }
    None
}

/// Whether two numbers belong together: `3 of our 400`.
fn joins(text: &Text, language: &Language, first: usize, second: usize) -> bool {
    let between = &text.words[first + 1..second];
    between.iter().any(|word| language.stock.contains(&word.text))
}

/// `we own 400 drives`, `out of 400 drives`; not `the drives of 40 people`.
fn is_stock(text: &Text, language: &Language, index: usize) -> bool {
    let here = &text.words[index];
    (index.saturating_sub(3)..index).any(|before| {
        let word = &text.words[before];
        word.sentence == here.sentence
            && language.stock.contains(&word.text)
            && !is_whose(text, language, before)
    })
}

/// Whether the word at `of` says whose things are, and no number before says how many.
fn is_whose(text: &Text, language: &Language, of: usize) -> bool {
    let before = |far: usize| of.checked_sub(far).and_then(|index| text.words.get(index));
    before(1).is_some_and(|word| language.units.contains_key(&word.text))
        && before(2).is_none_or(|word| word.value.is_none())
}
