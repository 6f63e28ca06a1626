//! The drives that are known to be there, and what a new reading changes about them.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::snapshot::{Drive, LockState, PortPath};

/// How long a drive must be quiet before its lock state is told. A launcher's CD appears
/// before the data disk does, and for that moment an unlocked drive looks locked.
const QUIET: Duration = Duration::from_millis(1000);

/// How long a drive that is never quiet is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// One reading of a port on which there is a drive.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The device's address on its bus: another one is another plugging in.
    pub address: Option<u32>,
    /// The drive.
    pub drive: Drive,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The drive was there when watching began.
    Present,
    /// It was plugged in.
    Attached,
    /// Its data became inaccessible.
    Locked,
    /// Its data became accessible.
    Unlocked,
    /// It was unplugged, or is about to come back as another device.
    Detached,
}

/// Something that happened to a drive.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What.
    pub what: What,
    /// The drive as it was read last.
    pub drive: Drive,
}

/// All drives that are there.
#[derive(Debug, Default)]
pub struct Watched {
    known: BTreeMap<PortPath, Known>,
}

#[derive(Debug)]
struct Known {
    seen: Seen,
    told: LockState,
    unrest: Option<Unrest>,
}

/// Since when a drive's lock state is waited for, and when it was last heard of.
#[derive(Clone, Copy, Debug)]
struct Unrest {
    since: Duration,
    last: Duration,
}

impl Unrest {
    fn due(self) -> Duration {
        (self.last + QUIET).min(self.since + PATIENCE)
    }
}

impl Known {
    fn stir(&mut self, now: Duration) {
        let since = self.unrest.map_or(now, |unrest| unrest.since);
        self.unrest = Some(Unrest { since, last: now });
    }
}

impl Watched {
    /// The drives that were there at the beginning.
    pub fn begin(seen: Vec<Seen>) -> (Self, Vec<Change>) {
        let mut watched = Self::default();
        let mut changes = Vec::new();
        for seen in seen {
            changes.push(Change { what: What::Present, drive: seen.drive.clone() });
            let told = seen.drive.lock_state;
            let port = seen.drive.port.clone();
            watched.known.insert(port, Known { seen, told, unrest: None });
        }
        (watched, changes)
    }

    /// A port was read: what is there now, if it is a drive.
    pub fn read(&mut self, port: &PortPath, seen: Option<Seen>, now: Duration) -> Vec<Change> {
        let mut changes = Vec::new();
        let same = |known: &Known| seen.as_ref().is_some_and(|s| s.address == known.seen.address);
        if self.known.get(port).is_some_and(|known| !same(known)) {
            changes.extend(self.forget(port));
        }
        let Some(seen) = seen else { return changes };
        match self.known.get_mut(port) {
            Some(known) => {
                known.seen = seen;
                known.stir(now);
            }
            None => changes.push(self.arrive(seen, now)),
        }
        changes
    }

    /// Something below the drive at this port went away. If that is the beginning of its
    /// departure, the last whole reading is the one to remember; else it is read when quiet.
    pub fn stir(&mut self, port: &PortPath, now: Duration) {
        if let Some(known) = self.known.get_mut(port) {
            known.stir(now);
        }
    }

    /// The kernel says that the device at this address has left the port.
    pub fn left(&mut self, port: &PortPath, address: Option<u32>) -> Option<Change> {
        let known = self.known.get(port)?;
        // A message about the one before, when the next is already there.
        let another = address.is_some() && address != known.seen.address;
        if another { None } else { self.forget(port) }
    }

    /// Whether a drive is known to be at this port, at this address.
    pub fn knows(&self, port: &PortPath, address: Option<u32>) -> bool {
        self.known.get(port).is_some_and(|known| known.seen.address == address)
    }

    /// All ports at which there is a drive.
    pub fn ports(&self) -> Vec<PortPath> {
        self.known.keys().cloned().collect()
    }

    /// When the next lock state can be told; `None` when nothing is waited for.
    pub fn next_due(&self) -> Option<Duration> {
        self.known.values().filter_map(|known| Some(known.unrest?.due())).min()
    }

    /// The ports whose lock state can be told now; they are to be read and [`Self::settle`]d.
    pub fn due(&self, now: Duration) -> Vec<PortPath> {
        let due = |known: &Known| known.unrest.is_some_and(|unrest| unrest.due() <= now);
        self.known.iter().filter(|(_, known)| due(known)).map(|(port, _)| port.clone()).collect()
    }

    /// The lock state of a drive that has been quiet, if it is news.
    pub fn settle(&mut self, port: &PortPath) -> Option<Change> {
        let known = self.known.get_mut(port)?;
        known.unrest = None;
        let state = known.seen.drive.lock_state;
        let what = match state {
            LockState::Locked => What::Locked,
            LockState::Unlocked => What::Unlocked,
            LockState::Unknown => return None,
        };
        if state == known.told {
            return None;
        }
        known.told = state;
        Some(Change { what, drive: known.seen.drive.clone() })
    }

