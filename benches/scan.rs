//! How long `keycase scan --json` takes on a bus with many drives, against `lsusb` on the
//! same bus, and how much memory it needs.
//!
//!     apt-get install umockdev usbutils
//!     cargo bench --bench scan [-- DRIVES [RUNS]]
//!
//! DRIVES (default 100) are emulated under `umockdev-run`, which starts this program again
//! inside. There the two programs run in turns, RUNS (default 21) times each. Targets: not
//! slower than `lsusb`, at most 12 MB.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for one's own terminal")]

#[path = "../tests/support/mkusb.rs"]
pub mod mkusb;

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MEGABYTE: f64 = 1_000_000.0;
const MOST_MEMORY: f64 = 12.0 * MEGABYTE;

/// Says to this program that it runs inside the emulated bus.
const INSIDE: &str = "--inside";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse().ok());
    let (drives, runs) = (numbers.next().unwrap_or(100), numbers.next().unwrap_or(21));
    if arguments.iter().any(|argument| argument == INSIDE) {
        compare(drives, runs);
    } else {
        emulate(drives, runs);
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
    let mut lsusb = Command::new("lsusb");
    assert_eq!(answer(&mut scan).matches("\"port\"").count(), drives, "drives that keycase found");
    let hubs = drives.div_ceil(mkusb::PORTS);
    assert_eq!(answer(&mut lsusb).lines().count(), drives + hubs, "devices that lsusb found");

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..runs {
        ours.push(time(&mut scan));
        theirs.push(time(&mut lsusb));
    }
    println!("{drives} drives, {runs} runs each");
    let (ours, theirs) = (show("keycase scan", &mut ours), show("lsusb", &mut theirs));
    let share = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("keycase takes {share:.2} of lsusb's time; target 1.00, {}", met(share <= 1.0));
    let memory = memory(&mut scan);
    println!(
        "keycase needs {:.1} MB; lsusb {:.1} MB; target {:.0} MB, {}",
        memory / MEGABYTE,
        self::memory(&mut lsusb) / MEGABYTE,
        MOST_MEMORY / MEGABYTE,
        met(memory <= MOST_MEMORY)
    );
}

fn met(is: bool) -> &'static str {
    if is { "met" } else { "missed" }
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

/// Sorts the times, prints their middle and ends, and returns the middle.
fn show(name: &str, times: &mut [Duration]) -> Duration {
    times.sort();
    let (fastest, middle, slowest) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    let [low, mid, high] = [fastest, middle, slowest].map(|time| time.as_secs_f64() * 1000.0);
    println!("{name:14} median {mid:.1} ms, {low:.1} to {high:.1} ms");
    middle
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
