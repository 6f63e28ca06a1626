//! Every recorded machine, read the three ways there are: unpacked below `--sysroot`, from
//! its snapshot with `--from`, and as a live bus under umockdev.
#![cfg(unix)]
#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expected")]

pub mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::keycase::{Keycase, Ran};
use support::machine::Machine;

fn scan(arguments: &str, machine: &Machine) -> Ran {
    let root = machine.unpack();
    Keycase::new(arguments).sysroot(root.path()).run()
}

/// Drops what depends on the packs' content rather than on the machine.
fn without_tool(mut snapshot: Value) -> Value {
    snapshot.as_object_mut().expect("an object").remove("tool");
    snapshot
}

/// The snapshot as it stands, when there is a readable one.
fn recorded(machine: &Machine) -> Option<Value> {
    let text = fs::read_to_string(machine.snapshot()).ok()?;
    serde_json::from_str(&text).ok().map(without_tool)
}

fn committed(machine: &Machine) -> Value {
    let text = fs::read_to_string(machine.snapshot()).unwrap_or_else(|error| {
        panic!("no snapshot of {} ({error}): run with UPDATE=1", machine.name)
    });
    serde_json::from_str(&text).expect("a snapshot is JSON")
}

fn drives(snapshot: &Value) -> &Vec<Value> {
    snapshot["drives"].as_array().expect("drives")
}

#[test]
fn every_machine_scans_as_its_snapshot_says() {
    for machine in Machine::all() {
        let ran = scan("scan --all --json", &machine);
        let now = without_tool(ran.json());
        // Written only when the machine reads otherwise, not whenever a pack has changed.
        if std::env::var_os("UPDATE").is_some() && recorded(&machine) != Some(now.clone()) {
            fs::write(machine.snapshot(), &ran.stdout).expect("the snapshot is written");
        }
        let before = without_tool(committed(&machine));
        assert_eq!(now, before, "{}: run with UPDATE=1 and read the change", machine.name);
        let code = if drives(&now).is_empty() { 66 } else { 0 };
        assert_eq!(ran.code, Some(code), "{}: {}", machine.name, ran.stderr);
    }
}

#[test]
fn a_snapshot_replayed_gives_the_same_machine() {
    for machine in Machine::all() {
        let ran = Keycase::new("scan --all --json").arg("--from").arg(machine.snapshot()).run();
        let (now, before) = (ran.json(), committed(&machine));
        for key in ["drives", "others", "host", "problems", "taken_at"] {
            assert_eq!(now[key], before[key], "{}: {key}", machine.name);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_live_bus_gives_the_same_drives_as_its_tree() {
    for machine in Machine::all() {
        if machine.name == "broken-sysfs" {
            continue; // libusb completes there what sysfs does not say; see tests/mockbus.rs.
        }
        let mut inner = Keycase::new("scan --json");
        let mut run = support::mockbus::umockdev_run(&machine.bus(), inner.command());
        let ran = Ran::from(run.output().expect("umockdev-run starts"));
        let (live, tree) = (ran.json(), committed(&machine));
        assert_eq!(on_the_bus(&live), on_the_bus(&tree), "{}", machine.name);
        assert_eq!(live["problems"], tree["problems"], "{}", machine.name);
    }
}

/// The drives without what comes from mounts and udev's database, which umockdev leaves real.
#[cfg(target_os = "linux")]
fn on_the_bus(snapshot: &Value) -> Vec<Value> {
    let mut drives = drives(snapshot).clone();
    for lun in drives.iter_mut().filter_map(|d| d["luns"].as_array_mut()).flatten() {
        for key in ["label", "filesystem", "mounts"] {
            lun[key] = Value::Null;
        }
    }
    drives
}

#[test]
fn device_text_reaches_no_terminal_as_it_is() {
    let machine = Machine::named("hostile-strings");
    let root = machine.unpack();
    for arguments in ["scan", "scan --all", "scan --all --color always -v"] {
        for run in [
            Keycase::new(arguments).sysroot(root.path()),
            Keycase::new(arguments).arg("--from").arg(machine.snapshot()),
        ] {
            let ran = run.run().expect(0);
            for text in [&ran.stdout, &ran.stderr] {
                let bad = text.chars().find(|&c| c != '\n' && acts_on_a_terminal(c));
                assert_eq!(bad, None, "`{arguments}` printed {bad:?} in {text:?}");
            }
            assert!(ran.stdout.contains("Privacy50"), "the visible part stays: {}", ran.stdout);
        }
    }
}

/// Control characters, and the invisible ones that reorder or hide text (Unicode TR 36).
fn acts_on_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[test]
fn other_devices_keep_their_serial_numbers_and_names() {
    let machine = Machine::named("consumer-stick");
    let root = machine.unpack();
    let said = |name: &str| {
        let attributes = &root.device("2-3").attributes;
        let value = attributes.iter().find(|(key, _)| key == name).expect("an attribute");
        String::from_utf8_lossy(&value.1).trim().to_owned()
    };
    for arguments in ["scan --all", "scan --all --json", "scan --all --json -vv"] {
        let ran = Keycase::new(arguments).sysroot(root.path()).run().expect(66);
        assert!(ran.stdout.contains("2-3"), "{}", ran.stdout);
        for secret in [said("serial"), said("product"), "PHOTOS".into(), "/media/lou".into()] {
            assert!(!ran.stdout.contains(&secret), "{secret} in {}", ran.stdout);
            assert!(!ran.stderr.contains(&secret), "{secret} in {}", ran.stderr);
        }
    }
}

#[test]
fn a_drive_that_goes_away_at_any_moment_leaves_an_answer() {
    let machine = Machine::named("two-identical");
    let root = machine.unpack();
    let going = |path: &str| path.contains("/2-2");
    let mut leaving: Vec<_> = root.devices.iter().filter(|d| going(&d.path)).collect();
    assert!(leaving.len() > 5, "{} steps", leaving.len());
    // The kernel takes a device apart from its leaves up; each step is one state of sysfs.
    leaving.sort_by_key(|device| std::cmp::Reverse(device.path.len()));
    for device in leaving {
        fs::remove_dir_all(device.folder(root.path())).expect("the device goes away");
        let ran = Keycase::new("scan --json").sysroot(root.path()).run().expect(0);
        let snapshot = ran.json();
        let stays = drives(&snapshot).iter().find(|drive| drive["port"] == "2-1");
        assert_eq!(stays, drives(&committed(&machine)).first(), "without {}", device.path);
    }
}

#[test]
fn machines_say_where_their_facts_are_from_and_check_out_everywhere() {
    for machine in Machine::all() {
        let text = fs::read_to_string(machine.folder.join("machine.toml")).expect("machine.toml");
        let about: toml::Table = text.parse().expect("machine.toml is TOML");
        assert!(about["about"].as_str().is_some_and(|a| a.len() > 80), "{}", machine.name);
        assert!(about["made_up"].as_table().is_some_and(|t| !t.is_empty()), "{}", machine.name);
        for fact in about["fact"].as_array().expect("facts") {
            assert!(fact["source"].as_str().is_some_and(|s| s.len() > 5), "{}", machine.name);
        }
        plain(&machine.folder);
    }
}

/// No name that another system cannot have, no symbolic link.
fn plain(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, kind) = (entry.path(), entry.file_type().expect("a file type"));
        let name = entry.file_name().into_string().expect("a name in UTF-8");
        assert!(!name.contains([':', '\\', '"', '*', '?', '<', '>', '|']), "{}", path.display());
        assert!(!kind.is_symlink(), "{}", path.display());
        if kind.is_dir() {
            plain(&path);
        }
    }
}
