//! `keycase scan`: what is attached.

use clap::Args;

use super::{App, CliError, CliResult, Exit, output};
use crate::render;
use crate::snapshot::Snapshot;

/// List attached secure drives and what the system says about them
#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    /// Also list other USB devices (class, speed and port only)
    #[arg(long)]
    all: bool,
}

/// Prints the snapshot.
pub(super) fn run(args: &ScanArgs, app: &App) -> CliResult {
    let snapshots = app.snapshots(args.all)?;
    output::answer(&show(&snapshots, app)?)?;
    if snapshots.iter().all(|snapshot| snapshot.drives.is_empty()) {
        return Err(nothing_found(&snapshots));
    }
    Ok(Exit::Done.code())
}

fn show(snapshots: &[Snapshot], app: &App) -> CliResult<String> {
    if !app.global.json {
        return Ok(snapshots.iter().map(render::scan::table).collect::<Vec<_>>().join("\n"));
    }
    let text = match snapshots {
        [one] => render::json::document(one),
        many => many.iter().map(render::json::line).collect(),
    };
    text.map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}

/// No drive is an answer, and an exit code of its own.
pub(crate) fn nothing_found(snapshots: &[Snapshot]) -> CliError {
    let no_bus = snapshots.iter().all(|s| s.host.usb_bus == Some(false));
    let error = CliError::new(Exit::NoInput, "no IronKey, Kingston or DataLocker drive found");
    match no_bus {
        true => error.hint("this system has no USB bus (a container or virtual machine?); run keycase where the drive is plugged in"),
        false => error.hint("plug the drive directly into this computer and scan again; `keycase scan --all` lists every USB device"),
    }
}
