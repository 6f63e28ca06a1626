//! One device pack: `data/devices/<id>.toml`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matching::MatchRow;
use crate::snapshot::{Confidence, LunType, Managed, ReleaseNumber, Vid};

/// What a pack describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One model.
    Model,
    /// A product family whose models these strings do not tell apart.
    Family,
    /// Anything of a maker.
    Vendor,
    /// A device of a known maker that is not a secure drive.
    NotSecure,
    /// A secure drive of a maker that is not in scope.
    OtherMaker,
}

/// How good a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceConfidence {
    /// The vendor's own page.
    OfficialVendor,
    /// A mirror of the vendor's own document.
    OfficialVendorMirror,
    /// A government list.
    OfficialGovernment,
    /// A public list such as usb.ids.
    PublicList,
    /// Seen in public logs, code or reports.
    Seen,
    /// Concluded, not stated.
    Inference,
}

/// A device, family, maker, or a device that only looks like one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Id, equal to the file name.
    pub id: String,
    /// What the pack describes.
    pub kind: Kind,
    /// Maker.
    pub vendor: String,
    /// Product family.
    pub family: Option<String>,
    /// Short model name; only where the model is known.
    pub model: Option<String>,
    /// Display name.
    pub name: String,
    /// Other names in use.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether the model is a managed one.
    #[serde(default)]
    pub managed: Managed,
    /// Whether the password is entered on the device itself.
    #[serde(default)]
    pub keypad: bool,
    /// When the facts were last checked.
    pub checked: Date,
    /// Traps a technician should know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// End of life, as far as a source states it.
    pub lifecycle: Option<EntryLifecycle>,
    /// Password attempts.
    pub attempts: Option<Attempts>,
    /// Which version of its software is advised.
    pub software: Option<AdvisedSoftware>,
    /// What replaces it.
    pub replacement: Option<Replacement>,
    /// How it is recognised.
    #[serde(default, rename = "match")]
    pub matches: Vec<MatchRow>,
    /// Known LUN roles.
    #[serde(default, rename = "lun")]
    pub luns: Vec<LunHint>,
    /// FIPS certificates; their state is never a lifecycle.
    #[serde(default)]
    pub fips: Vec<FipsCertificate>,
    /// Operating systems named in manuals.
    #[serde(default)]
    pub os_support: Vec<OsSupport>,
    /// Security notes.
    #[serde(default)]
    pub security: Vec<SecurityNote>,
    /// Where the person finds the version.
    #[serde(default)]
    pub version_hint: Vec<VersionHint>,
    /// Where the pack's facts come from.
    #[serde(default, rename = "source")]
    pub sources: Vec<Source>,
    /// Files of overlays that changed the entry.
    #[serde(skip)]
    pub overlaid_by: Vec<String>,
}

impl Entry {
    /// Whether a text is its id or one of its names.
    pub(super) fn is_called(&self, text: &str) -> bool {
        self.names().any(|name| name.eq_ignore_ascii_case(text))
    }

    /// Whether it is of this maker, or was sold under its name: as "IronKey H350", which is
    /// DataLocker's now, and as "Kingston IronKey S1000", whose vendor id may be either's.
    pub(super) fn is_sold_as(&self, brand: &str) -> bool {
        let bears = |name: &str| name.split_whitespace().any(|w| w.eq_ignore_ascii_case(brand));
        self.vendor == brand || self.names().any(bears)
    }

    /// Whether one of its rows has this vendor id.
    pub(super) fn has_vid(&self, vid: Vid) -> bool {
        self.matches.iter().filter_map(|row| row.usb.as_ref()).any(|usb| usb.vid == Some(vid))
    }

    /// How much is known of a device that was taken for it.
    pub(super) fn confidence(&self) -> Confidence {
        match self.kind {
            Kind::Model => Confidence::Exact,
            Kind::OtherMaker if self.model.is_some() => Confidence::Exact,
            Kind::Family => Confidence::Family,
            Kind::Vendor | Kind::OtherMaker => Confidence::Vendor,
            Kind::NotSecure => Confidence::None,
        }
    }

