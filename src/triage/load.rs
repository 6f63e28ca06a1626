//! Reading triage packs, and refusing the ones that are wrong: every error with its place.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::explain::Cited;
use super::language::Language;
use super::model::{Head, Model};
use super::pack::{
    AskedFact, Caution, ClauseRow, ContactEffect, CueRow, Finding, Level, ModelRow, PolicyRow,
    PriorityEffect, ProductRow, RuleRow, ScopeEffect, TriagePack,
};
use super::phrase::Phrase;
use super::rules::Rule;
use super::spelling::Vocabulary;
use crate::condition::{Condition, FactType, FactValue, Facts, KnownNames, Truth, drive_names};
use crate::packs::{Pack, PackError, PackSet};
use crate::policy::{Words, typed_fact};

/// All triage packs in use, compiled.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub(super) languages: Vec<Language>,
    pub(super) vocabulary: Vocabulary,
    pub(super) concepts: BTreeSet<String>,
    pub(super) units: BTreeSet<String>,
    pub(super) products: Vec<(ProductRow, Vec<Phrase>)>,
    pub(super) facts: Vec<Askable>,
    pub(super) conclusions: BTreeSet<String>,
    pub(super) findings: Vec<Rule<Finding>>,
    pub(super) severities: Vec<Rule<Level>>,
    pub(super) scopes: Vec<Rule<ScopeEffect>>,
    pub(super) clauses: Vec<Clause>,
    pub(super) contacts: Vec<Rule<ContactEffect>>,
    pub(super) priorities: Vec<Rule<PriorityEffect>>,
    pub(super) cautions: Vec<Rule<Caution>>,
    pub(super) model: Model,
    /// The pack with the model.
    pub(super) learned_in: String,
    pub(super) cited: Vec<Cited>,
    policies: Vec<PolicyRow>,
    names: KnownNames,
    examples: Vec<Example>,
}

/// A fact that a question can settle, compiled.
#[derive(Clone, Debug)]
pub(super) struct Askable {
    pub(super) id: String,
    pub(super) kind: FactType,
    pub(super) question: Words,
    pub(super) ask_when: Condition,
    pub(super) answers: Vec<FactValue>,
}

/// A clause that the model may name, compiled.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub(super) row: ClauseRow,
    ruled_out: Option<Condition>,
}

impl Clause {
    /// Whether what is known is against it.
    pub(super) fn is_ruled_out(&self, facts: &Facts<'_>) -> bool {
        self.ruled_out.as_ref().is_some_and(|when| when.evaluate(facts) == Truth::True)
    }
}

/// What a pack promises about one text; a test keeps all promises.
#[derive(Clone, Debug)]
pub struct Example {
    /// The pack.
    pub file: String,
    /// Id of the rule, or `says.…` for a cue.
    pub of: String,
    /// The text.
    pub text: String,
    /// Whether the rule holds on it, or the text says it.
    pub holds: bool,
    /// Facts stated beside the text.
    pub facts: BTreeMap<String, FactValue>,
}

impl Rules {
    /// Loads all triage packs; every problem of every pack is reported.
    pub fn load(packs: &PackSet) -> Result<Self, Vec<PackError>> {
        let mut loading = Loading::default();
        let mut parsed = Vec::new();
        for file in packs.of("triage") {
            match file.parse::<TriagePack>() {
                Ok(pack) => parsed.push((file, pack)),
                Err(error) => loading.errors.push(error),
            }
        }
        for (file, pack) in &mut parsed {
            loading.vocabulary(pack, file);
        }
        if !loading.errors.is_empty() {
            // Without its vocabulary every other rule would seem wrong too.
            return Err(loading.errors);
        }
        loading.name_everything(&parsed);
        for (file, pack) in parsed {
            loading.rules(pack, file);
        }
        loading.finish()
    }

    /// How a policy names severities.
    pub(super) fn policy(&self, id: &str) -> Option<&PolicyRow> {
        self.policies.iter().find(|policy| policy.id.get_ref() == id)
    }

    /// The policies whose severities are known.
    pub fn policy_ids(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().map(|policy| policy.id.get_ref().as_str())
    }

