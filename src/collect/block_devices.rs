//! The drives' block devices: sizes, state, error counts, queue settings.

use std::fmt::Write as _;

use super::{Collector, Context, Ending, Source, System};
use crate::host::{Dir, Root};

/// The drives' block devices.
pub(super) struct BlockDevices;

/// Attributes of a whole disk (Documentation/ABI/stable/sysfs-block and the SCSI ones).
const OF_DISK: &[&str] = &[
    "dev",
    "size",
    "ro",
    "removable",
    "capability",
    "events",
    "inflight",
    "stat",
    "queue/logical_block_size",
    "queue/physical_block_size",
    "queue/max_sectors_kb",
    "queue/scheduler",
    "queue/write_cache",
    "device/vendor",
    "device/model",
    "device/rev",
    "device/type",
    "device/scsi_level",
    "device/state",
    "device/timeout",
    "device/eh_timeout",
    "device/ioerr_cnt",
    "device/iotmo_cnt",
    "device/iorequest_cnt",
    "device/iodone_cnt",
    "device/max_sectors",
    "device/evt_media_change",
];

/// Attributes of a partition.
const OF_PARTITION: &[&str] = &["partition", "start", "size", "ro"];

impl Source for BlockDevices {
    fn id(&self) -> &'static str {
        "block-devices"
    }
    fn reads(&self) -> &'static str {
        "sizes, state and error counts of the drives' block devices"
    }
    fn wanted_for(&self) -> &'static str {
        "shows locked, read-only and failing drives without opening them"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for BlockDevices {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let mut text = String::new();
        for disk in &context.target.disks {
            if context.stop.is_due() {
                return Ending::TimedOut(format!("stopped at {disk}"));
            }
            if let Ok(dir) = root.dir(&format!("sys/block/{disk}")) {
                describe(&mut text, disk, &dir);
            }
        }
        match text.is_empty() {
            true => Ending::Skipped("the drives have no block device".into()),
            false => Ending::text("block-devices.txt", text),
        }
    }
}

fn describe(text: &mut String, disk: &str, dir: &Dir) {
    let _ = writeln!(text, "{disk}");
    attributes(text, dir, OF_DISK);
    let names = dir.names().unwrap_or_default();
    for part in names.iter().filter(|name| name.starts_with(disk)) {
        let _ = writeln!(text, "{part}");
        if let Ok(part) = dir.dir(part) {
            attributes(text, &part, OF_PARTITION);
        }
    }
}

fn attributes(text: &mut String, dir: &Dir, names: &[&str]) {
    for name in names {
        if let Ok(value) = dir.attribute(name) {
            let words: Vec<&str> = value.split_whitespace().collect();
            let _ = writeln!(text, "  {name} {}", words.join(" "));
        }
    }
}
