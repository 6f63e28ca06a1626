//! What a text says, as facts that rules can read.

use std::collections::{BTreeMap, BTreeSet};

use super::impact;
use super::language::{Hit, Language};
use super::load::Rules;
use super::pack::{ProductRow, Role};
use super::text::{Text, Word};
use crate::condition::{Facts, Origin};

/// A text, read with every language.
#[derive(Clone, Debug)]
pub(super) struct Signals<'r> {
    pub(super) text: Text,
    hits: Vec<Hit>,
    tone: BTreeMap<String, String>,
    counts: BTreeMap<String, u64>,
    products: Vec<(usize, usize, &'r ProductRow)>,
    languages: &'r [Language],
}

impl<'r> Signals<'r> {
    /// Reads a text.
    pub(super) fn read(description: &str, rules: &'r Rules) -> Self {
        let mut text = Text::new(description);
        let own = written_in(&text, &rules.languages);
        rules.vocabulary.correct(&mut text);
        let tone = take_tone(&mut text, &rules.languages, own);
        let mut hits = Vec::new();
        let mut counts = BTreeMap::new();
        for language in &rules.languages {
            let is_own = language.id == own;
            if is_own {
                language.count(&mut text);
                counts = impact::counts(&text, language);
            }
            hits.extend(language.hits(&text, is_own).into_iter().filter(|hit| !hit.tone));
        }
        let products = products(&text, rules);
        Self { text, hits, tone, counts, products, languages: &rules.languages }
    }

    /// The product the text is about: the first model it names, or else the
    /// first maker, or else the first other product.
    pub(super) fn product(&self) -> Option<&'r ProductRow> {
        let named = || self.products.iter().map(|(_, _, product)| *product);
        let mut drives = named().filter(|product| product.role == Role::Drive);
        let model = drives.clone().find(|drive| drive.managed.is_some());
        model.or(drives.next()).or(named().next())
    }

    /// Where products are named: first word, word after the last, and what kind it is.
    pub(super) fn named(&self) -> Vec<(usize, usize, String)> {
        let kind = |product: &ProductRow| {
            let role = match product.role {
                _ if product.policy.is_none() => return "#other-product".to_owned(),
                Role::Drive => "drive",
                Role::Management => "management",
                Role::Software => "software",
            };
            let maker = product.maker.to_lowercase().replace(' ', "-");
            format!("#{role}-{maker}{}", managed(product))
        };
        self.products.iter().map(|(start, end, product)| (*start, *end, kind(product))).collect()
    }

    /// What the word at `index` is about, in whatever language.
    pub(super) fn kinds(&self, index: usize) -> BTreeSet<&'r str> {
        self.languages.iter().flat_map(|language| language.kinds.of(&self.text, index)).collect()
    }

    /// Whether words, quoted alone, would tell a reader nothing.
    pub(super) fn mean_nothing(&self, words: &str) -> bool {
        let nothing = |word: &str| self.languages.iter().any(|known| known.means_nothing(word));
        words.split(' ').all(nothing)
    }

    /// Number of different things the text says.
    pub(super) fn concepts(&self) -> usize {
        self.hits.iter().map(|hit| &hit.says).collect::<BTreeSet<_>>().len()
    }

    /// The words on which `says.…` or `denies.…` rests.
    pub(super) fn words(&self, fact: &str) -> Option<String> {
        let (family, says) = fact.split_once('.')?;
        let negated = match family {
            "says" | "tells" => false,
            "denies" => true,
            _ => return None,
        };
        let hit = self.hits.iter().find(|hit| hit.says == says && hit.negated == negated);
        let words = hit.map(|hit| joined(&self.text.words[hit.start..hit.end]));
        words.or_else(|| self.tone.get(says).filter(|_| !negated).cloned())
    }

    /// Whether a fact rests on nothing but how loud or calm the text is.
    pub(super) fn is_tone(&self, fact: &str) -> bool {
        let says = fact.strip_prefix("says.");
        says.is_some_and(|says| {
            self.tone.contains_key(says) && !self.hits.iter().any(|hit| hit.says == says)
        })
    }

    /// `600 people` for `count.people`.
    pub(super) fn counted(&self, fact: &str) -> Option<String> {
        let unit = fact.strip_prefix("count.")?;
        let count = self.counts.get(unit)?;
        Some(format!("{count} {unit}"))
    }

    /// States everything the text says.
    pub(super) fn state(&self, rules: &Rules, policy: &str, facts: &mut Facts<'_>) {
        let origin = || Origin::Description;
        for concept in &rules.concepts {
            let hit = |negated| {
                self.hits.iter().any(|hit| hit.says == *concept && hit.negated == negated)
            };
            let says = hit(false) || self.tone.contains_key(concept);
            facts.set(format!("says.{concept}"), says, origin());
            facts.set(format!("denies.{concept}"), hit(true), origin());
            let told = self.hits.iter().any(|hit| hit.says == *concept && self.told(hit));
            facts.set(format!("tells.{concept}"), told, origin());
        }
        for unit in &rules.units {
            let count = self.counts.get(unit).copied().unwrap_or_default();
            facts.set(format!("count.{unit}"), i64::try_from(count).unwrap_or(i64::MAX), origin());
        }
        let words = i64::try_from(self.text.words.len()).unwrap_or(i64::MAX);
        facts.set("text.words", words, origin());
        facts.set("text.concepts", i64::try_from(self.concepts()).unwrap_or(0), origin());
        facts.set("text.asks", !self.text.questions.is_empty(), origin());
        facts.set("text.only_asks", self.only_asks(), origin());
        facts.set("policy", policy, origin());
        self.state_products(policy, facts);
    }

    /// Whether it is told as happening, not asked about: no question begins before it in
    /// its sentence.
    fn told(&self, hit: &Hit) -> bool {
        let sentence = self.text.words[hit.start].sentence;
        let asked = |other: &Hit| {
            other.asks
                && self.text.words[other.start].sentence == sentence
                && other.start <= hit.start
        };
        !hit.negated && !self.hits.iter().any(asked)
    }

    /// Whether every sentence is a question.
    fn only_asks(&self) -> bool {
        !self.text.words.is_empty()
            && self.text.words.iter().all(|word| self.text.questions.contains(&word.sentence))
    }

    fn state_products(&self, policy: &str, facts: &mut Facts<'_>) {
        let origin = || Origin::Description;
        let named =
            |test: &dyn Fn(&ProductRow) -> bool| self.products.iter().any(|(_, _, p)| test(p));
        let is_other = |p: &ProductRow| p.policy.is_none();
        let is_foreign = |p: &ProductRow| p.policy.as_deref().is_some_and(|of| of != policy);
        let is_own = |p: &ProductRow| p.policy.as_deref() == Some(policy);
        let is_management = |p: &ProductRow| p.role == Role::Management;
        facts.set("names.other", named(&is_other), origin());
        facts.set("names.foreign", named(&is_foreign), origin());
        facts.set("names.own", named(&is_own), origin());
        facts.set("names.management", named(&is_management), origin());
        facts.set("names.kingston", named(&|p| &*p.maker == "Kingston"), origin());
        let attached = facts.get("drive.vendor").is_some();
        let product = self.product().filter(|product| !(product.brand && attached));
        facts.set("product.maker", product.map_or("", |p| &*p.maker), origin());
        facts.set("product.managed", product.map_or("", managed), origin());
    }
}

