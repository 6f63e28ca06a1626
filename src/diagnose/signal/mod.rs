//! Signals: named patterns, counted in logs.
//!
//! Belongs here: the patterns of all packs compiled together, the one pass over a log, and
//! what it counted. A log arrives as blocks of bytes and is never held. Does not belong
//! here: opening logs.
//!
//! Few lines of a log matter. One search for the words of all signals finds them; such a
//! line meets the regular expressions of the signals whose words it has.

mod observed;
mod patterns;
mod scan;
mod stamp;

pub use observed::{Observed, RawLine, Reading, Tally};
use observed::{Short, Subject};
pub(in crate::diagnose) use patterns::SHORTEST_WORD;
pub use patterns::{Signal, Signals};
pub use scan::Scan;
pub use stamp::{Clock, written_at};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Logs that signals are counted in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    /// Messages of the Linux kernel.
    Kernel,
    /// Messages of Linux services.
    Journal,
    /// Windows event logs, exported as XML with one event a line.
    WindowsEvents,
    /// `setupapi.dev.log` of Windows.
    Setupapi,
    /// The unified log of macOS.
    MacosUnified,
}

impl LogKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Kernel, Self::Journal, Self::WindowsEvents, Self::Setupapi, Self::MacosUnified];

    /// The name packs and documents use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Journal => "journal",
            Self::WindowsEvents => "windows_events",
            Self::Setupapi => "setupapi",
            Self::MacosUnified => "macos_unified",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kernel => "kernel log",
            Self::Journal => "journal",
            Self::WindowsEvents => "Windows event log",
            Self::Setupapi => "setupapi.dev.log",
            Self::MacosUnified => "macOS unified log",
        }
    }
}
