//! A drive the tool has something to say about, and what is missing about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Hid, Interface, Lun, PortPath, SpeedMbps, Usb, UsbDevice};

/// A secure drive, or a device that may be one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drive {
    /// Where it is plugged in.
    pub port: PortPath,
    /// Device descriptor, strings and link.
    #[serde(default)]
    pub usb: Usb,
    /// Interfaces of the active configuration.
    #[serde(default)]
    pub interfaces: Vec<Interface>,
    /// HID collections.
    #[serde(default)]
    pub hid: Vec<Hid>,
    /// SCSI logical units.
    #[serde(default)]
    pub luns: Vec<Lun>,
    /// Which model the catalog takes it for, and why.
    #[serde(default)]
    pub identity: Identity,
    /// Firmware of the device.
    #[serde(default)]
    pub firmware: Version,
    /// Software on the launcher.
    #[serde(default)]
    pub software: Version,
    /// Locked, unlocked, or not to be told from here.
    #[serde(default)]
    pub lock_state: LockState,
    /// Whether a management server governs it.
    #[serde(default)]
    pub managed: Managed,
    /// What could not be found out, why, and how to settle it.
    #[serde(default)]
    pub missing: Vec<Missing>,
}

/// The catalog's answer for one device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Identity {
    /// Id of the catalog entry, e.g. `datalocker-sentry-one-m`.
    pub id: Option<String>,
    /// Maker: `IronKey`, `Kingston`, `DataLocker`.
    pub vendor: Option<String>,
    /// Model, when it is known exactly.
    pub model: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// How sure the catalog is.
    pub confidence: Confidence,
    /// What was compared, e.g. `usb 230a:1550`.
    pub matched_on: Vec<String>,
    /// Where the catalog has it from.
    pub sources: Vec<String>,
}

/// How far an identification reaches.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Nothing known fits.
    #[default]
    None,
    /// The maker is known, the product is not.
    Vendor,
    /// The product family is known, the model is not.
    Family,
    /// The model is known.
    Exact,
}

impl Confidence {
    /// The published name, e.g. `exact`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Vendor => "vendor",
            Self::Family => "family",
            Self::Exact => "exact",
        }
    }
}

/// A version and what it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Version {
    /// The version, as the vendor writes it.
    pub version: Option<String>,
    /// Where it was read.
    pub from: Option<String>,
}

/// Whether the encrypted data is accessible at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LockState {
    /// The data unit has no medium.
    Locked,
    /// The data unit has a medium.
    Unlocked,
    /// Not to be told from what the system publishes.
    #[default]
    Unknown,
}

impl LockState {
    /// The published name of what is known.
    pub fn known(self) -> Option<&'static str> {
        (self != Self::Unknown).then_some(self.id())
    }

    /// The published name, e.g. `locked`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Unlocked => "unlocked",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a management server governs the drive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Managed {
    /// The model exists only as a managed one.
    Yes,
    /// Signs point to it.
    Likely,
    /// The model cannot be managed.
    No,
    /// Not known.
    #[default]
    Unknown,
}

impl Managed {
    /// The published name of what is known.
    pub fn known(self) -> Option<&'static str> {
        (self != Self::Unknown).then_some(self.id())
    }

    /// The published name, e.g. `unknown`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Likely => "likely",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// A fact that could not be found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Dotted name of the fact, e.g. `firmware.version`.
    pub fact: String,
    /// Why it is not known.
    pub because: String,
    /// What would settle it.
    pub fix: String,
}

/// A USB device that is not a secure drive: no names, no serial number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OtherDevice {
    /// Where it is plugged in.
    pub port: PortPath,
    /// Device class, or the class of the first interface when the device leaves it open.
    pub class: Option<u8>,
    /// Negotiated speed in Mbit/s.
    pub speed_mbps: Option<SpeedMbps>,
}

/// Something that could not be read or does not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Path or port the problem is about.
    #[serde(rename = "where")]
    pub place: String,
    /// What happened.
    pub what: String,
}

impl Problem {
    /// Records what happened at a place.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl From<&UsbDevice> for OtherDevice {
    fn from(device: &UsbDevice) -> Self {
        let by_interface = || device.interfaces.first().and_then(|i| i.class);
        let class = device.class.filter(|&c| c != 0).or_else(by_interface);
        Self { port: device.port.clone(), class, speed_mbps: device.usb.speed_mbps }
    }
}

impl Drive {
    /// The device behind the drive, for naming it again with other packs.
    pub fn device(&self) -> UsbDevice {
        UsbDevice {
            port: self.port.clone(),
            class: None,
            usb: self.usb.clone(),
            interfaces: self.interfaces.clone(),
            hid: self.hid.clone(),
            luns: self.luns.clone(),
        }
    }

    /// A name for people: the catalog's, else vendor and product ids.
    pub fn display_name(&self) -> String {
        if let Some(name) = &self.identity.name {
            return name.clone();
        }
        let id = |text: Option<String>| text.unwrap_or_else(|| "????".into());
        let vid = id(self.usb.vid.map(|v| v.to_string()));
        let pid = id(self.usb.pid.map(|p| p.to_string()));
        format!("USB device {vid}:{pid}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_the_serialized_names() {
        for value in [Confidence::None, Confidence::Vendor, Confidence::Family, Confidence::Exact] {
            assert_eq!(json!(value), value.id());
        }
        for value in [LockState::Locked, LockState::Unlocked, LockState::Unknown] {
            assert_eq!(json!(value), value.id());
        }
        for value in [Managed::Yes, Managed::Likely, Managed::No, Managed::Unknown] {
            assert_eq!(json!(value), value.id());
        }
    }
}
