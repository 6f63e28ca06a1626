//! A USB device as the operating system publishes it, before anyone has named it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BcdDevice, Pid, PortPath, SpeedMbps, Vid};

/// One USB device with its interfaces and logical units.
#[derive(Clone, Debug, PartialEq)]
pub struct UsbDevice {
    /// Where it is plugged in.
    pub port: PortPath,
    /// `bDeviceClass`; 0 means that the interfaces say it.
    pub class: Option<u8>,
    /// Device descriptor, strings and link.
    pub usb: Usb,
    /// Interfaces of the active configuration.
    pub interfaces: Vec<Interface>,
    /// HID collections.
    pub hid: Vec<Hid>,
    /// SCSI logical units.
    pub luns: Vec<Lun>,
}

/// Device descriptor, string descriptors and link state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Usb {
    /// `idVendor`, four lowercase hex digits.
    pub vid: Option<Vid>,
    /// `idProduct`, four lowercase hex digits.
    pub pid: Option<Pid>,
    /// `bcdDevice`, e.g. `1.10`. Not a firmware version.
    pub bcd_device: Option<BcdDevice>,
    /// USB version of the descriptor, e.g. `2.00`.
    pub usb_version: Option<String>,
    /// String behind `iManufacturer`.
    pub manufacturer: Option<String>,
    /// String behind `iProduct`.
    pub product: Option<String>,
    /// String behind `iSerialNumber`; not the SCSI unit serial number.
    pub serial: Option<String>,
    /// Negotiated speed in Mbit/s.
    pub speed_mbps: Option<SpeedMbps>,
    /// `bMaxPower` in mA.
    pub max_power_ma: Option<u32>,
    /// Whether the kernel lets the device be used (`authorized`).
    pub authorized: Option<bool>,
}

/// One interface of the active configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Interface {
    /// `bInterfaceNumber`.
    pub number: Option<u8>,
    /// `bInterfaceClass`; 8 is mass storage, 3 is HID.
    pub class: Option<u8>,
    /// `bInterfaceSubClass`.
    pub subclass: Option<u8>,
    /// `bInterfaceProtocol`; 0x50 is Bulk-Only, 0x62 is UAS.
    pub protocol: Option<u8>,
    /// Driver bound to it, e.g. `usb-storage`.
    pub driver: Option<String>,
}

/// A HID top-level collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Hid {
    /// Usage page of the first top-level collection; 0xff00 and above are vendor-defined.
    pub usage_page: Option<u16>,
    /// Usage within the page.
    pub usage: Option<u16>,
    /// The USB interface it belongs to.
    pub interface: Option<u8>,
}

/// What a logical unit is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LunRole {
    /// Carries the unlocker (read-only, usually a CD-ROM).
    Launcher,
    /// Holds the encrypted data.
    Data,
    /// Not told by anything known.
    #[default]
    Unknown,
}

impl LunRole {
    /// The published name, e.g. `unknown`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Launcher => "launcher",
            Self::Data => "data",
            Self::Unknown => "unknown",
        }
    }
}

/// Peripheral device type from INQUIRY, reduced to what matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LunType {
    /// Type 5, CD/DVD.
    Cdrom,
    /// Type 0, direct access.
    Disk,
    /// Any other type.
    #[default]
    Other,
}

impl LunType {
    /// The published name, e.g. `other`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cdrom => "cdrom",
            Self::Disk => "disk",
            Self::Other => "other",
        }
    }
}

/// One SCSI logical unit of a mass-storage interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Lun {
    /// LUN number.
    pub lun: Option<u32>,
    /// Launcher, data, or unknown.
    pub role: LunRole,
    /// CD-ROM, disk, or other.
    #[serde(rename = "type")]
    pub kind: LunType,
    /// INQUIRY vendor identification.
    pub vendor: Option<String>,
    /// INQUIRY product identification.
    pub model: Option<String>,
    /// INQUIRY product revision. `PMAP` marks a controller, not a firmware.
    pub revision: Option<String>,
    /// Capacity in bytes; 0 when there is no medium.
    pub size_bytes: Option<u64>,
    /// Whether the kernel treats it as read-only.
    pub read_only: Option<bool>,
    /// Whether the medium is removable.
    pub removable: Option<bool>,
    /// Device node, e.g. `/dev/sdb`.
    pub node: Option<String>,
    /// Volume label, from udev's database.
    pub label: Option<String>,
    /// File system type, from udev's database.
    pub filesystem: Option<String>,
    /// Where it, or a partition of it, is mounted.
    pub mounts: Vec<String>,
}

impl UsbDevice {
    /// Whether any interface is mass storage (class 8).
    pub fn is_mass_storage(&self) -> bool {
        self.interfaces.iter().any(|i| i.class == Some(8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_the_serialized_names() {
        for value in [LunRole::Launcher, LunRole::Data, LunRole::Unknown] {
            assert_eq!(json!(value), value.id());
        }
        for value in [LunType::Cdrom, LunType::Disk, LunType::Other] {
            assert_eq!(json!(value), value.id());
        }
    }
}
