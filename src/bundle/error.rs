//! Why no bundle was made. Nothing is left behind in any of these cases.

use std::io;
use std::path::PathBuf;

use super::archive::MOST_FILES;
use crate::redact::RedactError;

/// Why no bundle was made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The target folder or the disk under it does not take the file.
    #[error("can't write the bundle to {}", .place.display())]
    Write {
        /// The folder or file.
        place: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is something else in the way.
    #[error("{} is not a regular file; it is left alone", .0.display())]
    InTheWay(PathBuf),
    /// A name that no bundle may hold.
    #[error("`{0}` is not a name that a bundle can hold")]
    Name(String),
    /// Too many files.
    #[error("a bundle holds at most {MOST_FILES} files")]
    TooMany,
    /// A document cannot be written as JSON.
    #[error("can't write {name} as JSON")]
    Document {
        /// The document's name in the bundle.
        name: String,
        /// What serde said.
        source: serde_json::Error,
    },
    /// Something could not be redacted, so nothing leaves.
    #[error("can't redact {name}; no bundle was made")]
    Redact {
        /// The name in the bundle.
        name: String,
        /// What the redactor said.
        source: RedactError,
    },
    /// The finished bundle held a sensitive value.
    #[error(
        "the finished bundle still held sensitive data in {file}, brought by {collector}: \
         {found}; it was deleted"
    )]
    Leak {
        /// The file in the bundle.
        file: String,
        /// Who brought it.
        collector: String,
        /// What was found, by kind and spelling; never the values.
        found: String,
    },
    /// The finished bundle did not read back as written.
    #[error("the finished bundle does not read back: {0}; it was deleted")]
    ReadBack(String),
    /// Sealing failed.
    #[error("can't seal the bundle; nothing was left behind")]
    Seal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Bug: a worker ended without an answer.
    #[error("packing ended unexpectedly")]
    Worker,
}

/// What it means that something of this name cannot be redacted.
pub(super) fn not_redacted(name: &str) -> impl Fn(RedactError) -> BundleError + Copy {
    move |source| BundleError::Redact { name: name.to_owned(), source }
}
