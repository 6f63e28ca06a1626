//! Facts about the machine that support asks for. No name, no user, no address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The machine: system, version, kernel, architecture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HostFacts {
    /// `linux`, `windows`, `macos`.
    pub os: Option<String>,
    /// The distribution's or system's own name and version.
    pub os_version: Option<String>,
    /// Kernel release, e.g. `6.1.0-56-amd64`.
    pub kernel: Option<String>,
    /// CPU architecture, e.g. `x86_64`.
    pub arch: Option<String>,
    /// Whether the kernel publishes a USB bus at all; false in most containers.
    pub usb_bus: Option<bool>,
}
