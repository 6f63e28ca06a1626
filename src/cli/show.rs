//! `keycase show`: what is in a bundle, shown safely.
//!
//! The page written by `--html` is made anew from the bundle's data: the bundle's own
//! `report.html` may have been made by anybody.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::de::DeserializeOwned;

use super::{App, CliError, CliResult, Exit, io_exit, output, verify};
use crate::bundle::{Bundle, Contents, Document, ReadError, SNAPSHOT};
use crate::render;
use crate::snapshot::Snapshot;

/// Show what is in a bundle, after checking it
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The bundle
    bundle: PathBuf,
    /// Write the report as one HTML page to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// The documents a report can show, beside the snapshot.
const DOCUMENTS: [&str; 3] = ["eligibility.json", "findings.json", "triage.json"];

pub(super) fn run(args: &ShowArgs, app: &App) -> CliResult {
    check(&args.bundle)?;
    let fail = |error: &ReadError| bad(&args.bundle).because(error);
    let mut bundle = Bundle::open(&args.bundle).map_err(|error| fail(&error))?;
    let snapshot: Snapshot = document(&args.bundle, &mut bundle, SNAPSHOT)?;
    if let Some(file) = &args.html {
        let documents = documents(&args.bundle, &mut bundle)?;
        let manifest = bundle.manifest();
        let contents = Contents { manifest, snapshot: &snapshot, documents: &documents };
        write_page(file, &render::report::report(&contents))?;
    }
    let text = match app.global.json {
        true => crate::text::json::document(bundle.manifest())
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => render::scan::table(&snapshot) + &render::bundle::manifest(bundle.manifest()),
    };
    output::answer(&text)?;
    Ok(Exit::Done.code())
}

/// Shows nothing of a bundle that is not intact.
fn check(path: &Path) -> CliResult<()> {
    let answer = verify::verify(path)?;
    if answer.sealed {
        return Err(CliError::new(Exit::BadData, format!("{} is sealed", path.display()))
            .hint("its recipient opens it with `age --decrypt -i KEY-FILE -o bundle.zip`"));
    }
    if answer.ok {
        return Ok(());
    }
    let mut error = bad(path).hint("ask its sender for the file again");
    for wrong in answer.errors.iter().take(10) {
        let file = wrong.file.as_deref().unwrap_or("bundle");
        error = error.because(format!("{file}: {}", wrong.what));
    }
    Err(error)
}

fn bad(path: &Path) -> CliError {
    CliError::new(Exit::BadData, format!("can't rely on the bundle {}", path.display()))
}

fn document<T: DeserializeOwned>(path: &Path, bundle: &mut Bundle, name: &str) -> CliResult<T> {
    let bytes = bundle.document(name).map_err(|error| bad(path).because(error))?;
    serde_json::from_slice(&bytes).map_err(|error| bad(path).because(format!("{name}: {error}")))
}

/// The documents that are there.
fn documents(path: &Path, bundle: &mut Bundle) -> CliResult<Vec<Document>> {
    let names: Vec<&str> = DOCUMENTS
        .into_iter()
        .filter(|name| bundle.manifest().files.iter().any(|file| file.name == *name))
        .collect();
    names
        .into_iter()
        .map(|name| Ok(Document { name: name.into(), value: document(path, bundle, name)? }))
        .collect()
}

/// Writes the page beside its target first, so that it is never half there.
fn write_page(file: &Path, page: &str) -> CliResult<()> {
    let fail = |error: std::io::Error| {
        CliError::caused_by(io_exit(&error), format!("can't write {}", file.display()), &error)
    };
    if std::fs::symlink_metadata(file).is_ok_and(|there| !there.is_file()) {
        let what = format!("{} is not a regular file; it is left alone", file.display());
        return Err(CliError::new(Exit::Io, what));
    }
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new()
        .prefix(".keycase-")
        .suffix(".part")
        .tempfile_in(dir)
        .map_err(fail)?;
    temporary.write_all(page.as_bytes()).map_err(fail)?;
    temporary.persist(file).map_err(|error| fail(error.error))?;
    Ok(())
}
