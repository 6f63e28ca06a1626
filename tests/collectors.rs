//! Collectors on recorded machines: what they bring, what they never bring, and how they end
//! when their source hangs.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

pub mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keycase::collect;
use serde_json::Value;
use support::keycase::{EXE, Keycase, Ran, clean};
use support::machine::{Machine, Sysroot};
use tempfile::TempDir;

/// A machine with further files.
fn machine(name: &str, files: &[(&str, &[u8])]) -> Sysroot {
    let root = Machine::named(name).unpack();
    for (path, bytes) in files {
        let file = root.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    root
}

fn bundle(root: &Path, out: &Path, arguments: &str) -> Ran {
    let run = Keycase::new(&format!("bundle --json {arguments}")).sysroot(root);
    run.arg("-o").arg(out).run().expect(0)
}

fn file(ran: &Ran) -> PathBuf {
    PathBuf::from(ran.json()["bundle"]["file"].as_str().unwrap())
}

fn content(bundle: &Path, name: &str) -> Option<String> {
    let mut zip = zip::ZipArchive::new(fs::File::open(bundle).unwrap()).unwrap();
    let entry = zip.by_name(name).ok()?;
    Some(std::io::read_to_string(entry).unwrap())
}

fn outcome<'a>(manifest: &'a Value, id: &str) -> &'a Value {
    let all = manifest["collectors"].as_array().unwrap();
    all.iter().find(|entry| entry["id"] == id).unwrap()
}

fn gz(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

#[test]
fn the_list_of_collectors_is_the_one_in_the_repository() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/collect/README.md");
    let sources = collect::all();
    let mut all: Vec<_> = sources.about().collect();
    all.sort_by_key(|collector| collector.id());
    let mut text = String::from(
        "# Collectors\n\nGenerated from `all()`; `UPDATE=1 cargo test --test collectors` \
         rewrites this page. Collectors run side by side, each within its own budget and that \
         of the run; what one brings goes through redaction before it is packed.\n\n\
         | collector | reads | support wants it because | time | bytes | systems |\n\
         |---|---|---|---|---|---|\n",
    );
    for collector in &all {
        let budget = collector.budget();
        let systems: Vec<&str> = collector.systems().iter().map(|s| s.name()).collect();
        writeln!(
            text,
            "| `{}` | {} | {} | {} s | {} kB | {} |",
            collector.id(),
            collector.reads(),
            collector.wanted_for(),
            budget.time.as_secs(),
            budget.bytes / 1024,
            systems.join(", "),
        )
        .unwrap();
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), text, "run with UPDATE=1");
}

#[test]
fn explain_says_what_a_collector_is() {
    let root = machine("locked-sentry-one", &[]);
    let ran = Keycase::new("explain kernel-log").sysroot(root.path()).run().expect(0);
    assert!(ran.stdout.contains("kernel messages about USB"), "{}", ran.stdout);
    let ran = Keycase::new("explain --json journal").run().expect(0);
    assert_eq!(ran.json()["kind"], "collector");
}

#[test]
fn rotated_kernel_logs_are_read_too_and_foreign_serials_never_appear() {
    let old = b"2026-11-20T10:00:00+00:00 pc kernel: usb 3-4: SerialNumber: F0RE1GN77\n\
                2026-11-20T10:00:00+00:00 pc kernel: usb 2-1: reset high-speed USB device\n";
    let root = machine("locked-sentry-one", &[("var/log/kern.log.2.gz", &gz(old))]);
    let out = TempDir::new().unwrap();
    let ran = bundle(root.path(), out.path(), "");
    let log = content(&file(&ran), "logs/kernel.log").unwrap();
    assert!(log.contains("reset high-speed USB device"), "{log}");
    assert!(!log.contains("F0RE1GN77"), "{log}");
    let only_new = bundle(root.path(), out.path(), "--since 1d");
    let log = content(&file(&only_new), "logs/kernel.log").unwrap_or_default();
    assert!(!log.contains("reset high-speed USB device"), "{log}");
}

