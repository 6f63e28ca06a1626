//! Asking the person for what would settle a verdict. Only on a terminal.

use std::collections::BTreeSet;

use dialoguer::{Input, Select};

use super::waits;
use crate::cli::CliResult;
use crate::cli::ask::question;
use crate::condition::{FactType, FactValue, Facts, Origin};
use crate::policy::{FactRow, Policy};
use crate::render::eligibility::EligibilityDocument;

/// Asks until nothing open is left that was not asked; returns the settled documents.
pub(super) fn settle(
    policy: &Policy,
    facts: &Facts<'_>,
    first: &[EligibilityDocument],
    judge: impl Fn(&Facts<'_>) -> CliResult<Vec<EligibilityDocument>>,
) -> CliResult<Option<Vec<EligibilityDocument>>> {
    let mut answers = Facts::over(facts);
    let mut asked = BTreeSet::new();
    let mut settled: Option<Vec<EligibilityDocument>> = None;
    while let Some(row) = next(policy, settled.as_deref().unwrap_or(first), &asked) {
        asked.insert(row.id.get_ref().clone());
        if let Some(value) = ask(row)? {
            answers.set(row.id.get_ref().as_str(), value, Origin::Answer);
            settled = Some(judge(&answers)?);
        }
    }
    Ok(settled)
}

/// The next open question that was not put yet.
fn next<'p>(
    policy: &'p Policy,
    documents: &[EligibilityDocument],
    asked: &BTreeSet<String>,
) -> Option<&'p FactRow> {
    if !waits(documents) {
        return None;
    }
    let open = documents.iter().flat_map(|document| &document.drives).flat_map(|d| &d.ask);
    let fact = open.map(|row| &row.fact).find(|fact| !asked.contains(*fact))?;
    policy.fact(fact)
}

/// Puts one question; `None` when the person does not know.
fn ask(row: &FactRow) -> CliResult<Option<FactValue>> {
    let kind = row.kind;
    let text = row.question.to_string();
    if kind == FactType::Bool {
        let chosen = question(|| {
            let answers = ["yes", "no", "I don't know"];
            Select::new().with_prompt(text).items(answers).default(2).interact()
        })?;
        return Ok((chosen < 2).then_some(FactValue::Bool(chosen == 0)));
    }
    let text = question(move || typed(&text, kind))?;
    Ok(Some(text.trim()).filter(|text| !text.is_empty()).and_then(|text| kind.parse(text).ok()))
}

fn typed(question: &str, kind: FactType) -> dialoguer::Result<String> {
    Input::<String>::new()
        .with_prompt(format!("{question} (empty if you don't know)"))
        .allow_empty(true)
        .validate_with(move |text: &String| match text.trim() {
            "" => Ok(()),
            text => kind.parse(text).map(|_| ()),
        })
        .interact_text()
}
