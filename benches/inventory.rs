//! How long a list of a million drives takes, beside Python's csv module only reading it and
//! writing its fields again, and how much memory that needs.
//!
//!     cargo bench --bench inventory [-- ROWS]
//!
//! The list has a serial number of its own in every row and a hundred kinds of drives. Both
//! read the same file and write to a file; the best of three runs, wall-clock. Targets: at
//! least 500 000 rows a second, and no more memory for a million rows than for a thousand.
#![expect(clippy::expect_used, reason = "a program for one's own terminal")]

#[path = "page/row.rs"]
mod row;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use row::Row;

/// Rows a second.
const WANTED: f64 = 500_000.0;

/// What the memory for a million rows may differ from that for a thousand, in MB.
const GROWTH: f64 = 1.0;

const PYTHON: &str = "import csv, sys
rows = csv.reader(open(sys.argv[1], newline=''))
csv.writer(sys.stdout).writerows(rows)";

fn main() {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let count: usize = number.unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let [few, many] = ["few.csv", "many.csv"].map(|name| folder.path().join(name));
    write_list(&few, 1000);
    write_list(&many, count);
    let out = folder.path().join("out");
    for (format, target) in [("csv", true), ("ndjson", false)] {
        let ours = best(|| keycase(&many, format), &out);
        let peer = best(|| python(&many), &out);
        let (ours, peer) = (rate(count, ours), rate(count, peer));
        Row {
            what: &format!("a list of {count} drives, {format}"),
            ours: format!("{ours:.0} rows/s"),
            peer: format!("Python's csv, copying {peer:.0} rows/s"),
            target: target.then(|| (format!("at least {WANTED:.0} rows/s"), ours >= WANTED)),
        }
        .print();
    }
    let [few, many] = [peak(&few, &out), peak(&many, &out)];
    Row {
        what: &format!("memory for {count} drives"),
        ours: format!("{many:.1} MB"),
        peer: format!("for 1000: {few:.1} MB"),
        target: Some(("the same".into(), (many - few).abs() <= GROWTH)),
    }
    .print();
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn write_list(path: &Path, rows: usize) {
    const IDS: [(&str, &str); 4] =
        [("230a", "1550"), ("0951", "16a4"), ("0951", "1666"), ("230a", "1560")];
    let mut list = BufWriter::new(File::create(path).expect("a list"));
    writeln!(list, "serial,vid,pid,managed,license_compliant,site").expect("room");
    for row in 0..rows {
        let kind = row.wrapping_mul(2_654_435_761) >> 7;
        let (vid, pid) = IDS[kind % 4];
        let managed = ["yes", "no", "", "likely", "unknown"][kind / 4 % 5];
        let compliant = ["true", "", "false", "yes", "no"][kind / 20 % 5];
        writeln!(list, "SN{row:010},{vid},{pid},{managed},{compliant},Oslo").expect("room");
    }
}

fn keycase(list: &Path, format: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keycase"));
    command.args(["check", "--quiet", "--format", format, "--inventory"]).arg(list);
    command.env_clear().env("HOME", "/nonexistent");
    command
}

fn python(list: &Path) -> Command {
    let mut command = Command::new("python3");
    command.args(["-c", PYTHON]).arg(list);
    command
}

fn best(command: impl Fn() -> Command, out: &Path) -> Duration {
    let time = || {
        let start = Instant::now();
        let out = File::create(out).expect("room");
        let status = command().stdout(out).stderr(Stdio::inherit()).status().expect("a start");
        // The verdicts decide keycase's exit code; a signal would be none.
        assert!(status.code().is_some_and(|code| code < 4), "it failed: {status}");
        start.elapsed()
    };
    (0..3).map(|_| time()).min().expect("three runs")
}

/// The most memory that a run takes, in MB.
fn peak(list: &Path, out: &Path) -> f64 {
    let keycase = keycase(list, "csv");
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%M", "-o"]).arg(out).arg(keycase.get_program()).args(keycase.get_args());
    command.env_clear().env("HOME", "/nonexistent").stdout(Stdio::null());
    command.status().expect("a start");
    let text = std::fs::read_to_string(out).expect("what time measured");
    let kib = text.lines().last().and_then(|line| line.trim().parse::<f64>().ok());
    kib.expect("a number") * 1024.0 / 1e6
}