#[test]
fn services_are_heard_about_drives_only() {
    let syslog = "2026-11-22T10:00:00+00:00 pc udisksd[9]: Cleaning up mount point /media/dana/UNLOCKER (device 11:0 no longer exists)\n\
        2026-11-22T10:00:01+00:00 pc sshd[9]: Accepted password for dana from 192.0.2.7 usb\n\
        2026-11-22T10:00:02+00:00 pc usbguard-daemon[9]: device.rule='block id 046d:c31c serial \"F0RE1GN88\" name \"K\"' type='Device.Insert'\n\
        2026-11-22T10:00:03+00:00 pc usbguard-daemon[9]: device.rule='block id 230a:1550 serial \"F0RE1GN99\" name \"K\" via-port \"2-1\"' type='Device.Insert'\n";
    let root = machine("locked-sentry-one", &[("var/log/syslog", syslog.as_bytes())]);
    let out = TempDir::new().unwrap();
    let log = content(&file(&bundle(root.path(), out.path(), "")), "logs/journal.log").unwrap();
    assert!(log.contains("Cleaning up mount point") && log.contains("block id 230a:1550"), "{log}");
    for never in ["sshd", "192.0.2.7", "F0RE1GN", "046d", "dana"] {
        assert!(!log.contains(never), "{never} in {log}");
    }
}

#[test]
fn structured_facts_are_redacted_by_field() {
    let root = machine("unlocked-behind-hub", &[]);
    let out = TempDir::new().unwrap();
    let path = file(&bundle(root.path(), out.path(), "--mask-serials"));
    let snapshot: Value = serde_json::from_str(
        &fs::read_to_string(Machine::named("unlocked-behind-hub").snapshot()).unwrap(),
    )
    .unwrap();
    let serial = snapshot["drives"][0]["usb"]["serial"].as_str().unwrap();
    let udev = content(&path, "logs/udev.json").unwrap();
    assert!(!udev.contains(serial), "{udev}");
    let kept = file(&bundle(root.path(), out.path(), ""));
    let udev: Value = serde_json::from_str(&content(&kept, "logs/udev.json").unwrap()).unwrap();
    let all: Vec<&Value> = udev.as_object().unwrap().values().collect();
    assert!(all.iter().any(|d| d["ID_SERIAL_SHORT"] == serial), "{udev:#}");
    assert!(all.iter().all(|d| d["ID_FS_LABEL"] != "VP50 DATA"), "{udev:#}");
    let capacity: Value =
        serde_json::from_str(&content(&kept, "logs/capacity.json").unwrap()).unwrap();
    let drives = capacity["drives"].as_object().unwrap();
    assert!(drives.values().any(|drive| drive["size_bytes"].as_u64() > Some(0)), "{capacity:#}");
}

#[test]
fn the_truncation_table_says_what_was_cut() {
    let line = "2026-11-22T10:00:00+00:00 pc kernel: usb 2-1: reset high-speed USB device\n";
    let root =
        machine("locked-sentry-one", &[("var/log/kern.log", line.repeat(100_000).as_bytes())]);
    let out = TempDir::new().unwrap();
    let manifest = bundle(root.path(), out.path(), "").json()["manifest"].clone();
    let row = &manifest["truncations"][0];
    assert_eq!(
        (&row["file"], &row["collector"]),
        (&"logs/kernel.log".into(), &"kernel-log".into())
    );
    assert!(row["why"].as_str().unwrap().contains("budget"), "{row}");
    assert!(row["kept"].as_u64() > Some(3_000_000), "{row}");
    let manifest = bundle(root.path(), out.path(), "--max-bytes 100k").json()["manifest"].clone();
    let row = &manifest["truncations"][0];
    assert!(row["why"].as_str().unwrap().contains("--max-bytes"), "{row}");
    assert!(row["kept"].as_u64() <= Some(100_000), "{row}");
}

#[test]
fn a_pipe_nobody_writes_to_holds_nothing_up() {
    let root = machine("locked-sentry-one", &[("var/log/journal.d", b"")]);
    let log = root.path().join("var/log/kern.log");
    fs::remove_file(&log).unwrap();
    for path in [log, root.path().join("var/log/syslog"), root.path().join("proc/modules")] {
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        // Held open for writing, so that a read would wait and not just end.
        let held = fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
        std::mem::forget(held);
    }
    let out = TempDir::new().unwrap();
    let ran = bundle(root.path(), out.path(), "");
    let manifest = &ran.json()["manifest"];
    assert_eq!(outcome(manifest, "kernel-log")["outcome"], "skipped", "{manifest:#}");
    assert_eq!(outcome(manifest, "os-facts")["outcome"], "done");
    Keycase::new("verify").arg(file(&ran)).run().expect(0);
}

