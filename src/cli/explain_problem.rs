//! The part of `keycase explain` that knows problems.

use super::{App, CliResult, diagnose};
use crate::render;

/// The rule of a known problem as text; `None` when no problem has this id.
#[expect(dead_code, reason = "`keycase explain` joins it with the clauses of policies")]
pub(super) fn explain(id: &str, app: &App) -> CliResult<Option<String>> {
    let problems = diagnose::load(app)?;
    Ok(problems.get(id).map(render::problem::explain))
}
