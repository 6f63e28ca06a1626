//! Which system and machine this is: versions and models, no names and no serial numbers.

use std::fmt::Write as _;

use super::{Collector, Context, Ending, Source, System};
use crate::host::{self, Root};

/// Operating system, kernel, machine model.
pub(super) struct OsFacts;

/// Keys of os-release(5) that name the system.
const RELEASE: &[&str] = &["ID=", "ID_LIKE=", "PRETTY_NAME=", "VERSION_ID=", "VARIANT_ID="];

/// What the firmware says about the model; the files beside these hold serial numbers.
const MODEL: &[&str] =
    &["sys_vendor", "product_name", "product_version", "bios_version", "bios_date"];

/// Parameters of the kernel's command line that change how USB drives are treated.
const COMMAND_LINE: &[&str] = &["usbcore.", "usb-storage.", "usb_storage.", "usbhid.", "xhci"];

impl Source for OsFacts {
    fn id(&self) -> &'static str {
        "os-facts"
    }
    fn reads(&self) -> &'static str {
        "system, kernel and machine model; no names, no serial numbers"
    }
    fn wanted_for(&self) -> &'static str {
        "known problems belong to versions of systems and models of machines"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for OsFacts {
    fn collect(&self, root: &Root, _context: &Context) -> Ending {
        let mut text = String::new();
        release(root, &mut text);
        for (name, path) in [
            ("kernel", "proc/sys/kernel/osrelease"),
            ("build", "proc/sys/kernel/version"),
            ("lockdown", "sys/kernel/security/lockdown"),
        ] {
            add(&mut text, name, root.text(path, 4096).ok());
        }
        for name in MODEL {
            add(&mut text, name, root.text(&format!("sys/class/dmi/id/{name}"), 4096).ok());
        }
        add(&mut text, "usb parameters", parameters(root));
        match text.is_empty() {
            true => Ending::Skipped("the system publishes nothing about itself".into()),
            false => Ending::text("os-facts.txt", text),
        }
    }
}

fn release(root: &Root, text: &mut String) {
    for line in host::os_release(root).iter().flat_map(|text| text.lines()) {
        if RELEASE.iter().any(|key| line.starts_with(key)) {
            let _ = writeln!(text, "{line}");
        }
    }
}

fn parameters(root: &Root) -> Option<String> {
    let line = root.text("proc/cmdline", 4096).ok()?;
    let about_usb = |word: &&str| COMMAND_LINE.iter().any(|start| word.starts_with(start));
    let words: Vec<&str> = line.split_whitespace().filter(about_usb).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn add(text: &mut String, name: &str, value: Option<String>) {
    if let Some(value) = value.as_deref().map(str::trim).filter(|value| !value.is_empty()) {
        let _ = writeln!(text, "{name}: {value}");
    }
}
