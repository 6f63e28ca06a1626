//! hidapi's list of HID interfaces: completes and confirms what sysfs gave.
//!
//! Listing reads sysfs and opens nothing. It runs only when a mass-storage device has a
//! HID interface, as some of these drives do once their launcher has started.

use crate::snapshot::{Hid, Machine, Pid, UsbDevice, Vid};

/// Adds usages that sysfs did not give, on a live machine.
pub(super) fn confirm(machine: &mut Machine) {
    let mut drives: Vec<&mut UsbDevice> =
        machine.devices.iter_mut().filter(|device| wants_hid(device)).collect();
    if drives.is_empty() {
        return;
    }
    // Where hidapi cannot start there is nothing to add; sysfs has been read.
    let Ok(api) = hidapi::HidApi::new() else { return };
    for info in api.device_list() {
        let ids = (Some(Vid(info.vendor_id())), Some(Pid(info.product_id())));
        let serial = info.serial_number();
        for device in &mut drives {
            let same_serial = device.usb.serial.as_deref().is_none_or(|s| Some(s) == serial);
            if (device.usb.vid, device.usb.pid) == ids && same_serial {
                add(device, info);
            }
        }
    }
}

fn wants_hid(device: &UsbDevice) -> bool {
    device.is_mass_storage() && device.interfaces.iter().any(|i| i.class == Some(3))
}

fn add(device: &mut UsbDevice, info: &hidapi::DeviceInfo) {
    let interface = u8::try_from(info.interface_number()).ok();
    let found = Hid { usage_page: Some(info.usage_page()), usage: Some(info.usage()), interface };
    let known = device.hid.iter().any(|hid| {
        (hid.usage_page, hid.usage) == (found.usage_page, found.usage)
            && (hid.interface == interface || interface.is_none())
    });
    // hidapi gives page 0 when it could not read the report descriptor: nothing to add.
    if !known && found.usage_page != Some(0) {
        device.hid.push(found);
    }
}
