//! Packing files before the manifest that describes them can be written.
//!
//! The manifest comes first in a bundle but holds the hashes of everything else. So files
//! are packed once, as they come, into a temporary zip that has no name in the file
//! system, and later copied behind the manifest without packing them again. Packing runs
//! on its own thread: the caller redacts and hashes meanwhile. Only what `redact` has
//! made gets in.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::archive::{MOST_BYTES, MOST_FILES, most_unpacked};
use super::error::BundleError;
use super::manifest::{FileEntry, MANIFEST, counts_by_name};
use super::name;
use crate::redact::{Redacted, RedactedName, RedactedReader, Sample};
use crate::text::hex;

/// Bytes handed to the packing thread at a time …
const PIECE: usize = 256 * 1024;

/// … and how many pieces may wait there.
const WAITING: usize = 8;

/// Deflate's usual trade of time for size; `zip` has the same default.
const LEVEL: i64 = 6;

enum Step {
    Start(String),
    Bytes(Vec<u8>),
}

/// Files on their way into a bundle.
pub struct Spool {
    dir: PathBuf,
    names: BTreeSet<String>,
    entries: Vec<FileEntry>,
    total: u64,
    steps: Option<SyncSender<Step>>,
    worker: Option<JoinHandle<io::Result<File>>>,
}

/// How far a file may go.
pub struct Bounds<'a> {
    /// The most bytes taken.
    pub bytes: u64,
    /// Whether the stream is already less than all there is.
    pub cut: bool,
    /// Whether the person asked to stop.
    pub stop: &'a dyn Fn() -> bool,
}

impl Spool {
    /// Starts with a temporary file in `dir`, where the bundle will stand.
    pub fn new(dir: &Path) -> Result<Self, BundleError> {
        let place = || dir.to_owned();
        let file = tempfile::tempfile_in(dir)
            .map_err(|source| BundleError::Write { place: place(), source })?;
        let (steps, receiver) = sync_channel(WAITING);
        let worker = thread::Builder::new()
            .name("pack".into())
            .spawn(move || pack(file, &receiver))
            .map_err(|source| BundleError::Write { place: place(), source })?;
        Ok(Self {
            dir: place(),
            names: BTreeSet::from([MANIFEST.to_owned()]),
            entries: Vec::new(),
            total: 0,
            steps: Some(steps),
            worker: Some(worker),
        })
    }

    /// Adds a file that is in memory.
    pub fn add(
        &mut self,
        name: &RedactedName,
        content: &Redacted,
        collector: &str,
        truncated: bool,
    ) -> Result<&FileEntry, BundleError> {
        self.start(name)?;
        let mut hasher = Sha256::new();
        for piece in content.bytes().chunks(PIECE) {
            hasher.update(piece);
            self.send(Step::Bytes(piece.to_vec()))?;
        }
        let bytes = content.bytes().len() as u64;
        let redactions = counts_by_name(content.counts());
        self.list(FileEntry {
            name: name.as_str().to_owned(),
            bytes,
            sha256: hex(&hasher.finalize()),
            collector: collector.to_owned(),
            redactions,
            truncated,
        })
    }

