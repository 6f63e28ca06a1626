//! Whether the policy supports a drive: a function of policy, drive, facts and day.
//!
//! An exclusion wins whatever else is open. Without one, anything that is not known keeps
//! the answer open and becomes a question. Only when every clause is settled, and the
//! drive is known to be one the policy is about, is it eligible.

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clause::{Clause, Contact};
use super::policy::Policy;
use crate::condition::{Condition, FactValue, Facts, Truth, drive_fact};
use crate::snapshot::{Confidence, Drive, Ending, Lifecycle};

/// The clause that every policy has: is the drive one the policy is about?
const SCOPE: &str = "product_scope";

/// The answer for one drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing stands in the way of support.
    Eligible,
    /// A clause excludes it.
    NotEligible,
    /// Open questions decide.
    NeedsInformation,
    /// The drive cannot be placed among the policy's products.
    Unknown,
}

impl Verdict {
    /// The published name, e.g. `unknown`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::NotEligible => "not_eligible",
            Self::NeedsInformation => "needs_information",
            Self::Unknown => "unknown",
        }
    }
}

/// What one clause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It does not stand in the way.
    Allows,
    /// It excludes.
    Excludes,
    /// It needs an answer from the person.
    Asks,
    /// It cannot be decided, and no question would settle it.
    Unknown,
}

/// What one clause says, and on what evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason<'p> {
    /// Id of the clause.
    pub clause: &'p str,
    /// What it does.
    pub effect: Effect,
    /// What it says.
    pub text: &'p str,
    /// The facts it rests on, and where each comes from.
    pub evidence: String,
    /// Section of the source.
    pub source: &'p str,
}

/// A question that would settle a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'p> {
    /// The fact, as `--fact` takes it.
    pub fact: &'p str,
    /// The question.
    pub question: &'p str,
}

/// Whom to turn to while a clause is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meanwhile<'p> {
    /// Whom the clause names when it excludes.
    pub contact: Contact,
    /// What keeps it from excluding, as it reads after "unless".
    pub unless: &'p str,
}

/// Whether a model's life has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleStatus {
    /// A published end lies ahead, or is today.
    Supported,
    /// A published end has passed.
    Ended,
    /// No published end is known. Not the same as supported.
    Unknown,
}

/// What is published about the end of the drive's model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndOfLife {
    /// Ended, ahead, or not known.
    pub status: LifecycleStatus,
    /// Last day of life or of support, whichever comes first; included.
    pub ends: Option<Date>,
    /// What ends on that day.
    pub ending: Ending,
    /// When somebody last looked.
    pub checked: Option<Date>,
    /// Where the date, or its absence, comes from.
    pub source: Option<String>,
}

/// The answer for one drive, with everything it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility<'p> {
    /// The answer.
    pub verdict: Verdict,
    /// Every clause that spoke, in the policy's order.
    pub reasons: Vec<Reason<'p>>,
    /// What is published about the end of the model.
    pub lifecycle: EndOfLife,
    /// What would settle an open answer.
    pub ask: Vec<Asked<'p>>,
    /// Whom to turn to.
    pub contact: Contact,
    /// Whom to turn to while questions decide, where a clause says so.
    pub meanwhile: Option<Meanwhile<'p>>,
}

/// Decides whether `policy` supports `drive` on the day `today`.
///
/// `facts` are what is known about the customer and the request; what is known about the
/// drive is added here.
pub fn eligibility<'p>(
    policy: &'p Policy,
    drive: &Drive,
    life: &Lifecycle,
    facts: &Facts<'_>,
    today: Date,
) -> Eligibility<'p> {
    let mut all = Facts::over(facts);
    for name in policy.reads() {
        drive_fact(&mut all, name, drive, life, today);
    }
    let lifecycle = end_of_life(life, today);
    let scope = scope(policy, drive);
    let mut found = Found { placed: scope.effect, ..Found::default() };
    found.contact = (scope.effect == Effect::Excludes).then_some(Contact::Manufacturer);
    found.reasons.push(scope);
    for clause in &policy.clauses {
        judge(clause, policy, &all, &lifecycle, &mut found);
    }
    found.into_eligibility(policy, lifecycle)
}

/// What the clauses have said so far.
struct Found<'p> {
    placed: Effect,
    reasons: Vec<Reason<'p>>,
    missing: BTreeSet<String>,
    open: bool,
    contact: Option<Contact>,
    meanwhile: Option<Meanwhile<'p>>,
}

impl Default for Found<'_> {
    fn default() -> Self {
        let (reasons, missing) = (Vec::with_capacity(10), BTreeSet::new());
        let (placed, open, contact, meanwhile) = (Effect::Unknown, false, None, None);
        Self { placed, reasons, missing, open, contact, meanwhile }
    }
}

