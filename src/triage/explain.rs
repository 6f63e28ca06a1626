//! What there is to know about a rule that an answer names, for whoever asks for its reasons.

use jiff::civil::Date;

use super::load::{Example, Rules};
use super::pack::{Caution, ContactEffect, Finding, Level, PriorityEffect, ScopeEffect};
use super::rules::Rule;
use crate::text::count;

/// Where the rules of a pack, or what was learned, come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// The pack.
    pub file: String,
    /// What the pack rests on.
    pub source: String,
    /// When that was last looked at.
    pub checked: Date,
}

/// A rule of the packs.
#[derive(Clone, Debug)]
pub struct Explained<'r> {
    /// What it decides, as packs call it: `finding`, `severity`, `scope`, `contact`, `priority`,
    /// `caution`.
    pub part: &'static str,
    /// Its reason, as answers give it.
    pub because: &'r str,
    /// When it holds: a condition over facts.
    pub when: &'r str,
    /// What follows, in words.
    pub then: String,
    /// Where it comes from.
    pub cited: &'r Cited,
    /// Texts on which it holds, and on which it does not.
    pub examples: Vec<&'r Example>,
}

/// Something that the model answers where no rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// Its name after `learned.` in answers.
    pub label: &'static str,
    /// What is asked.
    pub asks: &'static str,
    /// How weights become an answer.
    pub how: &'static str,
    /// What comes before it; `None` when nothing does.
    pub first: Option<&'static str>,
}

/// How all labels but the impact are chosen.
const HIGHEST: &str = "Each possible answer has a sum of weights, one for every word, \
    beginning of a word, pair of words, kind of word and fact that the description shows, and for \
    two kinds or facts together; the answer with the highest sum is taken.";

/// Everything the model answers.
pub const LEARNED: [Learned; 4] = [
    Learned { label: "type", asks: "what kind of request it is", how: HIGHEST, first: None },
    Learned { label: "category", asks: "what it is about", how: HIGHEST, first: None },
    Learned {
        label: "impact",
        asks: "how bad it is, from 1, the worst, to 4",
        how: "Whether it is milder than 1, than 2, than 3 is asked one by one; each answer is a \
              sum of weights, one for every word, beginning, pair, kind of word and fact that the \
              description shows, and for two kinds or facts together. The three sums say how \
              likely each level is; the level is taken that is expected to be the least far off, \
              and two levels off count eight times as much as one.",
        first: Some("rules raise it or hold it down, and are named instead where one does"),
    },
    Learned {
        label: "scope",
        asks: "whether the policy covers it, and by which of its clauses not",
        how: HIGHEST,
        first: Some("a rule about scope that holds decides instead"),
    },
];

impl Rules {
    /// The rule of an id, as answers name it.
    pub fn explain(&self, id: &str) -> Option<Explained<'_>> {
        self.rule(id, &self.findings, "finding")
            .or_else(|| self.rule(id, &self.severities, "severity"))
            .or_else(|| self.rule(id, &self.scopes, "scope"))
            .or_else(|| self.rule(id, &self.contacts, "contact"))
            .or_else(|| self.rule(id, &self.priorities, "priority"))
            .or_else(|| self.rule(id, &self.cautions, "caution"))
    }

    /// What the model was learned from.
    pub fn learned_from(&self) -> Option<&Cited> {
        self.cited.iter().find(|cited| cited.file == self.learned_in)
    }

    fn rule<'r, E: Effect>(
        &'r self,
        id: &str,
        rules: &'r [Rule<E>],
        part: &'static str,
    ) -> Option<Explained<'r>> {
        let rule = rules.iter().find(|rule| rule.id == id)?;
        let examples: Vec<_> = self.examples().iter().filter(|example| example.of == id).collect();
        // Every rule has an example, which knows the rule's pack.
        let file = &examples.first()?.file;
        Some(Explained {
            part,
            because: &rule.because,
            when: rule.condition().1.text(),
            then: rule.then.words(),
            cited: self.cited.iter().find(|cited| cited.file == *file)?,
            examples,
        })
    }
}

/// What follows from a rule.
trait Effect {
    /// In words.
    fn words(&self) -> String;
}

impl Effect for Finding {
    fn words(&self) -> String {
        format!("{} = {}", self.fact.get_ref(), self.value)
    }
}

impl Effect for Level {
    fn words(&self) -> String {
        match (self.at_least, self.by, self.at_most) {
            (Some(level), Some(by), _) => format!(
                "the impact is at least {level} (1 is the worst of 4), but at most {} \
                 worse than what was learned",
                count(by, "level")
            ),
            (Some(level), None, _) => {
                format!("the impact is at least {level} (1 is the worst of 4)")
            }
            (None, _, Some(level)) => {
                format!("the impact is at most {level} (1 is the worst of 4)")
            }
            (None, _, None) => String::new(),
        }
    }
}

impl Effect for ScopeEffect {
    fn words(&self) -> String {
        let mut words = format!("the verdict is {}", self.verdict.id());
        if let Some(clause) = &self.exclusion {
            words.push_str(&format!(", by the clause {clause}"));
        }
        if let Some(contact) = &self.contact {
            words.push_str(&format!(", and the contact is {}", contact.id()));
        }
        words
    }
}

impl Effect for ContactEffect {
    fn words(&self) -> String {
        format!("the contact is {}", self.contact.id())
    }
}

impl Effect for PriorityEffect {
    fn words(&self) -> String {
        format!("the priority is number {} of the policy's, from the highest", self.place + 1)
    }
}

impl Effect for Caution {
    fn words(&self) -> String {
        format!("the person is told: {}", &*self.careful)
    }
}
