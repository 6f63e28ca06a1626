//! What `--from` names, opened once: a pipe gives its bytes one time only.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::{CliError, CliResult, Exit, io_exit};
use crate::bundle::archive::MOST_BYTES;

/// A recording longer than this is refused; a snapshot of a machine is a few kilobytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What a bundle starts with (a zip's first local header).
const ZIP: &[u8] = b"PK\x03\x04";

/// What a sealed bundle starts with (the age file format).
const SEALED: &[u8] = b"age-encryption.org/";

/// Bytes copied at a time.
const BLOCK: usize = 128 * 1024;

/// A recording, by what its first bytes say it is.
pub(super) enum Recording {
    /// Text: one snapshot, or a stream of them.
    Text(Vec<u8>),
    /// A bundle in a file that can be sought, of which only parts are read.
    Bundle(File),
    /// A bundle that only its recipient can open.
    Sealed,
}

/// Opens a recording; `-` is stdin.
pub(super) fn open(path: &Path) -> CliResult<Recording> {
    if path == Path::new("-") {
        return from_stream(path, io::stdin().lock());
    }
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    // Only a regular file can be begun again.
    if !file.metadata().map_err(|error| unreadable(path, &error))?.is_file() {
        return from_stream(path, file);
    }
    let start = start(&mut file).map_err(|error| unreadable(path, &error))?;
    file.rewind().map_err(|error| unreadable(path, &error))?;
    match start {
        start if start == SEALED => Ok(Recording::Sealed),
        start if start.starts_with(ZIP) => Ok(Recording::Bundle(file)),
        _ => text(path, file).map(Recording::Text),
    }
}

/// A recording that can be read once, from its first byte to its last.
fn from_stream(path: &Path, mut stream: impl Read) -> CliResult<Recording> {
    let start = start(&mut stream).map_err(|error| unreadable(path, &error))?;
    let is_bundle = start.starts_with(ZIP);
    if start == SEALED {
        return Ok(Recording::Sealed);
    }
    let whole = start.as_slice().chain(stream);
    match is_bundle {
        true => spool(path, whole).map(Recording::Bundle),
        false => text(path, whole).map(Recording::Text),
    }
}

fn start(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(SEALED.len());
    source.take(SEALED.len() as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn text(path: &Path, source: impl Read) -> CliResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = source.take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > LONGEST {
        let what = format!("{} is longer than {} MB", path.display(), LONGEST / 1024 / 1024);
        return Err(CliError::new(Exit::BadData, what)
            .hint("split a long stream of snapshots into several files"));
    }
    Ok(bytes)
}

/// Keeps a bundle that can be read once in a file without a name: its directory stands at its
/// end, and it may be longer than memory.
fn spool(path: &Path, mut source: impl Read) -> CliResult<File> {
    let mut file = tempfile::tempfile().map_err(|error| unkept(path, &error))?;
    let mut block = vec![0; BLOCK];
    let mut length = 0;
    loop {
        let piece = match source.read(&mut block) {
            Ok(count) => block.get(..count).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(path, &error)),
        };
        if piece.is_empty() {
            break;
        }
        length += piece.len() as u64;
        if length > MOST_BYTES {
            let what = format!("{} is longer than any bundle ({MOST_BYTES} bytes)", path.display());
            return Err(CliError::new(Exit::BadData, what)
                .hint("--from takes what `keycase bundle` has written"));
        }
        file.write_all(piece).map_err(|error| unkept(path, &error))?;
    }
    file.rewind().map_err(|error| unkept(path, &error))?;
    Ok(file)
}

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    let exit = match error.kind() {
        io::ErrorKind::NotFound => Exit::NoInput,
        _ => io_exit(error),
    };
    CliError::caused_by(exit, format!("can't read {}", path.display()), error)
        .hint("--from takes a snapshot (`keycase scan --json`), a stream of them, or a bundle")
}

fn unkept(path: &Path, error: &io::Error) -> CliError {
    let what = format!("can't keep the bundle that {} gives in a temporary file", path.display());
    CliError::caused_by(io_exit(error), what, error)
        .hint("make room where TMPDIR points to, or save the bundle to a file and name the file")
}