impl<'p> Found<'p> {
    fn into_eligibility(self, policy: &'p Policy, lifecycle: EndOfLife) -> Eligibility<'p> {
        let (verdict, contact) = match self.contact {
            Some(contact) => (Verdict::NotEligible, contact),
            None if self.placed != Effect::Allows => (Verdict::Unknown, Contact::None),
            None if self.open => (Verdict::NeedsInformation, Contact::None),
            None => (Verdict::Eligible, Contact::Vendor),
        };
        // After an exclusion, or for a drive of no known model, answers change nothing.
        let asks = verdict == Verdict::NeedsInformation;
        let rows =
            policy.pack.facts.iter().filter(|row| asks && self.missing.contains(row.id.get_ref()));
        let ask = rows.map(|row| Asked { fact: row.id.get_ref(), question: &row.question });
        let (ask, meanwhile) = (ask.collect(), self.meanwhile.filter(|_| asks));
        Eligibility { verdict, ask, reasons: self.reasons, lifecycle, contact, meanwhile }
    }
}

/// Lets one clause speak.
fn judge<'p>(
    clause: &'p Clause,
    policy: &Policy,
    facts: &Facts<'_>,
    life: &EndOfLife,
    found: &mut Found<'p>,
) {
    let applies = clause.applies_when.as_ref().map(|condition| condition.evaluate(facts));
    if applies == Some(Truth::False) {
        return;
    }
    let effect = match (applies, clause.excludes_when.evaluate(facts)) {
        (_, Truth::False) => Effect::Allows,
        (None | Some(Truth::True), Truth::True) => {
            found.contact.get_or_insert(clause.contact);
            Effect::Excludes
        }
        (applies, excludes) => {
            let missing = [applies, Some(excludes)].into_iter().flatten().flat_map(missing_names);
            let missing: BTreeSet<String> = missing.collect();
            let askable = missing.iter().any(|name| policy.fact(name).is_some());
            if let (None, Some(unless)) = (found.meanwhile, &clause.unless) {
                found.meanwhile = Some(Meanwhile { contact: clause.contact, unless });
            }
            found.open = true;
            found.missing.extend(missing);
            if askable { Effect::Asks } else { Effect::Unknown }
        }
    };
    let evidence = evidence(clause, facts, life);
    let (text, source) = (&*clause.text, &*clause.source);
    found.reasons.push(Reason { clause: &clause.id, effect, text, evidence, source });
}

fn missing_names(truth: Truth) -> BTreeSet<String> {
    match truth {
        Truth::Unknown { missing } => missing,
        Truth::True | Truth::False => BTreeSet::new(),
    }
}

/// The facts a clause read, with their origins; what is not known is named too.
fn evidence(clause: &Clause, facts: &Facts<'_>, life: &EndOfLife) -> String {
    let mut text = String::with_capacity(64);
    let applies = clause.applies_when.as_ref().map(Condition::reads).unwrap_or_default();
    let mut told_life = false;
    for name in applies.iter().chain(clause.excludes_when.reads()) {
        if name.starts_with("lifecycle.") {
            if !told_life {
                separate(&mut text);
                text.push_str(&life.words());
            }
            told_life = true;
            continue;
        }
        separate(&mut text);
        text.push_str(name);
        let Some(fact) = facts.get(name) else {
            text.push_str(" is not known");
            continue;
        };
        text.push_str(" = ");
        match &fact.value {
            // By far the most facts, and the formatter is slow by comparison.
            FactValue::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            FactValue::Text(value) => text.push_str(value),
            other => text.push_str(&other.to_string()),
        }
        text.push_str(" (");
        text.push_str(fact.origin.words());
        text.push(')');
    }
    text
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push_str("; ");
    }
}

/// Whether the drive is one of the policy's products.
fn scope<'p>(policy: &'p Policy, drive: &Drive) -> Reason<'p> {
    let identity = &drive.identity;
    let vendors = &policy.pack.scope.drive_vendors;
    let vendor = identity.vendor.as_deref();
    let named = vendor.is_some_and(|vendor| vendors.iter().any(|v| v == vendor));
    let effect = match identity.confidence {
        // A policy about software only is about no drive, whichever it is.
        _ if vendors.is_empty() => Effect::Excludes,
        Confidence::None => Effect::Unknown,
        _ if vendor.is_none() => Effect::Unknown,
        _ if !named => Effect::Excludes,
        Confidence::Vendor => Effect::Unknown,
        Confidence::Family | Confidence::Exact => Effect::Allows,
    };
    let evidence = placed_because(drive, effect);
    let (text, source) = (&*policy.pack.scope.text, &*policy.pack.scope.source);
    Reason { clause: SCOPE, effect, text, evidence, source }
}

fn placed_because(drive: &Drive, effect: Effect) -> String {
    let settle = "the model name printed on the drive would settle it";
    match (effect, drive.identity.vendor.as_deref()) {
        (Effect::Allows, _) => format!("{} (the catalog)", drive.display_name()),
        (Effect::Excludes, None) => "this is a drive".into(),
        (Effect::Excludes, Some(vendor)) => format!("{vendor} makes it (the catalog)"),
        (_, Some(vendor)) if drive.identity.confidence != Confidence::None => {
            format!("{vendor} makes it (the catalog), which product it is is not known; {settle}")
        }
        _ => match drive.missing.iter().find(|missing| missing.fact == "identity.model") {
            Some(missing) => format!("{}; {}", missing.because, missing.fix),
            None => format!("nothing the catalog knows fits this device; {settle}"),
        },
    }
}

fn end_of_life(life: &Lifecycle, today: Date) -> EndOfLife {
    let (ends, ending) = life.end().unzip();
    let status = match ends {
        None => LifecycleStatus::Unknown,
        Some(end) if today > end => LifecycleStatus::Ended,
        Some(_) => LifecycleStatus::Supported,
    };
    EndOfLife {
        status,
        ends,
        ending: ending.unwrap_or_default(),
        checked: life.checked,
        source: life.source.clone(),
    }
}

impl EndOfLife {
    /// The same in words; without a date it never says "supported".
    pub fn words(&self) -> String {
        let ending = self.ending.words();
        match (self.status, self.ends, self.checked) {
            (LifecycleStatus::Ended, Some(end), _) => format!("{ending} was {end}"),
            (LifecycleStatus::Supported, Some(end), _) => format!("{ending} is {end}"),
            (_, _, Some(checked)) => {
                format!("no published end-of-life date known (checked {checked})")
            }
            _ => "no published end-of-life date known".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_the_serialized_names() {
        for value in
            [Verdict::Eligible, Verdict::NotEligible, Verdict::NeedsInformation, Verdict::Unknown]
        {
            assert_eq!(json!(value), value.id());
        }
    }
}
