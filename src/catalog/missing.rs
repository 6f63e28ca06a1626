//! What stays unknown about a drive, why, and what would settle it.

use super::entry::Entry;
use crate::snapshot::{Confidence, Drive, LockState, Managed, Missing};

pub(super) fn of(drive: &Drive, entry: &Entry) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut note = |fact: &str, because: &str, fix: &str| {
        let [fact, because, fix] = [fact, because, fix].map(str::to_owned);
        missing.push(Missing { fact, because, fix });
    };
    if drive.usb.authorized == Some(false) {
        note(
            "interfaces",
            "the kernel does not authorize this device, so it shows neither interfaces nor media",
            "ask whoever manages this computer's USB policy (USBGuard, device control) to allow it",
        );
    }
    if drive.identity.confidence < Confidence::Exact {
        note(
            "identity.model",
            "these ids and strings do not tell the model",
            "read the model on the drive's case or in its software, and name it in the ticket",
        );
    }
    if drive.usb.serial.is_none() {
        note(
            "usb.serial",
            "the drive published no serial number",
            "read it on the drive's case, or unplug the drive, plug it in again and scan once more",
        );
    }
    if drive.firmware.version.is_none() {
        let because = "no known USB field of this drive is confirmed to be its firmware version";
        note("firmware.version", because, &version_fix(entry));
    }
    if drive.software.version.is_none() {
        let because = "the launcher's version is not published by the system";
        note("software.version", because, &version_fix(entry));
    }
    if drive.lock_state == LockState::Unknown {
        note(
            "lock_state",
            "the system shows no launcher and no data unit that would tell",
            "look whether the drive's own software or keypad shows it as unlocked",
        );
    }
    if drive.managed == Managed::Unknown {
        note(
            "managed",
            "the drive does not publish whether a management server governs it",
            "ask who handed the drive out whether SafeConsole or EMS manages it",
        );
    }
    missing
}

/// Why a device that is no encrypted drive is given no model.
pub(super) fn not_secure(entry: &Entry) -> Missing {
    let because = format!("the catalog knows it as {}, which is no encrypted drive", entry.name);
    let fix = "the model name printed on the drive would settle it".to_owned();
    Missing { fact: "identity.model".to_owned(), because, fix }
}

/// Why ids and a name that cannot be of one drive give it no model.
pub(super) fn contradiction(because: String) -> Missing {
    let fix = "the model name printed on the drive and a scan of it would settle which is wrong";
    Missing { fact: "identity.model".to_owned(), because, fix: fix.to_owned() }
}

fn version_fix(entry: &Entry) -> String {
    match entry.version_hint.first() {
        Some(hint) => hint.place.clone(),
        None => "look for About or Device Info in the drive's own software".to_owned(),
    }
}
