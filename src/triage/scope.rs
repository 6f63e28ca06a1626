//! Whether the policy covers it, and whom to turn to.

use super::decide::Spoken;
use super::pack::ScopeEffect;
use super::rules::{Rule, holding};
use super::values::{Contact, Scope};
use crate::condition::Facts;

/// The answer about scope.
pub(super) struct Scoped {
    pub(super) verdict: Scope,
    pub(super) exclusion: Option<String>,
    pub(super) contact: Contact,
}

/// The first rule that holds decides; without one nothing stands against support.
pub(super) fn scope(
    rules: &[Rule<ScopeEffect>],
    facts: &Facts<'_>,
    spoken: &mut Spoken<'_>,
) -> Scoped {
    let Some(rule) = holding(rules, facts).next() else {
        return Scoped { verdict: Scope::InScope, exclusion: None, contact: Contact::Vendor };
    };
    spoken.add(rule, facts);
    let ScopeEffect { verdict, exclusion, contact } = rule.then.clone();
    Scoped { verdict, exclusion, contact: contact.unwrap_or(Contact::Vendor) }
}
