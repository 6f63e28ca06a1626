//! `keycase scan --all --json` on a bus with many drives, beside `lsusb` and `cyme --json` on
//! the same bus.
//!
//!     apt-get install umockdev usbutils time
//!     cargo install cyme
//!     cargo bench --bench scan [-- DRIVES [RUNS]]
//!
//! DRIVES (default 10, 100 and 500) are emulated under `umockdev-run`, which starts this
//! program again inside. There the programs run in turns, RUNS (default 21) times each; the
//! middle counts. Without cyme it is left out. Targets, with 100 drives: not slower than either, at
//! most 12 MB.
#![expect(clippy::expect_used, reason = "a program for one's own terminal")]

#[path = "page/row.rs"]
mod row;

#[path = "../tests/support/mkusb.rs"]
pub mod mkusb;

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use row::Row;

const MEGABYTE: f64 = 1_000_000.0;

/// Drives for which there are targets.
const ASKED: usize = 100;

const MOST_MEMORY: f64 = 12.0 * MEGABYTE;

/// Says to this program that it runs inside the emulated bus.
const INSIDE: &str = "--inside";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse().ok());
    let (drives, runs) = (numbers.next(), numbers.next().unwrap_or(21));
    let sizes = drives.map_or(vec![10, 100, 500], |drives| vec![drives]);
    for drives in sizes {
        match arguments.iter().any(|argument| argument == INSIDE) {
            true => compare(drives, runs),
            false => emulate(drives, runs),
        }
    }
}

/// Runs this program again on a bus with that many drives.
fn emulate(drives: usize, runs: usize) {
    let mut recording = tempfile::NamedTempFile::new().expect("a file for the recording");
    recording.write_all(mkusb::recording(drives).as_bytes()).expect("a recording");
    let again = std::env::current_exe().expect("this program");
    let status = Command::new("umockdev-run")
        .arg("--device")
        .arg(recording.path())
        .arg("--")
        .arg(again)
        .args([INSIDE, &drives.to_string(), &runs.to_string()])
        .status()
        .expect("umockdev-run; it is in the Debian package umockdev");
    assert!(status.success(), "the comparison failed");
}

fn compare(drives: usize, runs: usize) {
    let mut scan = Command::new(env!("CARGO_BIN_EXE_keycase"));
    scan.args(["scan", "--all", "--json"]);
    assert_eq!(answer(&mut scan).matches("\"port\"").count(), drives, "drives that keycase found");
    let mut peers = peers(drives);
    let mut ours = Vec::new();
    let mut theirs = vec![Vec::new(); peers.len()];
    // In turns, so that whatever else the machine does meets all of them.
    for _ in 0..runs {
        ours.push(time(&mut scan));
        for ((_, peer), times) in peers.iter_mut().zip(&mut theirs) {
            times.push(time(peer));
        }
    }
    let (ours, memory) = (middle(&mut ours), memory(&mut scan));
    for ((name, peer), times) in peers.iter_mut().zip(&mut theirs) {
        let theirs = middle(times);
        let asked = drives == ASKED;
        Row {
            what: &format!("`scan` of {drives} drives, wall time"),
            ours: milliseconds(ours),
            peer: format!("`{name}` {}", milliseconds(theirs)),
            target: asked.then(|| ("not slower".into(), ours <= theirs)),
        }
        .print();
        Row {
            what: &format!("`scan` of {drives} drives, peak memory"),
            ours: megabytes(memory),
            peer: format!("`{name}` {}", megabytes(self::memory(peer))),
            target: asked.then(|| ("at most 12 MB".into(), memory <= MOST_MEMORY)),
        }
        .print();
    }
}

/// Other programs that list the bus; each must see every device.
fn peers(drives: usize) -> Vec<(&'static str, Command)> {
    let devices = drives + drives.div_ceil(mkusb::PORTS);
    let mut lsusb = Command::new("lsusb");
    assert_eq!(answer(&mut lsusb).lines().count(), devices, "devices that lsusb found");
    let mut cyme = Command::new("cyme");
    cyme.arg("--json");
    let mut peers = vec![("lsusb", lsusb)];
    if Command::new("cyme").arg("--version").stdout(Stdio::null()).status().is_ok() {
        let found = answer(&mut cyme).matches("\"product_id\"").count();
        assert!(found >= drives, "cyme found {found} of {devices} devices");
        peers.push(("cyme --json", cyme));
    }
    peers
}

fn answer(command: &mut Command) -> String {
    let output = command.stderr(Stdio::null()).output().expect("the program starts");
    String::from_utf8(output.stdout).expect("an answer in UTF-8")
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts");
    start.elapsed()
}

/// The middle of the times.
fn middle(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / MEGABYTE)
}

/// Peak memory in bytes: GNU time reports what `wait4` says of the child.
fn memory(command: &mut Command) -> f64 {
    let mut time = Command::new("/usr/bin/time");
    time.args(["--quiet", "-f", "%M"]).arg(command.get_program()).args(command.get_args());
    let mut child = time
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("/usr/bin/time; it is in the Debian package time");
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("what time says");
    child.wait().expect("its end");
    let kilobytes: f64 = said.lines().last().and_then(|n| n.parse().ok()).expect("a number");
    kilobytes * 1024.0
}
