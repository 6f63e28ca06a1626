//! Text that has been through the redactor. No other module can make these.

use std::io::{self, Read};

use super::stream::Stream;
use super::{Counts, Sample};

/// Content that is safe to leave the machine.
#[derive(Clone, Debug)]
pub struct Redacted {
    pub(super) bytes: Vec<u8>,
    pub(super) counts: Counts,
    pub(super) samples: Vec<Sample>,
}

impl Redacted {
    /// The redacted content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was replaced.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// A few lines before and after.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}

/// A file name that is safe to leave the machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RedactedName(pub(super) String);

impl RedactedName {
    /// The name, with `/` between folders.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A stream that is redacted while it is read, in bounded memory.
///
/// After a read error it never yields another byte: a file that could not be read to its
/// end is left out or marked, never passed on unseen.
pub struct RedactedReader<'a> {
    pub(super) stream: Stream<'a>,
}

impl RedactedReader<'_> {
    /// What has been replaced so far; complete once the reader returned its end.
    pub fn counts(&self) -> &Counts {
        &self.stream.worker.counts
    }

    /// A few lines before and after.
    pub fn samples(&self) -> &[Sample] {
        self.stream.worker.samples.all()
    }
}

impl Read for RedactedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}
