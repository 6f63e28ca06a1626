//! Reading the finished bundle back: is it what was written, and does it hold a sensitive
//! value in spite of everything?
//!
//! One thread unpacks and hashes, the other searches: a long bundle is read in the time of
//! the slower of the two.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use sha2::{Digest, Sha256};

use super::archive::{Archive, Entry};
use super::error::BundleError;
use super::manifest::{MANIFEST, Manifest};
use super::verify;
use super::writer::Unnamed;

/// Searches for the sensitive values a machine is known to have, in every spelling.
pub trait Auditor {
    /// How many values are searched for.
    fn values(&self) -> u64;
    /// How many of them stand in `content`, which is read to its end.
    fn hits(&self, content: &mut dyn Read) -> io::Result<u64>;
}

/// Unpacked bytes handed over at a time, and how many pieces may wait.
const PIECE: usize = 256 * 1024;
const WAITING: usize = 8;

/// What the unpacking thread hands over: a piece of the file, its end, or why it broke.
type Piece = Result<Vec<u8>, BundleError>;

/// Reads every file of the bundle; an error when one differs or holds a known value.
pub(super) fn audit(
    bundle: &mut Unnamed,
    manifest: &Manifest,
    auditor: &dyn Auditor,
    each: &dyn Fn(&str),
) -> Result<(), BundleError> {
    let file = bundle.content().map_err(|error| differs(error.to_string()))?;
    let archive = Archive::open(file).map_err(|error| differs(error.to_string()))?;
    let entries = archive.entries().to_vec();
    let (sender, pieces) = sync_channel(WAITING);
    thread::scope(|scope| {
        scope.spawn(|| unpack(archive, manifest, sender));
        // The receiver goes with this closure, which ends the other thread on an error.
        let pieces = pieces;
        entries.iter().try_for_each(|entry| {
            each(&entry.name);
            search(entry, manifest, auditor, &pieces)
        })
    })
}

/// Searches one file's name and content.
fn search(
    entry: &Entry,
    manifest: &Manifest,
    auditor: &dyn Auditor,
    pieces: &Receiver<Piece>,
) -> Result<(), BundleError> {
    let failed = |error: io::Error| differs(format!("{}: {error}", entry.name));
    let mut content = Content { pieces, piece: Vec::new(), at: 0, ended: false, broken: None };
    let searched = auditor.hits(&mut content);
    // Whatever the searcher did not need is read too: the next file comes after it.
    let drained = io::copy(&mut content, &mut io::sink());
    if let Some(broken) = content.broken {
        return Err(broken);
    }
    drained.map_err(failed)?;
    let hits =
        searched.map_err(failed)? + auditor.hits(&mut entry.name.as_bytes()).map_err(failed)?;
    match hits {
        0 => Ok(()),
        hits => Err(leak(entry, manifest, hits)),
    }
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
    let hash = verify::hex(&hasher.finalize());
    match entry.name == MANIFEST || listed.is_some_and(|listed| listed.sha256 == hash) {
        true => Ok(()),
        false => Err(failed("it is not what was written".into())),
    }
}

fn differs(what: String) -> BundleError {
    BundleError::ReadBack(what)
}

fn leak(entry: &Entry, manifest: &Manifest, hits: u64) -> BundleError {
    let listed = manifest.files.iter().find(|file| file.name == entry.name);
    BundleError::Leak {
        file: entry.name.clone(),
        collector: listed.map_or("the manifest", |file| &file.collector).to_owned(),
        hits,
    }
}

/// One file's content as it comes from the unpacking thread.
struct Content<'a> {
    pieces: &'a Receiver<Piece>,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
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

impl Content<'_> {
    fn next(&mut self) -> io::Result<Vec<u8>> {
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
