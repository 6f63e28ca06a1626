//! How long `keycase --version` takes, from the start of the process to its end.
//!
//!     cargo bench --bench start [-- RUNS]
//!
//! Prints the median, fastest and slowest of RUNS (default 101) runs, and the same of
//! `/bin/true`: what starting any process costs on this machine. Target: at most 5 ms.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for one's own terminal")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TARGET: Duration = Duration::from_millis(5);

fn main() {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let runs: usize = number.unwrap_or(101);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..runs {
        ours.push(time(Command::new(env!("CARGO_BIN_EXE_keycase")).arg("--version")));
        floor.push(time(&mut Command::new("/bin/true")));
    }
    show("keycase --version", &mut ours);
    show("/bin/true", &mut floor);
    let met = if ours[runs / 2] <= TARGET { "met" } else { "missed" };
    println!("target: {} ms, {met}", TARGET.as_millis());
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status().expect("the program starts");
    let took = start.elapsed();
    assert!(status.success(), "the program failed");
    took
}

/// Sorts the times and prints their middle and ends.
fn show(name: &str, times: &mut [Duration]) {
    times.sort();
    let [low, mid, high] =
        [0, times.len() / 2, times.len() - 1].map(|at| times[at].as_secs_f64() * 1000.0);
    println!("{name:20} median {mid:.2} ms, {low:.2} to {high:.2} ms");
}
