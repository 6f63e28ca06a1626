//! What every collector is given: where to read, which drives it is about, when to stop.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::host::Root;
use crate::snapshot::Snapshot;

/// Where a collector reads, and for what.
#[derive(Clone, Debug)]
pub struct Context {
    /// The machine's root; `None` when the input is a recording, which has no machine.
    pub root: Option<Root>,
    /// The drives the ticket is about.
    pub target: Target,
    /// The time of the run.
    pub now: Timestamp,
    /// Leave out what is older than this.
    pub since: Option<Duration>,
    /// When to stop.
    pub stop: Stop,
}

/// The drives the ticket is about, as the system names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Port paths, e.g. `2-1.4`.
    pub ports: BTreeSet<String>,
    /// Names of whole block devices, e.g. `sdb`, `sr0`.
    pub disks: BTreeSet<String>,
}

impl Target {
    /// The drives of a snapshot.
    pub fn of(snapshot: &Snapshot) -> Self {
        let nodes = snapshot.drives.iter().flat_map(|drive| &drive.luns);
        let disks = nodes.filter_map(|lun| lun.node.as_deref()?.strip_prefix("/dev/"));
        Self {
            ports: snapshot.drives.iter().map(|drive| drive.port.to_string()).collect(),
            disks: disks.map(str::to_owned).collect(),
        }
    }

    /// Whether `/dev/…` is one of the drives, or a partition of one.
    pub(super) fn has_node(&self, node: &str) -> bool {
        let Some(name) = node.strip_prefix("/dev/") else { return false };
        self.disks.iter().any(|disk| {
            name.strip_prefix(disk.as_str())
                .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'p'))
        })
    }
}

/// When to stop: the person asked, or the time is up.
#[derive(Clone, Debug)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    until: Instant,
}

impl Stop {
    /// Stops when `asked` is set, or `budget` from now.
    pub fn new(asked: Arc<AtomicBool>, budget: Duration) -> Self {
        Self { asked, until: Instant::now() + budget }
    }

    /// The same, but not later than `budget` from now.
    pub(super) fn within(&self, budget: Duration) -> Self {
        Self { asked: self.asked.clone(), until: self.until.min(Instant::now() + budget) }
    }

    /// Whether to stop now.
    pub fn is_due(&self) -> bool {
        self.is_asked() || self.left().is_zero()
    }

    /// Whether the person asked to stop.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// How much time is left.
    pub fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_belong_to_their_disk_and_other_disks_do_not() {
        let disks = ["sdb".to_owned(), "mmcblk0".to_owned()].into();
        let target = Target { ports: BTreeSet::new(), disks };
        for node in ["/dev/sdb", "/dev/sdb1", "/dev/mmcblk0p2"] {
            assert!(target.has_node(node), "{node}");
        }
        for node in ["/dev/sda1", "/dev/sdba", "/dev/sdba1", "sdb", "/dev/mapper/sdb", "tmpfs"] {
            assert!(!target.has_node(node), "{node}");
        }
    }

    #[test]
    fn a_shorter_budget_never_extends_a_longer_one() {
        let stop = Stop::new(Arc::new(AtomicBool::new(false)), Duration::ZERO);
        assert!(stop.within(Duration::from_secs(3600)).is_due());
    }
}
