//! What is wrong with packs, as one document or as one error: for `policy lint` and
//! `data lint`.

use super::{App, CliError, CliResult, Exit, output};
use crate::packs::PackError;
use crate::text::count;

/// What was checked.
pub(super) struct Checked<'a> {
    /// In words: `2 packs`.
    pub(super) what: &'a str,
    /// What kind of packs they are, for the error.
    pub(super) kind: &'a str,
    /// Where to look how it is right.
    pub(super) hint: &'a str,
}

/// Tells what was found; packs with a mistake end in 78.
pub(super) fn tell(app: &App, checked: &Checked<'_>, errors: &[PackError]) -> CliResult {
    let exit = if errors.is_empty() { Exit::Done } else { Exit::Config };
    if app.global.json {
        output::document(&document(app, errors)?)?;
        return Ok(exit.code());
    }
    if errors.is_empty() {
        output::answer(&format!("{}: no problem found\n", checked.what))?;
        return Ok(exit.code());
    }
    let what = format!("{} in {}", count(errors.len(), "problem"), checked.kind);
    let error = errors.iter().fold(CliError::new(exit, what), CliError::because);
    Err(error.hint(format!("each line names file, line and column; {}", checked.hint)))
}

fn document(app: &App, errors: &[PackError]) -> CliResult<serde_json::Value> {
    let row = |error: &PackError| {
        serde_json::json!({
            "file": error.file,
            "line": error.span.map(|span| span.line),
            "column": error.span.map(|span| span.column),
            "what": error.what,
        })
    };
    let rows: Vec<serde_json::Value> = errors.iter().map(row).collect();
    Ok(serde_json::json!({
        "schema": "keycase.lint/1", "tool": app.tool()?, "ok": errors.is_empty(), "errors": rows,
    }))
}