    /// The facts a person may state, with their types.
    pub fn askable(&self) -> impl Iterator<Item = (&str, FactType)> {
        self.facts.iter().map(|fact| (fact.id.as_str(), fact.kind))
    }

    /// Every rule's id and condition.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (&str, &Condition)> {
        let findings = self.findings.iter().map(Rule::condition);
        let contacts = self.contacts.iter().map(Rule::condition);
        let severities = self.severities.iter().map(Rule::condition);
        let scopes = self.scopes.iter().map(Rule::condition);
        let priorities = self.priorities.iter().map(Rule::condition);
        let cautions = self.cautions.iter().map(Rule::condition);
        findings.chain(severities).chain(scopes).chain(contacts).chain(priorities).chain(cautions)
    }

    /// The same rules with another model.
    #[must_use]
    pub fn with_model(mut self, model: Model) -> Self {
        self.model = model;
        self
    }

    /// The names that conditions may read.
    pub fn names(&self) -> &KnownNames {
        &self.names
    }

    /// What the packs promise.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }
}

/// Packs on their way to rules.
#[derive(Default)]
struct Loading {
    rules: Rules,
    errors: Vec<PackError>,
    ids: BTreeSet<String>,
}

impl Loading {
    /// First pass: languages, cues and products, which name what rules can read.
    fn vocabulary(&mut self, pack: &mut TriagePack, file: &Pack) {
        let cues = std::mem::take(&mut pack.cues);
        match pack.language.take() {
            Some(row) => {
                self.rules.units.extend(row.units.keys().cloned());
                let mut language = Language::new(row);
                cues.into_iter().for_each(|cue| self.cue(cue, &mut language, file));
                self.rules.languages.push(language);
            }
            None => {
                if let Some(cue) = cues.first() {
                    let what = "cues stand in a pack with a [language]";
                    self.errors.push(at(file, &cue.says, what));
                }
            }
        }
        let none = BTreeMap::new();
        for row in std::mem::take(&mut pack.products) {
            let phrases =
                row.words.iter().flat_map(|word| self.phrase(word, &none, file)).collect();
            self.rules.products.push((row, phrases));
        }
    }

    fn cue(&mut self, row: CueRow, language: &mut Language, file: &Pack) {
        for phrase in &row.phrases {
            for phrase in self.phrase(phrase, &language.sets, file) {
                language.add(&row, phrase);
            }
        }
        let of = format!("says.{}", row.says.get_ref());
        let promises = Promises { of: &of, yes: &row.yes, no: &row.no, facts: &BTreeMap::new() };
        self.examples(&promises, file, &row.says);
        self.rules.concepts.insert(row.says.into_inner());
    }

    fn phrase(
        &mut self,
        text: &Spanned<String>,
        sets: &BTreeMap<String, Vec<String>>,
        file: &Pack,
    ) -> Vec<Phrase> {
        let phrase = Phrase::parse(text.get_ref(), sets).map_err(|what| at(file, text, what));
        phrase.map_err(|error| self.errors.push(error)).unwrap_or_default()
    }

    /// Everything a condition may read.
    fn name_everything(&mut self, packs: &[(&Pack, TriagePack)]) {
        let mut names = drive_names();
        for concept in &self.rules.concepts {
            names.add(format!("says.{concept}"), FactType::Bool);
            names.add(format!("tells.{concept}"), FactType::Bool);
            names.add(format!("denies.{concept}"), FactType::Bool);
        }
        for unit in &self.rules.units {
            names.add(format!("count.{unit}"), FactType::Int);
        }
        let bools = ["text.asks", "text.only_asks", "names.other", "names.foreign", "names.own"];
        let more = ["names.management", "names.kingston"];
        bools.into_iter().chain(more).for_each(|name| names.add(name, FactType::Bool));
        names.add("text.words", FactType::Int);
        names.add("text.concepts", FactType::Int);
        for name in ["policy", "kind", "category", "product.maker", "product.managed"] {
            names.add(name, FactType::Text);
        }
        for (_, pack) in packs {
            for fact in &pack.facts {
                names.add(fact.id.get_ref(), fact.kind);
                names.add(format!("stated.{}", fact.id.get_ref()), FactType::Bool);
            }
            for rule in &pack.findings {
                let fact = rule.then.fact.get_ref();
                if fact.starts_with("is.") {
                    names.add(fact, FactType::Bool);
                    self.rules.conclusions.insert(fact.clone());
                }
            }
        }
        self.rules.names = names;
    }