/// Starts a recording of a machine and waits until it has begun.
fn recording(root: &Path, out: &Path, home: &Path, arguments: &str) -> std::process::Child {
    let mut command = Command::new(EXE);
    clean(&mut command, home);
    command.args(["bundle", "--json", "--now", support::keycase::NOW]);
    command.args(arguments.split(' ')).arg("--sysroot").arg(root).arg("-o").arg(out);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut told = [0; 9];
    std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut told).unwrap();
    assert_eq!(&told, b"recording");
    child
}

#[test]
fn a_recording_keeps_what_happened_between_its_marks() {
    let root = machine("locked-sentry-one", &[]);
    let (out, home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let child = recording(root.path(), out.path(), home.path(), "--record=30m");
    let log = root.path().join("var/log/kern.log");
    let mut log = fs::OpenOptions::new().append(true).open(log).unwrap();
    log.write_all(b"Nov 22 12:00:00 pc kernel: usb 2-1: what happened meanwhile\n").unwrap();
    // Ctrl-C ends the recording; the bundle is made all the same.
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap()).expect(0);
    let path = file(&ran);
    assert_eq!(ran.json()["manifest"]["interrupted"], false);
    let kernel = content(&path, "logs/kernel.log").unwrap();
    assert_eq!(kernel.lines().count(), 1, "{kernel}");
    assert!(kernel.ends_with("kernel: usb 2-1: what happened meanwhile\n"), "{kernel}");
    let events = content(&path, "logs/recording.txt").unwrap();
    assert!(events.starts_with("from 2026-11-22T12:00:00Z\nuntil 2026-"), "{events}");
    Keycase::new("verify").arg(path).run().expect(0);
}

#[test]
fn a_recording_ends_by_itself_after_its_time() {
    let root = machine("no-drive", &[]);
    let out = TempDir::new().unwrap();
    let ran = bundle(root.path(), out.path(), "-q --record=1s");
    let events = content(&file(&ran), "logs/recording.txt").unwrap();
    assert!(events.ends_with("no USB device came or went\n"), "{events}");
}

#[test]
fn a_recording_without_terminal_time_or_machine_is_refused() {
    let root = machine("no-drive", &[]);
    let snapshot = Machine::named("no-drive").snapshot();
    let ran = Keycase::new("bundle --record").sysroot(root.path()).run().expect(64);
    assert!(ran.stderr.contains("--record=30s"), "{}", ran.stderr);
    let ran = Keycase::new("bundle --record=1s --from").arg(snapshot).run().expect(64);
    assert!(ran.stderr.contains("--from"), "{}", ran.stderr);
    Keycase::new("bundle --record=1s --since 1h").sysroot(root.path()).run().expect(64);
    Keycase::new("bundle --record=0s").sysroot(root.path()).run().expect(64);
    Keycase::new("bundle --record=2h").sysroot(root.path()).run().expect(64);
}

#[test]
fn a_recorded_machine_is_not_asked_to_reach_anything() {
    let root = machine("no-drive", &[]);
    let out = TempDir::new().unwrap();
    let ran = bundle(root.path(), out.path(), "--reach console.example.com");
    let entry = &ran.json()["manifest"];
    assert_eq!(outcome(entry, "reachability")["outcome"], "skipped");
    Keycase::new("bundle --reach a@b").sysroot(root.path()).run().expect(64);
}

#[test]
fn the_programs_own_log_is_in_the_bundle() {
    let root = machine("locked-sentry-one", &[]);
    let out = TempDir::new().unwrap();
    let log = content(&file(&bundle(root.path(), out.path(), "")), "logs/keycase.log").unwrap();
    assert!(log.contains("collector kernel-log:") && log.contains("read the machine"), "{log}");
    let ran = Keycase::new("-v bundle --json").sysroot(root.path()).arg("-o").arg(out.path()).run();
    assert!(ran.stderr.contains("collector kernel-log:"), "{}", ran.stderr);
}
