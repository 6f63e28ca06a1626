//! What a drive's owner is advised to do before anything else is asked of the vendor.

use super::entry::AdvisedSoftware;
use super::identify::Catalog;
use crate::snapshot::{Drive, ReleaseNumber};

/// The id of the advice to update.
const UPDATE_SOFTWARE: &str = "update_software";

/// Something that a drive's owner is advised to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Id, the same for all drives.
    pub id: &'static str,
    /// What to do, and why.
    pub message: String,
    /// Where the advice comes from.
    pub source: String,
}

impl Catalog {
    /// What is advised for a drive. What is not known about it is no reason for advice.
    pub fn advice(&self, drive: &Drive) -> Vec<Advice> {
        let advised = self.entry(&drive.identity).and_then(|entry| entry.software.as_ref());
        advised.and_then(|advised| update(advised, drive)).into_iter().collect()
    }
}

/// Only versions of the drive's software are compared: its firmware, `bcdDevice` and the
/// INQUIRY revision count something else.
fn update(advised: &AdvisedSoftware, drive: &Drive) -> Option<Advice> {
    let own = ReleaseNumber::parse(drive.software.version.as_deref()?)?;
    let AdvisedSoftware { advised, reason, source, .. } = advised;
    own.is_surely_before(advised).then(|| Advice {
        id: UPDATE_SOFTWARE,
        message: format!(
            "The drive's software is {own}; update it to {advised} or later. {reason}"
        ),
        source: source.clone(),
    })
}
