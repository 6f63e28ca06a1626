//! `keycase verify`: is a bundle what its manifest says?

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{App, CliError, CliResult, Exit, io_exit, output};
use crate::bundle::{self, Verification};
use crate::render;

/// Check that a bundle is intact and what its manifest says
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The bundle
    bundle: PathBuf,
}

pub(super) fn run(args: &VerifyArgs, app: &App) -> CliResult {
    let answer = verify(&args.bundle)?;
    let text = match app.global.json {
        true => crate::text::json::document(&answer)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => render::bundle::verification(&answer),
    };
    output::answer(&text)?;
    let exit = if answer.ok { Exit::Done } else { Exit::BadData };
    Ok(exit.code())
}

/// Checks a bundle; an error when it cannot be read at all.
pub(super) fn verify(path: &Path) -> CliResult<Verification> {
    bundle::verify(path).map_err(|error| unreadable(path, &error))
}

/// A bundle that cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> CliError {
    let exit = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::InvalidInput | io::ErrorKind::NotADirectory => {
            Exit::NoInput
        }
        _ => io_exit(error),
    };
    CliError::caused_by(exit, format!("can't read the bundle {}", path.display()), error)
        .hint("name a file that `keycase bundle` has written")
}
