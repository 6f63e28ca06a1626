//! `scan --watch`: what it prints when drives come, change and go on an emulated bus, and how
//! it ends. What only a real kernel does (storms, lost events, suspend) is in `tests/lab`.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expected")]

pub mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use support::keycase::Keycase;
use support::mockbus::{Drive, Kind, MockBus};

fn sentry() -> Drive {
    let drive = Drive::new(0x230a, 0x1550, "DL", "Sentry ONE-M");
    drive.unit(Kind::Disk, "DL", "Sentry ONE-M", 0)
}

/// A running watch: its lines as documents, its notes as text.
struct Watch {
    child: Child,
    lines: Option<BufReader<ChildStdout>>,
    notes: BufReader<ChildStderr>,
    _home: Keycase,
}

impl Watch {
    /// Starts and waits until it listens.
    fn start(bus: Option<&MockBus>) -> Self {
        let mut keycase = Keycase::new("scan --watch");
        let command = keycase.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(bus) = bus {
            bus.show(command);
        }
        let mut child = command.spawn().expect("the program starts");
        let lines = child.stdout.take().map(BufReader::new);
        let notes = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut watch = Self { child, lines, notes, _home: keycase };
        let mut note = String::new();
        watch.notes.read_line(&mut note).expect("a note");
        assert!(note.starts_with("watching"), "{note}");
        watch
    }

    /// The next line; waits for it.
    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.as_mut().expect("a reader").read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a pid");
        kill_process(pid, signal).expect("a signal");
    }

    /// The exit code, and that nothing more was said.
    fn ended(mut self) -> Option<i32> {
        let code = self.child.wait().expect("it ends").code();
        let mut rest = String::new();
        self.lines.as_mut().map(|lines| lines.read_line(&mut rest).expect("the end"));
        self.notes.read_line(&mut rest).expect("the end");
        assert_eq!(rest, "");
        code
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn told(line: &Value) -> (&str, &str, &str) {
    let text = |value: &'static str| line[value].as_str().expect("a text");
    let lock = line["drive"]["lock_state"].as_str().expect("a lock state");
    (text("event"), text("port"), lock)
}

#[test]
fn a_drive_comes_is_unlocked_and_goes() {
    let mut bus = MockBus::empty();
    let there = bus.plug(&sentry());
    let mut watch = Watch::start(Some(&bus));
    let present = watch.line();
    assert_eq!(told(&present), ("present", there.port.as_str(), "locked"));
    assert_eq!(present["schema"], "keycase.event/1");
    assert_eq!(present["tool"]["name"], "keycase");
    assert_eq!(present["drive"]["identity"]["id"], "datalocker-sentry-one-m");

    let new = bus.plug(&sentry());
    bus.tell(&new, &new.port, "add");
    assert_eq!(told(&watch.line()), ("attached", new.port.as_str(), "unknown"));
    assert_eq!(told(&watch.line()), ("locked", new.port.as_str(), "locked"));

    bus.set(&new, "sdc", "size", "8192\n");
    bus.tell(&new, "sdc", "change");
    let unlocked = watch.line();
    assert_eq!(told(&unlocked), ("unlocked", new.port.as_str(), "unlocked"));
    assert_eq!(unlocked["drive"]["luns"][0]["size_bytes"], 8192 * 512);

    bus.unplug(&new);
    bus.tell(&new, &new.port, "remove");
    assert_eq!(told(&watch.line()), ("detached", new.port.as_str(), "unlocked"));
    assert_eq!(bus.wire(), [], "watching asks the kernel, not the drive");
    watch.signal(Signal::TERM);
    assert_eq!(watch.ended(), Some(0));
}

#[test]
fn every_line_keeps_to_the_schema() {
    let schema = std::fs::read_to_string("data/schemas/keycase.event-1.json").expect("a schema");
    let schema: Value = serde_json::from_str(&schema).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut bus = MockBus::empty();
    bus.plug(&sentry());
    let mut watch = Watch::start(Some(&bus));
    let present = watch.line();
    assert!(validator.is_valid(&present), "{present:#}");
    let new = bus.plug(&sentry());
    bus.tell(&new, &new.port, "bind");
    let attached = watch.line();
    assert!(validator.is_valid(&attached), "{attached:#}");
    assert_eq!(attached["at"], json!(support::keycase::NOW));
}

#[test]
fn what_is_no_drive_of_ours_is_not_told() {
    let mut bus = MockBus::empty();
    let mut watch = Watch::start(Some(&bus));
    let stick = Drive::new(0x0951, 0x1666, "Kingston", "DataTraveler 3.0");
    let other = bus.plug(&stick.unit(Kind::Disk, "Kingston", "DataTraveler 3.0", 8192));
    bus.tell(&other, &other.port, "add");
    let new = bus.plug(&sentry());
    bus.tell(&new, &new.port, "add");
    assert_eq!(told(&watch.line()).1, new.port, "only ours");
}

#[test]
fn signals_end_it_cleanly() {
    for (signal, code) in [(Signal::TERM, 0), (Signal::INT, 130)] {
        let watch = Watch::start(Some(&MockBus::empty()));
        watch.signal(signal);
        assert_eq!(watch.ended(), Some(code));
    }
}

#[test]
fn it_ends_when_nobody_reads_any_more() {
    let bus = MockBus::empty();
    let mut watch = Watch::start(Some(&bus));
    // The reader goes away while nothing happens: no event is needed to notice.
    watch.lines = None;
    assert_eq!(watch.ended(), Some(0));
}

#[test]
fn it_is_about_this_machine_and_no_recording() {
    for other in
        ["--sysroot tests/machines/no-drive/root", "--from tests/machines/no-drive/snapshot.json"]
    {
        let ran = Keycase::new(&format!("scan --watch {other}")).run().expect(64);
        assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
    }
    Keycase::new("scan --watch --all").run().expect(64);
}
