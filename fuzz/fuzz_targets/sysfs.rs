//! Anything as the attributes of a USB drive: a machine, named by the catalog, that prints as
//! a document and reads back as the same.
//!
//! The input is a list of files' contents, separated by zero bytes, in the order of `FILES`;
//! `descriptors` and the report descriptor come last, where they may hold zero bytes.
//!
//!     cargo fuzz run sysfs fuzz/seeds/sysfs
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use keycase::catalog::Catalog;
use keycase::host::{Host, LinuxHost, Root, parse_snapshots};
use keycase::packs::embedded;
use keycase::snapshot::{DataVersion, Tool};

const DEVICE: &str = "sys/devices/platform/vhci_hcd.0/usb1/1-1";
const UNIT: &str = "1-1:1.0/host0/target0:0:0/0:0:0:0";
const HID: &str = "1-1:1.1/0003:0951:1576.0001";

const FILES: [&str; 25] = [
    "idVendor", "idProduct", "bcdDevice", "version", "manufacturer", "product", "serial", "speed",
    "bMaxPower", "authorized", "bDeviceClass", "devnum", "1-1:1.0/bInterfaceNumber",
    "1-1:1.0/bInterfaceClass", "1-1:1.0/bInterfaceSubClass", "1-1:1.0/bInterfaceProtocol",
    "UNIT/type", "UNIT/vendor", "UNIT/model", "UNIT/rev", "UNIT/block/sda/size",
    "UNIT/block/sda/removable", "UDEV", "MOUNTS", "HID",
];

struct Bed {
    catalog: Catalog,
    root: PathBuf,
}

static BED: OnceLock<Bed> = OnceLock::new();

fn bed() -> Bed {
    // In memory where there is such a folder: every input is a tree of files.
    let base = if Path::new("/dev/shm").is_dir() { "/dev/shm".into() } else { std::env::temp_dir() };
    let root: PathBuf = base.join(format!("keycase-fuzz-{}", std::process::id()));
    let device = root.join(DEVICE);
    for folder in ["1-1:1.0", "1-1:1.1", &format!("{UNIT}/block/sda"), HID] {
        fs::create_dir_all(device.join(folder)).expect("a folder");
    }
    fs::write(device.join(UNIT).join("block/sda/dev"), "8:0\n").expect("a number");
    fs::write(device.join("1-1:1.1/bInterfaceClass"), "03\n").expect("a class");
    for folder in ["sys/bus/usb/devices", "run/udev/data", "proc/self"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
    }
    let link = root.join("sys/bus/usb/devices/1-1");
    let _ = std::os::unix::fs::symlink("../../../devices/platform/vhci_hcd.0/usb1/1-1", link);
    Bed { catalog: Catalog::load(&embedded()).expect("the packs"), root }
}

fn place(root: &Path, name: &str) -> PathBuf {
    let device = root.join(DEVICE);
    match name {
        "UDEV" => root.join("run/udev/data/b8:0"),
        "MOUNTS" => root.join("proc/self/mountinfo"),
        "HID" => device.join(HID).join("report_descriptor"),
        _ => device.join(name.replace("UNIT", UNIT)),
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bed = BED.get_or_init(bed);
    let mut parts = bytes.splitn(FILES.len(), |&byte| byte == 0);
    for name in FILES {
        fs::write(place(&bed.root, name), parts.next().unwrap_or_default()).expect("a file");
    }
    let machine = LinuxHost::at(Root::at(&bed.root)).read();
    assert!(machine.devices.len() == 1);
    let data = DataVersion { version: "0".into(), hash: "0".into() };
    let tool = Tool { name: "keycase".into(), version: "0".into(), data };
    let now = jiff::Timestamp::UNIX_EPOCH;
    let snapshot = bed.catalog.snapshot(machine, now, tool, true);
    let text = keycase::text::json::line(&snapshot).expect("a snapshot is JSON");
    assert!(!text.trim_end().chars().any(keycase::text::is_steering));
    assert_eq!(parse_snapshots(&text).expect("it was just written"), [snapshot]);
});
