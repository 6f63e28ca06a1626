//! How the drives are connected: ports, hubs, speeds, power.
//!
//! Every device appears by port, class and speed. Vendor and product ids are given for
//! hubs and for the drives only, serial numbers and names for none.

use std::fmt::Write as _;

use super::{Collector, Context, Ending, Source, System};
use crate::host::{Dir, Root};

/// The USB tree.
pub(super) struct UsbTopology;

/// A tree with more devices is cut; USB allows 127 on a bus.
const MOST_DEVICES: usize = 1024;

/// Attributes of every device, named as in sysfs.
const OF_ALL: &[&str] = &["bDeviceClass", "speed", "version", "authorized", "bMaxPower"];

/// Attributes of hubs and of the drives.
const OF_HUBS_AND_DRIVES: &[&str] = &[
    "idVendor",
    "idProduct",
    "bcdDevice",
    "maxchild",
    "rx_lanes",
    "tx_lanes",
    "bNumConfigurations",
    "bConfigurationValue",
    "quirks",
    "removable",
    "power/control",
    "power/runtime_status",
    "power/level",
];

impl Source for UsbTopology {
    fn id(&self) -> &'static str {
        "usb-topology"
    }
    fn reads(&self) -> &'static str {
        "USB ports, hubs, speeds and power; no names and serial numbers"
    }
    fn wanted_for(&self) -> &'static str {
        "hubs, slow ports and missing power are common causes"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for UsbTopology {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let devices = match root.dir("sys/bus/usb/devices") {
            Ok(devices) => devices,
            Err(_) => return Ending::Skipped("this system has no USB bus".into()),
        };
        let names = match devices.names() {
            Ok(names) => names,
            Err(error) => return Ending::Failed(format!("{}: {error}", devices.display())),
        };
        let mut text = String::new();
        for name in names.iter().filter(|name| !name.contains(':')).take(MOST_DEVICES) {
            if context.stop.is_due() {
                return Ending::TimedOut(format!("stopped at port {name}"));
            }
            if let Ok(device) = devices.dir(name) {
                describe(&mut text, name, &device, context.target.ports.contains(name));
            }
        }
        match text.is_empty() {
            true => Ending::Skipped("no USB device, not even a hub".into()),
            false => Ending::text("usb-topology.txt", text),
        }
    }
}

fn describe(text: &mut String, name: &str, device: &Dir, is_drive: bool) {
    let is_hub = device.attribute("bDeviceClass").is_ok_and(|class| class == "09");
    let kind = if is_drive { " (drive)" } else { "" };
    let _ = writeln!(text, "{name}{kind}");
    let more: &[&str] = if is_hub || is_drive { OF_HUBS_AND_DRIVES } else { &[] };
    for attribute in OF_ALL.iter().chain(more) {
        if let Ok(value) = device.attribute(attribute) {
            let _ = writeln!(text, "  {attribute} {}", value.trim());
        }
    }
}