    /// Adds a stream; what goes beyond the bounds is cut and the entry says so.
    ///
    /// A stream that breaks off is an entry too: what came until then, marked as cut. The
    /// other values are some lines before and after, and what broke the stream.
    pub fn add_reader(
        &mut self,
        name: &RedactedName,
        mut content: RedactedReader<'_>,
        collector: &str,
        bounds: &Bounds<'_>,
    ) -> Result<(&FileEntry, Vec<Sample>, Option<io::Error>), BundleError> {
        self.start(name)?;
        let most = bounds.bytes.min(MOST_BYTES - self.total);
        let (mut bytes, mut hasher, mut truncated, mut broken) = (0, Sha256::new(), false, None);
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            match content.by_ref().take(PIECE as u64).read_to_end(&mut piece) {
                Ok(_) => {}
                Err(error) => broken = Some(error),
            }
            if piece.is_empty() {
                break;
            }
            let room = usize::try_from(most - bytes).unwrap_or(usize::MAX);
            truncated = piece.len() > room || (bounds.stop)();
            piece.truncate(room);
            bytes += piece.len() as u64;
            hasher.update(&piece);
            self.send(Step::Bytes(piece))?;
            if truncated || broken.is_some() {
                break;
            }
        }
        // A stream that ends because it was told to is not all there is.
        truncated |= (bounds.stop)();
        let samples = content.samples().to_vec();
        let entry = self.list(FileEntry {
            name: name.as_str().to_owned(),
            bytes,
            sha256: hex(&hasher.finalize()),
            collector: collector.to_owned(),
            redactions: counts_by_name(content.counts()),
            truncated: bounds.cut || truncated || broken.is_some(),
        })?;
        Ok((entry, samples, broken))
    }

    /// Whether a file of that name is already there.
    pub fn has(&self, name: &RedactedName) -> bool {
        self.names.contains(&name.as_str().to_lowercase())
    }

    /// What has been added so far, in the order it came.
    pub fn entries(&self) -> &[FileEntry] {
        &self.entries
    }

    /// Ends packing; the entries are sorted by name from here on.
    ///
    /// Files that pack so well that a reader would take the bundle for a bomb are left
    /// out; they are the second value.
    pub fn finish(mut self) -> Result<(Packed, Vec<FileEntry>), BundleError> {
        self.steps = None;
        let file = self.join()?;
        let fail = |source| BundleError::Write { place: self.dir.clone(), source };
        let length = file.metadata().map_err(fail)?.len();
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|e| fail(e.into()))?;
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let mut packed = Packed { archive, entries };
        let dropped = packed.drop_bombs(length);
        Ok((packed, dropped))
    }

    fn start(&mut self, name: &RedactedName) -> Result<(), BundleError> {
        let text = name.as_str();
        // Names that differ only in case are one file on Windows and macOS.
        if !name::is_safe(text) || !self.names.insert(text.to_lowercase()) {
            return Err(BundleError::Name(text.to_owned()));
        }
        if self.entries.len() + 1 >= MOST_FILES {
            return Err(BundleError::TooMany);
        }
        self.send(Step::Start(text.to_owned()))
    }

    fn list(&mut self, entry: FileEntry) -> Result<&FileEntry, BundleError> {
        self.total += entry.bytes;
        self.entries.push(entry);
        self.entries.last().ok_or(BundleError::Worker)
    }

    /// Hands a step to the packing thread; when it has gone, its error is the answer.
    fn send(&mut self, step: Step) -> Result<(), BundleError> {
        let sent = self.steps.as_ref().is_some_and(|steps| steps.send(step).is_ok());
        if sent {
            return Ok(());
        }
        self.steps = None;
        self.join().and(Err(BundleError::Worker))
    }

    fn join(&mut self) -> Result<File, BundleError> {
        let worker = self.worker.take().ok_or(BundleError::Worker)?;
        let packed = worker.join().map_err(|_| BundleError::Worker)?;
        packed.map_err(|source| BundleError::Write { place: self.dir.clone(), source })
    }
}

/// The packing thread: one zip, entries in the order they come.
fn pack(file: File, steps: &Receiver<Step>) -> io::Result<File> {
    let mut zip = ZipWriter::new(BufWriter::with_capacity(PIECE, file));
    while let Ok(step) = steps.recv() {
        match step {
            Step::Start(name) => zip.start_file(name, options())?,
            Step::Bytes(bytes) => io::Write::write_all(&mut zip, &bytes)?,
        }
    }
    zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)
}

/// The same for every entry, so that nothing of the machine and its clock gets in.
pub(super) fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .last_modified_time(zip::DateTime::DEFAULT)
        .compression_level(Some(LEVEL))
        .unix_permissions(0o600)
        .system(zip::System::Unix)
}

/// Files that are packed and wait for their manifest.
pub struct Packed {
    pub(super) archive: ZipArchive<BufReader<File>>,
    entries: Vec<FileEntry>,
}

impl Packed {
    /// The files, sorted by name.
    pub fn entries(&self) -> &[FileEntry] {
        &self.entries
    }

    /// Leaves out the largest files until a reader accepts the rest.
    fn drop_bombs(&mut self, length: u64) -> Vec<FileEntry> {
        self.keep_within(most_unpacked(length))
    }

    /// Leaves out the largest files until the rest has at most `most` bytes, unpacked.
    pub(super) fn keep_within(&mut self, most: u64) -> Vec<FileEntry> {
        let mut dropped = Vec::new();
        let sum = |entries: &[FileEntry]| entries.iter().map(|file| file.bytes).sum::<u64>();
        while sum(&self.entries) > most {
            let largest = self.entries.iter().enumerate().max_by_key(|(_, file)| file.bytes);
            let Some((at, _)) = largest else { break };
            dropped.push(self.entries.remove(at));
        }
        dropped
    }
}
