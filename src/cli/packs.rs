//! Reading overlay packs from disk: `--data DIR`, and `data/` in the configuration folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::{CliError, CliResult, Exit, paths};
use crate::packs::{Origin, Pack, PackSet, embedded};

/// The folders that may stand in an overlay, one per kind of pack.
pub(crate) const KINDS: [&str; 6] =
    ["devices", "policies", "problems", "triage", "redaction", "desks"];

/// A pack is a page of text; anything larger is a mistake or an attack.
const LARGEST: u64 = 1024 * 1024;

/// The embedded packs with all overlays added.
pub(crate) fn load(explicit: &[PathBuf]) -> CliResult<PackSet> {
    let mut set = embedded();
    let usual = [paths::system_config_dir(), paths::config_dir()];
    for dir in usual.into_iter().flatten().map(|dir| dir.join("data")) {
        if dir.is_dir() {
            add_dir(&mut set, &dir)?;
        }
    }
    for dir in explicit {
        if !dir.is_dir() {
            let what = format!("no folder of packs at {}", dir.display());
            return Err(CliError::new(Exit::Config, what)
                .hint("--data names a folder with devices/, policies/, … inside"));
        }
        // Somebody counts on these packs: without them the answers would be others.
        if add_dir(&mut set, dir)? == 0 {
            return Err(none_in(dir));
        }
    }
    Ok(set)
}

/// A folder was named for its packs, and has none.
pub(crate) fn none_in(dir: &Path) -> CliError {
    let what = format!("no packs in {}", dir.display());
    CliError::new(Exit::Config, what).hint(format!(
        "name the folder that has {} inside, with files that end in .toml",
        KINDS.map(|kind| format!("{kind}/")).join(", ")
    ))
}

/// Adds the packs of one overlay folder; returns how many there were.
pub(crate) fn add_dir(set: &mut PackSet, dir: &Path) -> CliResult<usize> {
    let mut added = 0;
    for kind in KINDS {
        for file in toml_files(&dir.join(kind))? {
            set.add(kind, read(&file)?);
            added += 1;
        }
    }
    Ok(added)
}

/// Reads one pack file.
pub(crate) fn read(file: &Path) -> CliResult<Pack> {
    let fail = |error: std::io::Error| {
        let what = format!("can't read the pack {}", file.display());
        CliError::caused_by(Exit::Config, what, &error)
    };
    let size = fs::metadata(file).map_err(fail)?.len();
    if size > LARGEST {
        let what = format!("the pack {} is larger than {LARGEST} bytes", file.display());
        return Err(CliError::new(Exit::Config, what));
    }
    let text = fs::read_to_string(file).map_err(fail)?;
    Ok(Pack { path: file.display().to_string(), text: text.into(), origin: Origin::Overlay })
}

/// The TOML files of a folder in name order; none when the folder is missing.
pub(crate) fn toml_files(dir: &Path) -> CliResult<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let what = format!("can't list the packs in {}", dir.display());
            return Err(CliError::caused_by(Exit::Config, what, &error));
        }
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    Ok(files)
}
