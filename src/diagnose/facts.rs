//! Stating what is known about a machine, a drive or a port. Unknown is absent.

use super::{LogKind, Observed, Reading, Signals, Tally};
use crate::catalog::Catalog;
use crate::condition::{Facts, Origin, drive_facts};
use crate::snapshot::{Confidence, Drive, Interface, Lun, LunRole, PortPath, Snapshot};
use crate::text;

/// Mass storage, as an interface class.
const MASS_STORAGE: u8 = 8;

/// What the machine says about itself.
pub(super) fn machine(facts: &mut Facts<'_>, snapshot: &Snapshot) {
    let host = &snapshot.host;
    let mut text = |name, value: &Option<String>| {
        facts.set_known(name, value.as_deref(), Origin::Snapshot);
    };
    text("host.os", &host.os);
    text("host.os_version", &host.os_version);
    text("host.kernel", &host.kernel);
    text("host.arch", &host.arch);
    facts.set_known("host.usb_bus", host.usb_bus, Origin::Snapshot);
    facts.set("host.drives", count(snapshot.drives.len()), Origin::Snapshot);
    let only_maker = |drive: &&Drive| drive.identity.confidence == Confidence::Vendor;
    let makers = snapshot.drives.iter().filter(only_maker).count();
    facts.set("host.vendor_storage", count(makers), Origin::Snapshot);
    let storage = snapshot.others.as_ref().map(|others| {
        count(others.iter().filter(|other| other.class == Some(MASS_STORAGE)).count())
    });
    facts.set_known("host.other_storage", storage, Origin::Snapshot);
}

/// What the drive says, and what the catalog knows about its model.
pub(super) fn drive(
    facts: &mut Facts<'_>,
    drive: &Drive,
    catalog: &Catalog,
    today: jiff::civil::Date,
) {
    drive_facts(facts, drive, &catalog.lifecycle(&drive.identity), today);
    link(facts, drive);
    interfaces(facts, &drive.interfaces);
    units(facts, &drive.luns);
    model(facts, drive, catalog);
}

fn link(facts: &mut Facts<'_>, drive: &Drive) {
    let usb = &drive.usb;
    facts.set("drive.port", drive.port.to_string(), Origin::Snapshot);
    facts.set("drive.hubs", count(drive.port.hubs()), Origin::Snapshot);
    facts.set("drive.hubs_between", text::count(drive.port.hubs(), "hub"), Origin::Snapshot);
    facts.set_known("drive.product", usb.product.as_deref(), Origin::Snapshot);
    facts.set_known("drive.usb_version", usb.usb_version.as_deref(), Origin::Snapshot);
    facts.set_known("drive.authorized", usb.authorized, Origin::Snapshot);
    facts.set_known("drive.max_power_ma", usb.max_power_ma.map(i64::from), Origin::Snapshot);
    if let Some(speed) = usb.speed_mbps {
        let value = crate::condition::FactValue::Float(speed.mbps());
        facts.set("drive.speed_mbps", value, Origin::Snapshot);
    }
}

fn interfaces(facts: &mut Facts<'_>, interfaces: &[Interface]) {
    if interfaces.is_empty() {
        return;
    }
    let mut storage = interfaces.iter().filter(|i| i.class == Some(MASS_STORAGE)).peekable();
    facts.set("drive.storage", storage.peek().is_some(), Origin::Snapshot);
    if storage.peek().is_none() {
        return;
    }
    let driver = storage.find_map(|interface| interface.driver.as_deref());
    facts.set("drive.driver_bound", driver.is_some(), Origin::Snapshot);
    facts.set_known("drive.driver", driver, Origin::Snapshot);
}

fn units(facts: &mut Facts<'_>, luns: &[Lun]) {
    if luns.is_empty() {
        return;
    }
    let of = |role| luns.iter().filter(move |lun| lun.role == role);
    let launcher = of(LunRole::Launcher).next();
    facts.set("drive.launcher", launcher.is_some(), Origin::Snapshot);
    let mounted = launcher.map(|lun| !lun.mounts.is_empty());
    facts.set_known("drive.launcher_mounted", mounted, Origin::Snapshot);
    let data = of(LunRole::Data).max_by_key(|lun| lun.size_bytes);
    facts.set("drive.data_unit", data.is_some(), Origin::Snapshot);
    let Some(data) = data else { return };
    let bytes = data.size_bytes.and_then(|size| i64::try_from(size).ok());
    facts.set_known("drive.data_bytes", bytes, Origin::Snapshot);
    facts.set_known("drive.data_size", data.size_bytes.map(text::bytes), Origin::Snapshot);
    facts.set_known("drive.data_read_only", data.read_only, Origin::Snapshot);
    facts.set_known("drive.data_filesystem", data.filesystem.as_deref(), Origin::Snapshot);
    facts.set("drive.data_mounted", !data.mounts.is_empty(), Origin::Snapshot);
}

fn model(facts: &mut Facts<'_>, drive: &Drive, catalog: &Catalog) {
    let Some(entry) = catalog.entry(&drive.identity) else { return };
    // An entry for a whole maker says nothing about keypads; a false there means "not said".
    if entry.keypad || drive.identity.confidence == Confidence::Exact {
        facts.set("drive.keypad", entry.keypad, Origin::Catalog);
    }
    let attempts = entry.attempts.as_ref();
    facts.set_known("drive.attempts", attempts.map(|a| i64::from(a.limit)), Origin::Catalog);
    let reserved = attempts.and_then(|a| a.reserved).map(i64::from);
    facts.set_known("drive.attempts_reserved", reserved, Origin::Catalog);
    if !entry.os_support.is_empty() {
        let named = entry.os_support.iter().any(|row| row.os == "linux" || row.os == "any");
        facts.set("drive.linux_named", named, Origin::Catalog);
    }
    facts.set("drive.security_notes", count(entry.security.len()), Origin::Catalog);
}

/// What is plugged in at a port that a log names.
pub(super) fn port(facts: &mut Facts<'_>, port: &str, snapshot: &Snapshot) {
    facts.set("port.path", port.to_owned(), Origin::Snapshot);
    let is_it = |path: &PortPath| path.to_string() == port;
    if snapshot.drives.iter().any(|drive| is_it(&drive.port)) {
        facts.set("port.holds", "drive", Origin::Snapshot);
    } else if let Some(others) = &snapshot.others {
        let other = others.iter().any(|other| is_it(&other.port));
        facts.set("port.holds", if other { "other" } else { "nothing" }, Origin::Snapshot);
    }
}

/// Counts of signals. Nothing found in a log that was not read to its end is not known.
pub(super) fn signals(
    facts: &mut Facts<'_>,
    signals: &Signals,
    observed: &Observed,
    tally: impl Fn(&str, bool) -> Tally,
) {
    for signal in signals.iter() {
        let found = tally(&signal.id, signal.has_subject()).count;
        let known = match observed.reading(signal.log) {
            None => false,
            Some(Reading::Partly) => found > 0,
            Some(Reading::Whole) => true,
        };
        if known {
            let found = i64::try_from(found).unwrap_or(i64::MAX);
            facts.set(format!("signal.{}", signal.id), found, Origin::Snapshot);
        }
    }
}

/// The name under which a log is missing.
pub(super) fn log_name(kind: LogKind) -> String {
    format!("log.{}", kind.id())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
