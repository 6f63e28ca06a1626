//! What reading a hostile bundle costs: every one is refused, none takes more than 64 MB.
//!
//!     apt-get install time
//!     cargo bench --bench hostile
//!
//! Makes bundles that lie, runs `keycase verify` and `keycase show` on each, and prints exit
//! code, wall time and peak memory.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for one's own terminal")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MOST_MEGABYTES: f64 = 64.0;

/// Name of a case, and what writes its file.
type Case = (&'static str, fn(&Path));

const CASES: &[Case] = &[
    ("a million entries", million_entries),
    ("65 535 entries", many_entries),
    ("a bomb of 8 GB", bomb),
    ("a manifest of 1 GB", long_manifest),
    ("a list of files of 60 MB", long_names),
    ("4 GB of zeros, not a zip", zeros),
    ("half a bundle", truncated),
    ("a snapshot of 16 MB", long_snapshot),
];

fn main() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut met = true;
    for (name, make) in CASES {
        let file = dir.path().join("hostile.zip");
        make(&file);
        for command in ["verify", "show"] {
            let (code, seconds, megabytes) = cost(command, &file);
            let intact = *name == "a snapshot of 16 MB" && command == "verify";
            met &= (code == 65 || intact) && megabytes <= MOST_MEGABYTES;
            println!("{name:26} {command:7} exit {code}, {seconds:5.2} s, {megabytes:5.1} MB");
        }
        fs::remove_file(&file).expect("it was just made");
    }
    println!("target {MOST_MEGABYTES} MB and refused: {}", if met { "met" } else { "missed" });
}

/// Exit code, wall time and peak memory of one run.
fn cost(command: &str, file: &Path) -> (i32, f64, f64) {
    let mut time = Command::new("/usr/bin/time");
    time.args(["-q", "-f", "%e %M", env!("CARGO_BIN_EXE_keycase"), command]).arg(file);
    let output = time.output().expect("GNU time, from the package `time`");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = last.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [seconds, kilobytes] = numbers[..] else { unreachable!("time said {said}") };
    (output.status.code().unwrap_or(-1), seconds, kilobytes / 1000.0)
}

fn writer(file: &Path) -> ZipWriter<BufWriter<File>> {
    ZipWriter::new(BufWriter::new(File::create(file).expect("a file")))
}

fn entries(file: &Path, count: usize) {
    let mut zip = writer(file);
    for index in 0..count {
        zip.start_file(format!("{index}"), SimpleFileOptions::default()).expect("an entry");
    }
    zip.finish().expect("a zip");
}

fn million_entries(file: &Path) {
    entries(file, 1_000_000);
}

fn many_entries(file: &Path) {
    entries(file, 65_535);
}

fn filled(file: &Path, name: &str, bytes: u64) {
    let mut zip = writer(file);
    let options = SimpleFileOptions::default().large_file(bytes > u64::from(u32::MAX));
    zip.start_file(name, options).expect("an entry");
    io::copy(&mut io::repeat(b' ').take(bytes), &mut zip).expect("room");
    zip.finish().expect("a zip");
}

fn bomb(file: &Path) {
    filled(file, "logs/kernel.log", 8_000_000_000);
}

fn long_manifest(file: &Path) {
    filled(file, "manifest.json", 1_000_000_000);
}

fn long_names(file: &Path) {
    let mut zip = writer(file);
    for index in 0..1000 {
        let name = format!("{}{index}", "n".repeat(60_000));
        zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
    }
    zip.finish().expect("a zip");
}

/// Intact by its manifest, and made to exhaust whoever parses it; `verify` may accept it.
fn long_snapshot(file: &Path) {
    let rows = vec![r#"{"port":"1-1"}"#; 1_000_000].join(",");
    let text = format!(r#"{{"schema":"keycase.snapshot/1","drives":[{rows}]}}"#);
    let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    let manifest = serde_json::json!({
        "schema": "keycase.bundle/1", "created_at": "2026-11-22T12:00:00Z",
        "tool": {"name": "keycase", "version": "0", "data": {"version": "0", "hash": "0"}},
        "consent": null, "budgets": {"seconds": 60, "bytes": 1, "since_seconds": null},
        "files": [{"name": "snapshot.json", "bytes": text.len(), "sha256": hash, "collector": "x"}],
        "collectors": [], "audit": {"values": 0, "hits": 0},
    });
    let mut zip = writer(file);
    for (name, content) in [("manifest.json", manifest.to_string()), ("snapshot.json", text)] {
        zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(content.as_bytes()).expect("room");
    }
    zip.finish().expect("a zip");
}

fn zeros(file: &Path) {
    let file = File::create(file).expect("a file");
    file.set_len(4_000_000_000).expect("a file with holes");
}

fn truncated(file: &Path) {
    filled(file, "manifest.json", 50_000_000);
    let length = fs::metadata(file).expect("the file").len();
    let handle = File::options().write(true).open(file).expect("the file");
    handle.set_len(length / 2).expect("half of it");
    (&handle).flush().expect("a file");
}