    /// Second pass: everything that reads.
    fn rules(&mut self, pack: TriagePack, file: &Pack) {
        let (path, source) = (file.path.clone(), pack.source.to_string());
        self.rules.cited.push(Cited { file: path, source, checked: pack.checked });
        let facts: Vec<Askable> =
            pack.facts.into_iter().filter_map(|fact| self.askable(fact, file)).collect();
        self.rules.facts.extend(facts);
        for rule in &pack.findings {
            self.known_bool(&rule.then.fact, file);
        }
        for rule in &pack.severities {
            self.level(rule, file);
        }
        let findings = self.compile(pack.findings, file);
        self.rules.findings.extend(findings);
        let contacts = self.compile(pack.contacts, file);
        self.rules.contacts.extend(contacts);
        for row in pack.clauses {
            let ruled_out = row.ruled_out_when.as_ref().and_then(|when| self.condition(when, file));
            self.rules.clauses.push(Clause { row, ruled_out });
        }
        if let Some(model) = pack.model {
            self.model(model, file);
        }
        if let Some(row) = pack.more
            && let Err(what) = self.rules.model.add(row.weights.get_ref())
        {
            self.errors.push(at(file, &row.weights, what));
        }
        let severities = self.compile(pack.severities, file);
        self.rules.severities.extend(severities);
        let scopes = self.compile(pack.scopes, file);
        self.rules.scopes.extend(scopes);
        let priorities = self.compile(pack.priorities, file);
        self.rules.priorities.extend(priorities);
        let cautions = self.compile(pack.cautions, file);
        self.rules.cautions.extend(cautions);
        for policy in pack.policies {
            self.policy(policy, file);
        }
    }

    fn compile<E>(&mut self, rows: Vec<RuleRow<E>>, file: &Pack) -> Vec<Rule<E>> {
        rows.into_iter().filter_map(|row| self.rule(row, file)).collect()
    }

    fn rule<E>(&mut self, row: RuleRow<E>, file: &Pack) -> Option<Rule<E>> {
        let id = row.id.get_ref().clone();
        if !self.ids.insert(id.clone()) {
            self.errors.push(at(file, &row.id, format!("a second rule `{id}`")));
        }
        let promises = Promises { of: &id, yes: &row.yes, no: &row.no, facts: &row.facts };
        self.examples(&promises, file, &row.id);
        let when = self.condition(&row.when, file)?;
        Some(Rule::new(id, row.because, row.then, when))
    }

    fn examples(&mut self, promises: &Promises<'_>, file: &Pack, place: &Spanned<String>) {
        let Promises { of, yes, no, facts } = promises;
        if yes.is_empty() {
            self.errors.push(at(file, place, format!("`{of}` has no example in `yes`")));
        }
        let mut stated = BTreeMap::new();
        for (name, value) in *facts {
            match typed_fact(&self.rules.names, name, value) {
                Ok(value) => drop(stated.insert(name.clone(), value)),
                Err(what) => self.errors.push(at(file, place, what)),
            }
        }
        let texts = yes.iter().map(|text| (text, true));
        for (text, holds) in texts.chain(no.iter().map(|text| (text, false))) {
            let (file, of, text) = (file.path.clone(), (*of).to_owned(), text.clone());
            self.rules.examples.push(Example { file, of, text, holds, facts: stated.clone() });
        }
    }

    fn condition(&mut self, text: &Spanned<String>, file: &Pack) -> Option<Condition> {
        let compiled = Condition::compile(text.get_ref(), &self.rules.names);
        let place = |error| at(file, text, format!("{error}"));
        compiled.map_err(|error| self.errors.push(place(error))).ok()
    }

