//! Gathering what a ticket is made from: the machine, its verdicts, the bundle.

use std::path::{Path, PathBuf};

use super::{App, CliError, CliResult, Exit, io_exit};
use crate::desk::{self, BundleInfo, VerdictSection};
use crate::redact::{Key, Redactor, Seed, Seeds};
use crate::snapshot::{PortPath, Snapshot};

/// Everything about the machine that goes into a ticket.
pub(super) struct Evidence {
    /// What the machine said.
    pub(super) snapshot: Option<Snapshot>,
    /// Verdicts by drive.
    pub(super) verdicts: Vec<(PortPath, VerdictSection)>,
    /// Severity, if classified.
    pub(super) severity: Option<u8>,
    /// Category, if classified.
    pub(super) category: Option<String>,
    /// The bundle, and what to call it.
    pub(super) bundle: Option<(PathBuf, BundleInfo)>,
    /// Takes personal data out of the ticket's text.
    pub(super) redactor: Redactor,
}

/// Reads the machine, checks the drives, and makes or takes the bundle.
pub(super) fn gather(app: &App, bundle: Option<&Path>) -> CliResult<Evidence> {
    let snapshot = app.snapshot(false)?;
    let redactor = redactor(app, &snapshot)?;
    let bundle = bundle.map(given_bundle).transpose()?;
    let snapshot = Some(snapshot);
    let verdicts = Vec::new();
    Ok(Evidence { snapshot, verdicts, severity: None, category: None, bundle, redactor })
}

/// A bundle made earlier.
fn given_bundle(path: &Path) -> CliResult<(PathBuf, BundleInfo)> {
    let shown = path.display();
    let (sha256, bytes) = desk::hash_file(path).map_err(|error| {
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound => Exit::NoInput,
            _ => io_exit(&error),
        };
        CliError::caused_by(exit, format!("can't read the bundle {shown}"), &error)
            .hint("`keycase bundle` makes one")
    })?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("bundle.zip");
    Ok((path.to_owned(), BundleInfo { file: name.to_owned(), sha256, bytes }))
}

/// The redactor for this machine; the serials of the drives at hand are what it is about.
fn redactor(app: &App, snapshot: &Snapshot) -> CliResult<Redactor> {
    let serials = snapshot.drives.iter().filter_map(|drive| drive.usb.serial.clone());
    let seeds = Seeds { secret: Vec::<Seed>::new(), keep: serials.collect() };
    let mut key = [0; 32];
    for half in key.chunks_mut(16) {
        half.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    }
    Redactor::new(app.packs()?, &seeds, Key(key))
        .map_err(|error| CliError::caused_by(Exit::Config, "can't redact the ticket", &error))
}
