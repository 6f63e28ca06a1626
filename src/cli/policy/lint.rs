//! `keycase policy lint`: is a policy pack usable?

use std::path::PathBuf;

use crate::cli::lint::{Checked, tell};
use crate::cli::{App, CliResult, packs};
use crate::packs::{Origin, PackError};
use crate::policy::Policies;
use crate::text::count;

/// Checks packs in the order given, on top of the policies in use, and runs the examples
/// of their clauses.
pub(super) fn run(files: &[PathBuf], app: &App) -> CliResult {
    let mut policies = Policies::load(app.packs()?).unwrap_or_default();
    let mut errors: Vec<PackError> = Vec::new();
    for file in files {
        let mut pack = packs::read(file)?;
        pack.origin = Origin::Overlay;
        match policies.add(&pack) {
            Ok(()) => errors.extend(policies.failed_examples(&pack)),
            Err(found) => errors.extend(found),
        }
    }
    let checked = Checked {
        what: &count(files.len(), "pack"),
        kind: "policy packs",
        hint: "`keycase policy show datalocker --json` shows every key in use",
    };
    tell(app, &checked, &errors)
}
