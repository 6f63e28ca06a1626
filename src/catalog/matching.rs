//! How a match row compares with a device, and which of two rows is more specific.

use std::cmp::Ordering;

use serde::Deserialize;

use super::entry::SourceConfidence;
use crate::snapshot::{LockState, Pid, UsbDevice, Vid};

/// One way to recognise a device: by USB descriptors, or by a LUN's INQUIRY strings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchRow {
    /// USB ids and strings.
    pub usb: Option<UsbPattern>,
    /// INQUIRY strings.
    pub scsi: Option<ScsiPattern>,
    /// The state in which the device shows these ids, where a source says so.
    pub state: Option<RowState>,
    /// Source.
    pub source: String,
    /// How good the source is.
    pub confidence: SourceConfidence,
}

/// The state a row was seen in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowState {
    /// Seen while locked.
    Locked,
    /// Seen while unlocked.
    Unlocked,
    /// The same in both.
    Any,
}

impl RowState {
    /// The lock state the row tells, if any.
    pub(super) fn lock_state(self) -> LockState {
        match self {
            Self::Locked => LockState::Locked,
            Self::Unlocked => LockState::Unlocked,
            Self::Any => LockState::Unknown,
        }
    }
}

/// USB ids and strings; all that are given must fit. Strings compare without case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UsbPattern {
    /// `idVendor`.
    pub vid: Option<Vid>,
    /// `idProduct`.
    pub pid: Option<Pid>,
    /// Manufacturer string.
    pub manufacturer: Option<String>,
    /// Product string, whole.
    pub product: Option<String>,
    /// Start of the product string.
    pub product_prefix: Option<String>,
    /// Part of the product string.
    pub product_contains: Option<String>,
}

/// INQUIRY strings of one LUN; all that are given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScsiPattern {
    /// Vendor identification.
    pub vendor: Option<String>,
    /// Product identification, whole.
    pub model: Option<String>,
    /// Start of the product identification.
    pub model_prefix: Option<String>,
    /// Part of the product identification.
    pub model_contains: Option<String>,
}

/// What a row compares, from weakest to strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    VendorOnly,
    UsbContains,
    ScsiContains,
    UsbPrefix,
    ScsiPrefix,
    UsbProduct,
    ScsiModel,
    VidPid,
}

/// Strength of a row: rank, then number of keys, then length of the literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Specificity {
    rank: Rank,
    keys: usize,
    literal: usize,
}

impl MatchRow {
    /// Whether the row says anything; an empty row would match everything.
    pub(super) fn problem(&self) -> Option<&'static str> {
        match (&self.usb, &self.scsi) {
            (Some(_), Some(_)) => Some("a match row has either `usb` or `scsi`, not both"),
            (None, None) => Some("a match row needs `usb` or `scsi`"),
            (Some(usb), None) if usb.keys() == 0 => Some("an empty `usb` would match everything"),
            (Some(usb), None) if usb.pid.is_some() && usb.vid.is_none() => {
                Some("a product id means nothing without a vendor id")
            }
            (None, Some(scsi)) if scsi.keys() == 0 => {
                Some("an empty `scsi` would match everything")
            }
            _ => None,
        }
    }

    pub(super) fn specificity(&self) -> Specificity {
        match (&self.usb, &self.scsi) {
            (Some(usb), _) => usb.specificity(),
            (None, Some(scsi)) => scsi.specificity(),
            (None, None) => Specificity { rank: Rank::VendorOnly, keys: 0, literal: 0 },
        }
    }

    /// Whether two rows of different entries could both be the strongest for one device.
    pub(super) fn could_tie(&self, other: &Self) -> bool {
        if self.specificity() != other.specificity() {
            return false;
        }
        match (&self.usb, &other.usb, &self.scsi, &other.scsi) {
            (Some(a), Some(b), _, _) => a.could_meet(b),
            (_, _, Some(a), Some(b)) => a.could_meet(b),
            _ => false,
        }
    }

    /// What was compared, in words, when the row fits.
    pub(super) fn fits(&self, device: &UsbDevice) -> Option<Vec<String>> {
        match (&self.usb, &self.scsi) {
            (Some(usb), _) => usb.fits(device),
            (None, Some(scsi)) => scsi.fits(device),
            (None, None) => None,
        }
    }
}

impl UsbPattern {
    fn keys(&self) -> usize {
        usize::from(self.vid.is_some())
            + usize::from(self.pid.is_some())
            + usize::from(self.manufacturer.is_some())
            + usize::from(self.product.is_some())
            + usize::from(self.product_prefix.is_some())
            + usize::from(self.product_contains.is_some())
    }

    fn specificity(&self) -> Specificity {
        let (rank, literal) = if self.pid.is_some() {
            (Rank::VidPid, 0)
        } else if let Some(product) = &self.product {
            (Rank::UsbProduct, product.len())
        } else if let Some(prefix) = &self.product_prefix {
            (Rank::UsbPrefix, prefix.len())
        } else if let Some(part) = &self.product_contains {
            (Rank::UsbContains, part.len())
        } else {
            (Rank::VendorOnly, 0)
        };
        Specificity { rank, keys: self.keys(), literal }
    }

