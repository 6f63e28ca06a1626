//! Drives and volumes: serial numbers, labels, identifiers, and where they are mounted.

use super::Reading;
use crate::redact::Class;

/// What udev's database says about a device, and what kind of value it is.
const UDEV: &[(&str, Class)] = &[
    ("ID_SERIAL_SHORT", Class::Serial),
    ("ID_USB_SERIAL_SHORT", Class::Serial),
    ("ID_ATA_SERIAL_SHORT", Class::Serial),
    ("ID_SCSI_SERIAL", Class::Serial),
    ("SCSI_IDENT_SERIAL", Class::Serial),
    ("ID_WWN", Class::Serial),
    ("ID_WWN_WITH_EXTENSION", Class::Serial),
    ("ID_FS_LABEL", Class::VolumeLabel),
    ("ID_FS_LABEL_ENC", Class::VolumeLabel),
    ("ID_PART_ENTRY_NAME", Class::VolumeLabel),
    ("ID_FS_UUID", Class::Uuid),
    ("ID_FS_UUID_ENC", Class::Uuid),
    ("ID_FS_UUID_SUB", Class::Uuid),
    ("ID_PART_ENTRY_UUID", Class::Uuid),
    ("ID_PART_TABLE_UUID", Class::Uuid),
    ("DM_UUID", Class::Uuid),
    ("ID_NET_NAME_MAC", Class::Mac),
];

/// Serial numbers in the firmware's tables (sysfs, readable by root).
const BOARD: &[(&str, Class)] = &[
    ("product_serial", Class::Serial),
    ("board_serial", Class::Serial),
    ("chassis_serial", Class::Serial),
    ("product_uuid", Class::Uuid),
];

/// Folders below which removable volumes are mounted.
const VOLUMES: &[&str] = &["/media/", "/run/media/", "/mnt/", "/Volumes/"];

pub(super) fn read(reading: &mut Reading<'_>) {
    // Root hubs come last in the folder, but what they say must be known first.
    let (hubs, devices): (Vec<String>, Vec<String>) =
        reading.names("sys/bus/usb/devices").into_iter().partition(|name| name.starts_with("usb"));
    for name in hubs {
        let value = reading.text(&format!("sys/bus/usb/devices/{name}/serial"));
        reading.controllers.insert(value.trim().to_owned());
    }
    for name in devices {
        let value = reading.text(&format!("sys/bus/usb/devices/{name}/serial"));
        serial(reading, &value);
    }
    for name in reading.names("sys/block") {
        disk(reading, &name);
    }
    for name in reading.names("sys/class/nvme") {
        let value = reading.text(&format!("sys/class/nvme/{name}/serial"));
        serial(reading, &value);
    }
    for (name, class) in BOARD {
        // Only root may read most of these. Whoever may not will not have them in a log
        // either, and cannot do anything about it: no reason for a warning.
        let value = reading.root.text(&format!("sys/class/dmi/id/{name}"), 4096);
        reading.add(*class, &value.unwrap_or_default());
    }
    for name in reading.names("run/udev/data") {
        let text = reading.text(&format!("run/udev/data/{name}"));
        text.lines().filter_map(|line| line.strip_prefix("E:")).for_each(|p| property(reading, p));
    }
    mounts(reading);
}

fn disk(reading: &mut Reading<'_>, name: &str) {
    for attribute in ["device/serial", "device/wwid", "wwid", "serial", "device/cid"] {
        let value = reading.text(&format!("sys/block/{name}/{attribute}"));
        // `naa.5002…`, `eui.0025…`, `t10.ATA     model     serial`.
        for part in value.split_whitespace() {
            let part = part.split_once('.').map_or(part, |(_, rest)| rest);
            let known = value.split_whitespace().count() == 1 || part.len() >= 8;
            if known && part.chars().any(|c| c.is_ascii_digit()) {
                serial(reading, part);
            }
        }
    }
    // SPC-4 7.8.16: four bytes of header, then the unit serial number.
    let page = reading.bytes(&format!("sys/block/{name}/device/vpd_pg80"));
    if let Some(value) = page.get(4..) {
        serial(reading, &String::from_utf8_lossy(value));
    }
}

fn serial(reading: &mut Reading<'_>, value: &str) {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if !is_pci_address(value) && !reading.controllers.contains(value) {
        reading.add(Class::Serial, value);
    }
}

/// `0000:00:14.0`.
fn is_pci_address(value: &str) -> bool {
    let mut parts = value.split([':', '.']);
    let hex = |part: Option<&str>, length: usize| {
        part.is_some_and(|p| p.len() == length && p.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    hex(parts.next(), 4)
        && hex(parts.next(), 2)
        && hex(parts.next(), 2)
        && hex(parts.next(), 1)
        && parts.next().is_none()
}

fn property(reading: &mut Reading<'_>, line: &str) {
    let Some((key, value)) = line.split_once('=') else { return };
    let value = unescape(value);
    match UDEV.iter().find(|(name, _)| *name == key) {
        Some((_, Class::Serial)) => serial(reading, value.trim_start_matches("0x")),
        Some((_, class)) => reading.add(*class, &value),
        None => {}
    }
}

/// `\x20` in udev's database, `\040` in mount tables.
fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, after) = match tail {
            [b'x', a, b, after @ ..] if first == b'\\' => (number(&[*a, *b], 16), after),
            [a, b, c, after @ ..] if first == b'\\' => (number(&[*a, *b, *c], 8), after),
            _ => (None, tail),
        };
        out.push(byte.unwrap_or(first));
        rest = if byte.is_some() { after } else { tail };
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn number(digits: &[u8], radix: u32) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// proc(5), mountinfo: the fifth field is the mount point. Whatever is named below a
/// removable volume goes, and so does the folder it is mounted at.
fn mounts(reading: &mut Reading<'_>) {
    let text = reading.text("proc/self/mountinfo");
    for line in text.lines() {
        let Some(point) = line.split(' ').nth(4).map(unescape) else { continue };
        if VOLUMES.iter().any(|folder| point.starts_with(folder)) {
            reading.add(Class::FileName, &point);
            if let Some(name) = point.rsplit('/').next() {
                reading.add(Class::VolumeLabel, name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::collect::seeds;
    use crate::host::Root;

    #[test]
    fn a_root_hub_names_its_controller_and_a_drive_itself() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let file = dir.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        put("sys/bus/usb/devices/usb1/serial", "dummy_hcd.0\n");
        put("sys/bus/usb/devices/1-1/serial", "AA11BB22CC33\n");
        put("run/udev/data/c189:0", "E:ID_SERIAL_SHORT=dummy_hcd.0\n");
        put("run/udev/data/c189:1", "E:ID_SERIAL_SHORT=AA11BB22CC33\n");
        let known = seeds::read(&Root::at(dir.path()), &[], &[]);
        let values: Vec<&str> = known.seeds.secret.iter().map(|s| s.value.as_str()).collect();
        assert_eq!(values, ["AA11BB22CC33"]);
    }
}
