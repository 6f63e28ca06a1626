//! How long `keycase --version` takes, from the start of the process to its end.
//!
//!     cargo bench --bench start [-- RUNS]
//!
//! The middle of RUNS (default 101) runs, and the same of `/bin/true`: what starting any
//! process costs on this machine. Then the size of the program that goes into packages, where
//! `packaging/build binary` made it. Targets: at most 5 ms, at most 15 MB.
#![expect(clippy::expect_used, reason = "a program for one's own terminal")]

#[path = "page/row.rs"]
mod row;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use row::Row;

const TARGET: Duration = Duration::from_millis(5);

const PACKAGED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/dist/keycase");

const MOST_BYTES: u64 = 15_000_000;

fn main() {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let runs: usize = number.unwrap_or(101);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..runs {
        ours.push(time(Command::new(env!("CARGO_BIN_EXE_keycase")).arg("--version")));
        floor.push(time(&mut Command::new("/bin/true")));
    }
    let (ours, floor) = (middle(&mut ours), middle(&mut floor));
    Row {
        what: "`keycase --version`, wall time",
        ours: milliseconds(ours),
        peer: format!("`/bin/true` {}", milliseconds(floor)),
        target: Some(("at most 5 ms".into(), ours <= TARGET)),
    }
    .print();
    // Not the program above: benchmarks build it with symbols, and with what only tests need.
    let Ok(packaged) = std::fs::metadata(PACKAGED) else { return };
    Row {
        what: "size of the program in packages",
        ours: format!("{:.1} MB", packaged.len() as f64 / 1e6),
        peer: "–".into(),
        target: Some(("at most 15 MB".into(), packaged.len() <= MOST_BYTES)),
    }
    .print();
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status().expect("the program starts");
    let took = start.elapsed();
    assert!(status.success(), "the program failed");
    took
}

/// The middle of the times.
fn middle(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
