//! What a machine said about its USB drives, as plain values.
//!
//! Belongs here: the types every later step reads, and how identifiers print.
//! Does not belong here: where the values come from (`host`), what they mean
//! (`catalog`, `policy`, `diagnose`), or how they are shown (`render`).
//!
//! [`Snapshot`] serializes to the published document `keycase.snapshot/1`; the same
//! document is read back by `--from`. Unknown fields are ignored on reading, so that a
//! snapshot of a newer release is still usable; `null` always means *not known*.

mod device;
mod drive;
mod host;
mod ids;
mod lifecycle;
mod release_number;

pub use device::{Hid, Interface, Lun, LunRole, LunType, Usb, UsbDevice};
pub use drive::{
    Confidence, Drive, Identity, LockState, Managed, Missing, OtherDevice, Problem, Version,
};
pub use host::HostFacts;
pub use ids::{BcdDevice, Pid, PortPath, SpeedMbps, Vid};
pub use lifecycle::{Ending, Lifecycle};
pub use release_number::ReleaseNumber;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schema name of the snapshot document.
pub const SCHEMA: &str = "keycase.snapshot/1";

/// Everything one reading of a machine found: the document `keycase.snapshot/1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// When the machine was read.
    #[schemars(with = "String")]
    pub taken_at: jiff::Timestamp,
    /// The program that read it, and its data.
    pub tool: Tool,
    /// The machine itself.
    #[serde(default)]
    pub host: HostFacts,
    /// Secure drives, and devices that may be secure drives, in port order.
    #[serde(default)]
    pub drives: Vec<Drive>,
    /// Other USB devices without serial numbers; present only when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<Vec<OtherDevice>>,
    /// What could not be read, or did not fit together.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// The program and the pack set behind a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Always `keycase`.
    pub name: String,
    /// The release, e.g. `0.1.0`.
    pub version: String,
    /// The pack set the answer rests on.
    pub data: DataVersion,
}

/// Version and content hash of a pack set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DataVersion {
    /// The embedded set's version; `+overlay` is appended when packs were added.
    pub version: String,
    /// First 16 hex digits of the SHA-256 over all packs in use.
    pub hash: String,
}

/// A machine as `host` read it, before the catalog has named anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// The machine itself.
    pub host: HostFacts,
    /// All USB devices except root hubs, which sit on no port.
    pub devices: Vec<UsbDevice>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}
