//! `keycase data`: which packs are in use, and whether an overlay is right.

mod lint;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{App, CliError, CliResult, Exit, diagnose, output};
use crate::catalog::Kind;
use crate::packs::{Origin, Pack, PackSet};
use crate::text;

/// Show and check the data the program runs on
#[derive(Debug, Args)]
pub(super) struct DataArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the packs in use
    List,
    /// Check packs: folders of overlays or single files; without any, all packs in use
    Lint {
        /// Folders with devices/, policies/ … inside, or single packs
        paths: Vec<PathBuf>,
    },
}

pub(super) fn run(args: &DataArgs, app: &App) -> CliResult {
    match &args.action {
        Action::List => list(app),
        Action::Lint { paths } => lint::run(paths, app),
    }
}

/// One row of `data list`.
#[derive(serde::Serialize)]
struct Row {
    kind: &'static str,
    id: String,
    name: Option<String>,
    overlaid_by: Vec<String>,
}

fn list(app: &App) -> CliResult {
    let mut groups = vec![("devices", devices(app)?), ("policies", policies(app)?)];
    groups.push(("problems", problem_rows(app)?));
    for kind in ["triage", "redaction", "desks"] {
        groups.push((kind, files(app.packs()?, kind)));
    }
    if app.global.json {
        let mut document = serde_json::json!({ "schema": "keycase.data/1", "tool": app.tool()? });
        for (group, rows) in &groups {
            document[*group] = serde_json::json!(rows);
        }
        let text = text::json::document(&document)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
        output::answer(&text)?;
        return Ok(Exit::Done.code());
    }
    let version = app.packs()?.version();
    let mut text = format!("pack set {} ({})\n", version.version, version.hash);
    for row in groups.iter().flat_map(|(_, rows)| rows) {
        let overlay = if row.overlaid_by.is_empty() { "" } else { "  (overlaid)" };
        let name = row.name.as_deref().unwrap_or_default();
        let line = format!("{:<10}  {:<28}  {name}{overlay}", row.kind, row.id);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    output::answer(&text)?;
    Ok(Exit::Done.code())
}

fn devices(app: &App) -> CliResult<Vec<Row>> {
    let entries = app.catalog()?.entries().iter().map(|entry| Row {
        kind: kind(entry.kind),
        id: entry.id.clone(),
        name: Some(entry.name.clone()),
        overlaid_by: entry.overlaid_by.clone(),
    });
    Ok(entries.collect())
}

fn policies(app: &App) -> CliResult<Vec<Row>> {
    let policies = app.policies()?.iter().map(|policy| Row {
        kind: "policy",
        id: policy.id.clone(),
        name: Some(policy.pack.name.to_string()),
        overlaid_by: policy.overlaid_by.clone(),
    });
    Ok(policies.collect())
}

fn problem_rows(app: &App) -> CliResult<Vec<Row>> {
    let overlays = files(app.packs()?, "problems");
    let loaded = diagnose::load(app)?;
    let rows = loaded.iter().map(|problem| {
        let over = overlays.iter().filter(|row| row.id == problem.id);
        Row {
            kind: "problem",
            id: problem.id.clone(),
            name: Some(problem.title.clone()),
            overlaid_by: over.flat_map(|row| row.overlaid_by.clone()).collect(),
        }
    });
    Ok(rows.collect())
}

/// The packs of a kind by their files; an overlay names its own.
fn files(set: &PackSet, kind: &'static str) -> Vec<Row> {
    let row = |pack: &Pack| {
        let file = pack.path.rsplit(['/', '\\']).next().unwrap_or(&pack.path);
        let overlay = (pack.origin == Origin::Overlay).then(|| pack.path.clone());
        let id = file.strip_suffix(".toml").unwrap_or(file).to_owned();
        Row { kind, id, name: None, overlaid_by: overlay.into_iter().collect() }
    };
    set.of(kind).map(row).collect()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Model => "model",
        Kind::Family => "family",
        Kind::Vendor => "vendor",
        Kind::NotSecure => "not secure",
        Kind::OtherMaker => "other",
    }
}
