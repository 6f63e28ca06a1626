//! The devices the kernel would make of a drive: USB device, interfaces, SCSI, block, HID.

use super::{Drive, Kind, Unit};
use crate::support::record::Device;

const HUB: &str = "/devices/pci0000:00/0000:00:14.0/usb1";

/// What has been handed out so far.
pub(super) struct Counters {
    port: u32,
    host: u32,
    disks: u32,
    cdroms: u32,
    generics: u32,
    hids: u32,
}

impl Counters {
    pub(super) fn new() -> Self {
        Self { port: 0, host: 0, disks: 0, cdroms: 0, generics: 0, hids: 0 }
    }
}

/// Collects a device's properties and attributes.
struct Maker(Device);

impl Maker {
    fn new(path: String, subsystem: &str) -> Self {
        Self(Device { path, ..Device::default() }).property("SUBSYSTEM", subsystem)
    }

    fn property(mut self, key: &str, value: impl ToString) -> Self {
        self.0.properties.push((key.into(), value.to_string()));
        self
    }

    fn attribute(mut self, key: &str, value: impl ToString) -> Self {
        let line = format!("{}\n", value.to_string());
        self.0.attributes.push((key.into(), line.into_bytes()));
        self
    }

    fn string(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attribute(key, value),
            None => self,
        }
    }

    fn bytes(mut self, key: &str, value: Vec<u8>) -> Self {
        self.0.attributes.push((key.into(), value));
        self
    }

    fn link(mut self, key: &str, target: &str) -> Self {
        self.0.links.push((key.into(), target.into()));
        self
    }

    fn node(mut self, name: &str, major: u32, minor: u32, content: Vec<u8>) -> Self {
        self.0.node = Some((name.into(), content));
        self.property("DEVNAME", format!("/dev/{name}"))
            .property("MAJOR", major)
            .property("MINOR", minor)
            .attribute("dev", format!("{major}:{minor}"))
    }
}

/// The root hub of the only bus.
pub(super) fn root_hub() -> Vec<Device> {
    let hub = Drive::new(0x1d6b, 0x0002, "Linux", "xHCI Host Controller");
    let made = usb(&hub, HUB.into(), 1, "0");
    let class = made.0.attributes.iter().position(|(key, _)| key == "bDeviceClass");
    let mut made = made.0;
    made.attributes[class.expect("a class")].1 = b"09\n".to_vec();
    vec![made]
}

/// The port a drive gets, and its devices from the USB device down.
pub(super) fn devices(drive: &Drive, counters: &mut Counters) -> (String, Vec<Device>) {
    counters.port += 1;
    let port = format!("1-{}", counters.port);
    let path = format!("{HUB}/{port}");
    let mut all = vec![usb(drive, path.clone(), counters.port + 1, &counters.port.to_string()).0];
    let mut number = 0;
    if !drive.units.is_empty() {
        let (interface, made) = interface(&path, &port, number, [8, 6, 0x50], "usb-storage");
        all.push(made);
        all.extend(storage(drive, &interface, counters));
        number += 1;
    }
    if let Some(report) = &drive.hid {
        let (interface, made) = interface(&path, &port, number, [3, 0, 0], "usbhid");
        all.push(made);
        all.extend(hid(drive, &interface, report, counters));
    }
    (port, all)
}

fn usb(drive: &Drive, path: String, number: u32, port: &str) -> Maker {
    let descriptors = drive.descriptors();
    let (vid, pid, bcd) = (drive.vid, drive.pid, drive.bcd);
    Maker::new(path, "usb")
        .property("DEVTYPE", "usb_device")
        .property("DRIVER", "usb")
        .property("PRODUCT", format!("{vid:x}/{pid:x}/{bcd:x}"))
        .property("TYPE", "0/0/0")
        .property("BUSNUM", "001")
        .property("DEVNUM", format!("{number:03}"))
        .node(&format!("bus/usb/001/{number:03}"), 189, number - 1, descriptors.clone())
        .attribute("idVendor", format!("{vid:04x}"))
        .attribute("idProduct", format!("{pid:04x}"))
        .attribute("bcdDevice", format!("{bcd:04x}"))
        .attribute("busnum", 1)
        .attribute("devnum", number)
        .attribute("devpath", port)
        .attribute("speed", 480)
        .attribute("version", " 2.00")
        .attribute("authorized", 1)
        .attribute("bDeviceClass", "00")
        .attribute("bConfigurationValue", 1)
        .attribute("bNumConfigurations", 1)
        .attribute("bMaxPower", "200mA")
        .string("manufacturer", drive.string(1))
        .string("product", drive.string(2))
        .string("serial", drive.string(3))
        .bytes("descriptors", descriptors)
        .link("driver", "../../../../../bus/usb/drivers/usb")
}

