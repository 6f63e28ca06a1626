//! Reading problem packs, and refusing the ones that are wrong.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use toml::Spanned;

use super::pack::{
    About, Basis, EvidenceRow, Example, ProblemPack, QuestionRow, SignalRow, System,
};
use super::signal::SHORTEST_WORD;
use super::{Category, Certainty, Contact, Severity, Signal, Signals, names, safety};
use crate::condition::{Condition, KnownNames};
use crate::packs::{Pack, PackError, PackSet};

/// A problem has a handful of each; compiling very many patterns would take long.
const MOST_ROWS: usize = 60;

/// A known problem, compiled.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Id, the file's name: what is wrong.
    pub id: String,
    /// What is wrong, in a line.
    pub title: String,
    /// What the person sees.
    pub seen: String,
    /// What it is looked for at.
    pub about: About,
    /// Which machines or drives it concerns; all, when absent.
    pub applies_when: Option<Condition>,
    /// What kind of problem it is.
    pub category: Category,
    /// How much it matters.
    pub severity: Severity,
    /// Whom to turn to.
    pub contact: Contact,
    /// Steps, in order.
    pub remedy: Vec<String>,
    /// What not to do.
    pub never: Vec<String>,
    /// Where it comes from.
    pub source: String,
    /// When somebody last compared it with the source.
    pub checked: Date,
    /// Questions only the person can answer: fact and text.
    pub questions: Vec<(String, String)>,
    /// Ways to see it.
    pub evidence: Vec<EvidenceRule>,
    /// Machines, and what it says about them.
    pub examples: Vec<Example>,
}

/// One way to see a problem, compiled.
#[derive(Clone, Debug)]
pub struct EvidenceRule {
    /// The systems on which it can be seen.
    pub systems: Vec<System>,
    /// When it shows.
    pub when: Condition,
    /// How sure it makes the finding.
    pub confidence: Certainty,
    /// What it is known from.
    pub basis: Basis,
    /// What was seen; `{name}` stands for a fact.
    pub what: String,
    /// Where to look; `{name}` stands for a fact.
    pub place: String,
    /// Steps that come before the problem's own.
    pub remedy: Vec<String>,
}

/// All known problems, the signals they count, and the facts they read.
#[derive(Clone, Debug)]
pub struct Problems {
    all: Vec<Problem>,
    signals: Signals,
    names: KnownNames,
}

impl Problems {
    /// Loads all problem packs; every mistake of every pack is reported. A pack of an
    /// overlay takes the place of an embedded one of the same id.
    pub fn load(packs: &PackSet) -> Result<Self, Vec<PackError>> {
        let mut errors = Vec::new();
        let parsed = parse_all(packs, &mut errors);
        let signals = compile_signals(&parsed, &mut errors);
        let known = known_names(&signals, &parsed, &mut errors);
        let mut all = Vec::with_capacity(parsed.len());
        for (file, pack) in parsed {
            let mut check = Check { file, names: &known, errors: &mut errors };
            all.extend(check.problem(pack));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self { all, signals, names: known })
    }

    /// All problems, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.all.iter()
    }

    /// The problem of an id.
    pub fn get(&self, id: &str) -> Option<&Problem> {
        self.all.iter().find(|problem| problem.id == id)
    }

    /// The signals of all problems.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// The facts that evidence may read.
    pub fn names(&self) -> &KnownNames {
        &self.names
    }

    /// The question behind a fact that only the person knows.
    pub fn question(&self, fact: &str) -> Option<&str> {
        let mut questions = self.all.iter().flat_map(|problem| &problem.questions);
        questions.find(|(name, _)| name == fact).map(|(_, text)| text.as_str())
    }
}

fn parse_all<'p>(packs: &'p PackSet, errors: &mut Vec<PackError>) -> Vec<(&'p Pack, ProblemPack)> {
    let mut parsed: BTreeMap<String, (&Pack, ProblemPack)> = BTreeMap::new();
    for file in packs.of("problems") {
        match file.parse::<ProblemPack>() {
            Ok(pack) if pack.signals.len() + pack.evidence.len() > MOST_ROWS => {
                let what = format!("a problem has at most {MOST_ROWS} signals and evidence rows");
                errors.push(at(file, &pack.id, what));
            }
            Ok(pack) => {
                parsed.insert(pack.id.get_ref().clone(), (file, pack));
            }
            Err(error) => errors.push(error),
        }
    }
    parsed.into_values().collect()
}

