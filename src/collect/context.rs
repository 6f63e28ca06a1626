//! What every collector is given: where to read, which drives it is about, when to stop.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{OwnLog, Recording};
use crate::host::{Connected, Root};
use crate::snapshot::{Drive, Lun, LunRole, LunType, Snapshot};

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
    /// What is done only on request.
    pub asked: Asked,
}

/// What is done only because the person asked for it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Read the launcher CD of a live machine, which sends read requests to the drive.
    pub launcher: bool,
    /// Keep only what happened during this recording.
    pub recording: Option<Arc<Recording>>,
    /// Try to reach a management server.
    #[cfg(feature = "submit")]
    pub reach: Option<super::Destination>,
    /// What this program noted about its own run.
    pub log: OwnLog,
}

/// The drives the ticket is about, as the system names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Port paths, e.g. `2-1.4`.
    pub ports: BTreeSet<String>,
    /// Names of whole block devices, e.g. `sdb`, `sr0`.
    pub disks: BTreeSet<String>,
    /// `VID:PID` of the drives.
    pub ids: BTreeSet<String>,
    /// The launcher CDs of the drives.
    pub launchers: Vec<Launcher>,
}

/// A launcher CD as the snapshot has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launcher {
    /// Port of its drive.
    pub port: String,
    /// Device node, e.g. `/dev/sr0`.
    pub node: Option<String>,
    /// Volume label from udev's database.
    pub label: Option<String>,
    /// File system from udev's database.
    pub filesystem: Option<String>,
    /// Where it is mounted.
    pub mounts: Vec<String>,
}

impl Target {
    /// The drives of a snapshot.
    pub fn of(snapshot: &Snapshot) -> Self {
        let nodes = snapshot.drives.iter().flat_map(|drive| &drive.luns);
        let disks = nodes.filter_map(|lun| lun.node.as_deref()?.strip_prefix("/dev/"));
        let ids = snapshot
            .drives
            .iter()
            .filter_map(|drive| Some(format!("{}:{}", drive.usb.vid?, drive.usb.pid?)));
        Self {
            ports: snapshot.drives.iter().map(|drive| drive.port.to_string()).collect(),
            disks: disks.map(str::to_owned).collect(),
            ids: ids.collect(),
            launchers: snapshot.drives.iter().flat_map(launchers).collect(),
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

    /// Whether a device is one of the drives, or of the same maker as one.
    pub(super) fn is_maker(&self, device: &Connected) -> bool {
        let vid = device.vid.as_deref();
        let same = |id: &String| vid.is_some_and(|vid| id.split(':').next() == Some(vid));
        self.ports.contains(&device.port) || self.ids.iter().any(same)
    }
}

/// Only a CD-ROM that the catalog takes for the launcher of a known drive.
fn launchers(drive: &Drive) -> impl Iterator<Item = Launcher> + '_ {
    let is_launcher = |lun: &&Lun| lun.role == LunRole::Launcher && lun.kind == LunType::Cdrom;
    drive.luns.iter().filter(is_launcher).map(|lun| Launcher {
        port: drive.port.to_string(),
        node: lun.node.clone(),
        label: lun.label.clone(),
        filesystem: lun.filesystem.clone(),
        mounts: lun.mounts.clone(),
    })
}

#[cfg(test)]
impl Context {
    /// Reads below `root`, without bounds that a test would notice.
    pub(super) fn for_tests(root: &Root) -> Self {
        Self {
            root: Some(root.clone()),
            target: Target::default(),
            now: "2026-11-22T12:00:00Z".parse().unwrap_or_default(),
            since: None,
            stop: Stop::new(Arc::default(), Duration::from_secs(3600)),
            asked: Asked::default(),
        }
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
        let target = Target { disks, ..Target::default() };
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
