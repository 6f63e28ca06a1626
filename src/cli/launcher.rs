//! The version that the launcher CD states, for the snapshot, when it may be read.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{App, CliResult, output};
use crate::collect::Target;
use crate::host::Root;
use crate::host::launcher::{Launcher, Stated};
use crate::snapshot::{Snapshot, Version};

/// How long all launchers together may take; a few small reads take well under a second.
const BUDGET: Duration = Duration::from_secs(10);

/// Fills `software` of every drive whose launcher CD states one version.
///
/// Of a live machine only when the person asked for it: reading the CD sends read requests
/// to the drive. Of a recorded tree always. A scan never does it, so that it stays what it
/// is: silent on the bus, and done in milliseconds.
pub(super) fn add_software(app: &App, snapshot: &mut Snapshot, asked: bool) -> CliResult<()> {
    let Some(root) = app.root()?.filter(|root| asked || !root.is_live()) else {
        return Ok(());
    };
    let launchers = Target::of(snapshot).launchers;
    if launchers.is_empty() {
        return Ok(());
    }
    let (sender, versions) = mpsc::channel();
    let reading = thread::Builder::new().name("launcher".into()).spawn(move || {
        for cd in launchers {
            let stated = read(&root, &cd);
            // Nobody listens any more when it took too long.
            let _ = sender.send((cd.port, stated));
        }
    });
    let started = std::time::Instant::now();
    while reading.is_ok() {
        match versions.recv_timeout(BUDGET.saturating_sub(started.elapsed())) {
            Ok((port, Some(stated))) => set(snapshot, &port, stated),
            Ok((_, None)) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if !app.global.quiet {
                    output::warning("the launcher CD does not answer; its version is not known");
                }
                break;
            }
        }
    }
    Ok(())
}

fn read(root: &Root, cd: &crate::collect::Launcher) -> Option<Stated> {
    match Launcher::open(root, &cd.place()) {
        Ok(launcher) => launcher.software(),
        Err(error) => {
            tracing::info!("launcher CD on port {}: {error}", cd.port);
            None
        }
    }
}

fn set(snapshot: &mut Snapshot, port: &str, stated: Stated) {
    for drive in snapshot.drives.iter_mut().filter(|drive| drive.port.to_string() == port) {
        let (version, from) = (Some(stated.version.clone()), Some(stated.from.clone()));
        drive.software = Version { version, from };
        drive.missing.retain(|missing| missing.fact != "software.version");
    }
}
