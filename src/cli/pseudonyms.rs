//! The map from stand-ins back to values: kept on this machine, for its owner only.
//!
//! One file in the state folder for all bundles of this customer, readable by its owner
//! only, and encrypted when the configuration names an age identity. Passwords, tokens and
//! keys are never in it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::{App, CliError, CliResult, Exit, io_exit, output, paths};
use crate::files;
use crate::redact::{PseudonymMap, Redactor};

/// The schema name of the map.
const SCHEMA: &str = "keycase.pseudonyms/1";

/// The map's file in the state folder, and what keeps two runs from writing it at once.
const FILE: &str = "pseudonyms.map";
const LOCK: &str = "pseudonyms.lock";

/// A map is bounded; a file longer than this is not one.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What an encrypted map starts with (the age file format).
const SEALED: &[u8] = b"age-encryption.org/";

/// A map as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptMap {
    schema: String,
    /// The key that made the stand-ins, by its name.
    pub(super) key_id: String,
    #[serde(flatten)]
    pub(super) map: PseudonymMap,
}

/// Where the map of this machine is.
pub(super) fn place() -> CliResult<PathBuf> {
    Ok(paths::state_dir()?.join(FILE))
}

/// Adds what a redactor has replaced to the map of this machine; returns where it is.
///
/// A map that cannot be kept is told, and no reason not to help: the bundle is as safe
/// without it.
pub(super) fn keep(app: &App, redactor: &Redactor) -> Option<PathBuf> {
    match add(app, redactor) {
        Ok(place) => Some(place),
        Err(error) => {
            if !app.global.quiet {
                let cause = error.causes().first().map(|cause| format!(": {cause}"));
                let why = format!("{}{}", error.message(), cause.unwrap_or_default());
                output::warning(&format!("{why}; stand-ins of this run can't be read back later"));
            }
            None
        }
    }
}

/// Tells a redactor which stand-ins earlier runs made, so that they keep their meaning in a log
/// that was redacted before.
///
/// A map that cannot be read is no reason not to help: [`keep`] says so at the end.
pub(super) fn recall(app: &App, redactor: &Redactor) {
    let Ok(place) = place() else { return };
    if !place.exists() {
        return;
    }
    match read(app, &place) {
        Ok(kept) if kept.key_id == redactor.key_id() => redactor.remember(kept.map),
        Ok(_) => tracing::info!("the kept map is of another key; its stand-ins are not known"),
        Err(error) => tracing::info!("the kept map is not known: {}", error.message()),
    }
}

fn add(app: &App, redactor: &Redactor) -> CliResult<PathBuf> {
    let place = place()?;
    let dir = place.parent().unwrap_or(Path::new(".")).to_owned();
    let fail = |error: io::Error| {
        let what = format!("can't keep the map {}", place.display());
        CliError::caused_by(io_exit(&error), what, &error)
    };
    files::create_dir(&dir).map_err(fail)?;
    let lock = File::create(dir.join(LOCK)).map_err(fail)?;
    lock.lock().map_err(fail)?;
    let key_id = redactor.key_id();
    let identity = identity(app)?;
    let mut map = redactor.map();
    if place.exists() {
        let kept = open(&place, identity.as_ref())?;
        // A new key means a new customer: its stand-ins must not be mixed with old ones.
        if kept.key_id == key_id {
            map.extend(&kept.map);
        }
    }
    let kept = KeptMap { schema: SCHEMA.into(), key_id, map };
    write(&dir, &kept, identity.as_ref()).map_err(fail)?;
    Ok(place)
}

/// The identity that the configuration names, if any.
fn identity(app: &App) -> CliResult<Option<Identity>> {
    app.config()?.redaction.identity.as_deref().map(Identity::read).transpose()
}

/// Reads a map; encrypted ones with the configured identity.
pub(super) fn read(app: &App, file: &Path) -> CliResult<KeptMap> {
    open(file, identity(app)?.as_ref())
}

fn open(file: &Path, identity: Option<&Identity>) -> CliResult<KeptMap> {
    let name = file.display();
    let bytes = bytes(file).map_err(|error| {
        let exit = match error.kind() {
            io::ErrorKind::NotFound => Exit::NoInput,
            _ => io_exit(&error),
        };
        CliError::caused_by(exit, format!("can't read the map {name}"), &error)
            .hint("`keycase bundle` keeps it in the state folder of whoever made the bundle")
    })?;
    let bytes = match (bytes.starts_with(SEALED), identity) {
        (false, _) => bytes,
        (true, Some(identity)) => identity.open(&bytes).map_err(|error| {
            let what = format!("the configured identity does not open the map {name}");
            CliError::caused_by(Exit::Config, what, &error)
                .hint("[redaction] identity in the configuration names the one it was kept with")
        })?,
        (true, None) => {
            let what = format!("the map {name} is encrypted, and no identity is configured");
            return Err(CliError::new(Exit::Config, what)
                .hint("name the age identity below [redaction] in the configuration"));
        }
    };
    let bad = |why: String| {
        CliError::new(Exit::BadData, format!("{name} is not a map of stand-ins")).because(why)
    };
    let kept: KeptMap = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
    match kept.schema == SCHEMA {
        true => Ok(kept),
        false => Err(bad(format!("its schema is `{}`, not `{SCHEMA}`", kept.schema))),
    }
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LONGEST {
        true => Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long to be one")),
        false => Ok(bytes),
    }
}

/// Writes beside the old map first, so that it is never half there.
fn write(dir: &Path, kept: &KeptMap, identity: Option<&Identity>) -> io::Result<()> {
    let text = serde_json::to_vec(kept)?;
    let bytes = match identity {
        Some(identity) => identity.seal(&text)?,
        None => text,
    };
    files::write(dir, FILE, &bytes)?;
    files::sync_dir_if_possible(dir);
    Ok(())
}