    fn could_meet(&self, other: &Self) -> bool {
        agree(self.vid.as_ref(), other.vid.as_ref(), PartialEq::eq)
            && agree(self.pid.as_ref(), other.pid.as_ref(), PartialEq::eq)
            && agree_text(&self.manufacturer, &other.manufacturer)
            && agree_text(&self.product, &other.product)
            && agree_text(&self.product_prefix, &other.product_prefix)
    }

    fn fits(&self, device: &UsbDevice) -> Option<Vec<String>> {
        let usb = &device.usb;
        let mut on = Vec::new();
        if let Some(vid) = self.vid {
            (usb.vid == Some(vid)).then_some(())?;
            on.push(match self.pid {
                Some(pid) => format!("usb {vid}:{pid}"),
                None => format!("usb vendor {vid}"),
            });
        }
        if let Some(pid) = self.pid {
            (usb.pid == Some(pid)).then_some(())?;
        }
        if let Some(maker) = &self.manufacturer {
            same(usb.manufacturer.as_deref()?, maker).then_some(())?;
            on.push(format!("usb manufacturer {maker}"));
        }
        if let Some(product) = &self.product {
            same(usb.product.as_deref()?, product).then_some(())?;
            on.push(format!("usb product {product}"));
        }
        if let Some(prefix) = &self.product_prefix {
            starts(usb.product.as_deref()?, prefix).then_some(())?;
            on.push(format!("usb product starting {prefix}"));
        }
        if let Some(part) = &self.product_contains {
            holds(usb.product.as_deref()?, part).then_some(())?;
            on.push(format!("usb product containing {part}"));
        }
        Some(on)
    }
}

impl ScsiPattern {
    fn keys(&self) -> usize {
        usize::from(self.vendor.is_some())
            + usize::from(self.model.is_some())
            + usize::from(self.model_prefix.is_some())
            + usize::from(self.model_contains.is_some())
    }

    fn specificity(&self) -> Specificity {
        let (rank, literal) = if let Some(model) = &self.model {
            (Rank::ScsiModel, model.len())
        } else if let Some(prefix) = &self.model_prefix {
            (Rank::ScsiPrefix, prefix.len())
        } else if let Some(part) = &self.model_contains {
            (Rank::ScsiContains, part.len())
        } else {
            // A maker's INQUIRY string says more than a vendor id, which is often an OEM's.
            (Rank::VendorOnly, self.vendor.as_ref().map_or(0, String::len))
        };
        Specificity { rank, keys: self.keys(), literal }
    }

    fn could_meet(&self, other: &Self) -> bool {
        // A drive can have several LUNs with different strings, so two rows can both fit
        // even if their models differ; what counts is that one LUN cannot fit both.
        agree_text(&self.vendor, &other.vendor)
            && agree_text(&self.model, &other.model)
            && agree_text(&self.model_prefix, &other.model_prefix)
    }

    fn fits(&self, device: &UsbDevice) -> Option<Vec<String>> {
        device.luns.iter().find_map(|lun| {
            let mut words = Vec::new();
            if let Some(vendor) = &self.vendor {
                same(lun.vendor.as_deref()?, vendor).then_some(())?;
                words.push(vendor.clone());
            }
            if let Some(model) = &self.model {
                same(lun.model.as_deref()?, model).then_some(())?;
                words.push(model.clone());
            }
            if let Some(prefix) = &self.model_prefix {
                starts(lun.model.as_deref()?, prefix).then_some(())?;
                words.push(format!("{prefix}…"));
            }
            if let Some(part) = &self.model_contains {
                holds(lun.model.as_deref()?, part).then_some(())?;
                words.push(format!("…{part}…"));
            }
            Some(vec![format!("scsi {}", words.join(" "))])
        })
    }
}

/// Two optional keys can hold for one device unless both are given and differ.
fn agree<T>(a: Option<T>, b: Option<T>, equal: impl Fn(&T, &T) -> bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => equal(&a, &b),
        _ => true,
    }
}

fn agree_text(a: &Option<String>, b: &Option<String>) -> bool {
    agree(a.as_deref(), b.as_deref(), |a, b| same(a, b))
}

fn same(have: &str, want: &str) -> bool {
    have.trim().eq_ignore_ascii_case(want)
}

fn starts(have: &str, want: &str) -> bool {
    let have = have.trim().as_bytes();
    have.len() >= want.len() && have[..want.len()].eq_ignore_ascii_case(want.as_bytes())
}

fn holds(have: &str, want: &str) -> bool {
    have.as_bytes().windows(want.len().max(1)).any(|w| w.eq_ignore_ascii_case(want.as_bytes()))
}

/// The stronger of two fitting rows.
pub(super) fn stronger(a: &MatchRow, b: &MatchRow) -> Ordering {
    a.specificity().cmp(&b.specificity())
}
