//! libusb's list of devices: completes sysfs where it does not say which device it is, or has
//! nothing at all (a container that was given `/dev/bus/usb` but no `/sys`).
//!
//! Where sysfs is complete libusb has nothing to add, as it reads the same files; so it is not
//! asked there.
//!
//! Only descriptors that libusb holds anyway are used. No device is opened, so nothing is
//! sent to a drive; strings, which would need an open device, are left to sysfs.

use rusb::UsbContext;

use crate::snapshot::{BcdDevice, Machine, Pid, PortPath, Problem, SpeedMbps, Usb, UsbDevice, Vid};

/// What libusb knows about one device.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    port: PortPath,
    class: u8,
    vid: Vid,
    pid: Pid,
    bcd: BcdDevice,
    usb_version: String,
    speed: Option<SpeedMbps>,
}

/// Whether there is no sysfs to read, or a device of which it does not say what it is.
pub(super) fn is_needed(machine: &Machine) -> bool {
    let known = |usb: &Usb| usb.vid.is_some() && usb.pid.is_some() && usb.bcd_device.is_some();
    machine.host.usb_bus != Some(true) || !machine.devices.iter().all(|device| known(&device.usb))
}

/// Lists the devices; empty where there is no USB bus.
///
/// `Context::new` is used because the global context behind `rusb::devices` panics where
/// libusb cannot start, which it cannot in a container or a virtual machine without USB.
pub(super) fn list() -> Vec<Listed> {
    let Ok(devices) = rusb::Context::new().and_then(|context| context.devices()) else {
        return Vec::new();
    };
    devices.iter().filter_map(|device| listed(&device)).collect()
}

fn listed<T: UsbContext>(device: &rusb::Device<T>) -> Option<Listed> {
    let descriptor = device.device_descriptor().ok()?;
    let ports = device.port_numbers().ok()?;
    let version = descriptor.device_version();
    let bcd = (u16::from(version.major() / 10) << 12)
        | (u16::from(version.major() % 10) << 8)
        | (u16::from(version.minor()) << 4)
        | u16::from(version.sub_minor());
    let usb = descriptor.usb_version();
    Some(Listed {
        port: PortPath::new(device.bus_number().into(), &ports)?,
        class: descriptor.class_code(),
        vid: Vid(descriptor.vendor_id()),
        pid: Pid(descriptor.product_id()),
        bcd: BcdDevice(bcd),
        usb_version: format!("{}.{}{}", usb.major(), usb.minor(), usb.sub_minor()),
        speed: speed(device.speed()),
    })
}

fn speed(speed: rusb::Speed) -> Option<SpeedMbps> {
    let mbps = match speed {
        rusb::Speed::Low => 1.5,
        rusb::Speed::Full => 12.0,
        rusb::Speed::High => 480.0,
        rusb::Speed::Super => 5000.0,
        rusb::Speed::SuperPlus => 10000.0,
        _ => return None,
    };
    SpeedMbps::new(mbps)
}

/// Fills what sysfs left out, and reports contradictions.
pub(super) fn complete(listed: Vec<Listed>, machine: &mut Machine) {
    let sysfs_is_there = machine.host.usb_bus == Some(true);
    for one in listed {
        match machine.devices.iter_mut().find(|device| device.port == one.port) {
            Some(device) => {
                if let Some(problem) = fill(&mut device.usb, &one) {
                    machine.problems.push(problem);
                }
            }
            None if sysfs_is_there => {
                let what = format!("libusb lists {}:{} here, sysfs does not", one.vid, one.pid);
                machine.problems.push(Problem::new(one.port.to_string(), what));
            }
            None => machine.devices.push(device(&one)),
        }
    }
}

fn fill(usb: &mut Usb, one: &Listed) -> Option<Problem> {
    let ids = (usb.vid.unwrap_or(one.vid), usb.pid.unwrap_or(one.pid));
    if ids != (one.vid, one.pid) {
        // The device was replugged, or changed its personality, between the two readings.
        let what = format!(
            "sysfs says {}:{}, libusb says {}:{}; scan again",
            ids.0, ids.1, one.vid, one.pid
        );
        return Some(Problem::new(one.port.to_string(), what));
    }
    usb.vid.get_or_insert(one.vid);
    usb.pid.get_or_insert(one.pid);
    usb.bcd_device.get_or_insert(one.bcd);
    usb.usb_version.get_or_insert_with(|| one.usb_version.clone());
    usb.speed_mbps = usb.speed_mbps.or(one.speed);
    None
}

fn device(one: &Listed) -> UsbDevice {
    UsbDevice {
        port: one.port.clone(),
        class: Some(one.class),
        usb: Usb {
            vid: Some(one.vid),
            pid: Some(one.pid),
            bcd_device: Some(one.bcd),
            usb_version: Some(one.usb_version.clone()),
            speed_mbps: one.speed,
            ..Usb::default()
        },
        interfaces: Vec::new(),
        hid: Vec::new(),
        luns: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Listed {
        Listed {
            port: "1-2".parse().unwrap(),
            class: 0,
            vid: Vid(0x1953),
            pid: Pid(0x0202),
            bcd: BcdDevice(0x0301),
            usb_version: "2.00".into(),
            speed: SpeedMbps::new(480.0),
        }
    }

    #[test]
    fn gaps_are_filled_and_nothing_is_overwritten() {
        let mut machine = Machine { devices: vec![device(&one())], ..Machine::default() };
        machine.devices[0].usb.vid = None;
        machine.devices[0].usb.speed_mbps = SpeedMbps::new(12.0);
        complete(vec![one()], &mut machine);
        assert_eq!(machine.devices[0].usb.vid, Some(Vid(0x1953)));
        assert_eq!(machine.devices[0].usb.speed_mbps, SpeedMbps::new(12.0));
        assert!(machine.problems.is_empty());
    }

    #[test]
    fn a_contradiction_is_reported_and_sysfs_stays() {
        let mut machine = Machine { devices: vec![device(&one())], ..Machine::default() };
        complete(vec![Listed { pid: Pid(0x159d), ..one() }], &mut machine);
        assert_eq!(machine.devices[0].usb.pid, Some(Pid(0x0202)));
        assert_eq!(machine.problems.len(), 1);
    }

    #[test]
    fn without_sysfs_libusb_is_the_list() {
        let mut machine = Machine::default();
        machine.host.usb_bus = Some(false);
        complete(vec![one()], &mut machine);
        assert_eq!(machine.devices.len(), 1);
    }
}
