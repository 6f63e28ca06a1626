//! Reading the finished bundle back: is it what was written, and does it hold a sensitive
//! value in spite of everything?
//!
//! A hit, or a file whose text nobody can see, deletes the bundle. One thread unpacks and
//! hashes, the other searches: a long bundle is read in the time of the slower of the two.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use sha2::{Digest, Sha256};

use super::archive::{Archive, Entry};
use super::error::BundleError;
use super::manifest::{AuditEntry, MANIFEST, Manifest};
use super::packing::Packing;
use crate::redact::audit::{Audit, Hit, Spelling};
use crate::text::hex;

/// Searches for the sensitive values a machine is known to have, in every spelling.
pub trait Auditor {
    /// What is searched for, for the manifest.
    fn searched(&self) -> AuditEntry;
    /// What stands in a file's content, which is read to its end.
    fn hits(&self, file: &str, content: &mut dyn Read) -> io::Result<Vec<Hit>>;
}

impl Auditor for Audit {
    fn searched(&self) -> AuditEntry {
        let searched = Audit::searched(self);
        let classes = searched.classes.iter().map(|(class, n)| (class.name().to_owned(), *n));
        AuditEntry {
            values: searched.values(),
            hits: 0,
            canaries: searched.canaries,
            classes: classes.collect(),
            spellings: Spelling::ALL.iter().map(Spelling::to_string).collect(),
        }
    }

    fn hits(&self, file: &str, content: &mut dyn Read) -> io::Result<Vec<Hit>> {
        self.content(file, content)
    }
}

/// Unpacked bytes handed over at a time, and how many pieces may wait.
const PIECE: usize = 256 * 1024;
const WAITING: usize = 8;

/// What the unpacking thread hands over: a piece of the file, its end, or why it broke.
type Piece = Result<Vec<u8>, BundleError>;

/// Who looks on while a bundle is searched.
pub(super) struct Watch<'a> {
    /// Told the name of each file.
    pub(super) each: &'a dyn Fn(&str),
    /// Whether nobody wants to wait for the end.
    pub(super) give_up: &'a dyn Fn() -> bool,
}

