//! Kind and category: rules vote, the heaviest value wins.

use std::collections::BTreeMap;

use super::decide::Spoken;
use super::pack::Votes;
use super::rules::{Rule, holding};
use super::values::{Category, Kind};
use crate::condition::Facts;

/// A value and how far it is ahead of the next one.
pub(super) struct Winner<T> {
    pub(super) value: T,
    pub(super) weight: i32,
    pub(super) ahead: i32,
}

/// What kind of request it is; without any vote, something is wrong.
pub(super) fn kind(
    rules: &[Rule<Votes<Kind>>],
    facts: &Facts<'_>,
    spoken: &mut Spoken<'_>,
) -> Winner<Kind> {
    elect(rules, facts, spoken, Kind::Problem)
}

/// What it is about.
pub(super) fn category(
    rules: &[Rule<Votes<Category>>],
    facts: &Facts<'_>,
    spoken: &mut Spoken<'_>,
) -> Winner<Category> {
    elect(rules, facts, spoken, Category::NotRecognised)
}

fn elect<T: Copy + Ord>(
    rules: &[Rule<Votes<T>>],
    facts: &Facts<'_>,
    spoken: &mut Spoken<'_>,
    otherwise: T,
) -> Winner<T> {
    let mut weights: BTreeMap<T, i32> = BTreeMap::new();
    let held: Vec<_> = holding(rules, facts).collect();
    for (value, weight) in held.iter().flat_map(|rule| &rule.then) {
        *weights.entry(*value).or_default() += weight;
    }
    let best = weights.iter().map(|(value, weight)| (*weight, *value));
    // Of equal weights the earlier value wins, so that an answer never depends on chance.
    let (weight, value) = best
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
        .filter(|(weight, _)| *weight > 0)
        .unwrap_or((0, otherwise));
    let others = weights.iter().filter(|(other, _)| **other != value).map(|(_, weight)| *weight);
    let second = others.max().unwrap_or(0).max(0);
    for rule in held {
        // Rules that voted for something else explain nothing about the answer.
        if rule.then.get(&value).is_some_and(|weight| *weight > 0) {
            spoken.add(rule, facts);
        }
    }
    Winner { value, weight, ahead: weight - second }
}
