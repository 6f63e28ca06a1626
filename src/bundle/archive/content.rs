//! One file's content: unpacked while it is read, never longer than it says.

use std::io::{self, BufRead, BufReader, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::{Entry, Method};

/// The packed bytes of one file.
type Packed<'a, R> = io::Take<BufReader<&'a mut R>>;

enum Source<'a, R: Read> {
    Stored(Packed<'a, R>),
    Deflated(Box<DeflateDecoder<Packed<'a, R>>>),
}

/// Reads one file; an error when length or checksum are not what the headers say.
pub struct Content<'a, R: Read> {
    source: Source<'a, R>,
    crc: Crc,
    expected_crc: u32,
    left: u64,
    ended: bool,
}

impl<'a, R: Read> Content<'a, R> {
    pub(super) fn new(reader: BufReader<&'a mut R>, entry: &Entry) -> Self {
        let packed = reader.take(entry.packed);
        let source = match entry.method {
            Method::Stored => Source::Stored(packed),
            Method::Deflated => Source::Deflated(Box::new(DeflateDecoder::new(packed))),
        };
        Self { source, crc: Crc::new(), expected_crc: entry.crc, left: entry.size, ended: false }
    }

    /// The end of the unpacked data: everything promised has come, and nothing is left over.
    fn end(&mut self) -> io::Result<usize> {
        self.ended = true;
        let over = match &mut self.source {
            Source::Stored(packed) => !packed.fill_buf()?.is_empty(),
            Source::Deflated(decoder) => !decoder.get_mut().fill_buf()?.is_empty(),
        };
        if self.left > 0 || over {
            return Err(invalid("its length is not what its header says"));
        }
        if self.crc.sum() != self.expected_crc {
            return Err(invalid("its checksum is wrong"));
        }
        Ok(0)
    }
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.ended {
            return Ok(0);
        }
        let read = match &mut self.source {
            Source::Stored(packed) => packed.read(buffer),
            Source::Deflated(decoder) => decoder.read(buffer),
        };
        let count = read.map_err(|_| invalid("its packed data is damaged"))?;
        if count == 0 {
            return self.end();
        }
        self.left = (self.left)
            .checked_sub(count as u64)
            .ok_or_else(|| invalid("it unpacks to more than its header says"))?;
        self.crc.update(&buffer[..count]);
        Ok(count)
    }
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
