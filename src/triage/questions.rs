//! At most three questions, and only those whose answer would change the result.
//!
//! Every answer that a question allows is tried; when all lead to the same triage the
//! question is not worth the person's time.

use super::decide::{Decided, decide};
use super::load::Rules;
use super::pack::PolicyRow;
use super::signals::Signals;
use super::values::{Question, Triage};
use crate::condition::{Facts, Origin, Truth};

/// Most questions.
const MOST: usize = 3;

/// The questions worth asking, the most telling first as the packs order them.
pub(super) fn ask(
    signals: &Signals<'_>,
    known: &Facts<'_>,
    policy: &PolicyRow,
    rules: &Rules,
    now: &Decided<'_>,
) -> Vec<Question> {
    let mut asked = Vec::new();
    for fact in &rules.facts {
        let open = now.facts.get(&fact.id).is_none();
        if !open || fact.ask_when.evaluate(&now.facts) != Truth::True {
            continue;
        }
        let changes = fact.answers.iter().any(|answer| {
            let mut facts = Facts::over(known);
            facts.set(fact.id.clone(), answer.clone(), Origin::Answer);
            differs(&decide(signals, &facts, policy, rules).triage, &now.triage)
        });
        if changes {
            asked.push(Question { fact: fact.id.clone(), question: fact.question.to_string() });
        }
        if asked.len() == MOST {
            break;
        }
    }
    asked
}

/// Whether the desk would treat it differently.
fn differs(a: &Triage, b: &Triage) -> bool {
    (a.kind, a.category, &a.severity, a.scope, &a.exclusion, a.contact)
        != (b.kind, b.category, &b.severity, b.scope, &b.exclusion, b.contact)
}
