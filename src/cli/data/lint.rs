//! `keycase data lint`: are packs of every kind usable, and do their examples come out as they
//! promise?

use std::path::{Path, PathBuf};

use crate::catalog::Catalog;
use crate::cli::lint::{Checked, tell};
use crate::cli::{App, CliResult, packs};
use crate::desk::DeskData;
use crate::diagnose::{Problems, failed_examples};
use crate::packs::{PackError, PackSet, embedded};
use crate::policy::Policies;
use crate::redact;
use crate::text::count;
use crate::triage::Rules;

/// Checks overlays on top of the embedded packs, as they would be used; without any, all packs
/// in use.
pub(super) fn run(paths: &[PathBuf], app: &App) -> CliResult {
    let mut set = embedded();
    let mut checked = 0;
    for path in paths {
        checked += add(&mut set, path)?;
    }
    let (set, what) = match paths.is_empty() {
        true => (app.packs()?, "all packs in use".to_owned()),
        false => (&set, count(checked, "pack")),
    };
    let hint = "data/devices/README.md explains the keys";
    tell(app, &Checked { what: &what, kind: "packs", hint }, &problems(set))
}

fn add(set: &mut PackSet, path: &Path) -> CliResult<usize> {
    if path.is_dir() {
        return match packs::add_dir(set, path)? {
            0 => Err(packs::none_in(path)),
            some => Ok(some),
        };
    }
    // A single file says by its folder what it is; on its own it is a device.
    let parent = path.parent().and_then(|dir| dir.file_name()).and_then(|name| name.to_str());
    let kind = packs::KINDS.iter().find(|kind| Some(**kind) == parent).unwrap_or(&"devices");
    set.add(kind, packs::read(path)?);
    Ok(1)
}

/// Every problem of every kind of pack, and every example that does not come out as it
/// promises.
fn problems(set: &PackSet) -> Vec<PackError> {
    let mut errors = Vec::new();
    let catalog = Catalog::load(set).map_err(|found| errors.extend(found)).ok();
    match Policies::load(set) {
        Ok(policies) => {
            let files = set.of("policies");
            errors.extend(files.flat_map(|file| policies.failed_examples(file)));
        }
        Err(found) => errors.extend(found),
    }
    match Problems::load(set) {
        Ok(problems) => {
            errors.extend(catalog.iter().flat_map(|c| failed_examples(&problems, set, c)));
        }
        Err(found) => errors.extend(found),
    }
    errors.extend(Rules::load(set).err().unwrap_or_default());
    errors.extend(redact::failed_examples(set));
    errors.extend(DeskData::read(set).err());
    errors
}
