//! A drive as facts: the names that conditions of every pack can read.
//!
//! Only what is known becomes a fact; "unknown" in a snapshot is the absence of one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{FactType, FactValue, Facts, KnownNames, Origin};
use crate::snapshot::{Drive, Lifecycle, Lun};

/// A drive has two or three logical units; a recording can claim any number, and
/// conditions loop over them.
const MOST_LUNS: usize = 16;

/// The facts a drive can state, with their types.
const NAMES: [(&str, FactType); 16] = [
    ("drive.id", FactType::Text),
    ("drive.vendor", FactType::Text),
    ("drive.model", FactType::Text),
    ("drive.name", FactType::Text),
    ("drive.confidence", FactType::Text),
    ("drive.managed", FactType::Text),
    ("drive.lock_state", FactType::Text),
    ("drive.firmware", FactType::Text),
    ("drive.software", FactType::Text),
    ("drive.vid", FactType::Text),
    ("drive.pid", FactType::Text),
    ("drive.bcd_device", FactType::Text),
    ("drive.luns", FactType::List),
    ("lifecycle.end_of_life", FactType::Date),
    ("lifecycle.past_end", FactType::Bool),
    ("today", FactType::Date),
];

/// The names [`drive_facts`] can state, with their types.
pub fn drive_names() -> KnownNames {
    let mut names = KnownNames::default();
    for (name, kind) in NAMES {
        names.add(name, kind);
    }
    names
}

/// States what is known about a drive on a day.
pub fn drive_facts<'a>(facts: &mut Facts<'a>, drive: &Drive, life: &Lifecycle, today: Date) {
    for (name, _) in NAMES {
        drive_fact(facts, name, drive, life, today);
    }
}

/// States one fact of [`drive_names`], if it is known; other names are passed over.
pub fn drive_fact<'a>(
    facts: &mut Facts<'a>,
    name: &'a str,
    drive: &Drive,
    life: &Lifecycle,
    today: Date,
) {
    if let Some((value, origin)) = fact(name, drive, life, today) {
        facts.set(name, value, origin);
    }
}

fn fact(name: &str, drive: &Drive, life: &Lifecycle, today: Date) -> Option<(FactValue, Origin)> {
    use Origin::{Catalog, Clock, Snapshot};
    let identity = &drive.identity;
    let text = |text: &Option<String>| text.as_deref().map(FactValue::from);
    let (value, origin) = match name {
        "drive.id" => (text(&identity.id), Catalog),
        "drive.vendor" => (text(&identity.vendor), Catalog),
        "drive.model" => (text(&identity.model), Catalog),
        "drive.name" => (text(&identity.name), Catalog),
        "drive.confidence" => (Some(identity.confidence.id().into()), Catalog),
        "drive.managed" => (drive.managed.known().map(FactValue::from), Catalog),
        "drive.lock_state" => (drive.lock_state.known().map(FactValue::from), Snapshot),
        "drive.firmware" => (text(&drive.firmware.version), Snapshot),
        "drive.software" => (text(&drive.software.version), Snapshot),
        "drive.vid" => (drive.usb.vid.map(|id| id.to_string().into()), Snapshot),
        "drive.pid" => (drive.usb.pid.map(|id| id.to_string().into()), Snapshot),
        "drive.bcd_device" => (drive.usb.bcd_device.map(|id| id.to_string().into()), Snapshot),
        "drive.luns" => {
            let luns = drive.luns.iter().take(MOST_LUNS).map(lun).collect();
            (Some(FactValue::List(luns)), Snapshot)
        }
        "lifecycle.end_of_life" => (life.end_of_life.map(FactValue::from), Catalog),
        // The last day is included: the end is past from the next day on.
        "lifecycle.past_end" => (life.end().map(|(end, _)| (today > end).into()), Catalog),
        "today" => (Some(today.into()), Clock),
        _ => (None, Clock),
    };
    value.map(|value| (value, origin))
}

fn lun(lun: &Lun) -> FactValue {
    let size = lun.size_bytes.and_then(|size| i64::try_from(size).ok());
    let text = |text: &Option<String>| text.as_deref().map(FactValue::from);
    let parts = [
        ("lun", lun.lun.map(|number| FactValue::Int(number.into()))),
        ("role", Some(lun.role.id().into())),
        ("type", Some(lun.kind.id().into())),
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
