//! Which USB devices are there right now: just enough to watch them come and go.
//!
//! A look reads three small attributes a device from sysfs, which the kernel answers from
//! memory; nothing is sent to a device, and no serial number is read.

use super::root::Root;
use crate::snapshot::{Pid, PortPath, Vid};

/// A device, by where it is and what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connected {
    /// Port path, e.g. `2-1.4`.
    pub port: String,
    /// `idVendor`, four lowercase hex digits.
    pub vid: Option<String>,
    /// `idProduct`, four lowercase hex digits.
    pub pid: Option<String>,
    /// `bDeviceClass`, two hex digits.
    pub class: Option<String>,
}

/// Every device but root hubs, in the order of names.
pub fn connected(root: &Root) -> Vec<Connected> {
    let Ok(devices) = root.dir("sys/bus/usb/devices") else { return Vec::new() };
    let names = devices.names().unwrap_or_default();
    let ports = names.into_iter().filter(|name| name.parse::<PortPath>().is_ok());
    ports
        .filter_map(|port| {
            let device = devices.dir(&port).ok()?;
            let text = |name: &str| Some(device.attribute(name).ok()?.trim().to_owned());
            Some(Connected {
                vid: text("idVendor").and_then(|id| Some(id.parse::<Vid>().ok()?.to_string())),
                pid: text("idProduct").and_then(|id| Some(id.parse::<Pid>().ok()?.to_string())),
                class: text("bDeviceClass").filter(|class| class.len() == 2),
                port,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_listed_and_interfaces_and_root_hubs_are_not() {
        let dir = tempfile::tempdir().unwrap();
        for (name, vid) in [("usb1", "1d6b"), ("1-1", "1953"), ("1-1:1.0", ""), ("2-1.4", "zzzz")] {
            let device = dir.path().join("sys/bus/usb/devices").join(name);
            std::fs::create_dir_all(&device).unwrap();
            std::fs::write(device.join("idVendor"), format!("{vid}\n")).unwrap();
        }
        let found = connected(&Root::at(dir.path()));
        let seen: Vec<_> = found.iter().map(|d| (d.port.as_str(), d.vid.as_deref())).collect();
        assert_eq!(seen, [("1-1", Some("1953")), ("2-1.4", None)]);
    }
}
