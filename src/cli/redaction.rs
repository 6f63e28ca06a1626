//! Everything redaction needs from this machine: the pseudonym key and the known values.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::{App, CliError, CliResult, Exit, io_exit, output, paths, pseudonyms};
use crate::bundle::Auditor;
use crate::bundle::packing::{self, Packing};
use crate::collect::seeds::{self, Known};
use crate::files;
use crate::host::Patient;
use crate::redact::audit::{self, Audit};
use crate::redact::{Class, Key, RedactError, Redactor, Seed, Seeds};
use crate::snapshot::Snapshot;

/// The key's file in the state folder.
const KEY_FILE: &str = "redaction.key";

/// The redactor for one bundle, and who searches the finished bundle.
pub(super) struct Redaction {
    /// Takes personal values out.
    pub(super) redactor: Redactor,
    /// Searches for what should have been taken out.
    pub(super) auditor: Box<dyn Auditor>,
}

/// Reads what the machine knows about itself, and the key.
pub(super) fn load(app: &App, snapshot: &Snapshot, mask_serials: bool) -> CliResult<Redaction> {
    let seeds = seeds(app, snapshot, mask_serials)?;
    let key = app.redaction_key_once(|| key(app))?.clone();
    let unusable = |error: RedactError| {
        CliError::caused_by(Exit::Config, "the redaction rules are not usable", &error)
            .hint("nothing leaves without redaction; `keycase data lint` names the line")
    };
    let redactor = Redactor::new(app.packs()?, &seeds, key).map_err(unusable)?;
    pseudonyms::recall(app, &redactor);
    let audit = Audit::new(app.packs()?, &seeds).map_err(unusable)?;
    audit::self_test(&redactor).map_err(|error| {
        CliError::caused_by(Exit::Config, "the redaction rules do not catch what they must", &error)
            .hint("nothing leaves without redaction; an overlay in --data may have changed a rule")
    })?;
    Ok(Redaction { redactor, auditor: Box::new(audit) })
}

/// What the machine knows about itself. The serial numbers of the ticket's own drives
/// stay, unless they are to be masked.
fn seeds(app: &App, snapshot: &Snapshot, mask_serials: bool) -> CliResult<Seeds> {
    let serials: Vec<String> =
        snapshot.drives.iter().filter_map(|drive| drive.usb.serial.clone()).collect();
    let keep = if mask_serials { &[][..] } else { &serials[..] };
    // A recording is of another machine: this one's names have no business in it.
    let mut known = match app.root()? {
        Some(root) if root.is_live() => seeds::read(&root, &environment(), keep),
        Some(root) => seeds::read(&root, &[], keep),
        None => Known { seeds: Seeds { secret: vec![], keep: keep.to_vec() }, ..Known::default() },
    };
    if mask_serials {
        let seed = |value| Seed { value, class: Class::Serial };
        known.seeds.secret.extend(serials.into_iter().map(seed));
    }
    tracing::info!("{} values of this machine are known and taken out", known.seeds.secret.len());
    if !app.global.quiet {
        for (file, error) in &known.unread {
            output::warning(&format!("can't read {file} ({error}); names in it are not known"));
        }
        if known.truncated {
            output::warning(
                "this machine has more names than are kept; the rules must find the rest",
            );
        }
    }
    Ok(known.seeds)
}

/// This process' environment; values that are not text name nobody.
fn environment() -> Vec<(String, String)> {
    let text = |value: std::ffi::OsString| value.into_string().ok();
    std::env::vars_os().filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect()
}

/// The customer's key, made on first use.
///
/// Without a place to keep it, a key for this one bundle is used: pseudonyms are then not
/// the same as in other bundles, which is told, and no reason not to help.
fn key(app: &App) -> CliResult<Key> {
    let dir = paths::state_dir();
    let kept = match &dir {
        Ok(dir) => keep_key(dir),
        Err(error) => Err(io::Error::other(error.message().to_owned())),
    };
    match kept {
        Ok(key) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            let place = dir.map(|dir| dir.join(KEY_FILE).display().to_string()).unwrap_or_default();
            Err(CliError::caused_by(Exit::Config, format!("can't use the key {place}"), &error)
                .hint("restore it from a backup, or delete it; pseudonyms change then"))
        }
        Err(error) => {
            if !app.global.quiet {
                output::warning(&format!(
                    "the pseudonym key can't be kept ({error}); this bundle's pseudonyms \
                     will differ from those in other bundles"
                ));
            }
            new_key()
        }
    }
}

/// Reads the key, or makes it; never replaces one.
fn keep_key(dir: &Path) -> io::Result<Key> {
    let path = dir.join(KEY_FILE);
    match read_key(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        known => return known,
    }
    files::create_dir(dir)?;
    let key = new_key().map_err(|error| io::Error::other(error.message().to_owned()))?;
    let mut file = tempfile::Builder::new().prefix(".redaction-").tempfile_in(dir)?;
    file.write_all(&key.0)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(&path) {
        Ok(_) => {
            files::sync_dir_if_possible(dir);
            Ok(key)
        }
        // Another run was faster: its key is the one.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => read_key(&path),
        Err(error) => Err(error.error),
    }
}

fn read_key(path: &Path) -> io::Result<Key> {
    let mut bytes = Vec::with_capacity(33);
    fs::File::open(path)?.take(33).read_to_end(&mut bytes)?;
    let bytes = bytes
        .try_into()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it does not have 32 bytes"))?;
    Ok(Key(bytes))
}

fn new_key() -> CliResult<Key> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| {
        CliError::caused_by(Exit::Failed, "the system gives no random numbers", &error)
    })?;
    Ok(Key(key))
}

/// A file the person adds, opened before anything else is done.
pub(super) fn open_include(path: &Path) -> CliResult<crate::bundle::Include> {
    let fail = |error: io::Error| {
        let exit = match error.kind() {
            io::ErrorKind::NotFound => Exit::NoInput,
            _ => io_exit(&error),
        };
        CliError::caused_by(exit, format!("can't include {}", path.display()), &error)
            .hint("--include names a readable file; it is redacted like the rest")
    };
    let there = path.to_owned();
    let opened = Patient::new(PATIENCE, 1).ask(move || open_file(&there));
    let silent = || Err(io::Error::new(io::ErrorKind::TimedOut, "it does not answer"));
    let Some(Opened { file, length, start }) = opened.unwrap_or_else(silent).map_err(fail)? else {
        let what = format!("can't include {}: it is not a file", path.display());
        return Err(CliError::new(Exit::NoInput, what).hint("name the files in a folder singly"));
    };
    let packing = Packing::of(&start);
    if let Packing::Hidden(what) = packing {
        let what = format!("can't include {}: it is {what}", path.display());
        return Err(CliError::new(Exit::BadData, what)
            .hint("what cannot be searched cannot be redacted; include its text, unpacked"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = match packing {
        Packing::Gzip => name.strip_suffix(".gz").unwrap_or(&name).to_owned(),
        _ => name,
    };
    Ok(crate::bundle::Include { name, file, length, packing })
}

/// How long opening an included file may take: the server of its file system may be gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// An opened file with how it starts.
struct Opened {
    file: fs::File,
    length: u64,
    start: Vec<u8>,
}

/// Opens a regular file; `None` when it is none.
fn open_file(path: &Path) -> io::Result<Option<Opened>> {
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    let mut start = Vec::with_capacity(packing::START);
    Read::by_ref(&mut file).take(packing::START as u64).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(Some(Opened { file, length, start }))
}
