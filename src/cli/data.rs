//! `keycase data`: which packs are in use, and whether an overlay is right.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{App, CliError, CliResult, Exit, output, packs};
use crate::catalog::{Catalog, Kind};
use crate::diagnose::Problems;
use crate::packs::{PackError, embedded};
use crate::policy::Policies;
use crate::text;
use crate::triage::Rules;

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
        /// Folders with devices/, policies/ … inside, or single device packs
        paths: Vec<PathBuf>,
    },
}

pub(super) fn run(args: &DataArgs, app: &App) -> CliResult {
    match &args.action {
        Action::List => list(app),
        Action::Lint { paths } => lint(paths, app),
    }
}

/// One row of `data list`.
#[derive(serde::Serialize)]
struct Row<'a> {
    kind: &'static str,
    id: &'a str,
    name: &'a str,
    overlaid_by: &'a [String],
}

fn list(app: &App) -> CliResult {
    let entries = app.catalog()?.entries();
    let rows: Vec<Row<'_>> = entries
        .iter()
        .map(|entry| Row {
            kind: kind(entry.kind),
            id: &entry.id,
            name: &entry.name,
            overlaid_by: &entry.overlaid_by,
        })
        .collect();
    if app.global.json {
        let document = serde_json::json!({ "tool": app.tool()?, "devices": rows });
        let text = text::json::document(&document)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
        output::answer(&text)?;
        return Ok(Exit::Done.code());
    }
    let version = app.packs()?.version();
    let mut text = format!("pack set {} ({})\n", version.version, version.hash);
    for row in rows {
        let overlay = if row.overlaid_by.is_empty() { "" } else { "  (overlaid)" };
        text.push_str(&format!("{:<10}  {:<28}  {}{overlay}\n", row.kind, row.id, row.name));
    }
    output::answer(&text)?;
    Ok(Exit::Done.code())
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

/// Checks overlays on top of the embedded packs, as they would be used.
fn lint(paths: &[PathBuf], app: &App) -> CliResult {
    let mut set = embedded();
    let mut checked = 0;
    for path in paths {
        checked += add(&mut set, path)?;
    }
    let set = if paths.is_empty() { app.packs()? } else { &set };
    let errors = problems(set);
    if errors.is_empty() {
        let what =
            if paths.is_empty() { "all packs in use".into() } else { format!("{checked} pack(s)") };
        output::answer(&format!("{what}: no problem found\n"))?;
        return Ok(Exit::Done.code());
    }
    let mut error = CliError::new(Exit::Config, format!("{} problem(s) in packs", errors.len()));
    for problem in &errors {
        error = error.because(problem);
    }
    Err(error
        .hint("each line names file, line and column; data/devices/README.md explains the keys"))
}

fn add(set: &mut crate::packs::PackSet, path: &std::path::Path) -> CliResult<usize> {
    if path.is_dir() {
        return packs::add_dir(set, path);
    }
    // A single file says by its folder what it is; on its own it is a device.
    let parent = path.parent().and_then(|dir| dir.file_name()).and_then(|name| name.to_str());
    let kind = packs::KINDS.iter().find(|kind| Some(**kind) == parent).unwrap_or(&"devices");
    set.add(kind, packs::read(path)?);
    Ok(1)
}

/// Every problem of every kind of pack.
fn problems(set: &crate::packs::PackSet) -> Vec<PackError> {
    let mut errors = Vec::new();
    errors.extend(Catalog::load(set).err().unwrap_or_default());
    errors.extend(Policies::load(set).err().unwrap_or_default());
    errors.extend(Problems::load(set).err().unwrap_or_default());
    errors.extend(Rules::load(set).err().unwrap_or_default());
    errors
}
