//! Which storage and USB drivers are loaded, and with which settings.

use std::fmt::Write as _;

use super::{Collector, Context, Ending, Source, System};
use crate::host::Root;

/// Loaded modules and the parameters that decide how a drive is treated.
pub(super) struct StorageDrivers;

/// How names of modules begin that matter to a USB drive.
const MODULES: &[&str] = &[
    "usb",
    "uas",
    "xhci",
    "ehci",
    "ohci",
    "uhci",
    "sd_mod",
    "sr_mod",
    "sg",
    "scsi",
    "cdrom",
    "vfat",
    "fat",
    "exfat",
    "ntfs",
    "isofs",
    "udf",
    "hid",
    "typec",
    "ucsi",
    "thunderbolt",
    "dm_crypt",
];

/// Settings that make a drive be ignored, reset or suspended
/// (Documentation/admin-guide/kernel-parameters.txt).
const PARAMETERS: &[&str] = &[
    "usb_storage/parameters/quirks",
    "usb_storage/parameters/delay_use",
    "usbcore/parameters/authorized_default",
    "usbcore/parameters/autosuspend",
    "usbcore/parameters/old_scheme_first",
    "usbcore/parameters/quirks",
];

impl Source for StorageDrivers {
    fn id(&self) -> &'static str {
        "storage-drivers"
    }
    fn reads(&self) -> &'static str {
        "names of loaded storage and USB drivers, and their settings"
    }
    fn wanted_for(&self) -> &'static str {
        "a missing driver or a quirk setting hides a healthy drive"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for StorageDrivers {
    fn collect(&self, root: &Root, _context: &Context) -> Ending {
        let mut text = String::new();
        let modules = root.text("proc/modules", 1024 * 1024);
        for line in modules.iter().flat_map(|text| text.lines()) {
            // Name, size, users; what follows are addresses in the kernel.
            let mut fields = line.split(' ');
            let (name, size) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
            if MODULES.iter().any(|start| name.starts_with(start)) {
                let _ = writeln!(text, "module {name} {size}");
            }
        }
        for path in PARAMETERS {
            if let Ok(value) = root.text(&format!("sys/module/{path}"), 4096) {
                let _ = writeln!(text, "{path} = {}", value.trim_end());
            }
        }
        match (text.is_empty(), modules) {
            (false, _) => Ending::text("storage-drivers.txt", text),
            (true, Ok(_)) => Ending::Skipped("no storage driver is loaded as a module".into()),
            (true, Err(error)) => Ending::Skipped(format!("/proc/modules: {error}")),
        }
    }
}
