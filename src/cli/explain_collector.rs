//! `keycase explain` for a collector: what it reads, why, within which bounds.

use super::{App, CliError, CliResult, Exit};
use crate::collect::{self, Source};
use crate::render::text::labelled;

/// The text about the collector of this id; `None` when there is none.
pub(super) fn explain(id: &str, app: &App) -> CliResult<Option<String>> {
    let all = collect::all();
    let Some(collector) = all.about().find(|collector| collector.id() == id) else {
        return Ok(None);
    };
    if !app.global.json {
        return Ok(Some(for_people(collector)));
    }
    crate::text::json::document(&document(collector, app)?)
        .map(Some)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}

fn for_people(collector: &dyn Source) -> String {
    let budget = collector.budget();
    let mut out = format!("{}: a source of evidence for bundles\n", collector.id());
    labelled(&mut out, "reads", collector.reads());
    labelled(&mut out, "because", collector.wanted_for());
    let bounds = format!("{} s, {} kB", budget.time.as_secs(), budget.bytes / 1024);
    labelled(&mut out, "at most", &bounds);
    labelled(&mut out, "runs on", &systems(collector).join(", "));
    out
}

fn systems(collector: &dyn Source) -> Vec<&'static str> {
    collector.systems().iter().map(|system| system.name()).collect()
}

fn document(collector: &dyn Source, app: &App) -> CliResult<serde_json::Value> {
    let budget = collector.budget();
    Ok(serde_json::json!({
        "schema": "keycase.explanation/1",
        "tool": app.tool()?,
        "id": collector.id(),
        "kind": "collector",
        "text": collector.reads(),
        "because": collector.wanted_for(),
        "budget": { "seconds": budget.time.as_secs(), "bytes": budget.bytes },
        "systems": systems(collector),
    }))
}
