//! Files that the person adds: streamed through the redactor, the newest part if cut.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::error::BundleError;
use super::gather::{Gathering, NO_ROOM};
use super::inputs::{Include, Step};
use super::manifest::Outcome;
use super::name;
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
    if gathering.left == 0 || stop.is_due() {
        let why = match gathering.left {
            0 => "no room was left; allow more by --max-bytes",
            _ if stop.is_asked() => "interrupted before it was read",
            _ => "no time was left to read it",
        };
        let why = format!("{}: {why}", include.name);
        return gathering.ended(ID, Outcome::Skipped, Some(&why), 0);
    }
    let started = (inputs.clock)();
    let (reader, cut) = match open(include, gathering.left, stop) {
        Ok(opened) => opened,
        Err(error) => {
            let why = format!("{}: {error}", include.name);
            return gathering.ended(ID, Outcome::Failed, Some(&why), 0);
        }
    };
    let name = gathering.free_name(&format!("logs/{}", name::safe_part(&include.name)))?;
    let told = |bytes| {
        (inputs.progress)(Step::Packing { name: name.as_str(), bytes, of: include.length });
    };
    let counted = Counted { inner: reader, bytes: 0, told: &told };
    let redacted = inputs.redactor.reader(Box::new(counted));
    let bounds = Bounds { bytes: gathering.left, cut, stop: &|| stop.is_due() };
    let (entry, broken) = gathering.spool.add_reader(&name, redacted, ID, &bounds)?;
    let (kept, truncated) = (entry.bytes, entry.truncated);
    gathering.left -= kept;
    if truncated {
        let why = match &broken {
            Some(error) => format!("it could be read this far only: {error}"),
            None if stop.is_asked() => "the run was interrupted while it was read".to_owned(),
            None if stop.is_due() => "the time of the run was up while it was read".to_owned(),
            None => NO_ROOM.to_owned(),
        };
        gathering.truncated(&name, ID, &Cut { why, of: Some(include.length) }, kept)?;
    }
    let (outcome, why) = match broken {
        Some(error) => (Outcome::Failed, Some(format!("{}: {error}", include.name))),
        None if stop.is_asked() => (Outcome::Done, Some(format!("{}: interrupted", include.name))),
        None if stop.is_due() => (Outcome::TimedOut, Some(format!("{}: no time", include.name))),
        None => (Outcome::Done, None),
    };
    let took = (inputs.clock)().saturating_sub(started).as_millis();
    gathering.ended(ID, outcome, why.as_deref(), u64::try_from(took).unwrap_or(u64::MAX))
}

/// The part of a file that fits, and whether that is less than all of it.
fn open(include: &Include, room: u64, stop: &Stop) -> io::Result<(Pump, bool)> {
    let mut file: File = include.file.try_clone()?;
    if include.length <= room {
        // A log that grows while it is read ends where it ended when it was opened.
        return Ok((Pump::start(file.take(include.length), stop.clone())?, false));
    }
    let mut start = [0; 2];
    let is_wide = file.read(&mut start)? == 2 && matches!(start, [0xff, 0xfe] | [0xfe, 0xff]);
    if is_wide {
        // UTF-16 without its first mark is not to be recognized: keep the start instead.
        file.seek(SeekFrom::Start(0))?;
        return Ok((Pump::start(file.take(room), stop.clone())?, true));
    }
    // Pseudonyms can be longer than what they stand for, and the newest lines matter most.
    let keep = room - room / 8;
    file.seek(SeekFrom::Start(include.length - keep))?;
    let mut rest = BufReader::with_capacity(64 * 1024, file.take(keep));
    rest.by_ref().take(LONGEST_LINE).skip_until(b'\n')?;
    Ok((Pump::start(rest, stop.clone())?, true))
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
