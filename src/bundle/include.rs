//! Files that the person adds: streamed through the redactor, the newest part if cut.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::archive::MOST_BYTES;
use super::error::BundleError;
use super::gather::{Gathering, NO_ROOM};
use super::inputs::{Include, Step};
use super::manifest::Outcome;
use super::packing::Packing;
use super::spool::Bounds;
use crate::collect::{Cut, Pump, Stop};

/// The id under which included files stand in the manifest.
const ID: &str = "include";

/// A line longer than this does not decide where a cut file starts.
const LONGEST_LINE: u64 = 64 * 1024;

/// Adds one file, or the newest part of it that there is room for.
pub(super) fn add(gathering: &mut Gathering<'_>, include: &Include) -> Result<(), BundleError> {
    let inputs = gathering.inputs;
    let stop = &inputs.context.stop;
    let shown = gathering.redacted_name(&include.name)?;
    let shown = shown.as_str();
    if gathering.left == 0 || stop.is_due() {
        let why = match gathering.left {
            0 => "no room was left; allow more by --max-bytes",
            _ if stop.is_asked() => "interrupted before it was read",
            _ => "no time was left to read it",
        };
        let why = format!("{shown}: {why}");
        return gathering.account.ended(ID, Outcome::Skipped, Some(&why), 0);
    }
    let started = (inputs.clock)();
    let (reader, cut) = match open(include, gathering.left, stop) {
        Ok(opened) => opened,
        Err(error) => {
            let why = format!("{shown}: {error}");
            return gathering.account.ended(ID, Outcome::Failed, Some(&why), 0);
        }
    };
    let name = gathering.free_name(&include.name)?;
    let told = |bytes| {
        (inputs.progress)(Step::Packing { name: name.as_str(), bytes, of: include.length });
    };
    let counted = Counted { inner: reader, bytes: 0, told: &told };
    let redacted = inputs.redactor.reader(Box::new(counted));
    let bounds = Bounds { bytes: gathering.left, cut, stop: &|| stop.is_due() };
    let (entry, samples, broken) = gathering.spool.add_reader(&name, redacted, ID, &bounds)?;
    let (kept, truncated) = (entry.bytes, entry.truncated);
    gathering.left -= kept;
    gathering.samples.insert(name.as_str().to_owned(), samples);
    if truncated {
        let why = match &broken {
            Some(error) => format!("it could be read this far only: {error}"),
            None if stop.is_asked() => "the run was interrupted while it was read".to_owned(),
            None if stop.is_due() => "the time of the run was up while it was read".to_owned(),
            None => NO_ROOM.to_owned(),
        };
        gathering.account.truncated(&name, ID, &Cut { why, of: Some(include.length) }, kept)?;
    }
    let (outcome, why) = match broken {
        Some(error) => (Outcome::Failed, Some(format!("{shown}: {error}"))),
        None if stop.is_asked() => (Outcome::Done, Some(format!("{shown}: interrupted"))),
        None if stop.is_due() => (Outcome::TimedOut, Some(format!("{shown}: no time"))),
        None => (Outcome::Done, None),
    };
    let took = (inputs.clock)().saturating_sub(started).as_millis();
    gathering.account.ended(ID, outcome, why.as_deref(), u64::try_from(took).unwrap_or(u64::MAX))
}

/// The part of a file that fits, and whether that is less than all of it.
fn open(include: &Include, room: u64, stop: &Stop) -> io::Result<(Pump, bool)> {
    let length = match include.packing {
        Packing::Gzip => unpacked_length(include, stop)?,
        _ => include.length,
    };
    let pump = |text: Text| Pump::start(text, stop.clone());
    if length <= room {
        // A log that grows while it is read ends where it ended when it was opened.
        return Ok((pump(Box::new(from(include, 0)?.take(length)))?, false));
    }
    let mut start = Vec::new();
    pump(from(include, 0)?)?.take(2).read_to_end(&mut start)?;
    if matches!(start[..], [0xff, 0xfe] | [0xfe, 0xff]) {
        // UTF-16 without its first mark is not to be recognized: keep the start instead.
        return Ok((pump(Box::new(from(include, 0)?.take(room)))?, true));
    }
    // Pseudonyms can be longer than what they stand for, and the newest lines matter most.
    let keep = room - room / 8;
    let newest = newest(from(include, length - keep)?, keep);
    Ok((pump(Box::new(newest))?, true))
}

/// The text of a file; owned, so that it can be left behind when it hangs.
type Text = Box<dyn Read + Send>;

/// The text of a file from a place on.
fn from(include: &Include, place: u64) -> io::Result<Text> {
    let file = include.file.try_clone()?;
    if include.packing != Packing::Gzip {
        let rest = include.length.saturating_sub(place);
        return Ok(Box::new(Places { file, at: place }.take(rest)));
    }
    let packed = Places { file, at: 0 }.take(include.length);
    let text = MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, packed));
    Ok(Box::new(Skipping { text, left: place }))
}

/// What follows the first line break, at most `keep` bytes.
fn newest(text: Text, keep: u64) -> impl Read + Send {
    struct FromLine(BufReader<io::Take<Text>>, bool);
    impl Read for FromLine {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if !std::mem::replace(&mut self.1, true) {
                self.0.by_ref().take(LONGEST_LINE).skip_until(b'\n')?;
            }
            self.0.read(buffer)
        }
    }
    FromLine(BufReader::with_capacity(64 * 1024, text.take(keep)), false)
}

/// A file read at places of its own: no other reader of it moves them.
struct Places {
    file: File,
    at: u64,
}

impl Read for Places {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let count = std::os::unix::fs::FileExt::read_at(&self.file, buffer, self.at)?;
        #[cfg(windows)]
        let count = std::os::windows::fs::FileExt::seek_read(&self.file, buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// A text that can only be read from its start, without its first bytes.
struct Skipping<R> {
    text: R,
    left: u64,
}

impl<R: Read> Read for Skipping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left > 0 {
            let left = std::mem::take(&mut self.left);
            io::copy(&mut self.text.by_ref().take(left), &mut io::sink())?;
        }
        self.text.read(buffer)
    }
}

/// How much a packed file holds; an error when that is more than a bundle can.
fn unpacked_length(include: &Include, stop: &Stop) -> io::Result<u64> {
    let mut text = Pump::start(from(include, 0)?, stop.clone())?;
    let (mut length, mut buffer) = (0, vec![0; 64 * 1024]);
    loop {
        let count = text.read(&mut buffer)?;
        length += count as u64;
        if length > MOST_BYTES {
            return Err(io::Error::other("it unpacks to more than a bundle can hold"));
        }
        if count == 0 || stop.is_due() {
            return Ok(length);
        }
    }
}

/// Tells how much has been read.
struct Counted<'a, R> {
    inner: R,
    bytes: u64,
    told: &'a dyn Fn(u64),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        (self.told)(self.bytes);
        Ok(count)
    }
}
