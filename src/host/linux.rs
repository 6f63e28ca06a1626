//! The USB tree as Linux publishes it in sysfs, below a root that is a parameter.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::lun::{self, BlockFacts};
use super::patient::{Patient, each};
use super::root::{Dir, Root};
use super::{Host, facts, hid, report_descriptor, usb};
use crate::snapshot::{
    BcdDevice, Hid, Interface, Lun, Machine, PortPath, Problem, SpeedMbps, Usb, UsbDevice,
};

const DEVICES: &str = "sys/bus/usb/devices";

/// A Linux machine: the live one, or a tree of its files.
#[derive(Debug)]
pub struct LinuxHost {
    root: Root,
}

impl LinuxHost {
    /// The machine this program runs on.
    pub fn live() -> Self {
        Self { root: Root::live() }
    }

    /// Reads one port only, from sysfs only; `None` when nothing is plugged in there. The
    /// number is the device's address on its bus. Of a device that hangs, the ids are read.
    pub fn read_port(
        &self,
        port: &PortPath,
        patient: &mut Patient,
    ) -> Option<(Option<u32>, UsbDevice)> {
        let devices = self.root.dir(DEVICES).ok()?;
        let name = port.to_string();
        let address = devices.dir(&name).ok()?.attribute("devnum").ok()?;
        let (root, from, at) = (self.root.clone(), devices.clone(), port.clone());
        let read = patient.ask(move || {
            read_device(&from, at.clone(), &at.to_string(), &[], &mut BlockFacts::new(root))
        });
        let device = match read {
            Some(read) => read.device?,
            None => without_waiting(&devices, port.clone(), &name)?,
        };
        // Gone while it was read: what was read of it is no device.
        device.usb.vid?;
        Some((address.trim().parse().ok(), device))
    }

    /// The ports at which something is plugged in.
    pub fn ports(&self) -> Vec<PortPath> {
        let names = self.root.dir(DEVICES).and_then(|devices| devices.names());
        names.unwrap_or_default().iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// A machine whose `sys`, `proc`, `etc`, `run` … lie below a folder.
    pub fn at(root: Root) -> Self {
        Self { root }
    }
}

impl Host for LinuxHost {
    fn read(&self) -> Machine {
        let mut machine = Machine { host: facts::read(&self.root), ..Machine::default() };
        match self.root.dir(DEVICES) {
            Ok(devices) => {
                machine.host.usb_bus = Some(true);
                read_devices(&self.root, &devices, &mut machine);
            }
            // Containers and many virtual machines have no USB bus: an ordinary answer.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                machine.host.usb_bus = Some(false);
            }
            Err(error) => machine.problems.push(Problem::new(format!("/{DEVICES}"), say(&error))),
        }
        if self.root.is_live() {
            fill_in(&mut machine);
        }
        machine.devices.sort_by(|a, b| a.port.cmp(&b.port));
        machine
    }
}

/// Asks the libraries for what sysfs left out, and only then: each of them reads all devices
/// again, and some of what it reads waits for a device that hangs.
fn fill_in(machine: &mut Machine) {
    if usb::is_needed(machine) {
        match Patient::new(PATIENCE, 1).ask(usb::list) {
            Some(listed) => usb::complete(listed, machine),
            None => machine.problems.push(Problem::new("libusb", NO_LIST)),
        }
    }
    if hid::is_needed(machine) {
        match Patient::new(PATIENCE, 1).ask(hid::list) {
            Some(listed) => hid::complete(&listed, machine),
            None => machine.problems.push(Problem::new("hidapi", NO_LIST)),
        }
    }
}

fn read_devices(root: &Root, devices: &Dir, machine: &mut Machine) {
    let names = match devices.names() {
        Ok(names) => Arc::new(names),
        Err(error) => {
            machine.problems.push(Problem::new(devices.display(), say(&error)));
            return;
        }
    };
    // `usb1` is a root hub and `1-1:1.0` an interface; only `1-1.4` is a device.
    let ports = names.iter().filter_map(|name| name.parse().ok()).collect();
    let reader = || {
        let (from, names) = (devices.clone(), names.clone());
        let mut blocks = BlockFacts::new(root.clone());
        move |port: &PortPath| {
            read_device(&from, port.clone(), &port.to_string(), &names, &mut blocks)
        }
    };
    each(PATIENCE, MOST_HUNG, &Arc::new(ports), reader, |port, read| match read {
        Some(read) => {
            machine.devices.extend(read.device);
            machine.problems.extend(read.problems);
        }
        None => {
            let name = port.to_string();
            machine.devices.extend(without_waiting(devices, port.clone(), &name));
            machine.problems.push(Problem::new(name, NO_ANSWER));
        }
    });
}

