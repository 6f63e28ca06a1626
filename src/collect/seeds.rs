//! What this machine knows about itself and its people: the values to take out of
//! everything that leaves.
//!
//! Belongs here: reading them, below any root folder, within bounds. Does not belong here:
//! which of them are looked for, and how (`redact`). A file that is missing says nothing;
//! one that is there and cannot be read is reported, since a value may be missed for it.

mod account;
mod device;
mod network;

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use crate::host::{Patient, Root};
use crate::redact::{Class, Seed, Seeds};

/// Text files of the system are far smaller; what lies beyond is not read.
const MOST_BYTES: usize = 4 << 20;

/// Entries read in one folder.
const MOST_ENTRIES: usize = 20_000;

/// Values kept in all.
const MOST_VALUES: usize = 20_000;

/// How long one file may take, and how many may hang before the rest is given up.
const PATIENCE: Duration = Duration::from_secs(2);
const MOST_HUNG: u32 = 4;

/// What was found out.
#[derive(Debug, Default)]
pub struct Known {
    /// The values, each once.
    pub seeds: Seeds,
    /// Files that are there and could not be read, with the reason.
    pub unread: Vec<(String, io::Error)>,
    /// Whether there were more values than are kept.
    pub truncated: bool,
}

/// Reads everything below `root`. `environment` is the process' own, and empty unless the
/// root is the live machine's. `keep` are the serial numbers that stay.
pub fn read(root: &Root, environment: &[(String, String)], keep: &[String]) -> Known {
    let mut reading = Reading {
        root,
        patient: Patient::new(PATIENCE, MOST_HUNG),
        known: Known::default(),
        seen: BTreeSet::new(),
        controllers: BTreeSet::new(),
    };
    network::read(&mut reading);
    account::read(&mut reading, environment);
    device::read(&mut reading);
    let mut known = reading.known;
    known.seeds.keep = keep.to_vec();
    known
}

/// A reading in progress.
struct Reading<'a> {
    root: &'a Root,
    patient: Patient,
    known: Known,
    seen: BTreeSet<(Class, String)>,
    /// What root hubs call their serial number: names of the controller, not secrets.
    controllers: BTreeSet<String>,
}

impl Reading<'_> {
    fn add(&mut self, class: Class, value: &str) {
        let value = value.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        if value.is_empty() {
            return;
        }
        if self.seen.len() >= MOST_VALUES {
            self.known.truncated = true;
        } else if self.seen.insert((class, value.to_owned())) {
            self.known.seeds.secret.push(Seed { value: value.to_owned(), class });
        }
    }

    /// A file's text; empty when there is none.
    fn text(&mut self, path: &str) -> String {
        self.read(path, |root, path| root.text(path, MOST_BYTES)).unwrap_or_default()
    }

    /// A file's bytes; none when there is no such file.
    fn bytes(&mut self, path: &str) -> Vec<u8> {
        self.read(path, |root, path| root.bytes(path, MOST_BYTES)).unwrap_or_default()
    }

    /// The names in a folder, no more than are worth reading.
    fn names(&mut self, path: &str) -> Vec<String> {
        let names = self.read(path, |root, path| root.dir(path).and_then(|dir| dir.names()));
        let mut names = names.unwrap_or_default();
        if names.len() > MOST_ENTRIES {
            names.truncate(MOST_ENTRIES);
            self.known.truncated = true;
        }
        names
    }

    /// Reads without waiting for ever for a device that hangs.
    fn read<T: Send + 'static>(
        &mut self,
        path: &str,
        read: fn(&Root, &str) -> io::Result<T>,
    ) -> Option<T> {
        let (root, there) = (self.root.clone(), path.to_owned());
        let answer = self.patient.ask(move || read(&root, &there));
        let timed_out = || Err(io::Error::new(io::ErrorKind::TimedOut, "no answer"));
        self.kept(path, answer.unwrap_or_else(timed_out))
    }

    fn kept<T>(&mut self, path: &str, read: io::Result<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                // Devices come and go, and attributes of theirs answer with errors of the
                // device; only a right that is missing, or a device that hangs, hides a value.
                let hides = [io::ErrorKind::PermissionDenied, io::ErrorKind::TimedOut];
                if hides.contains(&error.kind()) {
                    self.known.unread.push((format!("/{path}"), error));
                }
                None
            }
        }
    }
}
