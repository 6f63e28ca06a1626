//! Putting the questions of a triage to the person at the terminal.

use crate::cli::{CliResult, ask as terminal};
use crate::condition::{Facts, KnownNames, Origin};
use crate::triage::Question;

/// Puts the questions; one that nobody answers stays open.
pub(super) fn ask(
    questions: &[Question],
    names: &KnownNames,
    facts: &mut Facts<'_>,
) -> CliResult<()> {
    let known = questions.iter().filter_map(|row| Some((row, names.get(&row.fact)?)));
    let known: Vec<_> = known.collect();
    for (at, (question, kind)) in known.iter().enumerate() {
        if let Some(value) = terminal::fact(&question.question, *kind, at + 1, known.len())? {
            facts.set(question.fact.clone(), value, Origin::Answer);
        }
    }
    Ok(())
}
