//! `keycase show`: what is in a bundle, shown safely.
//!
//! The page written by `--html` is made anew from the bundle's data: the bundle's own
//! `report.html` may have been made by anybody.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::de::DeserializeOwned;

use super::{App, CliError, CliResult, Exit, io_exit, output, verify};
use crate::bundle::{
    Bundle, Contents, Document, LONGEST_DOCUMENT, Log, ReadError, SNAPSHOT, check_snapshot,
};
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
    /// Reduce the bundle to a test machine in this new folder, as tests/machines holds them
    #[arg(long, value_name = "DIR")]
    machine: Option<PathBuf>,
}

/// The documents a report can show, beside the snapshot.
const DOCUMENTS: [&str; 3] = ["eligibility.json", "findings.json", "triage.json"];

pub(super) fn run(args: &ShowArgs, app: &App) -> CliResult {
    check(&args.bundle)?;
    let fail = |error: &ReadError| bad(&args.bundle).because(error);
    let mut bundle = Bundle::open(&args.bundle).map_err(|error| fail(&error))?;
    let snapshot: Snapshot = document(&args.bundle, &mut bundle, SNAPSHOT)?;
    check_snapshot(&snapshot).map_err(|error| fail(&error))?;
    let documents = documents(&args.bundle, &mut bundle)?;
    let logs = match args.html.is_some() || args.machine.is_some() {
        true => logs(&args.bundle, &mut bundle)?,
        false => Vec::new(),
    };
    let contents = Contents {
        manifest: bundle.manifest(),
        snapshot: &snapshot,
        documents: &documents,
        logs: &logs,
    };
    if let Some(file) = &args.html {
        write_page(file, &render::report::report(&contents))?;
    }
    if let Some(dir) = &args.machine {
        write_machine(dir, &contents)?;
    }
    let text = match app.global.json {
        true => crate::text::json::document(bundle.manifest())
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => render::bundle::shown(&contents, &args.bundle.display().to_string()),
    };
    output::answer(&text)?;
    Ok(Exit::Done.code())
}

/// Shows nothing of a bundle that is not intact.
fn check(path: &Path) -> CliResult<()> {
    if is_sealed_or_intact(path)? {
        return Err(CliError::new(Exit::BadData, format!("{} is sealed", path.display()))
            .hint("its recipient opens it with `age --decrypt -i KEY-FILE -o bundle.zip`"));
    }
    Ok(())
}

/// Whether a bundle is sealed; an error when it is neither that nor intact.
pub(super) fn is_sealed_or_intact(path: &Path) -> CliResult<bool> {
    let answer = verify::verify(path)?;
    if answer.ok {
        return Ok(answer.sealed);
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

/// The texts that pictures are drawn from. One too long to be read is left out.
fn logs(path: &Path, bundle: &mut Bundle) -> CliResult<Vec<Log>> {
    let listed: Vec<String> = bundle
        .manifest()
        .files
        .iter()
        .filter(|file| file.bytes <= LONGEST_DOCUMENT && Log::DRAWN.contains(&file.name.as_str()))
        .map(|file| file.name.clone())
        .collect();
    let read = |name: String| match bundle.document(&name) {
        Ok(text) => Ok(Log::of(&name, &text)),
        Err(error) => Err(bad(path).because(error)),
    };
    let read: CliResult<Vec<_>> = listed.into_iter().map(read).collect();
    Ok(read?.into_iter().flatten().collect())
}

/// Writes a test machine into a folder that is not there yet.
fn write_machine(dir: &Path, contents: &Contents<'_>) -> CliResult<()> {
    let fail = |error: std::io::Error| {
        CliError::caused_by(io_exit(&error), format!("can't write to {}", dir.display()), &error)
            .hint("--machine names a folder that does not exist yet")
    };
    let files = render::machine::reduce(contents)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
    std::fs::create_dir(dir).map_err(fail)?;
    for file in files {
        let path = dir.join(file.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        std::fs::write(&path, file.text).map_err(fail)?;
    }
    Ok(())
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
