//! How long a bundle of many logs takes, against `zip -6` of the same files alone.
//!
//!     apt-get install zip time bsdutils
//!     cargo bench --bench bundle [-- MEGABYTES]
//!
//! Writes MEGABYTES (default 1000) of made-up logs, packs them by both, and prints wall
//! time, processor time and peak memory. Targets: at most 1.3 times `zip -6`, at most
//! 64 MB. Then packs them once more at a terminal (`script` makes one), waits for the first
//! sign of progress, and presses Ctrl-C after three seconds: at most 0.3 s until the one, at
//! most 2 s after the other until a bundle is there that `verify` takes. The machine should do
//! nothing else meanwhile.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for one's own terminal")]

#[path = "redaction/corpus.rs"]
#[expect(dead_code, reason = "the other benchmark uses more of it")]
mod corpus;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const MOST_SHARE: f64 = 1.3;
const MOST_MEGABYTES: f64 = 64.0;

/// Until a person at a terminal sees that something happens.
const FIRST_SIGN: Duration = Duration::from_millis(300);

/// Until Ctrl-C is pressed, and until there is a bundle after that.
const PATIENCE: Duration = Duration::from_secs(3);
const MOST_AFTERWARDS: Duration = Duration::from_secs(2);

/// What a terminal sends for Ctrl-C.
const CTRL_C: &[u8] = b"\x03";

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
    interrupt(dir.path(), &log);
}

/// Packs at a terminal, and presses Ctrl-C before it is done.
fn interrupt(dir: &Path, log: &Path) {
    let mut partial = Command::new(env!("CARGO_BIN_EXE_keycase"));
    partial.args(["bundle", "--max-bytes", "4G", "-o"]).arg(dir.join("part.zip"));
    partial.arg("--include").arg(log);
    let home = tempfile::tempdir().expect("a home");
    let start = Instant::now();
    let mut script = at_a_terminal(&partial, home.path());
    let mut screen = script.stdout.take().expect("a pipe");
    screen.read_exact(&mut [0]).expect("something on the screen");
    let sign = start.elapsed();
    // A terminal that nobody reads from stops whoever writes to it.
    let reading = thread::spawn(move || std::io::copy(&mut screen, &mut std::io::sink()));
    thread::sleep(PATIENCE.saturating_sub(start.elapsed()));
    script.stdin.as_mut().expect("a pipe").write_all(CTRL_C).expect("the key is pressed");
    let pressed = Instant::now();
    script.wait().expect("`script` ends");
    let afterwards = pressed.elapsed();
    reading.join().expect("no panic").expect("the screen is read");
    let verified = Command::new(env!("CARGO_BIN_EXE_keycase"))
        .args(["-q", "verify"])
        .arg(dir.join("part.zip"))
        .env("HOME", home.path())
        .stdout(Stdio::null())
        .status()
        .expect("the program starts");
    let (sign_met, afterwards_met) = (sign <= FIRST_SIGN, afterwards <= MOST_AFTERWARDS);
    println!("first progress after {:.2} s; target 0.30 s, {}", sign.as_secs_f64(), met(sign_met));
    println!(
        "Ctrl-C: the bundle is there after {:.2} s; target 2.00 s, {}; `verify` says {}",
        afterwards.as_secs_f64(),
        met(afterwards_met && verified.success()),
        if verified.success() { "it is whole" } else { "it is not whole" }
    );
}

fn at_a_terminal(command: &Command, home: &Path) -> Child {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    Command::new("script")
        .args(["-qec", &words.join(" "), "/dev/null"])
        .env("HOME", home)
        .env("TERM", "xterm")
        .env_remove("XDG_STATE_HOME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script; it is in the Debian package bsdutils")
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
