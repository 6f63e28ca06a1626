//! Asking the person for what would settle a verdict. Only on a terminal.

use std::collections::BTreeSet;

use super::waits;
use crate::cli::{CliResult, ask};
use crate::condition::{Facts, Origin};
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
    while let Some((row, open)) = next(policy, settled.as_deref().unwrap_or(first), &asked) {
        let all = asked.len() + open;
        asked.insert(row.id.get_ref().clone());
        let question = row.question.to_string();
        if let Some(value) = ask::fact(&question, row.kind, asked.len(), all)? {
            answers.set(row.id.get_ref().as_str(), value, Origin::Answer);
            settled = Some(judge(&answers)?);
        }
    }
    Ok(settled)
}

/// The next open question that was not put yet, and how many such there are.
fn next<'p>(
    policy: &'p Policy,
    documents: &[EligibilityDocument],
    asked: &BTreeSet<String>,
) -> Option<(&'p FactRow, usize)> {
    if !waits(documents) {
        return None;
    }
    let rows = documents.iter().flat_map(|document| &document.drives).flat_map(|d| &d.ask);
    let open = rows.map(|row| &row.fact).filter(|fact| !asked.contains(*fact));
    let mut seen = BTreeSet::new();
    let open: Vec<&String> = open.filter(|fact| seen.insert(*fact)).collect();
    Some((policy.fact(open.first()?)?, open.len()))
}