fn interface(
    device: &str,
    port: &str,
    number: u8,
    [class, subclass, protocol]: [u8; 3],
    driver: &str,
) -> (String, Device) {
    let path = format!("{device}/{port}:1.{number}");
    let made = Maker::new(path.clone(), "usb")
        .property("DEVTYPE", "usb_interface")
        .property("DRIVER", driver)
        .property("INTERFACE", format!("{class}/{subclass}/{protocol}"))
        .attribute("bInterfaceNumber", format!("{number:02x}"))
        .attribute("bInterfaceClass", format!("{class:02x}"))
        .attribute("bInterfaceSubClass", format!("{subclass:02x}"))
        .attribute("bInterfaceProtocol", format!("{protocol:02x}"))
        .link("driver", &format!("../../../../../../bus/usb/drivers/{driver}"));
    (path, made.0)
}

fn storage(drive: &Drive, interface: &str, counters: &mut Counters) -> Vec<Device> {
    let host = counters.host;
    counters.host += 1;
    let target = format!("{interface}/host{host}/target{host}:0:0");
    let mut all = vec![
        Maker::new(format!("{interface}/host{host}"), "scsi").property("DEVTYPE", "scsi_host").0,
        Maker::new(target.clone(), "scsi").property("DEVTYPE", "scsi_target").0,
    ];
    for (number, unit) in drive.units.iter().enumerate() {
        let address = format!("{host}:0:0:{number}");
        let path = format!("{target}/{address}");
        let generic = format!("sg{}", counters.generics);
        all.push(scsi(unit, path.clone()));
        all.push(block(unit, &path, &address, counters));
        let sg = Maker::new(format!("{path}/scsi_generic/{generic}"), "scsi_generic")
            .node(&generic, 21, counters.generics, Vec::new())
            .link("device", &format!("../../../{address}"));
        all.push(sg.0);
        counters.generics += 1;
    }
    all
}

fn scsi(unit: &Unit, path: String) -> Device {
    let made = Maker::new(path, "scsi")
        .property("DEVTYPE", "scsi_device")
        .attribute("type", unit.code())
        .attribute("vendor", format!("{:<8}", unit.vendor))
        .attribute("model", format!("{:<16}", unit.model))
        .attribute("rev", format!("{:<4}", unit.revision))
        .bytes("inquiry", unit.inquiry());
    made.0
}

/// The kernel's names of disks: a to z, aa to zz and so on.
fn letters(number: u32) -> String {
    let last = char::from(b'a' + (number % 26) as u8);
    match number / 26 {
        0 => last.to_string(),
        before => letters(before - 1) + &last.to_string(),
    }
}

fn block(unit: &Unit, scsi: &str, address: &str, counters: &mut Counters) -> Device {
    let (name, major, minor) = match unit.kind {
        Kind::Disk => {
            counters.disks += 1;
            (format!("sd{}", letters(counters.disks)), 8, counters.disks * 16)
        }
        Kind::Cdrom => {
            counters.cdroms += 1;
            (format!("sr{}", counters.cdroms - 1), 11, counters.cdroms - 1)
        }
    };
    let made = Maker::new(format!("{scsi}/block/{name}"), "block")
        .property("DEVTYPE", "disk")
        .node(&name, major, minor, vec![0; 512])
        .attribute("size", unit.sectors)
        .attribute("removable", 1)
        .attribute("ro", u8::from(unit.kind == Kind::Cdrom))
        .link("device", &format!("../../../{address}"));
    made.0
}

fn hid(drive: &Drive, interface: &str, report: &[u8], counters: &mut Counters) -> Vec<Device> {
    let number = counters.hids;
    counters.hids += 1;
    let prefix = drive.hid_prefix.unwrap_or("0003");
    let name = format!("{prefix}:{:04X}:{:04X}.{:04X}", drive.vid, drive.pid, number + 1);
    let path = format!("{interface}/{name}");
    let hid = Maker::new(path.clone(), "hid")
        .property("DRIVER", "hid-generic")
        .property("HID_ID", format!("0003:{:08X}:{:08X}", drive.vid, drive.pid))
        .property("HID_NAME", drive.string(2).unwrap_or_default())
        .property("HID_PHYS", "usb-0000:00:14.0-1/input0")
        .property("HID_UNIQ", drive.string(3).unwrap_or_default())
        .bytes("report_descriptor", report.to_vec());
    let raw = format!("hidraw{number}");
    let node = Maker::new(format!("{path}/hidraw/{raw}"), "hidraw")
        .node(&raw, 246, number, Vec::new())
        .link("device", &format!("../../../{name}"));
    vec![hid.0, node.0]
}
