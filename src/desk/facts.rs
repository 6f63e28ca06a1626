//! Facts by name: what a ticket's lines and a desk's own fields can refer to.

use std::collections::BTreeMap;

use crate::snapshot::{Drive, HostFacts};

/// Facts by name. A fact that is not known is not in the map.
pub type Facts = BTreeMap<String, String>;

/// Facts about a drive.
const DRIVE: [&str; 11] = [
    "product",
    "vendor",
    "model",
    "usb_id",
    "bcd_device",
    "serial",
    "firmware",
    "software",
    "lock_state",
    "managed",
    "port",
];

/// Facts about the machine.
const HOST: [&str; 4] = ["os", "os_version", "kernel", "arch"];

/// Facts about the ticket itself.
const TICKET: [&str; 17] = [
    "submission",
    "symptom",
    "verdict",
    "type",
    "type_words",
    "severity",
    "severity_name",
    "priority",
    "category",
    "category_words",
    "scope",
    "scope_words",
    "first_response",
    "resolution",
    "target_notes",
    "bundle",
    "bundle_sha256",
];

/// Whether a fact of this name can be known at all; tells a typing error from an unknown.
pub(super) fn exists(name: &str) -> bool {
    DRIVE.contains(&name) || HOST.contains(&name) || TICKET.contains(&name)
}

/// All fact names, for messages.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    DRIVE.into_iter().chain(HOST).chain(TICKET)
}

/// What is known about one drive.
pub(super) fn of_drive(drive: &Drive) -> Facts {
    let usb = &drive.usb;
    let usb_id = usb.vid.zip(usb.pid).map(|(vid, pid)| format!("{vid}:{pid}"));
    known([
        ("product", Some(drive.display_name())),
        ("vendor", drive.identity.vendor.clone()),
        ("model", drive.identity.model.clone()),
        ("usb_id", usb_id),
        ("bcd_device", usb.bcd_device.map(|bcd| bcd.to_string())),
        ("serial", usb.serial.clone()),
        ("firmware", drive.firmware.version.clone()),
        ("software", drive.software.version.clone()),
        ("lock_state", drive.lock_state.known().map(str::to_owned)),
        ("managed", drive.managed.known().map(str::to_owned)),
        ("port", Some(drive.port.to_string())),
    ])
}

/// What is known about the machine.
pub(super) fn of_host(host: &HostFacts) -> Facts {
    known([
        ("os", host.os.clone()),
        ("os_version", host.os_version.clone().or_else(|| host.os.clone())),
        ("kernel", host.kernel.clone()),
        ("arch", host.arch.clone()),
    ])
}

fn known<const N: usize>(facts: [(&str, Option<String>); N]) -> Facts {
    let named = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    named.filter(|(_, value)| !value.trim().is_empty()).collect()
}
