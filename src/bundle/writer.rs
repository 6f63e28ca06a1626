//! Writing the bundle: manifest first, then every file sorted by name.
//!
//! The same files and manifest give the same bytes. The bundle grows in a temporary file
//! beside its target, readable by its owner only, and gets its name when it is complete,
//! checked and on the disk. Whatever goes wrong before leaves nothing behind.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zip::ZipWriter;

use super::error::BundleError;
use super::hash::sha256;
use super::manifest::{MANIFEST, Manifest};
use super::spool::{Packed, options};
use crate::files;

/// A complete bundle that has no name yet. Dropping it deletes it.
pub struct Unnamed {
    file: NamedTempFile,
    /// SHA-256 of the bundle, 64 lowercase hex digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// Writes manifest and files to a temporary file in `dir`.
pub fn write(dir: &Path, packed: &mut Packed, manifest: &Manifest) -> Result<Unnamed, BundleError> {
    let fail = |source| BundleError::Write { place: dir.to_owned(), source };
    let text = text(manifest)?;
    let mut file = temporary(dir).map_err(fail)?;
    assemble(file.as_file_mut(), text.as_bytes(), packed).map_err(fail)?;
    Unnamed::complete(file).map_err(fail)
}

/// The same into a file that has no name at all and can never get one; also its SHA-256.
pub(super) fn write_nameless(
    dir: &Path,
    packed: &mut Packed,
    manifest: &Manifest,
) -> Result<(File, String), BundleError> {
    let fail = |source| BundleError::Write { place: dir.to_owned(), source };
    let text = text(manifest)?;
    let mut file = tempfile::tempfile_in(dir).map_err(fail)?;
    assemble(&mut file, text.as_bytes(), packed).map_err(fail)?;
    file.rewind().map_err(fail)?;
    let (sha256, _) = sha256(&mut file).map_err(fail)?;
    Ok((file, sha256))
}

fn text(manifest: &Manifest) -> Result<String, BundleError> {
    crate::text::json::document(manifest)
        .map_err(|source| BundleError::Document { name: MANIFEST.into(), source })
}

/// A file readable by its owner only, deleted when dropped.
pub(super) fn temporary(dir: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".keycase-").suffix(".part").tempfile_in(dir)
}

fn assemble(file: &mut File, manifest: &[u8], packed: &mut Packed) -> io::Result<()> {
    let names: Vec<String> = packed.entries().iter().map(|entry| entry.name.clone()).collect();
    let mut zip = ZipWriter::new(BufWriter::with_capacity(256 * 1024, file));
    zip.start_file(MANIFEST, options())?;
    zip.write_all(manifest)?;
    for name in names {
        let index = packed.archive.index_for_name(&name).ok_or(io::ErrorKind::NotFound)?;
        zip.raw_copy_file(packed.archive.by_index_raw(index)?)?;
    }
    zip.finish()?.flush()
}

impl Unnamed {
    /// Measures a file that is complete.
    pub(super) fn complete(mut file: NamedTempFile) -> io::Result<Self> {
        let bytes = file.as_file_mut().seek(SeekFrom::End(0))?;
        file.as_file_mut().seek(SeekFrom::Start(0))?;
        let (sha256, _) = sha256(file.as_file_mut())?;
        Ok(Self { file, sha256, bytes })
    }

    /// The content, from the start.
    pub fn content(&mut self) -> io::Result<&mut File> {
        let file = self.file.as_file_mut();
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    /// Brings it to the disk and gives it its name; a regular file there is replaced.
    pub fn publish(self, path: PathBuf) -> Result<PathBuf, BundleError> {
        if std::fs::symlink_metadata(&path).is_ok_and(|there| !there.is_file()) {
            return Err(BundleError::InTheWay(path));
        }
        let fail = |source| BundleError::Write { place: path.clone(), source };
        self.file.as_file().sync_all().map_err(fail)?;
        self.file.persist(&path).map_err(|error| fail(error.error))?;
        files::sync_dir_if_possible(path.parent().unwrap_or(Path::new(".")));
        Ok(path)
    }
}