/// What the kernel tells of a device at once: its ids. Strings, the active configuration and
/// all below wait for the device's lock (`drivers/usb/core/sysfs.c`), which a reset holds.
fn without_waiting(devices: &Dir, port: PortPath, name: &str) -> Option<UsbDevice> {
    let dir = devices.dir(name).ok()?;
    let text = |name: &str| dir.attribute(name).ok().map(|text| text.trim().to_owned());
    let usb = Usb {
        vid: text("idVendor").and_then(|id| id.parse().ok()),
        pid: text("idProduct").and_then(|id| id.parse().ok()),
        bcd_device: text("bcdDevice").and_then(|bcd| BcdDevice::from_sysfs(&bcd).ok()),
        ..Usb::default()
    };
    Some(UsbDevice { port, class: None, usb, interfaces: vec![], hid: vec![], luns: vec![] })
}

/// How long one device may take; a healthy one takes a fraction of a millisecond.
const PATIENCE: Duration = Duration::from_secs(5);

/// Devices that may hang before the rest is left alone.
const MOST_HUNG: u32 = 4;

const NO_ANSWER: &str = "the device does not answer; unplug it, or restart the computer if it \
                         stays like that";

/// The lists of libusb and hidapi read attributes that wait for the lock of a device.
const NO_LIST: &str = "a USB device keeps the list of all from being read; unplug the one that \
                       does not answer, or restart the computer if it stays like that";

/// A device, or why there is none.
struct Read {
    device: Option<UsbDevice>,
    problems: Vec<Problem>,
}

fn read_device(
    devices: &Dir,
    port: PortPath,
    name: &str,
    names: &[String],
    blocks: &mut BlockFacts,
) -> Read {
    let prefix = format!("{name}:");
    let listed: Vec<&String> = names.iter().filter(|n| n.starts_with(&prefix)).collect();
    let problem = match devices.dir(name) {
        Ok(dir) => {
            let mut reader = Reader { dir: &dir, blocks, problems: Vec::new() };
            let device = Some(reader.device(port, name, &listed));
            return Read { device, problems: reader.problems };
        }
        // A device unplugged since the folder was listed leaves a link to nowhere.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            "the device went away while it was read".to_owned()
        }
        Err(error) => say(&error),
    };
    Read { device: None, problems: vec![Problem::new(name, problem)] }
}

