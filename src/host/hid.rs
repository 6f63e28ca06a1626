//! hidapi's list of HID interfaces: completes what sysfs gave.
//!
//! Listing opens no node, but reads every attribute of each HID device and of all above it, some
//! of which wait for a device that hangs. It therefore runs only when a mass-storage device has
//! a HID interface whose usages sysfs did not give, and within time.

use crate::snapshot::{Hid, Machine, Pid, UsbDevice, Vid};

/// What hidapi knows about one collection of a HID interface.
#[derive(Debug)]
pub(super) struct Listed {
    ids: (Vid, Pid),
    serial: Option<String>,
    hid: Hid,
}

/// Whether there is a drive whose usages sysfs did not give.
pub(super) fn is_needed(machine: &Machine) -> bool {
    machine.devices.iter().any(lacks_usages)
}

/// Lists the collections; empty where hidapi cannot start.
pub(super) fn list() -> Vec<Listed> {
    let Ok(api) = hidapi::HidApi::new() else { return Vec::new() };
    // hidapi gives page 0 when it could not read the report descriptor: nothing to add.
    api.device_list().filter(|info| info.usage_page() != 0).map(listed).collect()
}

fn listed(info: &hidapi::DeviceInfo) -> Listed {
    Listed {
        ids: (Vid(info.vendor_id()), Pid(info.product_id())),
        serial: info.serial_number().map(str::to_owned),
        hid: Hid {
            usage_page: Some(info.usage_page()),
            usage: Some(info.usage()),
            interface: u8::try_from(info.interface_number()).ok(),
        },
    }
}

/// Adds usages that sysfs did not give.
pub(super) fn complete(listed: &[Listed], machine: &mut Machine) {
    for device in machine.devices.iter_mut().filter(|device| lacks_usages(device)) {
        for one in listed {
            if is_of(one, device) {
                add(device, one);
            }
        }
    }
}

fn lacks_usages(device: &UsbDevice) -> bool {
    let mut interfaces = device.interfaces.iter().filter(|i| i.class == Some(3));
    device.is_mass_storage()
        && interfaces.any(|i| device.hid.iter().all(|hid| hid.interface != i.number))
}

fn is_of(one: &Listed, device: &UsbDevice) -> bool {
    let serial = device.usb.serial.as_deref();
    let same_serial = serial.is_none_or(|serial| one.serial.as_deref() == Some(serial));
    (device.usb.vid, device.usb.pid) == (Some(one.ids.0), Some(one.ids.1)) && same_serial
}

fn add(device: &mut UsbDevice, one: &Listed) {
    let found = &one.hid;
    let known = device.hid.iter().any(|hid| {
        (hid.usage_page, hid.usage) == (found.usage_page, found.usage)
            && (hid.interface == found.interface || found.interface.is_none())
    });
    if !known {
        device.hid.push(found.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Interface, Usb};

    fn hid(interface: u8) -> Hid {
        Hid { usage_page: Some(0xff00), usage: Some(1), interface: Some(interface) }
    }

    /// A drive with two HID interfaces, of which sysfs gave what is in `known`.
    fn machine(known: Vec<Hid>) -> Machine {
        let interfaces = [(0, 8), (1, 3), (2, 3)];
        let interfaces = interfaces.map(|(number, class)| Interface {
            number: Some(number),
            class: Some(class),
            ..Interface::default()
        });
        let drive = UsbDevice {
            port: "1-1".parse().unwrap(),
            class: None,
            usb: Usb { vid: Some(Vid(0x0951)), pid: Some(Pid(0x1576)), ..Usb::default() },
            interfaces: interfaces.into(),
            hid: known,
            luns: vec![],
        };
        Machine { devices: vec![drive], ..Machine::default() }
    }

    #[test]
    fn a_list_is_needed_only_where_sysfs_left_something_out() {
        assert!(!is_needed(&machine(vec![hid(1), hid(2)])));
        assert!(is_needed(&machine(vec![hid(1)])));
        assert!(!is_needed(&Machine::default()));
    }

    #[test]
    fn what_sysfs_left_out_is_added_once() {
        let ids = (Vid(0x0951), Pid(0x1576));
        let listed = [1, 2, 2].map(|number| Listed { ids, serial: None, hid: hid(number) });
        let other = Listed { ids: (Vid(1), Pid(1)), serial: None, hid: hid(7) };
        let mut machine = machine(vec![hid(1)]);
        complete(&listed, &mut machine);
        complete(&[other], &mut machine);
        assert_eq!(machine.devices[0].hid, [hid(1), hid(2)]);
    }
}
