//! Where a command's snapshot comes from: this machine, another root, or a recording.

use std::fs::File;
use std::path::Path;
use std::thread;

use super::recording::{self, Recording};
use super::{App, CliError, CliResult, Exit};
use crate::bundle::{self, Bundle, ReadError};
use crate::catalog::Catalog;
use crate::host::{self, Host, LinuxHost, ReplayError, Root};
use crate::snapshot::{Machine, Snapshot};

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
        let mut snapshots = self.replay(recorded(file)?.0)?;
        snapshots.pop().ok_or_else(|| CliError::new(Exit::BadData, "the recording is empty"))
    }

    fn replay(&self, recorded: Vec<Snapshot>) -> CliResult<Vec<Snapshot>> {
        let catalog = self.catalog()?;
        let tool = self.tool()?;
        Ok(recorded.into_iter().map(|s| catalog.rename(s, tool.clone())).collect())
    }

    /// All machines of a recording, or this one.
    pub fn snapshots(&self, all: bool) -> CliResult<Vec<Snapshot>> {
        if let Some(file) = &self.global.from {
            let (recorded, bundle) = recorded(file)?;
            self.keep_bundle(bundle);
            return self.replay(recorded);
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

/// The snapshots of a file: a bundle's one, or all that its text holds; and the bundle, for
/// whoever reads more of it.
fn recorded(file: &Path) -> CliResult<(Vec<Snapshot>, Option<File>)> {
    let bad = |error: ReadError| bad_bundle(file, &error);
    let bundle = match recording::open(file)? {
        Recording::Text(text) => return Ok((parse(file, text)?, None)),
        Recording::Sealed => return Err(bad(ReadError::Sealed)),
        Recording::Bundle(bundle) => bundle,
    };
    // A bundle can be long; only its snapshot is read.
    let own = bundle.try_clone().map_err(|error| bad(error.into()))?;
    let text = Bundle::of(own).and_then(|mut own| own.document(bundle::SNAPSHOT)).map_err(bad)?;
    let recorded = parse(file, text)?;
    for snapshot in &recorded {
        bundle::check_snapshot(snapshot).map_err(bad)?;
    }
    Ok((recorded, Some(bundle)))
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

fn bad_bundle(file: &Path, error: &ReadError) -> CliError {
    let what = format!("can't use the bundle {}", file.display());
    CliError::caused_by(Exit::BadData, what, error)
        .hint("`keycase verify` says everything that is wrong with a bundle")
}
