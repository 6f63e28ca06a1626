//! From signals and facts to one triage: kind, category, impact, scope, in this order.
//!
//! The model places the text; rules may read what it concluded (`kind`, `category`) and
//! have the last word.

use super::load::Rules;
use super::model::{BOTH, Choice, Features, Scores};
use super::pack::PolicyRow;
use super::questions;
use super::rules::{Rule, holding};
use super::signals::Signals;
use super::values::{Category, Confidence, Kind, Reason, Triage};
use super::{scope, severity};
use crate::condition::{Facts, Origin, Truth};

/// How far kind, category and impact must each be ahead for the answer to count as likely.
const SURE: f64 = 0.25;

/// A policy that no pack maps severities for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no triage pack says how the policy `{policy}` names severities; known are {known}")]
pub struct UnknownPolicy {
    /// The id asked for.
    pub policy: String,
    /// The ids that exist.
    pub known: String,
}

/// What a triage starts from.
#[derive(Clone, Copy, Debug)]
pub struct Ticket<'t> {
    /// The person's words.
    pub description: &'t str,
    /// Id of the policy.
    pub policy: &'t str,
    /// What is known beside the words: the person's facts, the attached drive.
    pub facts: &'t Facts<'t>,
}

/// Classifies a ticket.
pub fn triage(ticket: &Ticket<'_>, rules: &Rules) -> Result<Triage, UnknownPolicy> {
    let policy = named(ticket.policy, rules)?;
    let signals = Signals::read(ticket.description, rules);
    let decided = decide(&signals, ticket.facts, policy, rules);
    let ask = questions::ask(&signals, ticket.facts, policy, rules, &decided);
    Ok(Triage { ask, ..decided.triage })
}

/// Classifies a ticket without looking for questions, which costs several times as much; for
/// judging many descriptions.
pub fn place(ticket: &Ticket<'_>, rules: &Rules) -> Result<Triage, UnknownPolicy> {
    let policy = named(ticket.policy, rules)?;
    let signals = Signals::read(ticket.description, rules);
    Ok(decide(&signals, ticket.facts, policy, rules).triage)
}

fn named<'r>(policy: &str, rules: &'r Rules) -> Result<&'r PolicyRow, UnknownPolicy> {
    rules.policy(policy).ok_or_else(|| UnknownPolicy {
        policy: policy.to_owned(),
        known: rules.policy_ids().collect::<Vec<_>>().join(", "),
    })
}

impl Rules {
    /// What a text shows, for learning from it.
    pub fn features(&self, text: &str, policy: &str) -> Features {
        let signals = Signals::read(text, self);
        let known = Facts::default();
        let mut facts = Facts::over(&known);
        let mut spoken = Spoken { signals: &signals, reasons: Vec::new() };
        signals.state(self, policy, &mut facts);
        conclude(&known, &mut facts, self, &mut spoken);
        Features::of(&signals, &facts)
    }

    /// Whether a rule holds on a text, or a cue (`says.…`) is in it; for checking packs.
    pub fn holds(&self, of: &str, text: &str, policy: &str, known: &Facts<'_>) -> bool {
        let signals = Signals::read(text, self);
        let Some(policy) = self.policy(policy) else { return false };
        let decided = decide(&signals, known, policy, self);
        if of.starts_with("says.") {
            return decided.facts.get(of).is_some_and(|fact| fact.value == true.into());
        }
        self.conditions()
            .find(|(id, _)| *id == of)
            .is_some_and(|(_, when)| when.evaluate(&decided.facts) == Truth::True)
    }
}

/// The rules that spoke so far.
pub(super) struct Spoken<'s> {
    signals: &'s Signals<'s>,
    reasons: Vec<Reason>,
}

impl Spoken<'_> {
    /// Adds a rule with the words and facts it rests on.
    pub(super) fn add<E>(&mut self, rule: &Rule<E>, facts: &Facts<'_>) {
        let mut evidence: Vec<String> = Vec::new();
        for words in rule.reads().iter().filter_map(|fact| self.evidence(fact, facts)) {
            if !evidence.contains(&words) {
                evidence.push(words);
            }
        }
        let because = match evidence.is_empty() {
            true => rule.because.to_string(),
            false => format!("{} ({})", rule.because, evidence.join("; ")),
        };
        self.reasons.push(Reason { rule: rule.id.clone(), because, features: Vec::new() });
    }

    /// Adds what the model says, with the features that carried it.
    fn add_learned(
        &mut self,
        label: &str,
        value: &str,
        carried_by: &[String],
        shown: &Features,
        facts: &Facts<'_>,
    ) {
        let (mut words, mut features) = (Vec::new(), Vec::new());
        for feature in carried_by {
            let told = self.told(feature, shown, facts);
            if told.is_empty() {
                features.push(feature.clone());
            }
            // A word may carry it alone, in a pair and by its kind.
            for told in told {
                if !words.contains(&told) {
                    words.push(told);
                }
            }
        }
        let words = words.join("; ");
        let because = match (words.is_empty(), features.is_empty()) {
            (true, true) => format!("nothing in the words speaks for another {label} than {value}"),
            (true, false) => format!("all in all it reads most like {label} {value}"),
            _ => format!("the words read most like {label} {value} ({words})"),
        };
        self.reasons.push(Reason { rule: format!("learned.{label}"), because, features });
    }

    /// The words and facts behind what carried an answer, small words excepted; none where one of
    /// two has none.
    fn told(&self, feature: &str, shown: &Features, facts: &Facts<'_>) -> Vec<String> {
        let told = |name: &str| {
            let said = shown.said(name).filter(|words| !self.signals.mean_nothing(words));
            let said = said.map(|words| format!("\"{words}\""));
            said.or_else(|| self.evidence(name, facts))
        };
        let told: Option<Vec<_>> = feature.split(BOTH).map(told).collect();
        told.unwrap_or_default()
    }

    fn evidence(&self, fact: &str, facts: &Facts<'_>) -> Option<String> {
        if let Some(words) = self.signals.words(fact) {
            return Some(format!("\"{words}\""));
        }
        let known = facts.get(fact)?;
        let text = || format!("{fact} = {} ({})", known.value, known.origin);
        match known.origin {
            // What rules concluded stands under its own rule.
            Origin::Description => self.signals.counted(fact),
            _ => Some(text()),
        }
    }
}

