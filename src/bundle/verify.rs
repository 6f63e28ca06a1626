//! Whether a bundle is what its manifest says. The input may be hostile.
//!
//! Belongs here: the published answer `keycase.verification/1` and the comparison of the
//! manifest with the archive. Memory is bounded by the manifest's bound; content is
//! hashed as it streams by and never stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::archive::{Archive, ArchiveError, Entry};
use super::hash::sha256;
use super::manifest::{self, FileEntry, MANIFEST, Manifest};

/// The schema name of the answer.
pub(super) const SCHEMA: &str = "keycase.verification/1";

/// The longest manifest accepted: room for every file an archive may have.
pub(super) const LONGEST_MANIFEST: u64 = 4 * 1024 * 1024;

/// More errors than this tell nothing new.
const MOST_ERRORS: usize = 100;

/// The first bytes of every age file.
const SEALED: &[u8] = b"age-encryption.org/v1\n";

/// Whether a bundle is intact: the document `keycase.verification/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    /// Always `keycase.verification/1`.
    pub schema: String,
    /// Whether nothing is wrong with what could be checked.
    pub ok: bool,
    /// Whether it is encrypted; then only its recipient can check what is inside.
    pub sealed: bool,
    /// How many files it holds, the manifest included; `None` when that cannot be told.
    pub files: Option<u64>,
    /// Length of the bundle itself in bytes.
    pub bytes: u64,
    /// What is wrong.
    pub errors: Vec<Wrong>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wrong {
    /// The file in the bundle; `None` when it is about the bundle as a whole.
    pub file: Option<String>,
    /// What is wrong with it.
    pub what: String,
}

impl From<ArchiveError> for Wrong {
    fn from(error: ArchiveError) -> Self {
        Self { file: error.file, what: error.what }
    }
}

/// Checks the bundle at `path`. An I/O error means that it could not be read at all.
pub fn verify(path: &Path) -> io::Result<Verification> {
    reader(open(path)?)
}

/// Opens a bundle for reading; refuses what is not a regular file, which might never end.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    File::open(path)
}

/// Checks a bundle in anything that can be read and sought.
pub fn reader<R: Read + Seek>(mut reader: R) -> io::Result<Verification> {
    let bytes = reader.seek(SeekFrom::End(0))?;
    let answer = |sealed, files, errors: Vec<Wrong>| Verification {
        schema: SCHEMA.into(),
        ok: errors.is_empty(),
        sealed,
        files,
        bytes,
        errors,
    };
    if is_sealed(&mut reader)? {
        return Ok(answer(true, None, Vec::new()));
    }
    let mut archive = match Archive::open(reader) {
        Ok(archive) => archive,
        Err(error) => return Ok(answer(false, None, vec![error.into()])),
    };
    let files = archive.entries().len() as u64;
    let errors = match read_manifest(&mut archive) {
        Ok(manifest) => compare(&mut archive, &manifest),
        Err(error) => vec![error.into()],
    };
    Ok(answer(false, Some(files), errors))
}

/// Whether it starts like an age file.
pub fn is_sealed<R: Read + Seek>(reader: &mut R) -> io::Result<bool> {
    reader.seek(SeekFrom::Start(0))?;
    let mut start = Vec::with_capacity(SEALED.len());
    reader.by_ref().take(SEALED.len() as u64).read_to_end(&mut start)?;
    reader.seek(SeekFrom::Start(0))?;
    Ok(start == SEALED)
}

/// The manifest of an archive: its first entry, bounded.
pub(super) fn read_manifest<R: Read + Seek>(
    archive: &mut Archive<R>,
) -> Result<Manifest, ArchiveError> {
    let first = archive.entries().first().filter(|entry| entry.name == MANIFEST).cloned();
    let entry = first.ok_or_else(|| ArchiveError::whole("its first file is not manifest.json"))?;
    let bytes = archive.bytes(&entry, LONGEST_MANIFEST)?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|error| ArchiveError::of(MANIFEST, format!("not a manifest: {error}")))?;
    if manifest.schema != manifest::SCHEMA {
        let what = format!("its schema is `{}`, not `{}`", manifest.schema, manifest::SCHEMA);
        return Err(ArchiveError::of(MANIFEST, what));
    }
    Ok(manifest)
}

fn compare<R: Read + Seek>(archive: &mut Archive<R>, manifest: &Manifest) -> Vec<Wrong> {
    let mut errors = Errors::default();
    let listed = listed(manifest, &mut errors);
    let mut seen = BTreeSet::new();
    for entry in archive.entries().to_vec() {
        if entry.name == MANIFEST {
            continue;
        }
        match listed.get(entry.name.as_str()) {
            Some(file) => check_file(archive, &entry, file, &mut errors),
            None => errors.add(&entry.name, "the manifest does not list it"),
        }
        seen.insert(entry.name);
    }
    for name in listed.keys().filter(|name| !seen.contains(**name)) {
        errors.add(name, "the manifest lists it, but it is missing");
    }
    if manifest.audit.hits > 0 {
        errors.add(MANIFEST, "its own audit found sensitive values");
    }
    errors.found
}

fn listed<'a>(manifest: &'a Manifest, errors: &mut Errors) -> BTreeMap<&'a str, &'a FileEntry> {
    let mut listed = BTreeMap::new();
    for file in &manifest.files {
        if listed.insert(file.name.as_str(), file).is_some() {
            errors.add(&file.name, "the manifest lists it twice");
        }
    }
    listed
}

/// Compares one file with the manifest's line about it.
fn check_file<R: Read + Seek>(
    archive: &mut Archive<R>,
    entry: &Entry,
    listed: &FileEntry,
    errors: &mut Errors,
) {
    if entry.size != listed.bytes {
        let what = format!("it has {} bytes, the manifest says {}", entry.size, listed.bytes);
        errors.add(&entry.name, what);
    }
    match hash(archive, entry) {
        Ok(hash) if hash == listed.sha256 => {}
        Ok(_) => errors.add(&entry.name, "its SHA-256 is not the manifest's"),
        Err(error) => errors.add(&entry.name, error.what),
    }
}

fn hash<R: Read + Seek>(archive: &mut Archive<R>, entry: &Entry) -> Result<String, ArchiveError> {
    let mut content = archive.content(entry)?;
    let hashed = sha256(&mut content).map(|(hash, _)| hash);
    hashed.map_err(|error| ArchiveError::of(&entry.name, error.to_string()))
}

/// Errors up to a number; the last one says that there are more.
#[derive(Default)]
struct Errors {
    found: Vec<Wrong>,
}

impl Errors {
    fn add(&mut self, file: &str, what: impl Into<String>) {
        if self.found.len() < MOST_ERRORS {
            self.found.push(Wrong { file: Some(file.to_owned()), what: what.into() });
        } else if self.found.len() == MOST_ERRORS {
            self.found.push(Wrong { file: None, what: "and more of the same".to_owned() });
        }
    }
}
