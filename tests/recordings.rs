//! Where a recording may come from: files, stdin, pipes with and without a name; and that each
//! gives the same answer.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test says what it expected")]

pub mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::Value;
use support::keycase::{Keycase, Ran};
use tempfile::TempDir;

const MACHINE: &str = "tests/machines/locked-sentry-one/snapshot.json";

/// A pipe with a name, into which these bytes are written once.
fn pipe(dir: &Path, bytes: Vec<u8>) -> PathBuf {
    let path = dir.join("pipe");
    let _ = fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
    let to = path.clone();
    // A program that stops reading ends the writing, which is no fault of the test's.
    thread::spawn(move || drop(fs::write(to, bytes)));
    path
}

/// A bundle of the machine below its tree, with lines of its logs.
fn bundle(dir: &Path) -> PathBuf {
    let machine = support::machine::Machine::named("locked-sentry-one");
    let root = machine.unpack();
    let zip = dir.join("b.zip");
    Keycase::new("bundle -q -o").arg(&zip).sysroot(root.path()).run().expect(0);
    zip
}

fn from(command: &str, file: impl AsRef<Path>) -> Ran {
    Keycase::new(command).arg("--from").arg(file.as_ref()).run()
}

#[test]
fn a_snapshot_is_the_same_through_a_pipe() {
    let dir = TempDir::new().expect("a folder");
    let bytes = fs::read(MACHINE).expect("a recording");
    for command in ["scan --json", "check --json", "diagnose --json", "--json"] {
        let named = from(command, MACHINE);
        let piped = from(command, pipe(dir.path(), bytes.clone()));
        assert_eq!((&piped.stdout, piped.code), (&named.stdout, named.code), "{command}");
        for stdin in ["-", "/dev/stdin"] {
            let ran = Keycase::new(command).arg("--from").arg(stdin).stdin(bytes.clone()).run();
            assert_eq!((&ran.stdout, ran.code), (&named.stdout, named.code), "{command} {stdin}");
        }
    }
}

#[test]
fn a_bundle_is_the_same_through_a_pipe_with_its_logs() {
    let dir = TempDir::new().expect("a folder");
    let zip = bundle(dir.path());
    let bytes = fs::read(&zip).expect("a bundle");
    for command in ["scan --json", "diagnose --json", "--json"] {
        let named = from(command, &zip);
        assert!(named.stdout.contains("keycase."), "{command}: {}", named.stderr);
        let stdin = Keycase::new(command).arg("--from").arg("-").stdin(bytes.clone()).run();
        assert_eq!((&stdin.stdout, stdin.code), (&named.stdout, named.code), "{command}");
        let piped = from(command, pipe(dir.path(), bytes.clone()));
        assert_eq!((&piped.stdout, piped.code), (&named.stdout, named.code), "{command}");
    }
}

#[test]
fn what_a_pipe_gives_is_judged_like_a_file() {
    let dir = TempDir::new().expect("a folder");
    let cases: [(&[u8], &str); 4] = [
        (b"", "the recording is empty"),
        (b"PK\x03\x04nonsense", "can't use the bundle"),
        (b"age-encryption.org/v1\n-> X25519 x", "sealed"),
        (b"\xff\xfe{", "is not text"),
    ];
    for (bytes, says) in cases {
        let stdin = Keycase::new("scan").arg("--from").arg("-").stdin(bytes).run().expect(65);
        assert!(stdin.stderr.contains(says) && stdin.stderr.contains("hint:"), "{stdin:?}");
        let piped = from("scan", pipe(dir.path(), bytes.to_vec())).expect(65);
        assert!(piped.stderr.contains(says) && piped.stderr.contains("hint:"), "{piped:?}");
    }
}

/// A bundle from a pipe is kept in a file that nobody sees, and that ends with the program.
#[test]
fn a_bundle_from_a_pipe_leaves_nothing_behind() {
    let dir = TempDir::new().expect("a folder");
    let bytes = fs::read(bundle(dir.path())).expect("a bundle");
    let mut keycase = Keycase::new("scan --json --from -").stdin(bytes.clone());
    keycase.run_again().expect(0);
    assert_eq!(fs::read_dir(keycase.home().join("tmp")).expect("a folder").count(), 0);
    let nowhere = Keycase::new("scan --json --from -").env("TMPDIR", "/nonexistent").stdin(bytes);
    let ran = nowhere.run().expect(74);
    assert!(ran.stderr.contains("TMPDIR"), "{}", ran.stderr);
}

#[test]
fn other_devices_of_a_recording_are_shown_on_request_only() {
    let recorded: Value =
        serde_json::from_str(&fs::read_to_string(MACHINE).expect("a recording")).expect("JSON");
    assert!(recorded["others"].as_array().is_some_and(|others| !others.is_empty()));
    let without = from("scan --json", MACHINE).expect(0).json();
    assert!(without.get("others").is_none_or(Value::is_null), "{without:#}");
    let with = from("scan --json --all", MACHINE).expect(0).json();
    assert_eq!(with["others"], recorded["others"]);
    let table = from("scan", MACHINE).expect(0).stdout;
    assert!(!table.contains("another USB device"), "{table}");
    let table = from("scan --all", MACHINE).expect(0).stdout;
    assert!(table.contains("another USB device"), "{table}");
}
