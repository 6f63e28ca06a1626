//! `keycase.event/1`: one line of `scan --watch`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::snapshot::{Drive, PortPath, Tool};
use crate::watch::{Change, What};

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.event/1";

/// Something that happened to a drive: the document `keycase.event/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// When it was seen.
    #[schemars(with = "String")]
    pub at: jiff::Timestamp,
    /// The program and its data.
    pub tool: Tool,
    /// What happened.
    pub event: EventWord,
    /// The port it happened at.
    pub port: PortPath,
    /// The drive as it was read last, as in `keycase.snapshot/1`. On `attached` its logical
    /// units may not be there yet and its lock state is `unknown`.
    pub drive: Drive,
}

/// What happened to a drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventWord {
    /// It was there when watching began.
    Present,
    /// It was plugged in.
    Attached,
    /// Its data became inaccessible; also the first word about a drive that comes locked.
    Locked,
    /// Its data became accessible; also the first word about a drive that comes unlocked.
    Unlocked,
    /// It went away.
    Detached,
}

impl EventDocument {
    /// One line about a change.
    pub fn new(tool: Tool, at: jiff::Timestamp, change: Change) -> Self {
        let event = match change.what {
            What::Present => EventWord::Present,
            What::Attached => EventWord::Attached,
            What::Locked => EventWord::Locked,
            What::Unlocked => EventWord::Unlocked,
            What::Detached => EventWord::Detached,
        };
        let port = change.drive.port.clone();
        Self { schema: SCHEMA, at, tool, event, port, drive: change.drive }
    }
}