fn compile_signals(parsed: &[(&Pack, ProblemPack)], errors: &mut Vec<PackError>) -> Signals {
    let mut signals = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, row) in
        parsed.iter().flat_map(|(file, pack)| pack.signals.iter().map(|r| (*file, r)))
    {
        if !seen.insert(row.id.get_ref()) {
            errors.push(at(file, &row.id, "another signal has this name"));
            continue;
        }
        match signal(row) {
            Ok(signal) => signals.push(signal),
            Err((place, what)) => errors.push(PackError::at(&file.path, &file.text, place, what)),
        }
    }
    let first = parsed.first().map_or("problems", |(file, _)| file.path.as_str());
    Signals::new(signals).unwrap_or_else(|what| {
        errors.push(PackError::whole(first, what));
        Signals::default()
    })
}

fn signal(row: &SignalRow) -> Result<Signal, (usize, String)> {
    let id = row.id.get_ref();
    if !is_name(id) {
        return Err((row.id.span().start, format!("`{id}` is not a name like `usb_reset`")));
    }
    if row.words.is_empty() {
        return Err((row.id.span().start, "a signal needs words to search for".into()));
    }
    let short =
        |w: &&Spanned<String>| w.get_ref().len() < SHORTEST_WORD || w.get_ref().contains('\n');
    if let Some(word) = row.words.iter().find(short) {
        let what = format!("a word has at least {SHORTEST_WORD} bytes and is in one line");
        return Err((word.span().start, what));
    }
    let words = row.words.iter().map(|word| word.get_ref().clone()).collect();
    Signal::new(id, row.log, row.means.get_ref(), words, row.pattern.get_ref(), row.within_days)
        .map_err(|what| (row.pattern.span().start, what))
}

/// The names of facts, with the questions of all packs. Two packs may ask the same.
fn known_names(
    signals: &Signals,
    parsed: &[(&Pack, ProblemPack)],
    errors: &mut Vec<PackError>,
) -> KnownNames {
    let mut known = names::known(signals);
    let mut asked: BTreeMap<&str, &QuestionRow> = BTreeMap::new();
    for (file, pack) in parsed {
        for row in &pack.questions {
            let name = row.fact.get_ref();
            let same = asked.get(name.as_str()).is_some_and(|other| {
                other.kind == row.kind && other.text.get_ref() == row.text.get_ref()
            });
            if same {
                continue;
            }
            if !is_name(name) {
                errors.push(at(
                    file,
                    &row.fact,
                    format!("`{name}` is not a name like `some_fact`"),
                ));
            } else if known.get(name).is_some() {
                errors.push(at(file, &row.fact, format!("the fact `{name}` is there already")));
            }
            known.add(name.clone(), row.kind);
            asked.insert(name, row);
        }
    }
    known
}

/// Checks and compiles one pack.
struct Check<'a> {
    file: &'a Pack,
    names: &'a KnownNames,
    errors: &'a mut Vec<PackError>,
}

