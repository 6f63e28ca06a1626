//! SCSI logical units of a USB device, their block devices, labels and mounts.
//!
//! Everything comes from sysfs, udev's database and the mount table; no node is opened.
//! The kernel has done INQUIRY itself and publishes the answer with mode 0444
//! (drivers/scsi/scsi_sysfs.c).

use super::mounts::{self, Mount, unescape_with};
use super::root::{Dir, Root};
use crate::snapshot::{Lun, LunType, Problem};

/// Sysfs counts block devices in sectors of 512 bytes whatever the medium's own size is.
const SECTOR: u64 = 512;

/// What the machine says about block devices, read once and only when needed.
pub(super) struct BlockFacts {
    root: Root,
    mounts: Option<Vec<Mount>>,
    /// Attributes that hold what they should not.
    pub(super) problems: Vec<Problem>,
}

impl BlockFacts {
    pub(super) fn new(root: Root) -> Self {
        Self { root, mounts: None, problems: Vec::new() }
    }

    /// An attribute's value; one that is there and means nothing is a problem.
    fn parse<T>(&mut self, dir: &Dir, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = dir.attribute(name).ok()?;
        let value = parse(text.trim());
        if value.is_none() {
            let shown: String = text.chars().take(40).collect();
            let what = format!("`{shown}` is not what this attribute holds");
            self.problems.push(Problem::new(format!("{}/{name}", dir.display()), what));
        }
        value
    }

    fn mounts(&mut self) -> &[Mount] {
        self.mounts.get_or_insert_with(|| mounts::read(&self.root))
    }

    /// LUNs of a device found from the block side, for trees that lack the SCSI folders.
    pub(super) fn luns_below(&mut self, device: &Dir) -> Vec<Lun> {
        let Ok(blocks) = self.root.dir("sys/block") else { return Vec::new() };
        let mut luns = Vec::new();
        for name in blocks.names().unwrap_or_default() {
            let Ok(scsi) = blocks.dir(&name).and_then(|block| block.dir("device")) else {
                continue;
            };
            if scsi.is_below(device) {
                let number = u32::try_from(luns.len()).ok();
                luns.push(read(&scsi, number, self));
            }
        }
        luns
    }
}

/// LUNs below an interface: `hostH/targetH:C:I/H:C:I:L`.
pub(super) fn below_interface(interface: &Dir, blocks: &mut BlockFacts) -> Vec<Lun> {
    let mut luns = Vec::new();
    for host in named(interface, "host") {
        for target in named(&host.1, "target") {
            for name in target.1.names().unwrap_or_default() {
                let mut parts = name.split(':');
                let address = (parts.by_ref().take(3).count() == 3).then_some(());
                let Some(number) = address.and_then(|()| parts.next()?.parse().ok()) else {
                    continue;
                };
                if let Ok(scsi) = target.1.plain_dir(&name) {
                    luns.push(read(&scsi, Some(number), blocks));
                }
            }
        }
    }
    luns.sort_by_key(|lun| lun.lun);
    luns
}

fn named(dir: &Dir, prefix: &str) -> Vec<(String, Dir)> {
    let names = dir.names().unwrap_or_default().into_iter();
    names
        .filter(|name| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
        .filter_map(|name| Some((name.clone(), dir.plain_dir(&name).ok()?)))
        .collect()
}

fn read(scsi: &Dir, number: Option<u32>, blocks: &mut BlockFacts) -> Lun {
    let text = |name: &str| scsi.attribute(name).ok().map(|text| text.trim().to_owned());
    let kind = match text("type").as_deref() {
        Some("5") => LunType::Cdrom,
        Some("0") => LunType::Disk,
        _ => LunType::Other,
    };
    let mut lun = Lun {
        lun: number,
        kind,
        vendor: text("vendor"),
        model: text("model"),
        revision: text("rev"),
        ..Lun::default()
    };
    if let Ok(folder) = scsi.dir("block")
        && let Some(name) = folder.names().unwrap_or_default().into_iter().next()
        && let Ok(block) = folder.dir(&name)
    {
        add_block(&mut lun, &block, &name, blocks);
    }
    lun
}

fn add_block(lun: &mut Lun, block: &Dir, name: &str, blocks: &mut BlockFacts) {
    let flag = |text: &str| match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    };
    let size = |text: &str| text.parse::<u64>().ok()?.checked_mul(SECTOR);
    lun.size_bytes = blocks.parse(block, "size", size);
    lun.read_only = blocks.parse(block, "ro", flag);
    lun.removable = blocks.parse(block, "removable", flag);
    lun.node = Some(format!("/dev/{name}"));
    if lun.kind == LunType::Other && name.starts_with("sr") {
        lun.kind = LunType::Cdrom;
    }
    for (volume, number) in volumes(block, name) {
        if lun.label.is_none() && lun.filesystem.is_none() {
            (lun.label, lun.filesystem) = udev_volume(&blocks.root, &number);
        }
        add_mounts(lun, &volume, &number, blocks);
    }
}

