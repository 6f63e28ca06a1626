//! Where the drives are mounted, and with which options.

use super::{Collector, Context, Ending, Source, System};
use crate::host::{self, Root};

/// The mount table's lines about the drives.
pub(super) struct Mounts;

impl Source for Mounts {
    fn id(&self) -> &'static str {
        "mounts"
    }
    fn reads(&self) -> &'static str {
        "the mount table's lines about the drives"
    }
    fn wanted_for(&self) -> &'static str {
        "a read-only or missing mount explains many complaints about files"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for Mounts {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let Some(table) = host::mounts::table(root) else {
            return Ending::Skipped("the mount table cannot be read".into());
        };
        let of_drives = |line: &&str| line.split(' ').any(|field| context.target.has_node(field));
        let lines: Vec<&str> = table.lines().filter(of_drives).collect();
        match lines.as_slice() {
            [] => Ending::Skipped("nothing of the drives is mounted".into()),
            lines => Ending::text("mounts.txt", lines.join("\n") + "\n"),
        }
    }
}
