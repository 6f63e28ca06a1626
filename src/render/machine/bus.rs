//! `bus.umockdev`: the devices that the snapshot tells of, below made-up controllers.

use std::collections::{BTreeMap, BTreeSet};

use super::record::Record;
use crate::snapshot::{Drive, Interface, Lun, LunType, OtherDevice, PortPath, Snapshot, SpeedMbps};

const CONTROLLER: &str = "/devices/pci0000:00/0000:00:14.0";

/// The vendor id of hubs that are only implied; f055 is assigned to nobody known here.
const NOBODY: (u16, u16) = (0xf055, 1);

/// The Linux Foundation, which the kernel gives its root hubs.
const ROOT_HUB: (u16, u16) = (0x1d6b, 3);

/// Hubs that the drives' port paths name, as a scan lists them.
pub(super) fn hubs(snapshot: &Snapshot) -> Vec<OtherDevice> {
    let hub = |(port, speed): (PortPath, Option<SpeedMbps>)| OtherDevice {
        port,
        class: Some(9),
        speed_mbps: speed,
    };
    implied(snapshot).into_iter().map(hub).collect()
}

/// Hubs between bus and drive, with the speed of the fastest drive behind them.
fn implied(snapshot: &Snapshot) -> BTreeMap<PortPath, Option<SpeedMbps>> {
    let mut hubs: BTreeMap<PortPath, Option<SpeedMbps>> = BTreeMap::new();
    for drive in &snapshot.drives {
        let text = drive.port.to_string();
        for (at, _) in text.match_indices('.') {
            let Ok(port) = text[..at].parse::<PortPath>() else { continue };
            let speed = hubs.entry(port).or_default();
            let own = drive.usb.speed_mbps;
            let mbps = |speed: Option<SpeedMbps>| speed.map_or(0.0, SpeedMbps::mbps);
            if mbps(own) > mbps(*speed) {
                *speed = own;
            }
        }
    }
    let drives: BTreeSet<&PortPath> = snapshot.drives.iter().map(|drive| &drive.port).collect();
    hubs.retain(|port, _| !drives.contains(port));
    hubs
}

/// The whole recording; parents come before what hangs on them.
pub(super) fn bus(snapshot: &Snapshot) -> String {
    let mut buses: BTreeSet<u16> = snapshot.drives.iter().map(|d| d.port.bus()).collect();
    if buses.is_empty() && snapshot.host.usb_bus == Some(true) {
        buses.insert(1);
    }
    let mut numbers = Numbers::default();
    let mut out = String::new();
    for bus in buses {
        out += &root_hub(bus, snapshot, &mut numbers);
    }
    for (port, speed) in implied(snapshot) {
        out += &hub(&port, speed, &mut numbers);
    }
    for drive in &snapshot.drives {
        out += &self::drive(drive, &mut numbers);
    }
    out
}

/// Numbers that the kernel would have given out.
#[derive(Default)]
struct Numbers {
    devices: BTreeMap<u16, u16>,
    hosts: u32,
    hid: u32,
}

impl Numbers {
    fn device(&mut self, bus: u16) -> u16 {
        let next = self.devices.entry(bus).or_default();
        *next += 1;
        *next
    }
}

/// `/devices/…/usb2/2-1/2-1.4`.
fn path(port: &PortPath) -> String {
    let text = port.to_string();
    let hubs = text.match_indices('.').map(|(at, _)| format!("/{}", &text[..at]));
    format!("{CONTROLLER}/usb{}{}/{text}", port.bus(), hubs.collect::<String>())
}

/// A device's record, up to what only some devices have.
fn device(
    path: &str,
    bus: u16,
    (vid, pid): (u16, u16),
    descriptors: &[u8],
    numbers: &mut Numbers,
) -> Record {
    let number = numbers.device(bus);
    let minor = u32::from(bus.saturating_sub(1)) * 128 + u32::from(number) - 1;
    Record::new(path, "usb")
        .node(&format!("bus/usb/{bus:03}/{number:03}"), descriptors)
        .property("DEVTYPE", "usb_device")
        .property("DEVNAME", &format!("/dev/bus/usb/{bus:03}/{number:03}"))
        .property("BUSNUM", &format!("{bus:03}"))
        .property("DEVNUM", &format!("{number:03}"))
        .property("MAJOR", "189")
        .property("MINOR", &minor.to_string())
        .attribute("busnum", &bus.to_string())
        .attribute("devnum", &number.to_string())
        .attribute("dev", &format!("189:{minor}"))
        .attribute("idVendor", &format!("{vid:04x}"))
        .attribute("idProduct", &format!("{pid:04x}"))
        .attribute("bNumConfigurations", "1")
        .attribute("bConfigurationValue", "1")
        .bytes("descriptors", descriptors)
}

