//! Text that has been through the redactor. No other module can make these.

use std::io::{self, Read};

use super::Counts;

/// Content that is safe to leave the machine.
#[derive(Clone, Debug)]
pub struct Redacted {
    pub(super) bytes: Vec<u8>,
    pub(super) counts: Counts,
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
pub struct RedactedReader<'a> {
    pub(super) inner: Box<dyn Read + 'a>,
    pub(super) counts: Counts,
}

impl RedactedReader<'_> {
    /// What has been replaced so far; complete once the reader returned its end.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl Read for RedactedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}
