//! A scan on an emulated bus, with libusb and hidapi really running where sysfs is not enough:
//! what it finds, and that nothing of it reaches a drive.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expected")]
#![expect(clippy::print_stdout, reason = "one test runs as the child of another")]

pub mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use rusb::UsbContext as _;
use serde_json::{Value, json};
use support::keycase::{EXE, Keycase, Ran};
use support::mockbus::{Drive, Kind, MockBus, Strings, Wire};

/// A vendor-defined HID collection (usage page 0xff00, usage 1) without reports.
const VENDOR_HID: &[u8] = &[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0xc0];

fn sentry() -> Drive {
    Drive::new(0x230a, 0x1550, "DL", "Sentry ONE-M").unit(Kind::Disk, "DL", "Sentry ONE-M", 0).unit(
        Kind::Cdrom,
        "DL",
        "Sentry ONE-M",
        614_400,
    )
}

/// A drive with a HID interface, as the Locker+ 50 G2 has after its mode switch; the
/// product id is a placeholder.
fn locker() -> Drive {
    let drive = Drive::new(0x0951, 0xfffe, "Kingston", "IronKey Locker+ 50 G2").unit(
        Kind::Disk,
        "Kingston",
        "IronKey Locker+",
        8192,
    );
    Drive { hid: Some(VENDOR_HID.into()), ..drive }
}

fn scan(bus: &MockBus) -> Ran {
    let mut keycase = Keycase::new("scan --all --json");
    bus.show(keycase.command());
    keycase.run()
}

/// The only drive of a snapshot.
fn only(snapshot: &Value) -> &Value {
    match snapshot["drives"].as_array().map(Vec::as_slice) {
        Some([drive]) => drive,
        other => panic!("not one drive: {other:#?}"),
    }
}

#[test]
fn drives_are_found_and_nothing_is_asked_of_them() {
    let mut bus = MockBus::empty();
    bus.plug(&sentry());
    bus.plug(&locker());
    bus.mountinfo("36 35 8:32 / /media/dana/LOCKER rw,nosuid - vfat /dev/sdc rw\n");
    let snapshot = scan(&bus).expect(0).json();
    let found: Vec<_> = snapshot["drives"].as_array().expect("drives").iter().collect();
    assert_eq!(found.len(), 2, "{snapshot:#}");
    assert_eq!(found[0]["identity"]["id"], "datalocker-sentry-one-m");
    assert_eq!(
        (&found[0]["lock_state"], &found[1]["lock_state"]),
        (&json!("locked"), &json!("unlocked"))
    );
    assert_eq!(found[1]["luns"][0]["mounts"], json!(["/media/dana/LOCKER"]));
    let hid = json!([{ "usage_page": 0xff00, "usage": 1, "interface": 1 }]);
    assert_eq!(found[1]["hid"], hid, "found once");
    assert_eq!(snapshot["problems"], json!([]));
    assert_eq!(bus.wire(), [], "a scan asks the kernel, not the drive");
}

#[test]
fn libusb_fills_in_what_sysfs_does_not_say() {
    let mut bus = MockBus::empty();
    let plugged = bus.plug(&sentry());
    for attribute in ["idVendor", "bcdDevice", "version"] {
        bus.forget(&plugged, attribute);
    }
    let snapshot = scan(&bus).expect(0).json();
    let usb = &only(&snapshot)["usb"];
    assert_eq!(usb["vid"], "230a");
    assert_eq!(usb["bcd_device"], "1.10");
    assert_eq!(usb["usb_version"], "2.00");
    assert_eq!(bus.wire(), []);
}

#[test]
fn libusb_and_sysfs_in_disagreement_is_said() {
    let mut bus = MockBus::empty();
    let plugged = bus.plug(&sentry());
    bus.forget(&plugged, "bcdDevice");
    let path = bus.path().join("sys/bus/usb/devices").join(&plugged.port);
    fs::write(path.join("idProduct"), "159d\n").expect("another product id");
    let snapshot = scan(&bus).expect(0).json();
    let said = snapshot["problems"][0]["what"].as_str().unwrap_or_default().to_owned();
    assert!(said.contains("230a:159d") && said.contains("230a:1550"), "{snapshot:#}");
    assert_eq!(snapshot["problems"][0]["where"], plugged.port.as_str());
}

