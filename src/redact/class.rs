//! What kinds of values are taken out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of value that does not leave the machine.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// User names and home folders.
    User,
    /// Host name.
    Host,
    /// Domains and fully qualified names.
    Domain,
    /// IPv4 addresses.
    Ipv4,
    /// IPv6 addresses.
    Ipv6,
    /// MAC addresses.
    Mac,
    /// E-mail addresses.
    Email,
    /// Machine id, disk and volume UUIDs.
    Uuid,
    /// Serial numbers of disks and of USB devices the case is not about.
    Serial,
    /// Volume labels.
    VolumeLabel,
}

/// How many values of each class were replaced.
pub type Counts = BTreeMap<Class, u64>;
