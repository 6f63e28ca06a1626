//! How bad it is: what was learned, guarded by rules, then the policy's own severity and
//! priority.
//!
//! Impact, not tone: no rule reads how loud a text is.

use super::decide::Spoken;
use super::pack::{Level, PolicyRow, PriorityEffect};
use super::rules::{Rule, holding};
use super::values::{Kind, Severity};
use crate::condition::Facts;

/// The impact after the rules that guard it: the worst level that one asks for, within what
/// others allow; and whether a rule changed it.
pub(super) fn guard(
    rules: &[Rule<Level>],
    facts: &Facts<'_>,
    learned: u8,
    spoken: &mut Spoken<'_>,
) -> (u8, bool) {
    let held: Vec<_> = holding(rules, facts).collect();
    let raised = held.iter().filter_map(|rule| rule.then.raised(learned)).min();
    let raised = raised.map_or(learned, |level| level.min(learned));
    let cap = held.iter().filter_map(|rule| rule.then.at_most).max().unwrap_or(1);
    let impact = raised.max(cap).clamp(1, 4);
    for rule in held {
        let caps = rule.then.at_most.is_some_and(|cap| cap == impact && cap > raised);
        if rule.then.raised(learned) == Some(impact) || caps {
            spoken.add(rule, facts);
        }
    }
    (impact, impact != learned)
}

impl Level {
    /// The level that the rule asks for where `learned` was learned; the words of a text alone
    /// move it by a step, what a person stated as far as it says.
    fn raised(self, learned: u8) -> Option<u8> {
        let nearest = self.by.map_or(1, |steps| learned.saturating_sub(steps));
        Some(self.at_least?.max(nearest))
    }
}

/// The impact in the policy's own numbers and names.
pub(super) fn severity(policy: &PolicyRow, kind: Kind, impact: u8) -> Severity {
    let place = usize::from(impact.clamp(1, 4) - 1);
    let level = match kind {
        Kind::Problem => policy.problem[place],
        Kind::FeatureRequest => policy.feature_request,
        Kind::Question | Kind::Request => policy.other[place],
    };
    let name = policy.severities.get(usize::from(level).saturating_sub(1));
    Severity { level, name: name.map(ToString::to_string).unwrap_or_default() }
}

/// The order of work in the policy's own names: the severity's, unless a rule moves it.
pub(super) fn priority(
    policy: &PolicyRow,
    rules: &[Rule<PriorityEffect>],
    level: u8,
    facts: &Facts<'_>,
    spoken: &mut Spoken<'_>,
) -> Option<String> {
    let usual = *policy.priority_of.get(usize::from(level).checked_sub(1)?)?;
    let moved = holding(rules, facts).next();
    if let Some(rule) = moved {
        spoken.add(rule, facts);
    }
    let place = moved.map_or(usual, |rule| rule.then.place);
    policy.priorities.get(place).map(ToString::to_string)
}