/// Reads one device; keeps what went wrong.
struct Reader<'a> {
    dir: &'a Dir,
    blocks: &'a mut BlockFacts,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn device(&mut self, port: PortPath, name: &str, listed: &[&String]) -> UsbDevice {
        let class = self.hex_byte("bDeviceClass");
        let usb = self.usb();
        if usb.vid.is_none() || usb.pid.is_none() {
            let what = "the device publishes no ids; it may have gone away while it was read";
            self.problems.push(Problem::new(name, what));
        }
        let mut device =
            UsbDevice { port, class, usb, interfaces: vec![], hid: vec![], luns: vec![] };
        for interface in self.interface_names(name, listed) {
            self.interface(&interface, &mut device);
        }
        if device.is_mass_storage() && device.luns.is_empty() {
            device.luns = self.blocks.luns_below(self.dir);
            self.problems.append(&mut self.blocks.problems);
        }
        device
    }

    fn usb(&mut self) -> Usb {
        Usb {
            vid: self.parse("idVendor", |text| text.parse().ok()),
            pid: self.parse("idProduct", |text| text.parse().ok()),
            bcd_device: self.parse("bcdDevice", |text| BcdDevice::from_sysfs(text).ok()),
            usb_version: self.parse("version", version),
            manufacturer: self.text("manufacturer"),
            product: self.text("product"),
            serial: self.text("serial"),
            speed_mbps: self
                .parse("speed", |text| text.trim().parse().ok().and_then(SpeedMbps::new)),
            max_power_ma: self.parse("bMaxPower", |text| {
                text.trim().trim_end_matches("mA").trim_end().parse().ok()
            }),
            authorized: self.parse("authorized", |text| match text.trim() {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            }),
        }
    }

    /// Interfaces stand beside the device in the bus folder, and below the device itself.
    fn interface_names(&mut self, name: &str, listed: &[&String]) -> Vec<String> {
        if !listed.is_empty() {
            return listed.iter().map(|n| (*n).clone()).collect();
        }
        let prefix = format!("{name}:");
        let names = self.dir.names().unwrap_or_default();
        names.into_iter().filter(|n| n.starts_with(&prefix)).collect()
    }

    fn interface(&mut self, name: &str, device: &mut UsbDevice) {
        let Ok(dir) = self.dir.dir(name) else {
            let what = "the interface went away while it was read";
            self.problems.push(Problem::new(name, what));
            return;
        };
        let mut reader = Reader { dir: &dir, blocks: self.blocks, problems: Vec::new() };
        let interface = Interface {
            number: number(name).or_else(|| reader.hex_byte("bInterfaceNumber")),
            class: reader.hex_byte("bInterfaceClass"),
            subclass: reader.hex_byte("bInterfaceSubClass"),
            protocol: reader.hex_byte("bInterfaceProtocol"),
            driver: dir.link_name("driver"),
        };
        match interface.class {
            Some(3) => device.hid.extend(reader.hid(interface.number)),
            Some(8) => device.luns.extend(reader.luns()),
            _ => {}
        }
        self.problems.append(&mut reader.problems);
        device.interfaces.push(interface);
    }

    /// HID devices are named `0003:VVVV:PPPP.NNNN` below their interface.
    fn hid(&mut self, interface: Option<u8>) -> Vec<Hid> {
        let names = self.dir.names().unwrap_or_default();
        let mut found = Vec::new();
        for name in names.iter().filter(|n| n.starts_with("0003:")) {
            let folder = self.dir.plain_dir(name);
            let descriptor = folder.and_then(|hid| hid.bytes("report_descriptor", 4096));
            let usages = descriptor.map(|bytes| report_descriptor::usages(&bytes));
            let usages = usages.unwrap_or_default().into_iter();
            found.extend(usages.map(|(page, usage)| Hid {
                usage_page: Some(page),
                usage: Some(usage),
                interface,
            }));
        }
        found
    }

    fn luns(&mut self) -> Vec<Lun> {
        let luns = lun::below_interface(self.dir, self.blocks);
        self.problems.append(&mut self.blocks.problems);
        luns
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.dir.attribute(name) {
            Ok(text) => Some(text),
            Err(error) => {
                // Strings a device does not have are simply not there.
                if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
                    let place = format!("{}/{name}", self.dir.display());
                    self.problems.push(Problem::new(place, say(&error)));
                }
                None
            }
        }
    }

    fn parse<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(text.trim());
        // `speed` reads "unknown" on some hosts; that is a value, not a fault.
        if value.is_none() && !text.trim().is_empty() && text.trim() != "unknown" {
            let what = format!("`{}` is not what this attribute holds", shorten(&text));
            self.problems.push(Problem::new(format!("{}/{name}", self.dir.display()), what));
        }
        value
    }

    fn hex_byte(&mut self, name: &str) -> Option<u8> {
        self.parse(name, |text| u8::from_str_radix(text, 16).ok())
    }
}

/// The number of an interface from its name, `1-4:1.0`: the kernel makes the name of it
/// (`usb_set_configuration` in `drivers/usb/core/message.c`).
fn number(name: &str) -> Option<u8> {
    name.rsplit_once(':')?.1.split_once('.')?.1.parse().ok()
}

/// `2.00`: what the kernel prints of `bcdUSB`.
fn version(text: &str) -> Option<String> {
    let (major, minor) = text.split_once('.')?;
    let hex = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_hexdigit());
    (hex(major) && hex(minor)).then(|| text.to_owned())
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An I/O error in a few words, with the right that is missing where that is the reason.
fn say(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}