/// The block device itself and its partitions, each with its device number.
fn volumes(block: &Dir, name: &str) -> Vec<(String, String)> {
    let number = |dir: &Dir| dir.attribute("dev").map(|d| d.trim().to_owned()).unwrap_or_default();
    let mut volumes = vec![(name.to_owned(), number(block))];
    for part in block.names().unwrap_or_default() {
        if part.starts_with(name)
            && let Ok(dir) = block.plain_dir(&part)
        {
            volumes.push((part, number(&dir)));
        }
    }
    volumes
}

fn add_mounts(lun: &mut Lun, volume: &str, number: &str, blocks: &mut BlockFacts) {
    let node = format!("/dev/{volume}");
    for mount in blocks.mounts() {
        let same = (!number.is_empty() && mount.device == number) || mount.source == node;
        if same && !lun.mounts.contains(&mount.target) {
            lun.mounts.push(mount.target.clone());
            if lun.filesystem.is_none() {
                lun.filesystem = Some(mount.filesystem.clone());
            }
        }
    }
}

/// Label and file system from udev's database, `run/udev/data/b<major>:<minor>`.
fn udev_volume(root: &Root, number: &str) -> (Option<String>, Option<String>) {
    if number.is_empty() || number.contains('/') {
        return (None, None);
    }
    let Ok(text) = root.text(&format!("run/udev/data/b{number}"), 64 * 1024) else {
        return (None, None);
    };
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.filter(|value| !value.is_empty())
    };
    // ID_FS_LABEL has unsafe characters replaced; the encoded form keeps them.
    let label = match value("E:ID_FS_LABEL_ENC") {
        Some(encoded) => Some(unescape_hex(encoded)),
        None => value("E:ID_FS_LABEL").map(str::to_owned),
    };
    (label, value("E:ID_FS_TYPE").map(str::to_owned))
}

/// udev writes unsafe bytes as `\x20`.
fn unescape_hex(text: &str) -> String {
    unescape_with(text, |rest| {
        let digits = rest.strip_prefix('x')?.get(..2)?;
        let ok = digits.bytes().all(|b| b.is_ascii_hexdigit());
        ok.then(|| u8::from_str_radix(digits, 16).ok()).flatten().map(|byte| (byte, 3))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree from somebody else, in which a folder that the kernel makes leads elsewhere.
    #[cfg(unix)]
    #[test]
    fn units_outside_the_tree_are_none_of_its() {
        use std::fs::{create_dir_all, write};
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let device = dir.path().join("sys/devices/1-1:1.0");
        let unit = "target0:0:0/0:0:0:0";
        for (host, model) in [(outside.path(), "FOREIGN"), (&device.join("host1"), "OWN")] {
            create_dir_all(host.join(unit)).unwrap();
            write(host.join(unit).join("model"), model).unwrap();
        }
        std::os::unix::fs::symlink(outside.path(), device.join("host0")).unwrap();
        let root = Root::at(dir.path());
        let interface = root.dir("sys/devices/1-1:1.0").unwrap();
        let units = below_interface(&interface, &mut BlockFacts::new(root));
        let models: Vec<_> = units.iter().filter_map(|unit| unit.model.as_deref()).collect();
        assert_eq!(models, ["OWN"]);
    }

    #[test]
    fn encoded_labels_read_as_written() {
        assert_eq!(unescape_hex(r"MY\x20DATA\x2f1"), "MY DATA/1");
        assert_eq!(unescape_hex(r"bad\xzz\x2"), r"bad\xzz\x2");
    }
}
