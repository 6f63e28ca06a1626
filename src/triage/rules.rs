//! Rules: conditions over what is known, and what follows from them.

use crate::condition::{Condition, Facts, Truth};
use crate::policy::Words;

/// A rule, compiled.
#[derive(Clone, Debug)]
pub(super) struct Rule<E> {
    /// Id, unique among all triage packs.
    pub(super) id: String,
    /// The reason, for the person.
    pub(super) because: Words,
    /// What follows.
    pub(super) then: E,
    when: Condition,
}

impl<E> Rule<E> {
    /// A rule from its compiled condition.
    pub(super) fn new(id: String, because: Words, then: E, when: Condition) -> Self {
        Self { id, because, then, when }
    }

    /// Whether it holds; what is not known holds nothing.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        self.when.evaluate(facts) == Truth::True
    }

    /// Its id and its condition.
    pub(super) fn condition(&self) -> (&str, &Condition) {
        (&self.id, &self.when)
    }

    /// The facts it reads.
    pub(super) fn reads(&self) -> &[String] {
        self.when.reads()
    }
}

/// The rules that hold, in their order.
pub(super) fn holding<'r, E>(
    rules: &'r [Rule<E>],
    facts: &'r Facts<'_>,
) -> impl Iterator<Item = &'r Rule<E>> {
    rules.iter().filter(|rule| rule.holds(facts))
}
