//! What follows from a match: LUN roles, lock state, management.

use super::entry::{Entry, HintRole};
use super::identify::Match;
use super::missing;
use crate::snapshot::{
    Confidence, Drive, Identity, LockState, Lun, LunRole, LunType, Managed, UsbDevice, Version,
};

pub(super) fn drive(device: &UsbDevice, identity: Identity, found: &Match<'_>) -> Drive {
    let sure = identity.confidence >= Confidence::Family;
    let luns: Vec<Lun> = device.luns.iter().map(|lun| with_role(lun, found.entry, sure)).collect();
    let mut drive = Drive {
        port: device.port.clone(),
        usb: device.usb.clone(),
        interfaces: device.interfaces.clone(),
        hid: device.hid.clone(),
        lock_state: lock_state(&luns, found),
        luns,
        identity,
        // No source ties a USB or INQUIRY field of any model to a firmware version, so
        // none is claimed; bcdDevice and the INQUIRY revision are shown as what they are.
        firmware: Version::default(),
        software: Version::default(),
        managed: found.entry.managed,
        missing: Vec::new(),
    };
    drive.missing = missing::of(&drive, found.entry);
    drive
}

/// The drive behind a name: nothing but the name tells what it is.
pub(super) fn named(device: &UsbDevice, identity: Identity, entry: &Entry) -> Drive {
    let mut drive = Drive { managed: entry.managed, ..plain(device, identity) };
    drive.missing = missing::of(&drive, entry);
    drive
}

/// A device that is known to be no encrypted drive.
pub(super) fn not_secure(device: &UsbDevice, identity: Identity, entry: &Entry) -> Drive {
    Drive { missing: vec![missing::not_secure(entry)], ..plain(device, identity) }
}

/// A device as it is, with nothing concluded from what it was taken for.
pub(super) fn plain(device: &UsbDevice, identity: Identity) -> Drive {
    Drive {
        port: device.port.clone(),
        usb: device.usb.clone(),
        interfaces: device.interfaces.clone(),
        hid: device.hid.clone(),
        luns: device.luns.clone(),
        identity,
        firmware: Version::default(),
        software: Version::default(),
        lock_state: LockState::Unknown,
        managed: Managed::Unknown,
        missing: Vec::new(),
    }
}

fn with_role(lun: &Lun, entry: &Entry, sure: bool) -> Lun {
    Lun { role: role(lun, entry, sure), ..lun.clone() }
}

/// The role a pack names for the LUN; else a CD-ROM is a launcher and, on a drive that is
/// surely a secure one, a disk holds the data.
fn role(lun: &Lun, entry: &Entry, sure: bool) -> LunRole {
    let fits = |hint: &&super::LunHint| {
        hint.kind == lun.kind
            && hint.scsi_model.as_deref().is_none_or(|model| {
                lun.model.as_deref().is_some_and(|m| m.trim().eq_ignore_ascii_case(model))
            })
            && hint.label.as_deref().is_none_or(|label| {
                lun.label.as_deref().is_none_or(|l| l.eq_ignore_ascii_case(label))
            })
    };
    match entry.luns.iter().find(fits).map(|hint| hint.role) {
        Some(HintRole::Launcher) => LunRole::Launcher,
        Some(HintRole::Data) => LunRole::Data,
        // A public area is neither: it is readable whether or not the drive is locked.
        Some(HintRole::Public) => LunRole::Unknown,
        None => match lun.kind {
            LunType::Cdrom => LunRole::Launcher,
            LunType::Disk if sure => LunRole::Data,
            LunType::Disk | LunType::Other => LunRole::Unknown,
        },
    }
}

/// Locked when the data unit has no medium, or when a launcher stands alone; unlocked when
/// the data unit has one. Otherwise what the matching row was seen in, or unknown.
fn lock_state(luns: &[Lun], found: &Match<'_>) -> LockState {
    let data: Vec<Option<u64>> =
        luns.iter().filter(|l| l.role == LunRole::Data).map(|l| l.size_bytes).collect();
    let launcher = luns.iter().any(|l| l.role == LunRole::Launcher);
    if data.iter().any(|size| size.is_some_and(|bytes| bytes > 0)) {
        return LockState::Unlocked;
    }
    let all_empty = !data.is_empty() && data.iter().all(|size| *size == Some(0));
    // A keypad drive is empty for other reasons too, but empty it is not usable: locked.
    if all_empty || (data.is_empty() && launcher) {
        return LockState::Locked;
    }
    found.row.state.map_or(LockState::Unknown, |state| state.lock_state())
}
