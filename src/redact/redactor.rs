//! The redactor: rules and seeds, compiled once, applied to text, names and streams.

use std::fmt;
use std::io::Read;

use super::fields::Fields;
use super::matcher::Matcher;
use super::pseudonym::{PseudonymMap, Pseudonyms};
use super::rules::Rules;
use super::stream::Stream;
use super::worker::Worker;
use super::{Class, Redacted, RedactedReader, Seeds};
use crate::packs::{PackError, PackSet};

/// The key that makes pseudonyms stable for one customer and unlinkable for everybody else.
#[derive(Clone)]
pub struct Key(pub [u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Why something could not be redacted. The file in question must not leave.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// A redaction pack is not usable.
    #[error("a redaction rule is not usable")]
    Pack(#[from] PackError),
    /// There is no rule at all.
    #[error("no redaction rule is known; nothing can be redacted without `data/redaction`")]
    NoRules,
    /// A pack names a shape that this program does not know.
    #[error("a redaction rule asks for the shape `{0}`, which this program does not know")]
    Shape(String),
    /// The automaton over all known values could not be built.
    #[error("the values of this machine could not be compiled: {0}")]
    Automaton(String),
    /// A stream could not be read to its end.
    #[error("the text could not be read to its end")]
    Read(#[from] std::io::Error),
    /// A JSON document is nested too deeply.
    #[error("the JSON document is nested too deeply to be redacted")]
    TooDeep,
    /// A JSON document could not be written.
    #[error("the redacted JSON document could not be written")]
    Json(#[from] serde_json::Error),
}

/// Rules and seeds, compiled. May be used by several threads at once.
pub struct Redactor {
    matcher: Matcher,
    pseudonyms: Pseudonyms,
}

impl Redactor {
    /// Compiles the rules of the packs and the seeds of the machine.
    pub fn new(packs: &PackSet, seeds: &Seeds, key: Key) -> Result<Self, RedactError> {
        let domains = seeds.secret.iter().filter(|seed| seed.class == Class::Domain);
        let domains = domains.map(|seed| seed.value.trim().to_lowercase()).collect();
        let matcher = Matcher::new(Rules::load(packs)?, seeds)?;
        Ok(Self { matcher, pseudonyms: Pseudonyms::new(&key, domains) })
    }

    /// Redacts a text of any encoding.
    pub fn text(&self, raw: &[u8]) -> Result<Redacted, RedactError> {
        let mut reader = self.reader(Box::new(raw));
        let mut bytes = Vec::with_capacity(raw.len());
        reader.read_to_end(&mut bytes)?;
        let (counts, samples) = (reader.counts().clone(), reader.samples().to_vec());
        Ok(Redacted { bytes, counts, samples })
    }

    /// Redacts a JSON document: by field where a field's meaning is known, then as text.
    pub fn json(&self, value: &serde_json::Value) -> Result<Redacted, RedactError> {
        let mut worker = self.worker();
        let mut fields = Fields { matcher: &self.matcher, worker: &mut worker };
        let value = fields.document(value).ok_or(RedactError::TooDeep)?;
        let mut bytes = serde_json::to_vec_pretty(&value)?;
        bytes.push(b'\n');
        Ok(Redacted { bytes, counts: worker.counts, samples: worker.samples.take() })
    }

    /// Redacts a stream of any length in bounded memory.
    pub fn reader<'a>(&'a self, raw: Box<dyn Read + 'a>) -> RedactedReader<'a> {
        RedactedReader { stream: Stream::new(raw, self.worker()) }
    }

    /// The pseudonym under which a value appears, e.g. for a ticket's text; the value
    /// itself when it identifies nobody or is to be kept.
    pub fn pseudonym(&self, class: Class, value: &str) -> String {
        let bytes = value.as_bytes();
        if self.matcher.is_ordinary(class, bytes) || self.matcher.keeps(bytes) {
            return value.to_owned();
        }
        let made = self.worker().pseudonym(class, bytes);
        made.map_or_else(|| value.to_owned(), |made| String::from_utf8_lossy(&made).into_owned())
    }

    /// A name of the key, by which bundles and maps made under it know each other.
    pub fn key_id(&self) -> String {
        self.pseudonyms.key_id()
    }

    /// What has been replaced so far, for the customer's eyes only.
    pub fn map(&self) -> PseudonymMap {
        self.pseudonyms.map()
    }

    /// Takes over the map of earlier runs, so that their pseudonyms stay as they are in a text
    /// that went through redaction already. Only the first one given counts.
    pub fn remember(&self, map: PseudonymMap) {
        self.pseudonyms.remember(map);
    }

    fn worker(&self) -> Worker<'_> {
        Worker::new(&self.matcher, &self.pseudonyms)
    }
}
