//! `keycase.udev/1`: how the udev rules stand on a machine.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::text::labelled;
use crate::snapshot::{PortPath, Tool};
use crate::text::visible;
use crate::udev::{Installed, State};

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.udev/1";

/// The document `keycase.udev/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UdevDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The program and its data.
    pub tool: Tool,
    /// The verdict.
    pub state: StateWord,
    /// The rules file that udev reads; null when there is none.
    pub file: Option<String>,
    /// Files of the same name that udev does not read because of it.
    pub hidden: Vec<String>,
    /// Whether the file switches the rules off (empty, or a link to `/dev/null`).
    pub masked: bool,
    /// Products and subsystems the file should open and does not, e.g. `1953:0202 usb`.
    pub missing: Vec<String>,
    /// Products and subsystems the file opens and should not.
    pub extra: Vec<String>,
    /// What is wrong in the file.
    pub faults: Vec<FaultRow>,
    /// The attached drives that the rules are about.
    pub drives: Vec<DriveRow>,
    /// What to do next; null when nothing is to be done.
    pub next: Option<String>,
}

/// How the rules stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StateWord {
    /// No rules; keycase needs none.
    Absent,
    /// udev reads the right ones.
    Installed,
    /// udev reads others.
    Stale,
    /// A file in a stronger folder hides or switches off the right ones.
    Shadowed,
}

/// Something wrong in the rules file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FaultRow {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// An attached drive.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DriveRow {
    /// Where it is plugged in.
    pub port: PortPath,
    /// Its name.
    pub name: String,
    /// Whether udev has marked its USB node for the seat's user; null when udev knows
    /// nothing of it.
    pub applied: Option<bool>,
}

impl UdevDocument {
    /// Puts the document together.
    pub fn new(tool: Tool, installed: Installed, drives: Vec<DriveRow>) -> Self {
        let state = match installed.state {
            State::Absent => StateWord::Absent,
            State::Installed => StateWord::Installed,
            State::Stale => StateWord::Stale,
            State::Shadowed => StateWord::Shadowed,
        };
        let next = next(state, &installed, &drives);
        let faults = installed.faults.into_iter();
        Self {
            schema: SCHEMA,
            tool,
            state,
            file: installed.file,
            hidden: installed.hidden,
            masked: installed.masked,
            missing: installed.missing,
            extra: installed.extra,
            faults: faults.map(|f| FaultRow { line: f.line, what: f.what }).collect(),
            drives,
            next,
        }
    }

    /// The answer for a person.
    pub fn text(&self) -> String {
        let mut out = format!("udev rules: {}\n", self.summary());
        for (label, values) in
            [("hidden", &self.hidden), ("missing", &self.missing), ("too much", &self.extra)]
        {
            if !values.is_empty() {
                labelled(&mut out, label, &values.join(", "));
            }
        }
        for fault in &self.faults {
            labelled(&mut out, "fault", &format!("line {}: {}", fault.line, fault.what));
        }
        for drive in &self.drives {
            let applied = match drive.applied {
                Some(true) => "open to the person at the screen",
                Some(false) => "not open to the person at the screen",
                None => "udev knows nothing of it",
            };
            let _ = writeln!(out, "  {}  {}: {applied}", drive.port, visible(&drive.name));
        }
        out
    }

    fn summary(&self) -> String {
        let file = visible(self.file.as_deref().unwrap_or_default());
        match self.state {
            StateWord::Absent => "not installed; keycase needs none".into(),
            StateWord::Installed => format!("installed ({file})"),
            StateWord::Stale => format!("stale: {file} is not what this keycase would install"),
            StateWord::Shadowed if self.masked => format!("shadowed: {file} switches them off"),
            StateWord::Shadowed => format!("shadowed: {file} hides the right ones"),
        }
    }
}

fn next(state: StateWord, installed: &Installed, drives: &[DriveRow]) -> Option<String> {
    let file = installed.file.as_deref().unwrap_or_default();
    match state {
        StateWord::Absent => Some(
            "`keycase udev install` (as root) lets the person at the screen open known drives; \
             only other programs need that"
                .into(),
        ),
        StateWord::Installed => drives.iter().any(|d| d.applied == Some(false)).then(|| {
            "udev has not used the rules on a drive that was plugged in before: plug it in \
             again, or reload as `keycase udev install` says"
                .into()
        }),
        StateWord::Stale if file.starts_with("/etc/") => {
            Some("`keycase udev install` (as root) writes the right ones".into())
        }
        StateWord::Stale => Some(format!(
            "update the package that {file} belongs to, or override it with \
             `keycase udev install` (as root)"
        )),
        StateWord::Shadowed => {
            Some(format!("if that is not wanted, remove {file} and reload udev's rules"))
        }
    }
}
