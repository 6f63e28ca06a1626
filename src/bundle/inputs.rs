//! What a bundle is made from, and what came of it.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::Value;

use super::audit::Auditor;
use super::gather::Samples;
use super::manifest::{Consent, Manifest};
use super::packing::Packing;
use crate::collect::{Clock, Context, Sources};
use crate::redact::Redactor;
use crate::snapshot::{Snapshot, Tool};

/// The bytes that logs may take when nothing else is said.
pub const USUAL_BYTES: u64 = 50 * 1000 * 1000;

/// The seconds a run may take.
pub const SECONDS: u64 = 60;

/// What a bundle is made from.
pub struct Inputs<'a> {
    /// The machine and the drives the ticket is about.
    pub snapshot: &'a Snapshot,
    /// Further documents, such as `eligibility.json`; redacted like the rest.
    pub documents: Vec<Document>,
    /// The program and its data.
    pub tool: Tool,
    /// When the bundle is made.
    pub now: Timestamp,
    /// What the person agreed to.
    pub consent: Option<Consent>,
    /// Where collectors read, and when to stop.
    pub context: Context,
    /// The collectors to run.
    pub collectors: Sources,
    /// Measures how long they take; always zero when the run's time is given.
    pub clock: Clock,
    /// The most bytes that logs and included files may take.
    pub bytes: u64,
    /// Files the person adds.
    pub includes: Vec<Include>,
    /// Takes personal data out.
    pub redactor: &'a Redactor,
    /// Searches the finished bundle.
    pub auditor: &'a dyn Auditor,
    /// Writes `report.html` from the manifest so far and the redacted documents.
    pub report: &'a dyn Fn(&Contents<'_>) -> String,
    /// Told what is going on.
    pub progress: &'a dyn Fn(Step<'_>),
}

/// A JSON document of the bundle.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name in the bundle.
    pub name: String,
    /// Its content, before redaction.
    pub value: Value,
}

/// A file the person adds.
#[derive(Debug)]
pub struct Include {
    /// Its own name, without folders.
    pub name: String,
    /// The file, opened; a regular one.
    pub file: File,
    /// Its length when it was opened.
    pub length: u64,
    /// How its text is stored; gzip is unpacked, and the name says so no more.
    pub packing: Packing,
}

/// A text that the report draws pictures from; redacted.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its name in the bundle.
    pub name: String,
    /// Its newest part.
    pub text: Vec<u8>,
}

impl Log {
    /// The logs that pictures are drawn from.
    pub const DRAWN: [&str; 3] = ["logs/kernel.log", "logs/journal.log", "logs/usb-topology.txt"];

    /// More than this of a log is more than a picture can show.
    const LONGEST: usize = 2 * 1024 * 1024;

    /// Takes a text when pictures are drawn from files of that name.
    pub fn of(name: &str, text: &[u8]) -> Option<Self> {
        let newest = &text[text.len().saturating_sub(Self::LONGEST)..];
        let drawn = Self::DRAWN.contains(&name);
        drawn.then(|| Self { name: name.to_owned(), text: newest.to_vec() })
    }
}

/// What the report is about; everything in it is redacted.
pub struct Contents<'a> {
    /// The manifest so far: without the report itself.
    pub manifest: &'a Manifest,
    /// The machine and the drives.
    pub snapshot: &'a Snapshot,
    /// The other documents.
    pub documents: &'a [Document],
    /// The texts that pictures are drawn from.
    pub logs: &'a [Log],
}

/// What is going on.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A collector ended.
    Collected {
        /// Which one.
        id: &'a str,
        /// How many have ended.
        ended: usize,
        /// How many there are.
        all: usize,
    },
    /// This many bytes of an included file have been packed.
    Packing {
        /// The file.
        name: &'a str,
        /// Bytes so far.
        bytes: u64,
        /// Bytes expected.
        of: u64,
    },
    /// A file of the finished bundle is searched.
    Auditing(&'a str),
    /// The bundle is encrypted.
    Sealing,
}

/// Where the bundle goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// Into this folder, under its own name.
    Folder(PathBuf),
    /// To this file.
    File(PathBuf),
}

/// Encrypts a bundle.
pub trait Sealer {
    /// Encrypts `from` to `to`, completely.
    fn seal(&self, from: &mut dyn Read, to: &mut dyn Write) -> Result<(), SealError>;
}

/// Why sealing failed.
pub type SealError = Box<dyn std::error::Error + Send + Sync>;

/// A finished bundle.
#[derive(Clone, Debug)]
pub struct BuiltBundle {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of the file, 64 lowercase hex digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Whether it is encrypted.
    pub sealed: bool,
    /// What is in it.
    pub manifest: Manifest,
    /// Some lines of each file before and after; for a terminal only.
    pub samples: Samples,
}
