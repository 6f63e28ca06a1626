//! What udev's database says about the drives: every device below their ports.

use serde_json::{Map, Value};

use super::{Collector, Context, Ending, Source, System};
use crate::host::{Dir, Root};

/// udev properties of the drives' subtree.
pub(super) struct UdevProperties;

/// Devices below one port; a drive with two units and a keypad has about twenty.
const MOST_DEVICES: usize = 200;

/// Folders deep; `host/target/unit/block/disk/partition` below an interface is six.
const DEEPEST: usize = 10;

/// How the names of properties begin that tell how a drive is treated. The others are links
/// named after serial numbers and labels, and the kernel's own values, which are elsewhere.
const WANTED: &[&str] = &[
    "ID_",
    "UDISKS_",
    "SYSTEMD_",
    "DM_",
    "MTP_",
    "GPHOTO",
    "TAGS",
    "CURRENT_TAGS",
    "SEAT",
    "NVME_",
    "SCSI_TYPE",
    "SCSI_MODEL",
    "SCSI_REVISION",
    "SCSI_VENDOR",
];

/// Properties that hold the same value once more in another spelling, or put a serial
/// number into a longer text.
const NEVER: &[&str] =
    &["ID_SERIAL", "ID_USB_SERIAL", "ID_FS_LABEL_ENC", "ID_FS_UUID_ENC", "ID_SCSI_SERIAL"];

impl Source for UdevProperties {
    fn id(&self) -> &'static str {
        "udev-properties"
    }
    fn reads(&self) -> &'static str {
        "udev's database about the drives and everything below them (/run/udev/data)"
    }
    fn wanted_for(&self) -> &'static str {
        "shows rules that hide a drive, and what was recognized on it without opening it"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for UdevProperties {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let mut walk = Walk { root, context, found: Map::new(), seen: 0 };
        for port in &context.target.ports {
            if let Ok(dir) = root.dir(&format!("sys/bus/usb/devices/{port}")) {
                walk.device(&dir, port, 0);
            }
        }
        match (context.stop.is_due(), walk.found.is_empty()) {
            (true, true) => Ending::TimedOut("stopped before anything was read".into()),
            (_, true) => Ending::Skipped("udev's database knows nothing of the drives".into()),
            (_, false) => Ending::fields("udev.json", Value::Object(walk.found)),
        }
    }
}

/// A walk through the folders below a port.
struct Walk<'a> {
    root: &'a Root,
    context: &'a Context,
    found: Map<String, Value>,
    seen: usize,
}

impl Walk<'_> {
    /// Reads one device and those below it; `name` is its path from the port down.
    fn device(&mut self, dir: &Dir, name: &str, depth: usize) {
        if self.context.stop.is_due() || self.seen >= MOST_DEVICES || depth > DEEPEST {
            return;
        }
        if let Some(properties) = self.properties(dir, name) {
            self.seen += 1;
            self.found.insert(name.to_owned(), Value::Object(properties));
        }
        for child in dir.names().unwrap_or_default() {
            // Links lead to other devices; only folders belong to this one.
            let is_folder = dir.is_plain_dir(&child) && child != "power";
            if is_folder && let Ok(below) = dir.plain_dir(&child) {
                self.device(&below, &format!("{name}/{child}"), depth + 1);
            }
        }
    }

    fn properties(&self, dir: &Dir, name: &str) -> Option<Map<String, Value>> {
        let id = id(dir, name)?;
        let text = self.root.text(&format!("run/udev/data/{id}"), 256 * 1024).ok()?;
        let lines = text.lines().filter_map(|line| line.strip_prefix("E:")?.split_once('='));
        let wanted = lines.filter(|(key, _)| {
            WANTED.iter().any(|start| key.starts_with(start)) && !NEVER.contains(key)
        });
        let properties: Map<String, Value> =
            wanted.map(|(key, value)| (key.to_owned(), Value::String(value.to_owned()))).collect();
        (!properties.is_empty()).then_some(properties)
    }
}

/// The name of a device's record: `b8:16` and `c189:3` by number, `+usb:1-1:1.0` by name
/// (systemd, `device_get_device_id`).
fn id(dir: &Dir, name: &str) -> Option<String> {
    let subsystem = dir.link_name("subsystem")?;
    let is_number = |text: &str| {
        let parts = text.split_once(':');
        parts.is_some_and(|(a, b)| a.parse::<u32>().is_ok() && b.parse::<u32>().is_ok())
    };
    match dir.attribute("dev") {
        Ok(number) if is_number(number.trim()) => {
            let kind = if subsystem == "block" { 'b' } else { 'c' };
            Some(format!("{kind}{}", number.trim()))
        }
        _ => Some(format!("+{subsystem}:{}", name.rsplit('/').next()?)),
    }
}