fn root_hub(bus: u16, snapshot: &Snapshot, numbers: &mut Numbers) -> String {
    let on_it = snapshot.drives.iter().filter(|drive| drive.port.bus() == bus);
    let speeds = on_it.filter_map(|drive| drive.usb.speed_mbps).map(SpeedMbps::mbps);
    let mbps = speeds.fold(480.0, f64::max);
    let path = format!("{CONTROLLER}/usb{bus}");
    device(&path, bus, ROOT_HUB, &descriptors(9, ROOT_HUB, 0x0601, &[]), numbers)
        .attribute("bDeviceClass", "09")
        .attribute("bcdDevice", "0601")
        .attribute("devpath", "0")
        .attribute("speed", &mbps.to_string())
        .attribute("authorized", "1")
        .attribute("maxchild", "15")
        .text()
}

fn hub(port: &PortPath, speed: Option<SpeedMbps>, numbers: &mut Numbers) -> String {
    device(&path(port), port.bus(), NOBODY, &descriptors(9, NOBODY, 0x0100, &[]), numbers)
        .attribute("bDeviceClass", "09")
        .attribute("bcdDevice", "0100")
        .attribute("devpath", devpath(port).as_str())
        .maybe("speed", speed.map(|speed| speed.mbps().to_string()))
        .attribute("authorized", "1")
        .attribute("maxchild", "7")
        .text()
}

/// The ports alone: `1.4` of `2-1.4`.
fn devpath(port: &PortPath) -> String {
    let text = port.to_string();
    text.split_once('-').map(|(_, ports)| ports.to_owned()).unwrap_or_default()
}

fn drive(drive: &Drive, numbers: &mut Numbers) -> String {
    let usb = &drive.usb;
    let path = path(&drive.port);
    let ids = (usb.vid.map_or(0, |vid| vid.0), usb.pid.map_or(0, |pid| pid.0));
    let bcd = usb.bcd_device.map_or(0, |bcd| bcd.0);
    let descriptors = descriptors(0, ids, bcd, &drive.interfaces);
    let mut out = device(&path, drive.port.bus(), ids, &descriptors, numbers)
        .attribute("bDeviceClass", "00")
        .attribute("devpath", &devpath(&drive.port))
        .maybe("bcdDevice", usb.bcd_device.map(|bcd| format!("{:04x}", bcd.0)))
        .maybe("version", usb.usb_version.as_ref().map(|version| format!(" {version}")))
        .maybe("manufacturer", usb.manufacturer.clone())
        .maybe("product", usb.product.clone())
        .maybe("serial", usb.serial.clone())
        .maybe("speed", usb.speed_mbps.map(|speed| speed.mbps().to_string()))
        .maybe("bMaxPower", usb.max_power_ma.map(|power| format!("{power}mA")))
        .maybe("authorized", usb.authorized.map(flag))
        .text();
    // The units hang on the first interface that can carry them.
    let mut units = Some(drive.luns.as_slice());
    for (index, interface) in drive.interfaces.iter().enumerate() {
        let number = interface.number.unwrap_or(u8::try_from(index).unwrap_or(u8::MAX));
        let below = format!("{path}/{}:1.{number}", drive.port);
        out += &self::interface(&below, number, interface);
        if interface.class == Some(8) {
            out += &luns(&below, units.take().unwrap_or_default(), numbers);
        }
        if interface.class == Some(3) {
            out += &hid(&below, drive, interface, ids, numbers);
        }
    }
    out
}

fn interface(path: &str, number: u8, interface: &Interface) -> String {
    let hex = |value: Option<u8>| value.map(|value| format!("{value:02x}"));
    let record = Record::new(path, "usb")
        .property("DEVTYPE", "usb_interface")
        .attribute("bInterfaceNumber", &format!("{number:02x}"))
        .maybe("bInterfaceClass", hex(interface.class))
        .maybe("bInterfaceSubClass", hex(interface.subclass))
        .maybe("bInterfaceProtocol", hex(interface.protocol));
    let record = match &interface.driver {
        Some(driver) => {
            let up = "../".repeat(path.matches('/').count());
            record
                .property("DRIVER", driver)
                .link("driver", &format!("{up}bus/usb/drivers/{driver}"))
        }
        None => record,
    };
    record.text()
}

/// HID devices of an interface, each with a descriptor that names its collections.
fn hid(
    below: &str,
    drive: &Drive,
    interface: &Interface,
    (vid, pid): (u16, u16),
    numbers: &mut Numbers,
) -> String {
    let own = drive.hid.iter().filter(|hid| hid.interface == interface.number);
    let mut descriptor = Vec::new();
    for (page, usage) in own.filter_map(|hid| hid.usage_page.zip(hid.usage)) {
        let ([p0, p1], [u0, u1]) = (page.to_le_bytes(), usage.to_le_bytes());
        // Usage Page, Usage, Collection (Application), End Collection (HID 1.11, §6.2.2).
        descriptor.extend([0x06, p0, p1, 0x0a, u0, u1, 0xa1, 0x01, 0xc0]);
    }
    if descriptor.is_empty() {
        return String::new();
    }
    numbers.hid += 1;
    Record::new(&format!("{below}/0003:{vid:04X}:{pid:04X}.{:04X}", numbers.hid), "hid")
        .bytes("report_descriptor", &descriptor)
        .text()
}

