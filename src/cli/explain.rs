//! `keycase explain`: the rule behind an id that an answer named.

use clap::Args;
use std::fmt::Write as _;

use super::{
    App, CliError, CliResult, Exit, explain_collector, explain_problem, explain_triage, output,
};
use crate::policy::{Clause, Policy};
use crate::render;
use crate::render::text::labelled;

/// Explain a rule or a collector by its id, e.g. slow-link or kernel-log
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// Id of a rule or collector, as answers name it
    id: String,
}

pub(super) fn run(args: &ExplainArgs, app: &App) -> CliResult {
    if let Some(text) = explain_problem::explain(&args.id, app)? {
        output::answer(&text)?;
        return Ok(Exit::Done.code());
    }
    if let Some(text) = explain_collector::explain(&args.id, app)? {
        output::answer(&text)?;
        return Ok(Exit::Done.code());
    }
    let found = clauses(&args.id, app)?;
    if found.is_empty()
        && let Some(text) = explain_triage::explain(&args.id, app)?
    {
        output::answer(&text)?;
        return Ok(Exit::Done.code());
    }
    let [(policy, clause)] = found.as_slice() else {
        return Err(not_one(&args.id, &found));
    };
    let text = match app.global.json {
        false => for_people(policy, clause),
        true => crate::text::json::document(&document(policy, clause, app)?)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
    };
    output::answer(&text)?;
    Ok(Exit::Done.code())
}

/// The clauses an id can mean: `policy.clause`, or a clause's own id.
fn clauses<'a>(id: &str, app: &'a App) -> CliResult<Vec<(&'a Policy, &'a Clause)>> {
    let (policy, clause) = id.split_once('.').map_or((None, id), |(policy, id)| (Some(policy), id));
    let policies = app.policies()?.iter().filter(|p| policy.is_none_or(|id| p.id == id));
    Ok(policies.filter_map(|policy| Some((policy, policy.clause(clause)?))).collect())
}

fn not_one(id: &str, found: &[(&Policy, &Clause)]) -> CliError {
    if found.is_empty() {
        return App::usage(format!("no rule `{id}`")).hint(
            "ids stand in answers with --json; `keycase policy show datalocker` lists a policy's clauses",
        );
    }
    let ids: Vec<String> =
        found.iter().map(|(policy, clause)| format!("{}.{}", policy.id, clause.id)).collect();
    App::usage(format!("`{id}` is a rule of several policies"))
        .hint(format!("name one: {}", ids.join(", ")))
}

fn for_people(policy: &Policy, clause: &Clause) -> String {
    let mut out = format!("{}.{}\n", policy.id, clause.id);
    labelled(&mut out, "says", &clause.text);
    labelled(&mut out, "source", &format!("{}: {}", policy.cited(), clause.source));
    if let Some(condition) = &clause.applies_when {
        labelled(&mut out, "concerns", condition.text());
    }
    labelled(&mut out, "excludes", &format!("when {}", clause.excludes_when.text()));
    labelled(&mut out, "contact", render::eligibility::contact_id(clause.contact));
    for name in clause.excludes_when.reads() {
        if let Some(row) = policy.fact(name) {
            labelled(&mut out, "asks", &format!("{name}: {}", row.question));
        }
    }
    out.push_str("Examples:\n");
    for example in &clause.examples {
        let facts: Vec<String> = example
            .facts
            .get_ref()
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        let facts = if facts.is_empty() { "nothing known".into() } else { facts.join(", ") };
        labelled(&mut out, example.outcome.id(), &facts);
    }
    let _ = writeln!(out, "Pack checked on {}.", policy.pack.checked);
    out
}

fn document(policy: &Policy, clause: &Clause, app: &App) -> CliResult<serde_json::Value> {
    Ok(serde_json::json!({
        "schema": "keycase.explanation/1",
        "tool": app.tool()?,
        "id": format!("{}.{}", policy.id, clause.id),
        "kind": "clause",
        "text": &*clause.text,
        "source": format!("{}: {}", policy.cited(), clause.source),
        "applies_when": clause.applies_when.as_ref().map(|condition| condition.text()),
        "excludes_when": clause.excludes_when.text(),
        "contact": clause.contact,
        "examples": clause.examples,
        "checked": policy.pack.checked,
    }))
}
