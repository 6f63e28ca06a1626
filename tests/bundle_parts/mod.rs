//! Makes small bundles for the tests, well-formed or not.

#![allow(dead_code, clippy::allow_attributes, reason = "each test uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use keycase::bundle::manifest::{AuditEntry, Budgets, FileEntry, SCHEMA};
use keycase::bundle::{self, Bounds, Manifest, Packed, Spool};
use keycase::packs::embedded;
use keycase::redact::{Key, Redactor, Seeds};
use keycase::snapshot::Tool;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) fn redactor() -> Redactor {
    Redactor::new(&embedded(), &Seeds::default(), Key([7; 32])).unwrap()
}

/// A manifest about `files`.
pub(crate) fn manifest(files: Vec<FileEntry>) -> Manifest {
    Manifest {
        schema: SCHEMA.into(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        tool: Tool { name: "keycase".into(), version: "0".into(), data: embedded().version() },
        consent: None,
        budgets: Budgets { seconds: 60, bytes: 1 << 20, since_seconds: None },
        interrupted: false,
        files,
        truncations: Vec::new(),
        collectors: Vec::new(),
        key_id: None,
        audit: AuditEntry::default(),
    }
}

/// Packs texts and one stream, then writes the bundle to `path`.
pub(crate) fn write(path: &Path, files: &[(&str, &[u8])]) {
    let dir = path.parent().unwrap();
    let mut packed = pack(dir, files);
    let manifest = manifest(packed.entries().to_vec());
    bundle::write(dir, &mut packed, &manifest).unwrap().publish(path.to_owned()).unwrap();
}

fn pack(dir: &Path, files: &[(&str, &[u8])]) -> Packed {
    let redactor = redactor();
    let mut spool = Spool::new(dir).unwrap();
    let bounds = Bounds { bytes: u64::MAX, cut: false, stop: &|| false };
    for (index, (name, content)) in files.iter().enumerate() {
        let name = redactor.name(name).unwrap();
        if index % 2 == 0 {
            spool.add(&name, &redactor.text(content).unwrap(), "test", false).unwrap();
        } else {
            let reader = redactor.reader(Box::new(*content));
            spool.add_reader(&name, reader, "test", &bounds).unwrap();
        }
    }
    spool.finish().unwrap().0
}

/// A line of the manifest that fits `content`.
pub(crate) fn line(name: &str, content: &[u8]) -> FileEntry {
    let hash = Sha256::digest(content);
    FileEntry {
        name: name.into(),
        bytes: content.len() as u64,
        sha256: hash.iter().map(|b| format!("{b:02x}")).collect(),
        collector: "test".into(),
        redactions: BTreeMap::new(),
        truncated: false,
    }
}

/// A zip made by hand: whatever names and contents are asked for, manifest first.
pub(crate) fn zip(listed: Vec<FileEntry>, files: &[(&str, &[u8])]) -> Vec<u8> {
    let manifest = serde_json::to_vec(&manifest(listed)).unwrap();
    let mut all: Vec<(&str, &[u8])> = vec![("manifest.json", &manifest)];
    all.extend(files);
    raw_zip(&all)
}

/// A zip of exactly these files.
pub(crate) fn raw_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
