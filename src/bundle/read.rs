//! Reading a bundle that somebody else may have made: its manifest and single documents.
//!
//! What is returned has the hash that the manifest promises; nothing is unpacked to disk.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::archive::{Archive, ArchiveError, Content, Entry};
use super::manifest::Manifest;
use super::verify;
use crate::snapshot::{Drive, Snapshot};
use crate::text::hex;

/// The snapshot's name in a bundle.
pub const SNAPSHOT: &str = "snapshot.json";

/// The longest text read into memory.
pub const LONGEST_DOCUMENT: u64 = 16 * 1024 * 1024;

/// The longest JSON document, and the longest snapshot: parsed they take many times their
/// length. A hundred drives take a third of the latter.
const LONGEST_JSON: u64 = 2 * 1024 * 1024;
const LONGEST_SNAPSHOT: u64 = 768 * 1024;

/// No machine has more of these; a bundle that says so is not one of ours.
const MOST_DRIVES: usize = 256;
const MOST_PARTS: usize = 64;

/// Why a bundle cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file itself cannot be read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// It is encrypted.
    #[error("the bundle is sealed; open it with the recipient's age identity first")]
    Sealed,
    /// It is not a bundle, or not an intact one.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The manifest does not list what was asked for.
    #[error("the bundle has no {0}")]
    Missing(String),
}

/// An open bundle.
pub struct Bundle {
    archive: Archive<File>,
    manifest: Manifest,
}

impl Bundle {
    /// Opens a bundle, checks its structure and reads its manifest.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        Self::of(verify::open(path)?)
    }

    /// The same for a bundle in an open file, which need not have a name.
    pub fn of(mut file: File) -> Result<Self, ReadError> {
        if verify::is_sealed(&mut file)? {
            return Err(ReadError::Sealed);
        }
        let mut archive = Archive::open(file)?;
        let manifest = verify::read_manifest(&mut archive)?;
        Ok(Self { archive, manifest })
    }

    /// What the bundle says it holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// One document, if it has the listed hash and at most [`LONGEST_DOCUMENT`] bytes.
    pub fn document(&mut self, name: &str) -> Result<Vec<u8>, ReadError> {
        let (entry, sha256) = self.listed(name)?;
        let most = match name {
            SNAPSHOT => LONGEST_SNAPSHOT,
            _ if name.ends_with(".json") => LONGEST_JSON,
            _ => LONGEST_DOCUMENT,
        };
        let bytes = self.archive.bytes(&entry, most)?;
        if hex(&Sha256::digest(&bytes)) != sha256 {
            return Err(ArchiveError::of(name, CHANGED).into());
        }
        Ok(bytes)
    }

    /// One file as a stream, of any length. Reading ends in an error of the kind
    /// [`io::ErrorKind::InvalidData`] when the file is not the listed one; nothing that was
    /// read of it before counts then.
    pub fn stream(&mut self, name: &str) -> Result<impl Read + '_, ReadError> {
        let (entry, sha256) = self.listed(name)?;
        let content = self.archive.content(&entry)?;
        Ok(Stream { content, hash: Sha256::new(), sha256 })
    }

    /// The entry of a file, and the hash the manifest gives it.
    fn listed(&self, name: &str) -> Result<(Entry, String), ReadError> {
        let missing = || ReadError::Missing(name.to_owned());
        let listed = self.manifest.files.iter().find(|file| file.name == name);
        let sha256 = listed.ok_or_else(missing)?.sha256.clone();
        Ok((self.archive.find(name).ok_or_else(missing)?, sha256))
    }
}

/// What is wrong with a file whose hash is another.
const CHANGED: &str = "its SHA-256 is not the manifest's; the bundle was changed";

/// A file that is hashed while it is read.
struct Stream<'a> {
    content: Content<'a, File>,
    hash: Sha256,
    sha256: String,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(buffer)?;
        self.hash.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() {
            let hash = std::mem::take(&mut self.hash).finalize();
            if hex(&hash) != self.sha256 {
                return Err(io::Error::new(io::ErrorKind::InvalidData, CHANGED));
            }
        }
        Ok(count)
    }
}

/// Refuses a snapshot of more than a machine can have.
pub fn check_snapshot(snapshot: &Snapshot) -> Result<(), ReadError> {
    let parts = |drive: &Drive| {
        let mounts = drive.luns.iter().map(|lun| lun.mounts.len()).max().unwrap_or(0);
        let lists = [
            drive.interfaces.len(),
            drive.hid.len(),
            drive.luns.len(),
            drive.missing.len(),
            drive.identity.matched_on.len(),
            drive.identity.sources.len(),
            mounts,
        ];
        lists.into_iter().all(|length| length <= MOST_PARTS)
    };
    let others = snapshot.others.as_ref().map_or(0, Vec::len);
    let small = snapshot.drives.len() <= MOST_DRIVES
        && snapshot.problems.len().max(others) <= MOST_DRIVES * MOST_PARTS;
    if small && snapshot.drives.iter().all(parts) {
        return Ok(());
    }
    Err(ArchiveError::of(SNAPSHOT, "it tells of more than a machine can have").into())
}

/// The snapshot of the bundle at `path`, as JSON text.
pub fn snapshot(path: &Path) -> Result<Vec<u8>, ReadError> {
    Bundle::open(path)?.document(SNAPSHOT)
}
