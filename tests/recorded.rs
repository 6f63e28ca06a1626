//! The lab's drives as a real kernel showed them (`tests/lab/recorded`), scanned without one:
//! as a tree of files, and as a live bus under umockdev.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expected")]

pub mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::keycase::{Keycase, Ran};
use support::record;
use tempfile::TempDir;

/// A row of `machines.tsv`, as the lab wrote it.
struct Recorded {
    name: String,
    port: String,
    id: String,
    lock: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/recorded")
}

fn all() -> Vec<Recorded> {
    let text = fs::read_to_string(folder().join("machines.tsv")).expect("the list of drives");
    let row = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_else(|| panic!("too short: {line}"));
        Recorded { name: next(), port: next(), id: next(), lock: next() }
    };
    text.lines().map(row).collect()
}

impl Recorded {
    fn file(&self) -> PathBuf {
        folder().join(format!("{}.umockdev", self.name))
    }

    fn unpack(&self) -> TempDir {
        let root = TempDir::new().expect("a folder");
        fs::create_dir_all(root.path().join("sys/bus/usb/devices")).expect("a bus");
        let text = fs::read_to_string(self.file()).expect("a recording");
        record::parse(&text).iter().for_each(|device| device.plant(root.path()));
        root
    }

    #[track_caller]
    fn is_in(&self, snapshot: &Value) {
        let drives = snapshot["drives"].as_array().expect("drives");
        assert_eq!(drives.len(), 1, "{}: {snapshot:#}", self.name);
        let drive = &drives[0];
        assert_eq!(drive["port"], self.port.as_str(), "{}", self.name);
        assert_eq!(drive["identity"]["id"], self.id.as_str(), "{}", self.name);
        assert_eq!(drive["lock_state"], self.lock.as_str(), "{}", self.name);
    }
}

#[test]
fn every_recorded_drive_scans_as_in_the_lab() {
    let all = all();
    assert!(all.len() >= 25, "{} drives", all.len());
    for recorded in &all {
        let root = recorded.unpack();
        let ran = Keycase::new("scan --json").sysroot(root.path()).run().expect(0);
        recorded.is_in(&ran.json());
    }
}

#[test]
fn a_live_bus_of_a_recording_gives_the_same_drive() {
    let some = ["hid-interface", "behind-hubs", "malformed"];
    for recorded in all().iter().filter(|recorded| some.contains(&recorded.name.as_str())) {
        let mut inner = Keycase::new("scan --json");
        let mut run = support::mockbus::umockdev_run(&recorded.file(), inner.command());
        let ran = Ran::from(run.output().expect("umockdev-run starts")).expect(0);
        recorded.is_in(&ran.json());
    }
}

#[test]
fn recordings_are_of_the_lab_and_of_nobody() {
    let names: Vec<String> = all().into_iter().map(|recorded| recorded.name).collect();
    for entry in fs::read_dir(folder()).expect("the recordings") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a recording");
        assert!(text.len() < 40_000, "{} is not trimmed", path.display());
        let Some(name) = path.file_stem().and_then(|n| n.to_str()) else { continue };
        if path.extension().is_some_and(|e| e == "umockdev") {
            assert!(names.iter().any(|known| known == name), "{name} is not in machines.tsv");
        }
        // Serial numbers of the lab start with LAB, or are the two gadgets'; QEMU's devices and
        // the controllers' hubs have names of their own.
        for line in text.lines().filter(|line| line.starts_with("A: serial=")) {
            let of_the_lab = ["LAB", "00000042\\n", "AA00000000000043\\n"];
            let of_qemu = ["314159-", "1-0000:00:", "0000:00:", "dummy_hcd.", "vhci_hcd."];
            let serial = line.trim_start_matches("A: serial=");
            let made_up = of_the_lab.iter().chain(&of_qemu).any(|start| serial.starts_with(start));
            assert!(made_up, "{name}: {line}");
        }
    }
}