impl Check<'_> {
    fn problem(&mut self, pack: ProblemPack) -> Option<Problem> {
        let before = self.errors.len();
        self.identity(&pack);
        self.advice(&pack);
        let applies_when = pack.applies_when.as_ref().and_then(|text| self.condition(text));
        let evidence = pack.evidence.iter().filter_map(|row| self.evidence(row)).collect();
        let whole = self.errors.len() == before;
        let texts =
            |rows: Vec<Spanned<String>>| rows.into_iter().map(Spanned::into_inner).collect();
        whole.then(|| Problem {
            id: pack.id.into_inner(),
            title: pack.title.into_inner(),
            seen: pack.seen.into_inner(),
            about: pack.about,
            applies_when,
            category: pack.category,
            severity: pack.severity,
            contact: pack.contact,
            remedy: texts(pack.remedy),
            never: texts(pack.never),
            source: pack.source.into_inner(),
            checked: pack.checked,
            questions: pack
                .questions
                .into_iter()
                .map(|row| (row.fact.into_inner(), row.text.into_inner()))
                .collect(),
            evidence,
            examples: pack.examples,
        })
    }

    fn fail<T>(&mut self, value: &Spanned<T>, what: impl Into<String>) {
        self.errors.push(at(self.file, value, what));
    }

    /// The id is the file's name, and every text says something.
    fn identity(&mut self, pack: &ProblemPack) {
        let stem = self.file.path.rsplit(['/', '\\']).next().and_then(|f| f.strip_suffix(".toml"));
        let id = pack.id.get_ref();
        let kebab = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !kebab || id.is_empty() {
            self.fail(&pack.id, format!("`{id}` is not a name like `usb-reset-under-load`"));
        } else if stem != Some(id.as_str()) {
            self.fail(&pack.id, format!("the id `{id}` is not the file's name"));
        }
        let questions = pack.questions.iter().map(|row| &row.text);
        for text in [&pack.title, &pack.seen, &pack.source].into_iter().chain(questions) {
            if text.get_ref().trim().is_empty() {
                self.fail(text, "this text must say something");
            }
        }
        if pack.evidence.is_empty() {
            self.fail(&pack.id, "a problem needs [[evidence]] rows");
        }
        let says = |outcome| pack.examples.iter().any(|example| example.says == outcome);
        if !says(super::Outcome::Matches) || !says(super::Outcome::Silent) {
            let what = "a problem needs an [[example]] that matches and one that is silent";
            self.fail(&pack.id, what);
        }
    }

    /// No remedy does harm, and every warning begins by forbidding.
    fn advice(&mut self, pack: &ProblemPack) {
        if pack.remedy.is_empty() {
            self.fail(&pack.id, "a problem needs a remedy, if only whom to ask");
        }
        let more = pack.evidence.iter().flat_map(|row| &row.remedy);
        for step in pack.remedy.iter().chain(more) {
            if let Some(harm) = safety::forbidden(step.get_ref()) {
                self.fail(step, format!("`{harm}` is no advice while the data's state is unknown"));
            }
        }
        for warning in pack.never.iter().filter(|warning| !safety::warns(warning.get_ref())) {
            self.fail(warning, "a warning begins with `Do not` or `Never`");
        }
    }

    fn evidence(&mut self, row: &EvidenceRow) -> Option<EvidenceRule> {
        if row.systems.get_ref().is_empty() {
            self.fail(&row.systems, "evidence needs a system on which it can be seen");
        }
        if row.basis == Basis::GeneralKnowledge && *row.confidence.get_ref() > Certainty::Possible {
            self.fail(&row.confidence, "general knowledge makes a finding no more than `possible`");
        }
        for text in [&row.what, &row.place] {
            if text.get_ref().trim().is_empty() {
                self.fail(text, "this text must say something");
            }
            for name in placeholders(text.get_ref()) {
                if self.names.get(name).is_none() {
                    self.fail(text, format!("no fact `{name}`"));
                }
            }
        }
        Some(EvidenceRule {
            systems: row.systems.get_ref().clone(),
            when: self.condition(&row.when)?,
            confidence: *row.confidence.get_ref(),
            basis: row.basis,
            what: row.what.get_ref().clone(),
            place: row.place.get_ref().clone(),
            remedy: row.remedy.iter().map(|step| step.get_ref().clone()).collect(),
        })
    }

    /// Compiles a condition; an error points into its text.
    fn condition(&mut self, text: &Spanned<String>) -> Option<Condition> {
        match Condition::compile(text.get_ref(), self.names) {
            Ok(condition) => Some(condition),
            Err(error) => {
                let quoted = &self.file.text[text.span()];
                let long = quoted.starts_with("\"\"\"") || quoted.starts_with("'''");
                let marks = if long { 3 } else { 1 };
                let opening = marks + usize::from(quoted[marks..].starts_with('\n'));
                let inside = text.get_ref().char_indices().nth(error.column.saturating_sub(1));
                let offset = inside.map_or(text.get_ref().len(), |(offset, _)| offset);
                let place = text.span().start + opening + offset;
                let error = PackError::at(&self.file.path, &self.file.text, place, error.what);
                self.errors.push(error);
                None
            }
        }
    }
}

/// The names between braces.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn is_name(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    plain && text.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
}

/// An error at a value of the pack.
fn at<T>(file: &Pack, value: &Spanned<T>, what: impl Into<String>) -> PackError {
    PackError::at(&file.path, &file.text, value.span().start, what)
}
