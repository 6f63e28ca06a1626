//! Whether the policy covers it, and whom to turn to.

use super::decide::Spoken;
use super::load::Rules;
use super::model::{Choice, Scores};
use super::pack::{ClauseRow, ScopeEffect};
use super::rules::holding;
use super::values::{Contact, Scope};
use crate::condition::Facts;

/// An answer about scope with its clause.
pub(super) type Answer = (Scope, Option<String>);

/// The answer about scope.
pub(super) struct Scoped {
    pub(super) verdict: Scope,
    pub(super) exclusion: Option<String>,
    pub(super) contact: Contact,
    /// What the model said, when no rule decided.
    pub(super) learned: Option<Choice<Answer>>,
}

/// The first rule that holds decides; without one, what was learned.
pub(super) fn scope(
    rules: &Rules,
    policy: &str,
    scores: &Scores<'_>,
    facts: &Facts<'_>,
    spoken: &mut Spoken<'_>,
) -> Scoped {
    if let Some(rule) = holding(&rules.scopes, facts).next() {
        spoken.add(rule, facts);
        let ScopeEffect { verdict, exclusion, contact } = rule.then.clone();
        let contact = contact.unwrap_or(Contact::Vendor);
        return Scoped { verdict, exclusion, contact, learned: None };
    }
    let clause = |id: &str| {
        rules
            .clauses
            .iter()
            .find(|clause| clause.row.id == id && clause.row.policies.iter().any(|p| p == policy))
    };
    // Words may read like a clause that what is known is against.
    let possible = |id: &str| clause(id).is_some_and(|clause| !clause.is_ruled_out(facts));
    let learned = scores.scope(possible);
    let learned = learned.unwrap_or_else(|| Choice::blind((Scope::InScope, None)));
    let (verdict, exclusion) = learned.value.clone();
    let contact = match exclusion.as_deref().and_then(clause) {
        Some(clause) => turn_to(&clause.row, verdict),
        None => covered(rules, facts, spoken),
    };
    Scoped { verdict, exclusion, contact, learned: Some(learned) }
}

fn turn_to(clause: &ClauseRow, verdict: Scope) -> Contact {
    if verdict == Scope::Unknown { clause.while_open } else { clause.contact }
}

/// Whom to turn to for what nothing excludes: the desk, unless a rule knows better.
fn covered(rules: &Rules, facts: &Facts<'_>, spoken: &mut Spoken<'_>) -> Contact {
    let Some(rule) = holding(&rules.contacts, facts).next() else { return Contact::Vendor };
    spoken.add(rule, facts);
    rule.then.contact
}