    /// Everything it is called.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let aliases = self.aliases.iter().map(String::as_str);
        aliases.chain([&*self.id, &*self.name]).chain(self.model.as_deref())
    }
}

/// What is published about the end of a model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryLifecycle {
    /// Last day of life, included.
    pub end_of_life: Option<Date>,
    /// Last day of support, included.
    pub end_of_support: Option<Date>,
    /// When somebody last looked.
    pub checked: Date,
    /// What else is known.
    pub note: Option<String>,
    /// Where it was looked for, or found.
    pub source: Option<String>,
}

/// How many wrong passwords a drive takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempts {
    /// Attempts until the drive acts.
    pub limit: u32,
    /// Attempts kept back for a reset token.
    pub reserved: Option<u32>,
    /// What the drive then does.
    pub then: Option<String>,
    /// Source.
    pub source: String,
    /// How good the source is.
    pub confidence: SourceConfidence,
}

/// The version of a drive's software that a source advises, or a later one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisedSoftware {
    /// The version; of the software that the launcher starts, not of the firmware.
    pub advised: ReleaseNumber,
    /// What it is needed for.
    pub reason: String,
    /// Source.
    pub source: String,
    /// How good the source is.
    pub confidence: SourceConfidence,
}

/// The successor a source names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// Id of the successor's entry.
    pub model: Option<String>,
    /// In words.
    pub text: Option<String>,
    /// Source.
    pub source: String,
    /// How good the source is.
    pub confidence: SourceConfidence,
}

/// What a LUN of the model is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LunHint {
    /// Role.
    pub role: HintRole,
    /// CD-ROM or disk.
    #[serde(rename = "type")]
    pub kind: LunType,
    /// Volume label.
    pub label: Option<String>,
    /// INQUIRY model that tells two disks apart.
    pub scsi_model: Option<String>,
    /// Source.
    pub source: Option<String>,
}

/// Roles a pack can give a LUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HintRole {
    /// Carries the unlocker.
    Launcher,
    /// Holds the encrypted data.
    Data,
    /// An unencrypted area that is always there.
    Public,
}

/// A FIPS 140 certificate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FipsCertificate {
    /// Certificate number.
    pub certificate: u32,
    /// Module name.
    pub module: String,
    /// `140-2` or `140-3`.
    pub standard: String,
    /// Overall level.
    pub level: u8,
    /// `active` or `historical`.
    pub status: FipsStatus,
    /// The day the status was read.
    pub as_of: Date,
    /// First validation.
    pub first_validated: Option<Date>,
    /// Sunset.
    pub sunset: Option<Date>,
    /// Vendor the record lists.
    pub vendor_of_record: Option<String>,
    /// Source.
    pub source: String,
}

/// State of a certificate; not a statement about support.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FipsStatus {
    /// Listed as validated.
    Active,
    /// No longer listed as currently validated.
    Historical,
}

/// Systems a manual names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OsSupport {
    /// `windows`, `macos`, `linux`, `any`.
    pub os: String,
    /// Versions, as the source writes them.
    pub versions: Option<String>,
    /// What else.
    pub note: Option<String>,
    /// Source.
    pub source: String,
    /// How good the source is.
    pub confidence: SourceConfidence,
}

/// A published security finding.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityNote {
    /// Id.
    pub id: String,
    /// In words.
    pub text: String,
    /// Source.
    pub source: String,
    /// How good the source is.
    pub confidence: SourceConfidence,
}

/// Where a person finds the version.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionHint {
    /// In words.
    #[serde(rename = "where")]
    pub place: String,
    /// Source.
    pub source: String,
    /// How good the source is.
    pub confidence: SourceConfidence,
}

/// Where facts come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is.
    pub what: String,
    /// Address.
    pub url: Option<String>,
    /// How good it is.
    pub confidence: SourceConfidence,
}
