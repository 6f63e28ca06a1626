//! A drive as facts: the names that conditions of every pack can read.
//!
//! Only what is known becomes a fact; "unknown" in a snapshot is the absence of one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{FactType, FactValue, Facts, KnownNames, Origin};
use crate::snapshot::{Confidence, Drive, Lifecycle, LockState, Lun, LunRole, LunType, Managed};

/// The names [`drive_facts`] can state, with their types.
pub fn drive_names() -> KnownNames {
    let text = ["id", "vendor", "model", "name", "confidence", "managed", "lock_state"];
    let more = ["firmware", "software", "vid", "pid", "bcd_device"];
    let mut names = KnownNames::default()
        .with("drive.luns", FactType::List)
        .with("lifecycle.end_of_life", FactType::Date)
        .with("lifecycle.past_end", FactType::Bool)
        .with("today", FactType::Date);
    for name in text.into_iter().chain(more) {
        names.add(format!("drive.{name}"), FactType::Text);
    }
    names
}

/// States what is known about a drive on a day.
pub fn drive_facts<'a>(facts: &mut Facts<'a>, drive: &Drive, life: &Lifecycle, today: Date) {
    let identity = &drive.identity;
    let mut catalog = |name, value: &Option<String>| {
        facts.set_known(name, value.as_deref(), Origin::Catalog);
    };
    catalog("drive.id", &identity.id);
    catalog("drive.vendor", &identity.vendor);
    catalog("drive.model", &identity.model);
    catalog("drive.name", &identity.name);
    facts.set("drive.confidence", confidence(identity.confidence), Origin::Catalog);
    facts.set_known("drive.managed", managed(drive.managed), Origin::Catalog);
    facts.set_known("drive.lock_state", lock_state(drive.lock_state), Origin::Snapshot);
    facts.set_known("drive.firmware", drive.firmware.version.as_deref(), Origin::Snapshot);
    facts.set_known("drive.software", drive.software.version.as_deref(), Origin::Snapshot);
    facts.set_known("drive.vid", drive.usb.vid.map(|id| id.to_string()), Origin::Snapshot);
    facts.set_known("drive.pid", drive.usb.pid.map(|id| id.to_string()), Origin::Snapshot);
    let bcd_device = drive.usb.bcd_device.map(|release| release.to_string());
    facts.set_known("drive.bcd_device", bcd_device, Origin::Snapshot);
    facts.set(
        "drive.luns",
        FactValue::List(drive.luns.iter().map(lun).collect()),
        Origin::Snapshot,
    );
    lifecycle_facts(facts, life, today);
}

/// The last day of life is included: the end is past from the next day on.
fn lifecycle_facts(facts: &mut Facts<'_>, life: &Lifecycle, today: Date) {
    facts.set_known("lifecycle.end_of_life", life.end_of_life, Origin::Catalog);
    let past = life.end_of_life.map(|end| today > end);
    facts.set_known("lifecycle.past_end", past, Origin::Catalog);
    facts.set("today", today, Origin::Clock);
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::None => "none",
        Confidence::Vendor => "vendor",
        Confidence::Family => "family",
        Confidence::Exact => "exact",
    }
}

fn managed(managed: Managed) -> Option<&'static str> {
    match managed {
        Managed::Yes => Some("yes"),
        Managed::Likely => Some("likely"),
        Managed::No => Some("no"),
        Managed::Unknown => None,
    }
}

fn lock_state(state: LockState) -> Option<&'static str> {
    match state {
        LockState::Locked => Some("locked"),
        LockState::Unlocked => Some("unlocked"),
        LockState::Unknown => None,
    }
}

fn lun(lun: &Lun) -> FactValue {
    let role = match lun.role {
        LunRole::Launcher => "launcher",
        LunRole::Data => "data",
        LunRole::Unknown => "unknown",
    };
    let kind = match lun.kind {
        LunType::Cdrom => "cdrom",
        LunType::Disk => "disk",
        LunType::Other => "other",
    };
    let size = lun.size_bytes.and_then(|size| i64::try_from(size).ok());
    let text = |text: &Option<String>| text.as_deref().map(FactValue::from);
    let parts = [
        ("lun", lun.lun.map(|number| FactValue::Int(number.into()))),
        ("role", Some(role.into())),
        ("type", Some(kind.into())),
        ("vendor", text(&lun.vendor)),
        ("model", text(&lun.model)),
        ("revision", text(&lun.revision)),
        ("size_bytes", size.map(FactValue::Int)),
        ("read_only", lun.read_only.map(FactValue::Bool)),
        ("removable", lun.removable.map(FactValue::Bool)),
        ("label", text(&lun.label)),
        ("filesystem", text(&lun.filesystem)),
        ("mounted", Some(FactValue::Bool(!lun.mounts.is_empty()))),
    ];
    let known = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?)));
    FactValue::Map(known.collect::<BTreeMap<_, _>>())
}