fn luns(below: &str, luns: &[Lun], numbers: &mut Numbers) -> String {
    if luns.is_empty() {
        return String::new();
    }
    numbers.hosts += 1;
    let host = numbers.hosts;
    let target = format!("{below}/host{host}/target{host}:0:0");
    let mut out =
        Record::new(&format!("{below}/host{host}"), "scsi").property("DEVTYPE", "scsi_host").text();
    out += &Record::new(&target, "scsi").property("DEVTYPE", "scsi_target").text();
    for (index, lun) in luns.iter().enumerate() {
        let number = lun.lun.unwrap_or(u32::try_from(index).unwrap_or(u32::MAX));
        let path = format!("{target}/{host}:0:0:{number}");
        let kind = match lun.kind {
            LunType::Cdrom => "5",
            LunType::Disk => "0",
            LunType::Other => "1",
        };
        out += &Record::new(&path, "scsi")
            .property("DEVTYPE", "scsi_device")
            .attribute("type", kind)
            .maybe("vendor", lun.vendor.clone())
            .maybe("model", lun.model.clone())
            .maybe("rev", lun.revision.clone())
            .text();
        out += &block(&path, lun);
    }
    out
}

fn block(scsi: &str, lun: &Lun) -> String {
    let Some(name) = lun.node.as_deref().and_then(|node| node.strip_prefix("/dev/")) else {
        return String::new();
    };
    let number = device_number(&format!("/dev/{name}"));
    let (major, minor) = number.split_once(':').unwrap_or_default();
    Record::new(&format!("{scsi}/block/{name}"), "block")
        .node(name, &[])
        .property("DEVTYPE", "disk")
        .property("DEVNAME", &format!("/dev/{name}"))
        .property("MAJOR", major)
        .property("MINOR", minor)
        .maybe_property("ID_FS_LABEL_ENC", lun.label.as_deref().map(encoded))
        .maybe_property("ID_FS_TYPE", lun.filesystem.clone())
        .attribute("dev", &number)
        .maybe("size", lun.size_bytes.map(|bytes| (bytes / 512).to_string()))
        .maybe("ro", lun.read_only.map(flag))
        .maybe("removable", lun.removable.map(flag))
        .text()
}

/// The number the kernel gives a node: Documentation/admin-guide/devices.txt.
pub(super) fn device_number(node: &str) -> String {
    let name = node.strip_prefix("/dev/").unwrap_or(node);
    if let Some(number) = name.strip_prefix("sr") {
        return format!("11:{number}");
    }
    match name.strip_prefix("sd").map(str::as_bytes) {
        Some([letter @ b'a'..=b'z']) => format!("8:{}", u32::from(letter - b'a') * 16),
        _ => format!("259:{}", name.bytes().map(u32::from).sum::<u32>()),
    }
}

/// How udev writes a label.
fn encoded(label: &str) -> String {
    let safe =
        |byte: u8| byte.is_ascii_alphanumeric() || b"#+-.:=@_".contains(&byte) || byte >= 0x80;
    let mut out = Vec::new();
    for byte in label.bytes() {
        match safe(byte) {
            true => out.push(byte),
            false => out.extend(format!("\\x{byte:02x}").bytes()),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn flag(is: bool) -> String {
    if is { "1".into() } else { "0".into() }
}

/// Device and configuration descriptor (USB 2.0, §9.6), without endpoints.
fn descriptors(class: u8, (vid, pid): (u16, u16), bcd: u16, interfaces: &[Interface]) -> Vec<u8> {
    let count = u8::try_from(interfaces.len()).unwrap_or(u8::MAX);
    let mut out = vec![18, 1, 0x00, 0x02, class, 0, 0, 64];
    for word in [vid, pid, bcd] {
        out.extend(word.to_le_bytes());
    }
    out.extend([1, 2, 3, 1]);
    let length = 9 + 9 * u16::from(count);
    out.extend([9, 2]);
    out.extend(length.to_le_bytes());
    out.extend([count, 1, 0, 0x80, 0x32]);
    for (index, interface) in interfaces.iter().take(count.into()).enumerate() {
        let number = interface.number.unwrap_or(u8::try_from(index).unwrap_or(u8::MAX));
        let kind = [interface.class, interface.subclass, interface.protocol];
        out.extend([9, 4, number, 0, 0]);
        out.extend(kind.map(Option::unwrap_or_default));
        out.push(0);
    }
    out
}
