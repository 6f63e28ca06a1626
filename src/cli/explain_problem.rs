//! The part of `keycase explain` that knows problems.

use super::{App, CliError, CliResult, Exit, diagnose};
use crate::render;

/// The rule of a known problem; `None` when no problem has this id.
pub(super) fn explain(id: &str, app: &App) -> CliResult<Option<String>> {
    let problems = diagnose::load(app)?;
    let Some(problem) = problems.get(id) else { return Ok(None) };
    if !app.global.json {
        return Ok(Some(render::problem::explain(problem)));
    }
    let document = render::problem::document(problem, app.tool()?);
    let text = crate::text::json::document(&document)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
    Ok(Some(text))
}