/// `always`, `possible`, `never`, or nothing when nobody says.
fn managed(product: &ProductRow) -> &'static str {
    use super::pack::ManagedModel::{Always, Never, Possible};
    match product.managed {
        Some(Always) => "always",
        Some(Possible) => "possible",
        Some(Never) => "never",
        None => "",
    }
}

/// Takes out of a text how loud or calm it is, so that nothing that decides how bad a thing is
/// can read it; what was taken out, by what it says.
fn take_tone(text: &mut Text, languages: &[Language], own: &str) -> BTreeMap<String, String> {
    let hits = languages.iter().flat_map(|language| language.hits(text, language.id == own));
    let hits: Vec<Hit> = hits.filter(|hit| hit.tone).collect();
    let said = hits.iter().map(|hit| (hit.says.clone(), joined(&text.words[hit.start..hit.end])));
    let said = said.collect();
    let mut index = 0..;
    text.words.retain(|_| {
        let index = index.next();
        !hits.iter().any(|hit| index.is_some_and(|index| (hit.start..hit.end).contains(&index)))
    });
    said
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The language most of whose small words the text has; the first one when none is ahead.
fn written_in<'l>(text: &Text, languages: &'l [Language]) -> &'l str {
    let mut best = ("", 0);
    for language in languages {
        let weight = language.weight(text);
        if best.0.is_empty() || weight > best.1 {
            best = (&language.id, weight);
        }
    }
    best.0
}

/// The products the text names, in its order; a longer name hides the shorter one in it.
fn products<'r>(text: &Text, rules: &'r Rules) -> Vec<(usize, usize, &'r ProductRow)> {
    let mut found: Vec<(usize, usize, &ProductRow)> = Vec::new();
    for start in 0..text.words.len() {
        let longest = rules
            .products
            .iter()
            .flat_map(|(row, phrases)| phrases.iter().map(move |phrase| (row, phrase)))
            .filter_map(|(row, phrase)| Some((phrase.at(text, start)?.0, row)))
            .max_by_key(|(end, _)| *end);
        let hidden = |end| found.iter().any(|(_, before, _)| end <= *before);
        if let Some((end, row)) = longest.filter(|(end, _)| !hidden(*end)) {
            found.push((start, end, row));
        }
    }
    found
}
