//! Where a command's snapshot comes from: this machine, another root, or a recording.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::thread;

use super::{App, CliError, CliResult, Exit, io_exit};
use crate::bundle;
use crate::catalog::Catalog;
use crate::host::{self, Host, LinuxHost, ReplayError, Root};
use crate::snapshot::{Machine, Snapshot};

/// A recording longer than this is refused; a snapshot of a machine is a few kilobytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What a bundle starts with (a zip's first local header).
const ZIP: &[u8] = b"PK\x03\x04";

/// What a sealed bundle starts with (the age file format).
const SEALED: &[u8] = b"age-encryption.org/";

impl App {
    /// The catalog, loaded on first use.
    pub fn catalog(&self) -> CliResult<&Catalog> {
        self.catalog_once(|| {
            Catalog::load(self.packs()?).map_err(|errors| {
                let mut error = CliError::new(Exit::Config, "the device packs are not usable");
                for problem in errors {
                    error = error.because(&problem);
                }
                error.hint("`keycase data lint` checks overlay packs")
            })
        })
    }

    /// The one machine a command is about; `all` adds the other USB devices.
    pub fn snapshot(&self, all: bool) -> CliResult<Snapshot> {
        let mut snapshots = self.snapshots(all)?;
        match (snapshots.pop(), snapshots.len()) {
            (Some(snapshot), 0) => Ok(snapshot),
            (_, more) => {
                let what = format!("the recording holds {} snapshots", more + 1);
                Err(CliError::new(Exit::BadData, what)
                    .hint("this command is about one machine; give it one snapshot"))
            }
        }
    }

    /// The one machine of a recording other than `--from`.
    pub(super) fn recorded(&self, file: &Path) -> CliResult<Snapshot> {
        let mut snapshots = self.replay(file)?;
        snapshots.pop().ok_or_else(|| CliError::new(Exit::BadData, "the recording is empty"))
    }

    fn replay(&self, file: &Path) -> CliResult<Vec<Snapshot>> {
        let recorded = recorded(file)?;
        let catalog = self.catalog()?;
        let tool = self.tool()?;
        Ok(recorded.into_iter().map(|s| catalog.rename(s, tool.clone())).collect())
    }

    /// All machines of a recording, or this one.
    pub fn snapshots(&self, all: bool) -> CliResult<Vec<Snapshot>> {
        if let Some(file) = &self.global.from {
            return self.replay(file);
        }
        // Neither needs the other, and on a machine of few devices both take as long.
        let read = self.reading()?;
        let (machine, catalog) = thread::scope(|scope| {
            let machine = scope.spawn(read);
            let catalog = self.catalog();
            (machine.join(), catalog)
        });
        let machine = machine.unwrap_or_else(|bug| std::panic::resume_unwind(bug));
        let (devices, problems) = (machine.devices.len(), machine.problems.len());
        tracing::info!("read the machine: {devices} USB devices, {problems} problems");
        Ok(vec![catalog?.snapshot(machine, self.now, self.tool()?, all)])
    }

    /// The root that collectors read below; `None` when the machine is a recording.
    pub fn root(&self) -> CliResult<Option<Root>> {
        if self.global.from.is_some() {
            return Ok(None);
        }
        let Some(dir) = &self.global.sysroot else { return Ok(Some(Root::live())) };
        if !dir.is_dir() {
            let what = format!("no folder at {}", dir.display());
            return Err(CliError::new(Exit::NoInput, what)
                .hint("--sysroot names a folder that holds sys/, proc/, etc/ … of a machine"));
        }
        Ok(Some(Root::at(dir)))
    }

    /// What reads the machine.
    fn reading(&self) -> CliResult<impl FnOnce() -> Machine + Send + use<>> {
        let recorded = self.root()?.filter(|_| self.global.sysroot.is_some());
        Ok(move || match recorded {
            Some(root) => LinuxHost::at(root).read(),
            None => host::this_machine().read(),
        })
    }
}

fn read(file: &Path) -> CliResult<Vec<u8>> {
    let name = file.display().to_string();
    let fail = |error: io::Error| {
        let exit = match error.kind() {
            io::ErrorKind::NotFound => Exit::NoInput,
            _ => io_exit(&error),
        };
        CliError::caused_by(exit, format!("can't read {name}"), &error)
            .hint("--from takes a snapshot (`keycase scan --json`), a stream of them, or a bundle")
    };
    let source: Box<dyn Read> = match name.as_str() {
        "-" => Box::new(io::stdin()),
        _ => Box::new(File::open(file).map_err(fail)?),
    };
    let mut bytes = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > LONGEST {
        let what = format!("{name} is longer than {} MB", LONGEST / 1024 / 1024);
        return Err(CliError::new(Exit::BadData, what)
            .hint("split a long stream of snapshots into several files"));
    }
    Ok(bytes)
}

/// The snapshots of a file: a bundle's one, or all that its text holds.
fn recorded(file: &Path) -> CliResult<Vec<Snapshot>> {
    // A bundle can be long; only its snapshot is read.
    if starts_as_bundle(file) {
        let recorded = parse(file, from_bundle(file)?)?;
        for snapshot in &recorded {
            bundle::check_snapshot(snapshot).map_err(|error| bad_bundle(file, &error))?;
        }
        return Ok(recorded);
    }
    let bytes = read(file)?;
    if bytes.starts_with(ZIP) || bytes.starts_with(SEALED) {
        return Err(CliError::new(Exit::BadData, "a bundle can't be read from stdin")
            .hint("save it to a file and name the file"));
    }
    parse(file, bytes)
}

fn starts_as_bundle(file: &Path) -> bool {
    let mut start = Vec::new();
    let opened = File::open(file).map(|file| file.take(SEALED.len() as u64));
    let read = opened.and_then(|mut file| file.read_to_end(&mut start));
    file != Path::new("-") && read.is_ok() && (start.starts_with(ZIP) || start == SEALED)
}

fn parse(file: &Path, bytes: Vec<u8>) -> CliResult<Vec<Snapshot>> {
    let name = file.display();
    let text = String::from_utf8(bytes).map_err(|error| {
        CliError::caused_by(Exit::BadData, format!("{name} is not text"), &error)
            .hint("--from takes a snapshot (`keycase scan --json`), a stream of them, or a bundle")
    })?;
    host::parse_snapshots(&text).map_err(|error| {
        let hint = match &error {
            ReplayError::Schema(_) => "record a snapshot with `keycase scan --json`",
            _ => "the file may be cut off; record it again with `keycase scan --json`",
        };
        CliError::caused_by(Exit::BadData, format!("can't use {name}"), &error).hint(hint)
    })
}

/// The snapshot in a bundle, which is read as hostile input and never unpacked to disk.
fn from_bundle(file: &Path) -> CliResult<Vec<u8>> {
    bundle::snapshot(file).map_err(|error| bad_bundle(file, &error))
}

fn bad_bundle(file: &Path, error: &bundle::ReadError) -> CliError {
    let what = format!("can't use the bundle {}", file.display());
    CliError::caused_by(Exit::BadData, what, error)
        .hint("`keycase verify` says everything that is wrong with a bundle")
}
