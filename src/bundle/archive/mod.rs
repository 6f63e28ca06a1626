//! Reading a zip that anybody may have made.
//!
//! Belongs here: the structure of the archive and its content, within bounds that are
//! checked before anything is allocated. The reader accepts only what the writer of this
//! crate makes, give or take another zip program's extra fields: one part, no comment, no
//! zip64, no encryption, entries that follow each other without a gap and say the same in
//! both of their headers. What hides behind the differences between zip programs
//! (overlapping entries, data before or between them, names that differ) is refused.
//! Nothing is ever unpacked to disk. Does not belong here: what the files mean (`verify`).

mod content;
mod directory;
mod fields;

pub use content::Content;
pub use directory::{Entry, Method};

use std::io::{BufReader, Read, Seek, SeekFrom};

/// The most files a bundle may hold.
pub const MOST_FILES: usize = 4096;

/// The most bytes all files of a bundle may unpack to, whatever the archive's length.
pub const MOST_BYTES: u64 = 4 * 1024 * 1024 * 1024 - 1;

/// Unpacking this much is always fine …
const FREE_BYTES: u64 = 64 * 1024 * 1024;

/// … beyond it, an archive may unpack to this many times its own length. Logs reach 30.
const MOST_RATIO: u64 = 200;

/// Why an archive, or one file in it, cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", .file.as_ref().map(|f| format!("{f}: ")).unwrap_or_default())]
pub struct ArchiveError {
    /// The file in the archive, when it is about one.
    pub file: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl ArchiveError {
    pub(super) fn whole(what: impl Into<String>) -> Self {
        Self { file: None, what: what.into() }
    }

    pub(super) fn of(file: &str, what: impl Into<String>) -> Self {
        Self { file: Some(file.to_owned()), what: what.into() }
    }
}

/// How many bytes an archive of `length` bytes may unpack to.
pub fn most_unpacked(length: u64) -> u64 {
    MOST_BYTES.min(FREE_BYTES.saturating_add(length.saturating_mul(MOST_RATIO)))
}

/// A zip whose structure has been checked.
pub struct Archive<R> {
    reader: R,
    entries: Vec<Entry>,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads and checks the structure; reads no content.
    pub fn open(mut reader: R) -> Result<Self, ArchiveError> {
        let entries = directory::read(&mut reader)?;
        Ok(Self { reader, entries })
    }

    /// The files, in the order they stand in the archive.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The file of that name.
    pub fn find(&self, name: &str) -> Option<Entry> {
        self.entries.iter().find(|entry| entry.name == name).cloned()
    }

    /// A file's content; length and checksum are enforced while it is read.
    pub fn content(&mut self, entry: &Entry) -> Result<Content<'_, R>, ArchiveError> {
        let fail = |error: std::io::Error| ArchiveError::of(&entry.name, error.to_string());
        self.reader.seek(SeekFrom::Start(entry.data_at)).map_err(fail)?;
        Ok(Content::new(BufReader::with_capacity(64 * 1024, &mut self.reader), entry))
    }

    /// A whole file of at most `most` bytes.
    pub fn bytes(&mut self, entry: &Entry, most: u64) -> Result<Vec<u8>, ArchiveError> {
        if entry.size > most {
            let what = format!("{} bytes are more than the {most} allowed for it", entry.size);
            return Err(ArchiveError::of(&entry.name, what));
        }
        let mut bytes = Vec::new();
        let mut content = self.content(entry)?;
        content
            .read_to_end(&mut bytes)
            .map_err(|error| ArchiveError::of(&entry.name, error.to_string()))?;
        Ok(bytes)
    }
}