    fn arrive(&mut self, seen: Seen, now: Duration) -> Change {
        let mut drive = seen.drive.clone();
        drive.lock_state = LockState::Unknown;
        let unrest = Some(Unrest { since: now, last: now });
        let known = Known { seen, told: LockState::Unknown, unrest };
        self.known.insert(drive.port.clone(), known);
        Change { what: What::Attached, drive }
    }

    fn forget(&mut self, port: &PortPath) -> Option<Change> {
        let known = self.known.remove(port)?;
        Some(Change { what: What::Detached, drive: known.seen.drive })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Identity, Managed, Usb, Version};

    fn port() -> PortPath {
        "1-2".parse().unwrap()
    }

    fn seen(address: u32, lock_state: LockState) -> Seen {
        let drive = Drive {
            port: port(),
            usb: Usb::default(),
            interfaces: vec![],
            hid: vec![],
            luns: vec![],
            identity: Identity::default(),
            firmware: Version::default(),
            software: Version::default(),
            lock_state,
            managed: Managed::Unknown,
            missing: vec![],
        };
        Seen { address: Some(address), drive }
    }

    fn words(changes: &[Change]) -> Vec<What> {
        changes.iter().map(|change| change.what).collect()
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_drive_comes_is_unlocked_and_goes() {
        use LockState::{Locked, Unknown, Unlocked};
        let mut watched = Watched::default();
        let came = watched.read(&port(), Some(seen(5, Unknown)), at(0));
        assert_eq!(words(&came), [What::Attached]);
        // The CD is there and the disk is not: nothing is told yet.
        assert_eq!(watched.read(&port(), Some(seen(5, Locked)), at(300)), []);
        assert_eq!(watched.due(at(1299)), []);
        assert_eq!(watched.read(&port(), Some(seen(5, Unlocked)), at(400)), []);
        assert_eq!((watched.next_due(), watched.due(at(1400))), (Some(at(1400)), vec![port()]));
        assert_eq!(watched.settle(&port()).unwrap().what, What::Unlocked);
        assert_eq!(watched.next_due(), None, "nothing is waited for");
        assert_eq!(watched.read(&port(), Some(seen(5, Locked)), at(9000)), []);
        assert_eq!(watched.settle(&port()).unwrap().what, What::Locked);
        assert_eq!(watched.settle(&port()), None, "told once");
        assert_eq!(watched.left(&port(), Some(5)).unwrap().what, What::Detached);
        assert_eq!(watched.left(&port(), Some(5)), None);
    }

    #[test]
    fn an_arrival_says_nothing_of_the_lock() {
        let mut watched = Watched::default();
        let came = watched.read(&port(), Some(seen(5, LockState::Locked)), at(0));
        assert_eq!(came[0].drive.lock_state, LockState::Unknown);
    }

    #[test]
    fn another_address_is_another_plugging_in() {
        let mut watched = Watched::default();
        watched.read(&port(), Some(seen(5, LockState::Unknown)), at(0));
        let swapped = watched.read(&port(), Some(seen(6, LockState::Unknown)), at(10));
        assert_eq!(words(&swapped), [What::Detached, What::Attached]);
        assert_eq!(watched.left(&port(), Some(5)), None, "the kernel's word of the first is late");
        assert!(watched.knows(&port(), Some(6)));
        let gone = watched.read(&port(), None, at(20));
        assert_eq!(words(&gone), [What::Detached]);
    }

    #[test]
    fn a_drive_that_is_never_quiet_is_told_of_in_the_end() {
        let mut watched = Watched::default();
        for step in 0..100 {
            watched.read(&port(), Some(seen(5, LockState::Locked)), at(step * 100));
        }
        assert_eq!(watched.next_due(), Some(PATIENCE));
    }

    #[test]
    fn a_drive_that_is_taken_apart_is_remembered_whole() {
        let (mut watched, _) = Watched::begin(vec![seen(5, LockState::Unlocked)]);
        watched.stir(&port(), at(0));
        assert_eq!(watched.next_due(), Some(QUIET), "it is read later, unless it is gone");
        let gone = watched.left(&port(), Some(5)).unwrap();
        assert_eq!(gone.drive.lock_state, LockState::Unlocked);
    }

    #[test]
    fn what_was_there_is_present_and_its_lock_is_known() {
        let (mut watched, changes) = Watched::begin(vec![seen(5, LockState::Locked)]);
        assert_eq!(words(&changes), [What::Present]);
        watched.read(&port(), Some(seen(5, LockState::Locked)), at(0));
        assert_eq!(watched.settle(&port()), None);
    }
}