/// Reads every file of the bundle; an error when one differs or holds a known value, and
/// `false` when it was given up.
pub(super) fn audit(
    file: &mut File,
    manifest: &Manifest,
    auditor: &dyn Auditor,
    watch: &Watch<'_>,
) -> Result<bool, BundleError> {
    let archive = Archive::open(file).map_err(|error| differs(error.to_string()))?;
    let entries = archive.entries().to_vec();
    let (sender, pieces) = sync_channel(WAITING);
    thread::scope(|scope| {
        scope.spawn(|| unpack(archive, manifest, sender));
        // The receiver goes with this closure, which ends the other thread on an error.
        let pieces = pieces;
        for entry in &entries {
            (watch.each)(&entry.name);
            if !search(entry, manifest, auditor, &pieces, watch.give_up)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// Searches one file's name and content.
fn search(
    entry: &Entry,
    manifest: &Manifest,
    auditor: &dyn Auditor,
    pieces: &Receiver<Piece>,
    give_up: &dyn Fn() -> bool,
) -> Result<bool, BundleError> {
    let failed = |error: io::Error| differs(format!("{}: {error}", entry.name));
    let mut content = Content::new(pieces, give_up);
    let hidden = content.start().map(Packing::of);
    let searched = auditor.hits(&entry.name, &mut content);
    // Whatever the searcher did not need is read too: the next file comes after it.
    let drained = io::copy(&mut content, &mut io::sink());
    if content.given_up {
        return Ok(false);
    }
    if let Some(broken) = content.broken {
        return Err(broken);
    }
    drained.map_err(failed)?;
    if let Packing::Gzip | Packing::Hidden(_) = hidden.map_err(failed)? {
        return Err(leak(entry, manifest, "packed text that cannot be searched".into()));
    }
    let mut hits = searched.map_err(failed)?;
    hits.extend(auditor.hits(&entry.name, &mut entry.name.as_bytes()).map_err(failed)?);
    match hits.is_empty() {
        true => Ok(true),
        false => Err(leak(entry, manifest, found(&hits))),
    }
}

/// What was found, by kind and spelling; never the values.
fn found(hits: &[Hit]) -> String {
    let kind = |hit: &Hit| format!("{} ({})", hit.class.name().replace('_', " "), hit.spelling);
    let kinds: BTreeSet<String> = hits.iter().map(kind).collect();
    kinds.into_iter().collect::<Vec<_>>().join(", ")
}

/// The unpacking thread: every file in order, each followed by an empty piece.
fn unpack(mut archive: Archive<&mut File>, manifest: &Manifest, pieces: SyncSender<Piece>) {
    for entry in archive.entries().to_vec() {
        let unpacked = unpack_one(&mut archive, &entry, manifest, &pieces);
        let end = unpacked.map(|()| Vec::new());
        let broken = end.is_err();
        // Nobody listens any more once the search has failed.
        if pieces.send(end).is_err() || broken {
            return;
        }
    }
}

fn unpack_one(
    archive: &mut Archive<&mut File>,
    entry: &Entry,
    manifest: &Manifest,
    pieces: &SyncSender<Piece>,
) -> Result<(), BundleError> {
    let failed = |what: String| differs(format!("{}: {what}", entry.name));
    let mut content = archive.content(entry).map_err(|error| failed(error.what))?;
    let mut hasher = Sha256::new();
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let read = content.by_ref().take(PIECE as u64).read_to_end(&mut piece);
        if read.map_err(|error| failed(error.to_string()))? == 0 {
            break;
        }
        hasher.update(&piece);
        if pieces.send(Ok(piece)).is_err() {
            return Ok(());
        }
    }
    let listed = manifest.files.iter().find(|file| file.name == entry.name);
    let hash = hex(&hasher.finalize());
    match entry.name == MANIFEST || listed.is_some_and(|listed| listed.sha256 == hash) {
        true => Ok(()),
        false => Err(failed("it is not what was written".into())),
    }
}

fn differs(what: String) -> BundleError {
    BundleError::ReadBack(what)
}

fn leak(entry: &Entry, manifest: &Manifest, found: String) -> BundleError {
    let listed = manifest.files.iter().find(|file| file.name == entry.name);
    BundleError::Leak {
        file: entry.name.clone(),
        collector: listed.map_or("the manifest", |file| &file.collector).to_owned(),
        found,
    }
}

/// One file's content as it comes from the unpacking thread.
struct Content<'a> {
    pieces: &'a Receiver<Piece>,
    give_up: &'a dyn Fn() -> bool,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
    given_up: bool,
    broken: Option<BundleError>,
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() && !self.ended {
            (self.piece, self.at) = (self.next()?, 0);
            self.ended = self.piece.is_empty();
        }
        let count = buffer.len().min(self.piece.len() - self.at);
        buffer[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

impl<'a> Content<'a> {
    fn new(pieces: &'a Receiver<Piece>, give_up: &'a dyn Fn() -> bool) -> Self {
        let (piece, at, ended) = (Vec::new(), 0, false);
        Self { pieces, give_up, piece, at, ended, given_up: false, broken: None }
    }

    /// The first bytes of the file, as many as came in one piece.
    fn start(&mut self) -> io::Result<&[u8]> {
        if self.piece.is_empty() && !self.ended {
            self.piece = self.next()?;
            self.ended = self.piece.is_empty();
        }
        Ok(&self.piece)
    }

    fn next(&mut self) -> io::Result<Vec<u8>> {
        if (self.give_up)() {
            (self.ended, self.given_up) = (true, true);
            // Not the kind that readers try again.
            return Err(io::Error::other("given up"));
        }
        match self.pieces.recv() {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => {
                (self.ended, self.broken) = (true, Some(error));
                Err(io::ErrorKind::InvalidData.into())
            }
            Err(_) => {
                (self.ended, self.broken) = (true, Some(BundleError::Worker));
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
    }
}
