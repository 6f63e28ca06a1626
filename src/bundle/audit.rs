//! Reading the finished bundle back: is it what was written, and does it hold a sensitive
//! value in spite of everything?

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::archive::{Archive, Entry};
use super::error::BundleError;
use super::manifest::{FileEntry, MANIFEST, Manifest};
use super::verify;
use super::writer::Unnamed;

/// Searches for the sensitive values a machine is known to have, in every spelling.
pub trait Auditor {
    /// How many values are searched for.
    fn values(&self) -> u64;
    /// How many of them stand in `content`, which is read to its end.
    fn hits(&self, content: &mut dyn Read) -> io::Result<u64>;
}

/// Reads every file of the bundle; an error when one differs or holds a known value.
pub(super) fn audit(
    bundle: &mut Unnamed,
    manifest: &Manifest,
    auditor: &dyn Auditor,
    each: &dyn Fn(&str),
) -> Result<(), BundleError> {
    let differs = |what: String| BundleError::ReadBack(what);
    let file = bundle.content().map_err(|error| differs(error.to_string()))?;
    let mut archive = Archive::open(file).map_err(|error| differs(error.to_string()))?;
    for entry in archive.entries().to_vec() {
        each(&entry.name);
        let listed = manifest.files.iter().find(|file| file.name == entry.name);
        let content = archive.content(&entry).map_err(|error| differs(error.to_string()))?;
        let mut content = Hashed { inner: content, hasher: Sha256::new() };
        let in_content = hits(auditor, &mut content, &entry)?;
        let in_name = hits(auditor, &mut entry.name.as_bytes(), &entry)?;
        if in_content + in_name > 0 {
            return Err(leak(&entry, listed, in_content + in_name));
        }
        let hash = verify::hex(&content.hasher.finalize());
        if entry.name != MANIFEST && listed.is_none_or(|listed| listed.sha256 != hash) {
            return Err(differs(format!("{} differs", entry.name)));
        }
    }
    Ok(())
}

fn hits(auditor: &dyn Auditor, content: &mut dyn Read, entry: &Entry) -> Result<u64, BundleError> {
    let failed = |error: io::Error| BundleError::ReadBack(format!("{}: {error}", entry.name));
    let hits = auditor.hits(content).map_err(failed)?;
    // Whatever the searcher did not need is read too: the checksum stands at the end.
    io::copy(content, &mut io::sink()).map_err(failed)?;
    Ok(hits)
}

fn leak(entry: &Entry, listed: Option<&FileEntry>, hits: u64) -> BundleError {
    BundleError::Leak {
        file: entry.name.clone(),
        collector: listed.map_or("the manifest", |file| &file.collector).to_owned(),
        hits,
    }
}

/// Hashes what passes.
struct Hashed<R> {
    inner: R,
    hasher: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}
