//! Sizes: what the drives say they hold, what their partitions add up to, and whether the
//! machine's own disks are full.
//!
//! Free space on a drive is not asked for: on some file systems the kernel would read the
//! drive to find out.

use serde_json::{Map, Value, json};

use super::{Collector, Context, Ending, Source, System};
use crate::host::{Dir, Root};

/// Capacity facts.
pub(super) struct Capacity;

/// Sysfs counts block devices in sectors of 512 bytes whatever the medium's own size is.
const SECTOR: u64 = 512;

impl Source for Capacity {
    fn id(&self) -> &'static str {
        "capacity"
    }
    fn reads(&self) -> &'static str {
        "sizes of the drives, their partitions and blocks; free space of the system's own disks"
    }
    fn wanted_for(&self) -> &'static str {
        "tells a fake or failed capacity from a locked drive, and a full disk from a fault"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for Capacity {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let mut drives = Map::new();
        for disk in &context.target.disks {
            if let Ok(dir) = root.dir(&format!("sys/block/{disk}")) {
                drives.insert(disk.clone(), describe(disk, &dir));
            }
        }
        let system = system(root);
        if drives.is_empty() && system.is_empty() {
            return Ending::Skipped("no disk publishes its size".into());
        }
        Ending::fields("capacity.json", json!({ "drives": drives, "system": system }))
    }
}

fn describe(disk: &str, dir: &Dir) -> Value {
    let number = |dir: &Dir, name: &str| dir.attribute(name).ok()?.trim().parse::<u64>().ok();
    let bytes = |dir: &Dir, name: &str| number(dir, name)?.checked_mul(SECTOR);
    let names = dir.names().unwrap_or_default();
    let mut partitions = Vec::new();
    for name in names.iter().filter(|name| name.starts_with(disk)) {
        let Ok(part) = dir.plain_dir(name) else { continue };
        let (start, size) = (bytes(&part, "start"), bytes(&part, "size"));
        partitions.push(json!({ "node": name, "start_bytes": start, "size_bytes": size }));
    }
    let ends = partitions
        .iter()
        .filter_map(|part| part["start_bytes"].as_u64()?.checked_add(part["size_bytes"].as_u64()?));
    let size = bytes(dir, "size");
    // A table that reaches beyond the medium is what a fake or shrunken drive shows.
    let beyond = ends.max().zip(size).map(|(end, size)| end > size);
    json!({
        "size_bytes": size,
        "logical_block_bytes": number(dir, "queue/logical_block_size"),
        "physical_block_bytes": number(dir, "queue/physical_block_size"),
        "partitions": partitions,
        "partitions_reach_beyond_the_medium": beyond,
    })
}

/// Room on the disks that the system and this program write to; a live machine's only.
#[cfg(unix)]
fn system(root: &Root) -> Vec<Value> {
    if !root.is_live() {
        return Vec::new();
    }
    let folders = ["/", "/var/log", "/tmp"];
    let facts = folders.iter().filter_map(|folder| {
        let about = rustix::fs::statvfs(*folder).ok()?;
        let bytes = |blocks: u64| blocks.checked_mul(about.f_frsize);
        Some(json!({
            "folder": folder,
            "size_bytes": bytes(about.f_blocks),
            "available_bytes": bytes(about.f_bavail),
            "available_files": about.f_favail,
        }))
    });
    facts.collect()
}

#[cfg(not(unix))]
fn system(_root: &Root) -> Vec<Value> {
    Vec::new()
}
