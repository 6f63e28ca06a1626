//! The part of `keycase explain` that knows the rules of triage, and what was learned.

use serde_json::json;

use super::{App, CliError, CliResult, Exit, triage};
use crate::render::text::labelled;
use crate::triage::{Cited, Explained, LEARNED, Learned};

/// What the brackets of a learned reason hold.
const EVIDENCE: &str = "the words that carried it stand in its reason, in brackets";

/// The rule of this id, or what was learned under it; `None` when triage has none.
pub(super) fn explain(id: &str, app: &App) -> CliResult<Option<String>> {
    let rules = triage::rules(app)?;
    let learned = LEARNED.iter().find(|learned| id.strip_prefix("learned.") == Some(learned.label));
    let text = match (rules.explain(id), learned, rules.learned_from()) {
        (Some(rule), ..) if app.global.json => document(&rule_document(id, &rule, app)?)?,
        (Some(rule), ..) => rule_text(id, &rule),
        (None, Some(learned), Some(from)) if app.global.json => {
            document(&learned_document(id, learned, from, app)?)?
        }
        (None, Some(learned), Some(from)) => learned_text(id, learned, from),
        _ => return Ok(None),
    };
    Ok(Some(text))
}

fn rule_text(id: &str, rule: &Explained<'_>) -> String {
    let mut out = format!("{id}: a rule of triage\n");
    labelled(&mut out, "decides", decides(rule.part));
    labelled(&mut out, "says", rule.because);
    labelled(&mut out, "when", rule.when);
    labelled(&mut out, "then", &rule.then);
    labelled(&mut out, "source", &cited(rule.cited));
    out.push_str("Examples:\n");
    for example in &rule.examples {
        labelled(&mut out, if example.holds { "holds" } else { "does not" }, &example.text);
    }
    out.push_str(&format!("Pack checked on {}.\n", rule.cited.checked));
    out
}

fn learned_text(id: &str, learned: &Learned, from: &Cited) -> String {
    let mut out = format!("{id}: learned, no rule\n");
    labelled(&mut out, "asks", learned.asks);
    labelled(&mut out, "answers", learned.how);
    if let Some(first) = learned.first {
        labelled(&mut out, "before", first);
    }
    labelled(&mut out, "evidence", EVIDENCE);
    labelled(&mut out, "learned", &format!("from {}", cited(from)));
    out.push_str(&format!("Learned on {}.\n", from.checked));
    out
}

/// What a rule decides, by the part of the packs it stands in.
fn decides(part: &str) -> &'static str {
    match part {
        "finding" => "what follows from the words before anything else is decided",
        "severity" => "how bad it is",
        "scope" => "whether the policy covers it",
        "contact" => "whom to turn to",
        _ => "the order of work",
    }
}

fn cited(cited: &Cited) -> String {
    format!("{} ({})", cited.source, cited.file)
}

fn rule_document(id: &str, rule: &Explained<'_>, app: &App) -> CliResult<serde_json::Value> {
    let examples = rule.examples.iter();
    let examples = examples.map(|example| json!({ "text": example.text, "holds": example.holds }));
    Ok(json!({
        "schema": "keycase.explanation/1",
        "tool": app.tool()?,
        "id": id,
        "kind": "triage",
        "text": rule.because,
        "part": rule.part,
        "when": rule.when,
        "then": rule.then,
        "source": cited(rule.cited),
        "examples": examples.collect::<Vec<_>>(),
        "checked": rule.cited.checked,
    }))
}

fn learned_document(
    id: &str,
    learned: &Learned,
    from: &Cited,
    app: &App,
) -> CliResult<serde_json::Value> {
    Ok(json!({
        "schema": "keycase.explanation/1",
        "tool": app.tool()?,
        "id": id,
        "kind": "learned",
        "text": learned.asks,
        "how": learned.how,
        "before": learned.first,
        "evidence": EVIDENCE,
        "source": cited(from),
        "checked": from.checked,
    }))
}

fn document(document: &serde_json::Value) -> CliResult<String> {
    crate::text::json::document(document)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}
