//! A medium where it is mounted: walked without following a link, each file opened plainly.

use std::fs::File;
use std::io;

use super::contents::{Launcher, LauncherError};
use crate::host::root::{Dir, Root};

/// Files and folders listed in all.
const MOST_ENTRIES: usize = 5000;

/// Folders deep.
const DEEPEST: usize = 12;

/// The folder where a medium is mounted.
pub(super) struct Mounted(Dir);

impl Mounted {
    /// Opens a regular file; never through a link.
    pub(super) fn open(&self, path: &str) -> io::Result<File> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut folders = folder.split('/').filter(|name| !name.is_empty());
        folders.try_fold(self.0.clone(), |dir, name| dir.plain_dir(name))?.open_plain(name)
    }
}

/// Lists what is mounted at `folder`, after making sure that it is still the CD.
pub(super) fn open(
    root: &Root,
    folder: &str,
    node: Option<&str>,
) -> Result<Launcher, LauncherError> {
    let fail = |source| LauncherError::Io { place: folder.to_owned(), source };
    let dir = root.dir(folder.trim_start_matches('/')).map_err(fail)?;
    if root.is_live() && !is_cd(root, folder, node) {
        return Err(LauncherError::Other(folder.to_owned()));
    }
    // The first error tells that nothing can be read; later ones cost their folder only.
    dir.names().map_err(fail)?;
    let mut walk = Walk { files: Vec::new(), entries: 0, incomplete: false };
    walk.folder(&dir, "", 0);
    walk.files.sort();
    Ok(Launcher::mounted(folder, walk.files, walk.incomplete, Mounted(dir)))
}

/// Whether the folder still belongs to the CD's device: it may have been unmounted since the
/// machine was read, and then the folder below is somebody's own.
#[cfg(unix)]
fn is_cd(root: &Root, folder: &str, node: Option<&str>) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = node.and_then(|node| super::contents::number(root, node));
    let there = std::fs::metadata(folder).map(|about| super::contents::device_number(about.dev()));
    matches!((number, there), (Some(number), Ok(there)) if number == there)
}

#[cfg(not(unix))]
fn is_cd(_root: &Root, _folder: &str, _node: Option<&str>) -> bool {
    false
}

struct Walk {
    files: Vec<(String, u64)>,
    entries: usize,
    incomplete: bool,
}

impl Walk {
    fn folder(&mut self, dir: &Dir, path: &str, depth: usize) {
        let Ok(names) = dir.names() else {
            self.incomplete = true;
            return;
        };
        for name in names {
            if self.entries >= MOST_ENTRIES || depth > DEEPEST {
                self.incomplete = true;
                return;
            }
            self.entries += 1;
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match dir.plain_file_size(&name) {
                Some(size) => self.files.push((path, size)),
                None if dir.is_plain_dir(&name) => match dir.plain_dir(&name) {
                    Ok(below) => self.folder(&below, &path, depth + 1),
                    Err(_) => self.incomplete = true,
                },
                // Links, pipes and devices have no business on a launcher.
                None => self.incomplete = true,
            }
        }
    }
}