/// A triage without questions, and every fact it was decided on.
pub(super) struct Decided<'k> {
    pub(super) triage: Triage,
    pub(super) facts: Facts<'k>,
}

/// Everything but the questions.
pub(super) fn decide<'k>(
    signals: &Signals<'_>,
    known: &'k Facts<'k>,
    policy: &PolicyRow,
    rules: &Rules,
) -> Decided<'k> {
    let mut facts = Facts::over(known);
    let mut spoken = Spoken { signals, reasons: Vec::new() };
    signals.state(rules, policy.id.get_ref(), &mut facts);
    conclude(known, &mut facts, rules, &mut spoken);
    for fact in &rules.facts {
        let stated = known.get(&fact.id).is_some();
        facts.set(format!("stated.{}", fact.id), stated, Origin::Description);
    }
    let shown = Features::of(signals, &facts);
    let scores = rules.model.scores(&shown);
    let kind = scores.kind().unwrap_or_else(|| Choice::blind(Kind::Problem));
    spoken.add_learned("type", kind.value.id(), &kind.carried_by, &shown, &facts);
    facts.set("kind", kind.value.id(), Origin::Description);
    let category = category(&scores, kind.value, &facts);
    spoken.add_learned("category", category.value.id(), &category.carried_by, &shown, &facts);
    facts.set("category", category.value.id(), Origin::Description);
    let learned = scores.impact().unwrap_or_else(|| Choice::blind(3));
    let (impact, guarded) = severity::guard(&rules.severities, &facts, learned.value, &mut spoken);
    if !guarded {
        let level = learned.value.to_string();
        spoken.add_learned("impact", &level, &learned.carried_by, &shown, &facts);
    }
    let severity = severity::severity(policy, kind.value, impact);
    let priority =
        severity::priority(policy, &rules.priorities, severity.level, &facts, &mut spoken);
    let scope = scope::scope(rules, policy.id.get_ref(), &scores, &facts, &mut spoken);
    if let Some(learned) = &scope.learned {
        let verdict = learned.value.0.id();
        let clause = learned.value.1.as_deref().unwrap_or_default();
        let answer = format!("{verdict} {clause}");
        spoken.add_learned("scope", answer.trim_end(), &learned.carried_by, &shown, &facts);
    }
    let mut careful = Vec::new();
    for rule in holding(&rules.cautions, &facts) {
        spoken.add(rule, &facts);
        careful.push(rule.then.careful.to_string());
    }
    let ahead = [kind.ahead, category.ahead, if guarded { SURE } else { learned.ahead }];
    let sure = ahead.iter().all(|ahead| *ahead >= SURE) && scores.familiar();
    let triage = Triage {
        policy: policy.id.get_ref().clone(),
        kind: kind.value,
        impact,
        severity,
        priority,
        category: category.value,
        product: signals.product().map(|product| product.name.to_string()),
        scope: scope.verdict,
        exclusion: scope.exclusion,
        contact: scope.contact,
        confidence: if sure { Confidence::Likely } else { Confidence::Possible },
        reasons: spoken.reasons,
        careful,
        ask: Vec::new(),
    };
    Decided { triage, facts }
}

/// The category. A fault of a drive that is attached, and of no other product, is never
/// something that the products have nothing to do with, however little is said.
fn category(scores: &Scores<'_>, kind: Kind, facts: &Facts<'_>) -> Choice<Category> {
    let holds = |name: &str| facts.get(name).is_some_and(|fact| fact.value == true.into());
    let elsewhere = holds("names.other") || holds("names.foreign");
    let attached = facts.get("drive.vendor").is_some();
    let ours = attached && kind == Kind::Problem && !elsewhere;
    let choice = scores.category(|category| !(ours && category == Category::OutOfScope));
    choice.unwrap_or_else(|| Choice::blind(Category::OutOfScope))
}

/// Lets the findings speak, in their order; each sees what the earlier ones found.
fn conclude(known: &Facts<'_>, facts: &mut Facts<'_>, rules: &Rules, spoken: &mut Spoken<'_>) {
    for fact in &rules.conclusions {
        facts.set(fact.clone(), false, Origin::Description);
    }
    for rule in &rules.findings {
        let fact = rule.then.fact.get_ref();
        // What the person or the drive states wins over what words suggest.
        if known.get(fact).is_some() || !rule.holds(facts) {
            continue;
        }
        spoken.add(rule, facts);
        facts.set(fact.clone(), rule.then.value, Origin::Description);
    }
}
