//! Running the examples that stand in the packs: a clause ships with its test.

use super::clause::{Clause, Example, Outcome};
use super::load::typed;
use crate::condition::{Facts, KnownNames, Origin, Truth};

/// Runs one example of a clause; the error says what the clause does instead.
pub fn run_example(clause: &Clause, example: &Example, names: &KnownNames) -> Result<(), String> {
    let mut facts = Facts::default();
    for (name, value) in example.facts.get_ref() {
        facts.set(name.as_str(), typed(names, name, value)?, Origin::Option);
    }
    let (found, missing) = said(clause, &facts);
    if found != example.outcome {
        let (found, promised) = (found.id(), example.outcome.id());
        return Err(format!("on this example `{}` {found}, not {promised}", clause.id));
    }
    match example.missing.iter().find(|name| !missing.contains(name)) {
        Some(name) => Err(format!("on this example `{}` does not ask for `{name}`", clause.id)),
        None => Ok(()),
    }
}

/// What a clause says, and the facts that would settle it.
fn said(clause: &Clause, facts: &Facts<'_>) -> (Outcome, Vec<String>) {
    let applies = clause.applies_when.as_ref().map(|condition| condition.evaluate(facts));
    match (applies, clause.excludes_when.evaluate(facts)) {
        (Some(Truth::False), _) => (Outcome::Silent, vec![]),
        (_, Truth::False) => (Outcome::Allows, vec![]),
        (None | Some(Truth::True), Truth::True) => (Outcome::Excludes, vec![]),
        (_, Truth::Unknown { missing }) | (Some(Truth::Unknown { missing }), Truth::True) => {
            (Outcome::Asks, missing.into_iter().collect())
        }
    }
}
