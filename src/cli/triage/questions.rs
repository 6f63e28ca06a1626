//! Putting the questions of a triage to the person at the terminal.

use crate::cli::{CliResult, ask as terminal};
use crate::condition::{FactType, FactValue, Facts, KnownNames, Origin};
use crate::triage::Question;

/// Puts the questions; one that nobody answers stays open.
pub(super) fn ask(
    questions: &[Question],
    names: &KnownNames,
    facts: &mut Facts<'_>,
) -> CliResult<()> {
    for question in questions {
        let Some(kind) = names.get(&question.fact) else { continue };
        let answer = put(&question.question, kind)?;
        if let Some(value) = answer {
            facts.set(question.fact.clone(), value, Origin::Answer);
        }
    }
    Ok(())
}

fn put(question: &str, kind: FactType) -> CliResult<Option<FactValue>> {
    let question = question.to_owned();
    terminal::question(move || match kind {
        FactType::Bool => yes_or_no(&question),
        _ => typed(&question, kind),
    })
}

fn yes_or_no(question: &str) -> dialoguer::Result<Option<FactValue>> {
    let picked = dialoguer::Select::new()
        .with_prompt(question)
        .items(["yes", "no", "I don't know"])
        .default(2)
        .interact_opt()?;
    Ok(match picked {
        Some(0) => Some(true.into()),
        Some(1) => Some(false.into()),
        _ => None,
    })
}

fn typed(question: &str, kind: FactType) -> dialoguer::Result<Option<FactValue>> {
    let answer: String = dialoguer::Input::new()
        .with_prompt(format!("{question} (empty: I don't know)"))
        .allow_empty(true)
        .validate_with(|text: &String| match text.is_empty() || kind.parse(text).is_ok() {
            true => Ok(()),
            false => Err(format!("please type {}", kind.wanted())),
        })
        .interact_text()?;
    Ok(kind.parse(&answer).ok())
}
