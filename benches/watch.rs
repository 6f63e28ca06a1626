//! What `keycase scan --watch` costs while nothing happens, and how many drives a minute it
//! keeps up with, on an emulated bus. How it bears a storm on a real kernel shows in
//! `tests/lab`.
//!
//!     apt-get install umockdev
//!     cargo bench --bench watch [-- PLUGS]
//!
//! PLUGS drives (200, which are as many as the emulated hub has ports for) are plugged in and
//! pulled, each as soon as the line about the one before is there, so the time of the emulation
//! counts too. Each is pulled before its lock state is told, which waits until a drive has been
//! quiet for a second. Targets: 200 plugs a minute, 15 MB, and no processor time while idle.
#![expect(clippy::expect_used, reason = "a program for one's own terminal")]

#[path = "page/row.rs"]
mod row;
#[path = "../tests/support/mod.rs"]
pub mod support;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use row::Row;
use support::keycase::Keycase;
use support::mockbus::{Drive, Kind, MockBus};

const LEAST_PLUGS: f64 = 200.0;
const MOST_MEGABYTES: f64 = 15.0;
const IDLE: Duration = Duration::from_secs(3);

fn main() {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let plugs: u32 = number.unwrap_or(200).min(200);
    let mut bus = MockBus::empty();
    let mut watch = Watch::start(&bus);
    let before = watch.ticks();
    thread::sleep(IDLE);
    let idle = watch.ticks() - before;
    let start = Instant::now();
    for _ in 0..plugs {
        let drive = Drive::new(0x230a, 0x1550, "DL", "Sentry ONE-M");
        let drive = bus.plug(&drive.unit(Kind::Disk, "DL", "Sentry ONE-M", 0));
        bus.tell(&drive, &drive.port, "add");
        watch.hears("attached");
        bus.unplug(&drive);
        bus.tell(&drive, &drive.port, "remove");
        watch.hears("detached");
    }
    let a_minute = f64::from(plugs) * 60.0 / start.elapsed().as_secs_f64();
    let memory = watch.peak_megabytes();
    show("plugs a minute", format!("{a_minute:.0}"), "at least 200", a_minute >= LEAST_PLUGS);
    let what = "peak memory after that";
    show(what, format!("{memory:.1} MB"), "at most 15 MB", memory <= MOST_MEGABYTES);
    let what = format!("processor time in {} s without an event", IDLE.as_secs());
    show(&what, format!("{} ms", idle * 10), "none", idle == 0);
}

fn show(what: &str, ours: String, target: &str, met: bool) {
    let what = &format!("`scan --watch`, {what}");
    Row { what, ours, peer: "–".into(), target: Some((target.into(), met)) }.print();
}

/// A running watch; it is killed in the end.
struct Watch {
    child: Child,
    lines: BufReader<ChildStdout>,
    _home: Keycase,
}

impl Watch {
    fn start(bus: &MockBus) -> Self {
        let mut keycase = Keycase::new("scan --watch");
        let command = bus.show(keycase.command());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut notes = BufReader::new(child.stderr.take().expect("a pipe"));
        notes.read_line(&mut String::new()).expect("that it listens");
        let lines = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, lines, _home: keycase }
    }

    fn hears(&mut self, event: &str) {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        assert!(line.contains(&format!("\"event\":\"{event}\"")), "{event}: {line}");
    }

    fn about(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("its process")
    }

    /// Its processor time in hundredths of a second, user and system: proc_pid_stat(5).
    fn ticks(&self) -> u64 {
        let stat = self.about("stat");
        let after_name = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        after_name.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
    }

    fn peak_megabytes(&self) -> f64 {
        let status = self.about("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: f64 = line.and_then(|l| l.trim().strip_suffix(" kB")?.parse().ok()).expect("kB");
        kib * 1024.0 / 1e6
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
