//! Devices as `umockdev-record` writes them, and the sysfs tree they are read from.
//!
//! One record a device, separated by empty lines: `P:` its path below `/sys`, `N:` its node
//! with the node's content, `S:` links to the node, `E:` udev properties, `A:` attributes in
//! C's notation, `H:` attributes in hexadecimal, `L:` attributes that are links.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// One device of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Device {
    /// Path below `/sys`, e.g. `/devices/pci0000:00/0000:00:14.0/usb1/1-1`.
    pub path: String,
    /// Name below `/dev`, and what reading it gives.
    pub node: Option<(String, Vec<u8>)>,
    /// udev properties, the kernel's own among them.
    pub properties: Vec<(String, String)>,
    /// Attributes by name, which may hold a slash.
    pub attributes: Vec<(String, Vec<u8>)>,
    /// Attributes that are symbolic links.
    pub links: Vec<(String, String)>,
}

/// Subsystems that are buses; all others are classes (the kernel's `struct bus_type`).
const BUSES: &[&str] = &["hid", "pci", "scsi", "usb", "virtio"];

/// Reads a recording.
pub fn parse(text: &str) -> Vec<Device> {
    text.split("\n\n").filter(|block| !block.trim().is_empty()).map(device).collect()
}

fn device(block: &str) -> Device {
    let mut device = Device::default();
    for line in block.lines().filter(|line| !line.is_empty()) {
        let (kind, rest) = line.split_once(": ").unwrap_or_else(|| panic!("no kind: {line}"));
        let pair = || {
            let (key, value) = rest.split_once('=').unwrap_or_else(|| panic!("no value: {line}"));
            (key.to_owned(), value.to_owned())
        };
        match kind {
            "P" => device.path = rest.to_owned(),
            "N" => {
                let (name, content) = rest.split_once('=').unwrap_or((rest, ""));
                device.node = Some((name.to_owned(), unhex(content)));
            }
            "E" => device.properties.push(pair()),
            "A" => device.attributes.push((pair().0, unescape(&pair().1))),
            "H" => device.attributes.push((pair().0, unhex(&pair().1))),
            "L" => device.links.push(pair()),
            "S" => {}
            _ => panic!("unknown kind of line: {line}"),
        }
    }
    device
}

/// Undoes the C notation of `A:` lines.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let octal = |digit: u8| digit - b'0';
        bytes.push(match rest.next().expect("something after a backslash") {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'v' => 11,
            first @ b'0'..=b'3' => {
                let [second, third] = [(); 2].map(|()| rest.next().expect("three digits"));
                octal(first) << 6 | octal(second) << 3 | octal(third)
            }
            other => other,
        });
    }
    bytes
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).expect("a hex digit") as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

impl Device {
    /// The last component of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// A udev property.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// Its folder below a root.
    pub fn folder(&self, root: &Path) -> PathBuf {
        root.join("sys").join(self.path.trim_start_matches('/'))
    }

    /// Writes it below a root as the kernel publishes it: attributes, `uevent`, the links of
    /// bus, class and device number, the node's content, and udev's record of it.
    pub fn plant(&self, root: &Path) {
        let folder = self.folder(root);
        for (name, bytes) in &self.attributes {
            write(&folder.join(name), bytes);
        }
        write(&folder.join("uevent"), self.uevent().as_bytes());
        for (name, target) in &self.links {
            link(&folder.join(name), Path::new(target));
        }
        self.plant_subsystem(root);
        self.plant_node(root);
    }

    /// The kernel's own properties; the rest is udev's.
    fn uevent(&self) -> String {
        let kernel = self.properties.iter().filter(|(k, _)| !k.starts_with("ID_"));
        let kernel = kernel.filter(|(key, _)| key != "SUBSYSTEM");
        kernel.map(|(k, v)| format!("{k}={}\n", v.trim_start_matches("/dev/"))).collect()
    }

    fn plant_subsystem(&self, root: &Path) {
        let Some(subsystem) = self.property("SUBSYSTEM") else { return };
        let (home, list) = match BUSES.contains(&subsystem) {
            true => (format!("bus/{subsystem}"), format!("bus/{subsystem}/devices")),
            false => (format!("class/{subsystem}"), format!("class/{subsystem}")),
        };
        let sys = root.join("sys");
        let up = |depth: usize| "../".repeat(depth);
        let depth = self.path.matches('/').count();
        let folder = self.folder(root);
        link(&folder.join("subsystem"), Path::new(&format!("{}{home}", up(depth))));
        if let Some(driver) = self.links.iter().find(|(name, _)| name == "driver") {
            let name = driver.1.rsplit('/').next().unwrap_or_default();
            fs::create_dir_all(sys.join(&home).join("drivers").join(name)).expect("a driver");
        }
        let target =
            |list: &str| format!("{}{}", up(list.matches('/').count() + 1), &self.path[1..]);
        link(&sys.join(&list).join(self.name()), Path::new(&target(&list)));
        if self.property("DEVTYPE") == Some("disk") {
            link(&sys.join("block").join(self.name()), Path::new(&target("block")));
        }
    }

    fn plant_node(&self, root: &Path) {
        let Some((name, content)) = &self.node else { return };
        write(&root.join("dev").join(name), content);
        let (Some(major), Some(minor)) = (self.property("MAJOR"), self.property("MINOR")) else {
            return;
        };
        let block = self.property("SUBSYSTEM") == Some("block");
        let list = if block { "dev/block" } else { "dev/char" };
        let number = root.join("sys").join(list).join(format!("{major}:{minor}"));
        link(&number, Path::new(&format!("../../{}", &self.path[1..])));
        let udev = self.properties.iter().filter(|(key, _)| key.starts_with("ID_"));
        let udev: String = udev.map(|(key, value)| format!("E:{key}={value}\n")).collect();
        let kind = if block { 'b' } else { 'c' };
        write(&root.join(format!("run/udev/data/{kind}{major}:{minor}")), udev.as_bytes());
    }
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, bytes: &[u8]) {
    let folder = path.parent().expect("a folder above it");
    fs::create_dir_all(folder).unwrap_or_else(|e| panic!("can't make {}: {e}", folder.display()));
    fs::write(path, bytes).unwrap_or_else(|e| panic!("can't write {}: {e}", path.display()));
}

/// Makes a symbolic link and the folders above it.
pub fn link(at: &Path, target: &Path) {
    fs::create_dir_all(at.parent().expect("a folder above it")).expect("a folder for a link");
    symlink(target, at).unwrap_or_else(|e| panic!("can't link {}: {e}", at.display()));
}