    fn askable(&mut self, row: AskedFact, file: &Pack) -> Option<Askable> {
        let names = KnownNames::default().with(row.id.get_ref().clone(), row.kind);
        let mut answers = Vec::new();
        for answer in &row.answers {
            match typed_fact(&names, row.id.get_ref(), answer) {
                Ok(answer) => answers.push(answer),
                Err(what) => self.errors.push(at(file, &row.id, what)),
            }
        }
        let ask_when = self.condition(&row.ask_when, file)?;
        let (id, kind) = (row.id.into_inner(), row.kind);
        Some(Askable { id, kind, question: row.question, ask_when, answers })
    }

    fn known_bool(&mut self, fact: &Spanned<String>, file: &Pack) {
        if self.rules.names.get(fact.get_ref()) != Some(FactType::Bool) {
            let what = format!("`{}` is no fact that is true or false", fact.get_ref());
            self.errors.push(at(file, fact, what));
        }
    }

    fn level(&mut self, rule: &RuleRow<Level>, file: &Pack) {
        let levels = [rule.then.at_least, rule.then.at_most];
        let stated = levels.iter().flatten();
        if stated.clone().count() != 1 || stated.clone().any(|level| !(1..=4).contains(level)) {
            let what = "a severity rule has either `at_least` or `at_most`, from 1 to 4";
            self.errors.push(at(file, &rule.id, what));
        }
        if rule.then.by.is_some_and(|by| by == 0 || rule.then.at_least.is_none()) {
            let what = "`by` says how many levels, from 1, `at_least` may raise";
            self.errors.push(at(file, &rule.id, what));
        }
    }

    /// A later model, of an overlay, takes the place of the one before it.
    fn model(&mut self, row: ModelRow, file: &Pack) {
        let kinds = row.kinds.into_iter().map(Head::Kind);
        let categories = row.categories.into_iter().map(Head::Category);
        let scopes = row.scopes.into_iter().map(|scope| Head::Scope(scope.verdict, scope.clause));
        let impact = (1..=3).map(Head::MilderThan);
        let heads = kinds.chain(categories).chain(impact).chain(scopes).collect();
        match Model::read(heads, row.bias, row.levels, row.weights.get_ref()) {
            Ok(model) => (self.rules.model, self.rules.learned_in) = (model, file.path.clone()),
            Err(what) => self.errors.push(at(file, &row.weights, what)),
        }
    }

    fn policy(&mut self, policy: PolicyRow, file: &Pack) {
        let names = policy.severities.len();
        let levels = policy.problem.iter().chain(&policy.other).chain([&policy.feature_request]);
        let named = |level: &u8| (1..=names).contains(&usize::from(*level));
        let placed = |place: &usize| *place < policy.priorities.len();
        if !levels.into_iter().all(named) || !policy.priority_of.iter().all(placed) {
            let what = "every level must have a name in `severities` or `priorities`";
            self.errors.push(at(file, &policy.id, what));
        }
        let id = policy.id.get_ref();
        // A later pack, an overlay, takes the place of the one before it.
        self.rules.policies.retain(|old| old.id.get_ref() != id);
        self.rules.policies.push(policy);
    }

    fn finish(mut self) -> Result<Rules, Vec<PackError>> {
        self.rules.languages.sort_by_key(|language| !language.usual);
        let mut vocabulary = Vocabulary::default();
        self.rules.languages.iter().for_each(|language| language.teach(&mut vocabulary));
        let products = self.rules.products.iter().flat_map(|(_, phrases)| phrases);
        products.flat_map(Phrase::vocabulary).for_each(|choice| vocabulary.add_choice(choice));
        self.rules.vocabulary = vocabulary;
        if self.errors.is_empty() { Ok(self.rules) } else { Err(self.errors) }
    }
}

/// What a row says that it holds for, and does not.
struct Promises<'a> {
    /// The row's name.
    of: &'a str,
    yes: &'a [String],
    no: &'a [String],
    /// What is stated besides the text of each.
    facts: &'a BTreeMap<String, toml::Value>,
}

/// An error at a value of the pack.
fn at<T>(file: &Pack, value: &Spanned<T>, what: impl Into<String>) -> PackError {
    PackError::at(&file.path, &file.text, value.span().start, what)
}
