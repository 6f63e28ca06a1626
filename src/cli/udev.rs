//! `keycase udev`: rules that let the person at the screen open known drives.

mod check;
mod install;

use clap::{Args, Subcommand};

use super::{App, CliResult, Exit, output};
use crate::udev::{self, FILE_NAME};

/// Print, install or check udev rules for known drives (Linux; keycase needs none)
///
/// The rules let whoever sits at the screen open the USB and HID nodes of drives that the
/// catalog knows by their ids, for programs such as a vendor's unlocker. keycase opens no
/// drive and works the same with and without them.
#[derive(Debug, Args)]
pub(super) struct UdevArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the rules
    Print,
    /// Write the rules to /etc/udev/rules.d/70-keycase.rules (as root) and say how to reload
    Install,
    /// Say whether the rules are installed, stale or shadowed (exit 0 only if installed)
    Check,
}

/// Runs one of the three.
pub(super) fn run(args: &UdevArgs, app: &App) -> CliResult {
    if app.global.from.is_some() {
        return Err(App::usage("udev rules belong to a machine, not to a recording")
            .hint("leave --from out; --sysroot DIR is another machine's root"));
    }
    match args.action {
        Action::Print => print(app),
        Action::Install => install::run(app),
        Action::Check => check::run(app),
    }
}

fn print(app: &App) -> CliResult {
    let rules = udev::rules(app.catalog()?);
    match app.global.json {
        true => output::document(&serde_json::json!({
            "schema": "keycase.udev-rules/1",
            "tool": app.tool()?,
            "file": FILE_NAME,
            "rules": rules,
        }))?,
        false => output::answer(&rules)?,
    }
    Ok(Exit::Done.code())
}
