//! The small language of cues: how a pack writes a phrase, and where it stands in a text.
//!
//! | written | stands for |
//! |---|---|
//! | `drive` | this word |
//! | `drive\|stick` | either word |
//! | `drive_letter\|volume` | either of these, the first in two words |
//! | `corrupt*` | a word that begins so |
//! | `#` | a number |
//! | `@drives` | a word of the language's set `drives` |
//! | `^does it` | these words at the beginning of a clause |
//! | `..` | up to three words of the same sentence |
//! | `...` | up to seven words of the same sentence |

use std::collections::BTreeMap;

use super::text::{Text, fold};

/// Every gap multiplies the ways to match; three are enough for any sentence.
const GAPS: usize = 3;

/// Choices of several words multiply; more than this is a mistake.
const VARIANTS: usize = 64;

/// Words that stand for each other, by name.
pub(super) type Sets = BTreeMap<String, Vec<String>>;

/// A phrase, ready to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    steps: Vec<Step>,
    opens: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Word(Vec<Choice>),
    Gap(usize),
}

/// What one place of a phrase accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// A word.
    Exact(String),
    /// The beginning of a word.
    Prefix(String),
    /// Any number.
    Number,
}

impl Phrase {
    /// Reads a phrase as a pack writes it; choices of several words make it several.
    pub(super) fn parse(text: &str, sets: &Sets) -> Result<Vec<Self>, String> {
        let (opens, words) = match text.strip_prefix('^') {
            Some(words) => (true, words),
            None => (false, text),
        };
        let mut variants = vec![Vec::new()];
        for word in words.split_whitespace() {
            let mut next = Vec::new();
            for steps in steps(word, sets)? {
                next.extend(
                    variants.iter().map(|before: &Vec<Step>| [before.as_slice(), &steps].concat()),
                );
            }
            variants = next;
            if variants.len() > VARIANTS {
                return Err(format!("`{text}`: a phrase has at most {VARIANTS} variants"));
            }
        }
        let gaps = |steps: &[Step]| steps.iter().filter(|s| matches!(s, Step::Gap(_))).count();
        for steps in &variants {
            let ends = [steps.first(), steps.last()];
            if ends.iter().any(|step| !matches!(step, Some(Step::Word(_)))) {
                return Err(format!("`{text}`: a phrase begins and ends with a word"));
            }
            if gaps(steps) > GAPS {
                return Err(format!("`{text}`: a phrase has at most {GAPS} gaps"));
            }
        }
        Ok(variants.into_iter().map(|steps| Self { steps, opens }).collect())
    }

    /// What the first place accepts.
    pub(super) fn first(&self) -> &[Choice] {
        match self.steps.first() {
            Some(Step::Word(choices)) => choices,
            _ => &[],
        }
    }

    /// Number of places that want a word.
    pub(super) fn places(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Word(_))).count()
    }

    /// Every word it names, beginnings included.
    pub(super) fn vocabulary(&self) -> impl Iterator<Item = &Choice> {
        self.steps.iter().flat_map(|step| match step {
            Step::Word(choices) => choices.as_slice(),
            Step::Gap(_) => &[],
        })
    }

    /// The words it covers when it begins at word `start`: the index after the last one,
    /// and the words that stand in its gaps.
    pub(super) fn at(&self, text: &Text, start: usize) -> Option<(usize, Vec<usize>)> {
        let clause = |index: usize| text.words.get(index).map(|word| word.clause);
        if self.opens && start > 0 && clause(start - 1) == clause(start) {
            return None;
        }
        let mut skipped = Vec::new();
        let end = follow(&self.steps, text, start, start, &mut skipped)?;
        Some((end, skipped))
    }
}

/// The ways to read one place: single words together, each choice of several words apart.
fn steps(text: &str, sets: &Sets) -> Result<Vec<Vec<Step>>, String> {
    match text {
        ".." => return Ok(vec![vec![Step::Gap(3)]]),
        "..." => return Ok(vec![vec![Step::Gap(7)]]),
        _ => {}
    }
    let (mut single, mut all) = (Vec::new(), Vec::new());
    for part in text.split('|') {
        if let Some(name) = part.strip_prefix('@') {
            let set = sets.get(name).ok_or_else(|| format!("no set `{name}`"))?;
            for word in set {
                single.push(choice(word)?);
            }
        } else if part.contains('_') {
            let words = part.split('_').map(|word| Ok(Step::Word(vec![choice(word)?])));
            all.push(words.collect::<Result<Vec<_>, String>>()?);
        } else {
            single.push(choice(part)?);
        }
    }
    if !single.is_empty() {
        all.push(vec![Step::Word(single)]);
    }
    Ok(all)
}

fn choice(text: &str) -> Result<Choice, String> {
    if text == "#" {
        return Ok(Choice::Number);
    }
    let (word, prefix) = match text.strip_suffix('*') {
        Some(word) => (word, true),
        None => (text, false),
    };
    let ok = !word.is_empty() && word.chars().all(char::is_alphanumeric);
    if !ok || fold(word) != word {
        return Err(format!("`{text}`: words stand in lower case, without accents and signs"));
    }
    Ok(if prefix { Choice::Prefix(word.into()) } else { Choice::Exact(word.into()) })
}

impl Choice {
    fn fits(&self, text: &Text, index: usize) -> bool {
        let word = &text.words[index];
        match self {
            Self::Exact(wanted) => word.text == *wanted,
            Self::Prefix(start) => word.text.starts_with(start.as_str()),
            Self::Number => word.value.is_some(),
        }
    }
}

/// Follows the steps from word `at`; a gap takes as few words as it can.
fn follow(
    steps: &[Step],
    text: &Text,
    at: usize,
    start: usize,
    skipped: &mut Vec<usize>,
) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else { return Some(at) };
    match step {
        Step::Word(choices) => {
            let word = text.words.get(at)?;
            let here = word.sentence == text.words[start].sentence
                && choices.iter().any(|choice| choice.fits(text, at));
            if here { follow(rest, text, at + 1, start, skipped) } else { None }
        }
        Step::Gap(most) => (0..=*most).find_map(|width| {
            let kept = skipped.len();
            skipped.extend(at..at + width);
            let end = follow(rest, text, at + width, start, skipped);
            if end.is_none() {
                skipped.truncate(kept);
            }
            end
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(phrase: &str, text: &str) -> bool {
        let (phrase, text) = (Phrase::parse(phrase, &Sets::new()).unwrap(), Text::new(text));
        (0..text.words.len()).any(|start| phrase.iter().any(|p| p.at(&text, start).is_some()))
    }

    #[test]
    fn phrases_stand_where_they_should() {
        assert!(stands("drive|stick .. lost", "my stick was simply lost"));
        assert!(!stands("drive|stick .. lost", "my stick. I lost it"));
        assert!(stands("corrupt* file*", "corrupted files"));
        assert!(stands("# drives", "about 600 drives"));
        assert!(!stands("# drives", "some drives"));
        assert!(!stands("all drives", "all our drives"));
        assert!(stands("all .. drives", "all our drives"));
        assert!(stands("no drive_letter|volume", "no drive letter"));
        assert!(stands("no drive_letter|volume", "no volume"));
        assert!(!stands("no drive_letter|volume", "no drive"));
    }

    #[test]
    fn a_phrase_that_cannot_match_is_refused() {
        for text in ["", "..", "a ..", "Drive", "gerät", "can't", "a||b", "*", "@drives"] {
            assert!(Phrase::parse(text, &Sets::new()).is_err(), "{text}");
        }
    }
}
