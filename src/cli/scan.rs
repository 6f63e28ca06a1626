//! `keycase scan`: what is attached.

#[cfg(target_os = "linux")]
mod watch;

use clap::Args;

use super::{App, CliError, CliResult, Exit, output};
use crate::snapshot::Snapshot;
use crate::{render, text};

/// List attached secure drives and what the system says about them
#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    /// Also list other USB devices (class, speed and port only)
    #[arg(long)]
    all: bool,
    /// Stay, and print one line of JSON whenever a drive is attached, locked, unlocked or
    /// detached, until Ctrl-C (exit code 130) or SIGTERM (exit code 0)
    ///
    /// Follows the kernel's own events and asks no drive anything. Each line is one document
    /// `keycase.event/1`; drives that are there at the start come first, as `present`.
    #[cfg(target_os = "linux")]
    #[arg(long, conflicts_with = "all")]
    watch: bool,
}

/// Prints the snapshot.
pub(super) fn run(args: &ScanArgs, app: &App) -> CliResult {
    #[cfg(target_os = "linux")]
    if args.watch {
        return watch::run(app);
    }
    let mut snapshots = app.snapshots(args.all)?;
    if !args.all {
        // A recording may hold what was not asked for here.
        snapshots.iter_mut().for_each(|snapshot| snapshot.others = None);
    }
    output::answer(&show(&snapshots, app)?)?;
    if snapshots.iter().all(|snapshot| snapshot.drives.is_empty()) {
        return Err(nothing_found(&snapshots));
    }
    Ok(Exit::Done.code())
}

fn show(snapshots: &[Snapshot], app: &App) -> CliResult<String> {
    if !app.global.json {
        let tables: Vec<String> = snapshots.iter().map(render::scan::table).collect();
        return Ok(render::text::machines(&tables));
    }
    let text = match snapshots {
        [one] => text::json::document(one),
        many => many.iter().map(text::json::line).collect(),
    };
    text.map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}

/// No drive is an answer, and an exit code of its own; not being allowed to look is another.
pub(super) fn nothing_found(snapshots: &[Snapshot]) -> CliError {
    let mut problems = snapshots.iter().flat_map(|s| &s.problems);
    if let Some(denied) = problems.find(|p| p.what.contains("permission denied")) {
        let what = format!("can't look for drives: {}: {}", denied.place, denied.what);
        return CliError::new(Exit::MissingRight, what)
            .hint("sysfs is readable by everyone; look for a container or sandbox that hides it");
    }
    let error = CliError::new(Exit::NoInput, "no IronKey, Kingston or DataLocker drive found");
    let no_bus = snapshots.iter().all(|s| s.host.usb_bus == Some(false));
    error.hint(match no_bus {
        true => {
            "this system has no USB bus (a container or virtual machine?); run keycase where the drive is plugged in"
        }
        false => {
            "plug the drive directly into this computer and scan again; `keycase scan --all` lists every USB device"
        }
    })
}
