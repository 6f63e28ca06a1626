//! Naming a device: the strongest fitting row wins.

use std::sync::OnceLock;

use super::entry::{Entry, FipsCertificate, Kind};
use super::interpret;
use super::matching::{MatchRow, stronger};
use super::names::Names;
use crate::snapshot::{
    Confidence, Drive, Identity, Lifecycle, Machine, OtherDevice, Snapshot, Tool, UsbDevice,
};

/// All device packs in use.
#[derive(Clone, Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
    /// Read when a list is.
    names: OnceLock<Names>,
}

/// The entry a device was taken for, and by which row.
pub(super) struct Match<'a> {
    pub(super) entry: &'a Entry,
    pub(super) row: &'a MatchRow,
    pub(super) on: Vec<String>,
}

impl Catalog {
    pub(super) fn new(entries: Vec<Entry>) -> Self {
        Self { entries, names: OnceLock::new() }
    }

    /// All entries, embedded ones first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry behind an identity.
    pub fn entry(&self, identity: &Identity) -> Option<&Entry> {
        let id = identity.id.as_deref()?;
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// What is published about the end of the model behind an identity.
    pub fn lifecycle(&self, identity: &Identity) -> Lifecycle {
        let Some(known) = self.entry(identity).and_then(|entry| entry.lifecycle.as_ref()) else {
            return Lifecycle::default();
        };
        Lifecycle {
            end_of_life: known.end_of_life,
            end_of_support: known.end_of_support,
            checked: Some(known.checked),
            source: known.source.clone(),
        }
    }

    /// The FIPS certificates that name the model behind an identity.
    pub fn certificates(&self, identity: &Identity) -> &[FipsCertificate] {
        self.entry(identity).map_or(&[], |entry| &entry.fips)
    }

    /// Sorts a machine's devices into drives and others, and names the drives.
    pub fn snapshot(
        &self,
        machine: Machine,
        taken_at: jiff::Timestamp,
        tool: Tool,
        all: bool,
    ) -> Snapshot {
        let mut drives = Vec::new();
        let mut others = Vec::new();
        for device in machine.devices {
            match self.drive(&device) {
                Some(drive) => drives.push(drive),
                None => others.push(OtherDevice::from(&device)),
            }
        }
        Snapshot {
            schema: crate::snapshot::SCHEMA.into(),
            taken_at,
            tool,
            host: machine.host,
            drives,
            others: all.then_some(others),
            problems: machine.problems,
        }
    }

    /// Names the drives of a recorded snapshot again, with the packs of today.
    ///
    /// A drive that today's packs do not know keeps the name it was recorded with; one that was
    /// recorded without any is named also when it is no drive of these makers.
    pub fn rename(&self, mut snapshot: Snapshot, tool: Tool) -> Snapshot {
        snapshot.tool = tool;
        for drive in &mut snapshot.drives {
            let device = drive.device();
            let has_name = drive.identity.confidence > Confidence::None;
            let other = || (!has_name).then(|| self.other(&device)).flatten();
            if let Some(mut named) = self.drive(&device).or_else(other) {
                keep_recorded_versions(drive, &mut named);
                *drive = named;
            }
        }
        snapshot
    }

    /// The drive behind a device; `None` when it is not a secure drive of a known maker.
    pub fn drive(&self, device: &UsbDevice) -> Option<Drive> {
        let found = self.strongest(device)?;
        let is_drive = match found.entry.kind {
            Kind::Model | Kind::Family => true,
            // Of a maker's other devices only storage can be a drive; an unauthorized
            // device shows no interfaces, so it stays on the list.
            Kind::Vendor => device.is_mass_storage() || device.usb.authorized == Some(false),
            Kind::NotSecure | Kind::OtherMaker => false,
        };
        is_drive.then(|| taken_for(device, &found))
    }

    /// A device that is known to be no drive of these makers.
    fn other(&self, device: &UsbDevice) -> Option<Drive> {
        let found = self.strongest(device)?;
        let is_other = matches!(found.entry.kind, Kind::NotSecure | Kind::OtherMaker);
        is_other.then(|| taken_for(device, &found))
    }

    /// The only entry that is called so; brand words may be left out or added where the entry
    /// bears them.
    pub(super) fn called(&self, text: &str) -> Option<&Entry> {
        let mut called = self.entries.iter().filter(|entry| entry.is_called(text));
        match (called.next(), called.next()) {
            (Some(entry), None) => Some(entry),
            (Some(_), Some(_)) => None,
            (None, _) => {
                let names = self.names.get_or_init(|| Names::of(&self.entries));
                names.find(&self.entries, text)
            }
        }
    }

    pub(super) fn strongest(&self, device: &UsbDevice) -> Option<Match<'_>> {
        let mut best: Option<Match<'_>> = None;
        for entry in &self.entries {
            for row in &entry.matches {
                if best.as_ref().is_some_and(|b| stronger(row, b.row).is_le()) {
                    continue;
                }
                if let Some(on) = row.fits(device) {
                    best = Some(Match { entry, row, on });
                }
            }
        }
        best
    }
}

/// The device as what its strongest row says it is.
pub(super) fn taken_for(device: &UsbDevice, found: &Match<'_>) -> Drive {
    let identity = identity(found.entry, found.on.clone(), Some(&found.row.source));
    match found.entry.kind {
        Kind::NotSecure => interpret::not_secure(device, identity, found.entry),
        _ => interpret::drive(device, identity, found),
    }
}

/// What is said of a device that was taken for an entry, on what and from which source.
pub(super) fn identity(entry: &Entry, on: Vec<String>, source: Option<&str>) -> Identity {
    let confidence = entry.confidence();
    // What is no encrypted drive has a name to show, and is none that a policy speaks of.
    let known = |text: &String| (confidence > Confidence::None).then(|| text.clone());
    let mut sources: Vec<String> = source.into_iter().map(str::to_owned).collect();
    sources.extend(entry.overlaid_by.iter().cloned());
    Identity {
        id: known(&entry.id),
        vendor: known(&entry.vendor),
        model: entry.model.clone().filter(|_| confidence == Confidence::Exact),
        name: Some(entry.name.clone()),
        confidence,
        matched_on: on,
        sources,
    }
}

/// Versions that were read at the machine cannot be read again from a recording.
fn keep_recorded_versions(recorded: &Drive, named: &mut Drive) {
    for (old, new, fact) in [
        (&recorded.firmware, &mut named.firmware, "firmware.version"),
        (&recorded.software, &mut named.software, "software.version"),
    ] {
        if new.version.is_none() && old.version.is_some() {
            new.clone_from(old);
            named.missing.retain(|missing| missing.fact != fact);
        }
    }
}
