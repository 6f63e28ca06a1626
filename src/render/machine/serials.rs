//! Invented serial numbers: as long as the drives' own, and as different from each other.

use std::collections::BTreeMap;

use crate::snapshot::Snapshot;

/// By the drives' own serial numbers.
pub(super) struct Serials(BTreeMap<String, String>);

impl Serials {
    /// One for each serial number of the snapshot.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut invented = BTreeMap::new();
        for serial in snapshot.drives.iter().filter_map(|drive| drive.usb.serial.as_ref()) {
            let number = invented.len() + 1;
            let width = serial.chars().count().saturating_sub(2);
            invented.entry(serial.clone()).or_insert_with(|| format!("EX{number:0>width$}"));
        }
        Self(invented)
    }

    /// The snapshot with invented serial numbers.
    pub(super) fn apply(&self, snapshot: &mut Snapshot) {
        for serial in snapshot.drives.iter_mut().filter_map(|drive| drive.usb.serial.as_mut()) {
            if let Some(invented) = self.0.get(serial) {
                serial.clone_from(invented);
            }
        }
    }

    /// A text with invented serial numbers.
    pub(super) fn in_text(&self, text: &str) -> String {
        let long = self.0.iter().filter(|(serial, _)| serial.len() >= 4);
        long.fold(text.to_owned(), |text, (serial, invented)| text.replace(serial, invented))
    }
}
