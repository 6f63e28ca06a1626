//! Anything as the attributes of a USB drive: a machine, named by the catalog, that prints as
//! a document and reads back as the same.
//!
//! The input is a list of files' contents, separated by zero bytes, in the order of `FILES`; the
//! report descriptor comes last, where it may hold zero bytes.
//!
//!     cargo fuzz run sysfs fuzz/seeds/sysfs
#![no_main]

use std::sync::LazyLock;

use keycase::catalog::Catalog;
use keycase::host::{Host, LinuxHost, parse_snapshots};
use keycase::packs::embedded;
use keycase::snapshot::{DataVersion, Tool};
use keycase_fuzz::shown;
use keycase_fuzz::tree::Tree;

const DEVICE: &str = "sys/devices/platform/vhci_hcd.0/usb1/1-1";
const UNIT: &str = "1-1:1.0/host0/target0:0:0/0:0:0:0";
const HID: &str = "1-1:1.1/0003:0951:1576.0001";

const FILES: [&str; 25] = [
    "idVendor",
    "idProduct",
    "bcdDevice",
    "version",
    "manufacturer",
    "product",
    "serial",
    "speed",
    "bMaxPower",
    "authorized",
    "bDeviceClass",
    "devnum",
    "1-1:1.0/bInterfaceNumber",
    "1-1:1.0/bInterfaceClass",
    "1-1:1.0/bInterfaceSubClass",
    "1-1:1.0/bInterfaceProtocol",
    "UNIT/type",
    "UNIT/vendor",
    "UNIT/model",
    "UNIT/rev",
    "UNIT/block/sda/size",
    "UNIT/block/sda/removable",
    "UDEV",
    "MOUNTS",
    "HID",
];

struct Bed {
    catalog: Catalog,
    tree: Tree,
    files: Vec<String>,
}

static BED: LazyLock<Bed> = LazyLock::new(|| {
    let tree = Tree::new();
    for folder in ["1-1:1.0", "1-1:1.1", &format!("{UNIT}/block/sda"), HID] {
        tree.folder(&format!("{DEVICE}/{folder}"));
    }
    tree.put(&format!("{DEVICE}/{UNIT}/block/sda/dev"), b"8:0\n");
    tree.put(&format!("{DEVICE}/1-1:1.1/bInterfaceClass"), b"03\n");
    tree.folder("sys/bus/usb/devices");
    let link = tree.path("sys/bus/usb/devices/1-1");
    std::os::unix::fs::symlink("../../../devices/platform/vhci_hcd.0/usb1/1-1", link)
        .expect("a link");
    let catalog = Catalog::load(&embedded()).expect("the packs");
    Bed { catalog, tree, files: FILES.map(place).to_vec() }
});

fn place(name: &str) -> String {
    match name {
        "UDEV" => "run/udev/data/b8:0".into(),
        "MOUNTS" => "proc/self/mountinfo".into(),
        "HID" => format!("{DEVICE}/{HID}/report_descriptor"),
        _ => format!("{DEVICE}/{}", name.replace("UNIT", UNIT)),
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Bed { catalog, tree, files } = &*BED;
    tree.put_parts(bytes, files);
    let machine = LinuxHost::at(tree.root()).read();
    assert!(machine.devices.len() == 1);
    let data = DataVersion { version: "0".into(), hash: "0".into() };
    let tool = Tool { name: "keycase".into(), version: "0".into(), data };
    let snapshot = catalog.snapshot(machine, jiff::Timestamp::UNIX_EPOCH, tool, true);
    let text = keycase::text::json::line(&snapshot).expect("a snapshot is JSON");
    shown::check_line(text.trim_end());
    shown::check(&keycase::render::scan::table(&snapshot));
    assert_eq!(parse_snapshots(&text).expect("it was just written"), [snapshot]);
});