#[test]
fn hidapi_finds_collections_that_sysfs_names_otherwise() {
    let mut bus = MockBus::empty();
    // The reader of sysfs goes by the name's prefix 0003; hidapi goes by `HID_ID`.
    bus.plug(&Drive { hid_prefix: Some("X"), ..locker() });
    let snapshot = scan(&bus).expect(0).json();
    let hid = json!([{ "usage_page": 0xff00, "usage": 1, "interface": 1 }]);
    assert_eq!(only(&snapshot)["hid"], hid);
    assert_eq!(bus.wire(), []);
}

/// The drives of a scan, and where it had problems.
fn wedged(bus: &MockBus) -> (usize, Vec<Value>) {
    let snapshot = scan(bus).expect(0).json();
    let problems = snapshot["problems"].as_array().expect("problems");
    let drives = snapshot["drives"].as_array().expect("drives");
    (drives.len(), problems.iter().map(|problem| problem["where"].clone()).collect())
}

#[test]
fn a_drive_that_keeps_libusb_waiting_costs_its_list() {
    let mut bus = MockBus::empty();
    let plugged = bus.plug(&sentry());
    bus.forget(&plugged, "bcdDevice");
    bus.wedge(&plugged, "descriptors");
    assert_eq!(wedged(&bus), (1, vec![json!("libusb")]));
}

#[test]
fn libusb_is_not_asked_for_what_sysfs_says() {
    let mut bus = MockBus::empty();
    let plugged = bus.plug(&sentry());
    bus.wedge(&plugged, "descriptors");
    assert_eq!(wedged(&bus), (1, vec![]));
}

#[test]
fn a_drive_that_keeps_hidapi_waiting_costs_its_list() {
    let mut bus = MockBus::empty();
    let plugged = bus.plug(&Drive { hid_prefix: Some("X"), ..locker() });
    bus.wedge(&plugged, "report_descriptor");
    assert_eq!(wedged(&bus), (1, vec![json!("hidapi")]));
}

#[test]
fn hidapi_is_not_asked_for_what_sysfs_says() {
    let mut bus = MockBus::empty();
    bus.plug(&locker());
    let keyboard = bus.plug(&Drive { units: vec![], hid_prefix: Some("X"), ..locker() });
    bus.wedge(&keyboard, "report_descriptor");
    let (_, problems) = wedged(&bus);
    assert_eq!(problems, [json!(null); 0], "a keyboard that hangs keeps nobody waiting");
}

#[test]
fn a_drive_that_stalls_on_strings_is_scanned_all_the_same() {
    let mut bus = MockBus::empty();
    // The kernel could not read the strings either: sysfs has none.
    let mute = Drive { manufacturer: None, product: None, serial: None, ..sentry() };
    bus.plug(&Drive { strings: Strings::Stalled, ..mute });
    let snapshot = scan(&bus).expect(0).json();
    let drive = only(&snapshot);
    assert_eq!(drive["identity"]["confidence"], "exact");
    for string in ["manufacturer", "product", "serial"] {
        assert_eq!(drive["usb"][string], Value::Null, "{string}");
    }
    assert_eq!(bus.wire(), []);
}

#[test]
fn nodes_without_permission_take_nothing_away() {
    let mut bus = MockBus::empty();
    bus.plug(&sentry());
    bus.plug(&locker());
    let before = scan(&bus).expect(0).json();
    for node in ["bus/usb/001/002", "bus/usb/001/003", "sdb", "sdc", "sr0", "sg0", "hidraw0"] {
        let node = bus.path().join("dev").join(node);
        fs::set_permissions(&node, Permissions::from_mode(0o000)).expect("a node without rights");
    }
    let mut keycase = Keycase::new("scan --all --json");
    let home = keycase.home().to_owned();
    let mut command = as_another_person(&bus, keycase.command());
    support::keycase::clean(&mut command, &home);
    let after = Ran::from(bus.run(&mut command)).expect(0).json();
    assert_eq!(after, before);
}

/// The command for a person without any right, where this test runs as root.
fn as_another_person(bus: &MockBus, command: &mut Command) -> Command {
    const NOBODY: u32 = 65534;
    let program = bus.path().join("keycase");
    fs::copy(EXE, &program).expect("a program that anybody can start");
    fs::set_permissions(bus.path(), Permissions::from_mode(0o755)).expect("a bus for anybody");
    let mut other = Command::new(program);
    other.args(command.get_args());
    if rustix::process::geteuid().is_root() {
        other.uid(NOBODY);
    }
    other
}

