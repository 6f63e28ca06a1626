//! What kind of request each one is, and writing it down in one line.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::Fails;

/// Kinds, from harmless to what nobody may ever send.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// GET_DESCRIPTOR of something advertised.
    Descriptor,
    /// GET_DESCRIPTOR of a string that is not advertised.
    Beyond,
    /// Any other standard request.
    Standard,
    /// A class request that every driver sends.
    Class,
    /// A HID report sent to the drive: on some drives the way a password takes.
    Report,
    /// A vendor request, or a SCSI opcode that only a vendor defines.
    Vendor,
    /// A SCSI command that asks.
    Ask,
    /// A SCSI command that reads blocks.
    Read,
    /// A SCSI command that changes something: writes, ejects, locks the door, formats.
    Change,
    /// A command that on a drive of this make tries a password.
    UnlockAttempt,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Descriptor => "descriptor",
            Self::Beyond => "beyond",
            Self::Standard => "standard",
            Self::Class => "class",
            Self::Report => "report",
            Self::Vendor => "vendor",
            Self::Ask => "ask",
            Self::Read => "read",
            Self::Change => "change",
            Self::UnlockAttempt => "unlock-attempt",
        }
    }
}

/// The log that all drives write to; a line is written at once and stays whole.
pub(crate) struct Log {
    file: File,
    name: String,
}

impl Log {
    pub(crate) fn open(path: &Path, name: &str) -> Fails<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { file, name: name.to_owned() })
    }

    pub(crate) fn note(&mut self, kind: Kind, details: &str) {
        // A log that cannot be written would hide what it is for.
        // One call for the whole line: others append to the same file.
        let line = format!("{} {} {details}\n", self.name, kind.word());
        if self.file.write_all(line.as_bytes()).is_err() {
            eprintln!("usbsim: the log cannot be written");
            std::process::exit(1);
        }
    }
}

/// Bytes as `80 06 0303`, for a line.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}
