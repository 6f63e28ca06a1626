//! How long a bundle of many logs takes, against `zip -6` of the same files alone.
//!
//!     apt-get install zip time
//!     cargo bench --bench bundle [-- MEGABYTES]
//!
//! Writes MEGABYTES (default 1000) of made-up logs, packs them by both, and prints wall
//! time, processor time and peak memory. Targets: at most 1.3 times `zip -6`, at most
//! 64 MB. The machine should do nothing else meanwhile.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for one's own terminal")]

#[path = "redaction/corpus.rs"]
#[expect(dead_code, reason = "the other benchmark uses more of it")]
mod corpus;

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

const MOST_SHARE: f64 = 1.3;
const MOST_MEGABYTES: f64 = 64.0;

/// What GNU time says about a run.
struct Cost {
    wall: f64,
    processor: f64,
    megabytes: f64,
}

fn main() {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse::<u64>().ok());
    let bytes = number.unwrap_or(1000) * 1_000_000;
    let dir = tempfile::tempdir().expect("a folder");
    let log = dir.path().join("system.log");
    let corpus = corpus::Corpus::new(bytes);
    let mut file = File::create(&log).expect("a log");
    std::io::copy(&mut corpus.reader(), &mut file).expect("room for the log");

    let theirs = cost(Command::new("zip").args(["-q", "-6"]).arg(dir.path().join("z")).arg(&log));
    let ours = cost(&mut bundle(dir.path(), &log));
    show("zip -6", &theirs);
    show("keycase bundle", &ours);
    let share = ours.wall / theirs.wall;
    println!("{share:.2} of zip's time; target {MOST_SHARE}, {}", met(share <= MOST_SHARE));
    println!("target {MOST_MEGABYTES} MB, {}", met(ours.megabytes <= MOST_MEGABYTES));
}

fn bundle(dir: &Path, log: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keycase"));
    command.args(["-q", "bundle", "--max-bytes", "4G", "-o"]).arg(dir.join("k.zip"));
    command.arg("--include").arg(log);
    command
}

fn cost(command: &mut Command) -> Cost {
    let mut time = Command::new("/usr/bin/time");
    // Nothing of the caller's: the pseudonym key is made in a home of its own.
    let home = tempfile::tempdir().expect("a home");
    time.env("HOME", home.path()).env_remove("XDG_STATE_HOME");
    time.args(["-f", "%e %U %S %M"]).arg(command.get_program()).args(command.get_args());
    let output = time.stdout(Stdio::null()).output().expect("GNU time, from the package `time`");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let numbers: Vec<f64> =
        said.lines().last().unwrap_or("").split(' ').filter_map(|n| n.parse().ok()).collect();
    let [wall, user, system, kilobytes] = numbers[..] else { unreachable!("time said {said}") };
    Cost { wall, processor: user + system, megabytes: kilobytes / 1000.0 }
}

fn show(name: &str, cost: &Cost) {
    let Cost { wall, processor, megabytes } = cost;
    println!("{name:15} {wall:6.2} s, {processor:6.2} s of processors, {megabytes:5.1} MB");
}

fn met(is: bool) -> &'static str {
    if is { "met" } else { "missed" }
}