#[test]
fn an_attribute_that_cannot_be_read_is_reported_and_stays_unknown() {
    let mut bus = MockBus::empty();
    let plugged = bus.plug(&sentry());
    bus.forget(&plugged, "serial");
    let file = bus.path().join("sys/bus/usb/devices").join(&plugged.port).join("serial");
    fs::create_dir(file).expect("something that is no file");
    let snapshot = scan(&bus).expect(0).json();
    assert_eq!(only(&snapshot)["usb"]["serial"], Value::Null);
    let place = snapshot["problems"][0]["where"].as_str().unwrap_or_default();
    assert!(place.ends_with("/1-1/serial"), "{snapshot:#}");
}

#[test]
fn a_bus_without_devices_is_an_answer() {
    let bus = MockBus::empty();
    let ran = scan(&bus).expect(66);
    assert_eq!(ran.json()["drives"], json!([]));
    assert_eq!(ran.json()["host"]["usb_bus"], true);
    assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
}

#[test]
fn drives_that_come_and_go_while_they_are_read_break_nothing() {
    let mut bus = MockBus::empty();
    bus.plug(&sentry());
    for _ in 0..15 {
        let passing = bus.plug(&locker());
        let mut keycase = Keycase::new("scan --all --json");
        bus.show(keycase.command());
        // The device goes while the scan runs, at whatever point it has got to.
        let scan = std::thread::spawn(move || keycase.run());
        bus.unplug(&passing);
        let snapshot = scan.join().expect("a scan").expect(0).json();
        let drives = snapshot["drives"].as_array().expect("drives");
        assert_eq!(drives[0]["identity"]["id"], "datalocker-sentry-one-m", "{snapshot:#}");
    }
}

#[test]
fn the_log_holds_what_reaches_a_drive() {
    let mut bus = MockBus::empty();
    bus.plug(&sentry());
    bus.plug(&Drive { strings: Strings::Stalled, ..locker() });
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--ignored", "--exact", "child_that_reads_strings", "--nocapture"]);
    let ran = Ran::from(bus.run(&mut child)).expect(0);
    assert!(ran.stdout.contains("230a:1550 Sentry ONE-M"), "{ran:#?}");
    assert!(ran.stdout.contains("0951:fffe Pipe error"), "{ran:#?}");
    assert!(ran.stdout.contains("hid ff00"), "{ran:#?}");
    let node = "/dev/bus/usb/001/002".to_owned();
    let read = |index, language: u16| {
        let [low, high] = language.to_le_bytes();
        Wire::Control(node.clone(), [0x80, 6, index, 3, low, high, 255, 0])
    };
    let wire: Vec<_> = bus.wire().into_iter().filter(|w| about(w, &node)).collect();
    assert_eq!(wire, [Wire::Open(node.clone()), read(0, 0), read(2, 0x0409)]);
}

#[test]
fn opening_any_node_is_seen() {
    let mut bus = MockBus::empty();
    bus.plug(&locker());
    for node in ["/dev/sdb", "/dev/sg0", "/dev/hidraw0", "/dev/bus/usb/001/002"] {
        Ran::from(bus.run(Command::new("/usr/bin/head").args(["-c", "0", node]))).expect(0);
        assert_eq!(bus.wire().last(), Some(&Wire::Open(node.into())));
    }
}

fn about(wire: &Wire, name: &str) -> bool {
    match wire {
        Wire::Open(node)
        | Wire::Control(node, _)
        | Wire::Transfer(node, ..)
        | Wire::Ioctl(node, _)
        | Wire::Write(node) => node == name,
    }
}

/// What the log is tried on: a program that does ask the drives.
#[test]
#[ignore = "runs as a child of the_log_holds_what_reaches_a_drive"]
fn child_that_reads_strings() {
    let context = rusb::Context::new().expect("libusb");
    for device in context.devices().expect("a list").iter() {
        let descriptor = device.device_descriptor().expect("a descriptor");
        if descriptor.class_code() == 9 || descriptor.vendor_id() == 0x1d6b {
            continue;
        }
        let (vid, pid) = (descriptor.vendor_id(), descriptor.product_id());
        let wait = Duration::from_secs(5);
        let handle = device.open().expect("an open device");
        let product = handle
            .read_languages(wait)
            .and_then(|languages| handle.read_product_string(languages[0], &descriptor, wait));
        println!("{vid:04x}:{pid:04x} {}", product.unwrap_or_else(|error| error.to_string()));
    }
    for device in hidapi::HidApi::new().expect("hidapi").device_list() {
        println!("hid {:04x}", device.usage_page());
    }
}
