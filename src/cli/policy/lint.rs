//! `keycase policy lint`: is a policy pack usable?

use std::path::PathBuf;

use super::print;
use crate::cli::{App, CliError, CliResult, Exit, packs};
use crate::packs::{Origin, PackError};
use crate::policy::Policies;

/// Checks packs in the order given, on top of the policies in use, and runs the examples
/// of their clauses.
pub(super) fn run(files: &[PathBuf], app: &App) -> CliResult {
    let mut policies = Policies::load(app.packs()?).unwrap_or_default();
    let mut errors: Vec<PackError> = Vec::new();
    for file in files {
        let mut pack = packs::read(file)?;
        pack.origin = Origin::Overlay;
        match policies.add(&pack) {
            Ok(()) => errors.extend(policies.failed_examples(&pack)),
            Err(found) => errors.extend(found),
        }
    }
    let rows: Vec<serde_json::Value> = errors
        .iter()
        .map(|error| {
            serde_json::json!({
                "file": error.file,
                "line": error.span.map(|span| span.line),
                "column": error.span.map(|span| span.column),
                "what": error.what,
            })
        })
        .collect();
    let document = serde_json::json!({
        "schema": "keycase.lint/1", "tool": app.tool()?, "ok": errors.is_empty(), "errors": rows,
    });
    if app.global.json || errors.is_empty() {
        let code =
            print(app, &document, || format!("{} pack(s): no problem found\n", files.len()))?;
        return Ok(if errors.is_empty() { code } else { Exit::Config.code() });
    }
    let what = format!("{} problem(s) in policy packs", errors.len());
    let error = errors.iter().fold(CliError::new(Exit::Config, what), CliError::because);
    Err(error.hint("each line names file, line and column; `keycase policy show datalocker --json` shows every key in use"))
}
