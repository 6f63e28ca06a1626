//! One device in the format of `umockdev-record`.

use std::fmt::Write as _;

use crate::text::one_line;

/// Lines of one device; the path comes first.
pub(super) struct Record(String);

impl Record {
    /// A device at a path below `/sys`, of a subsystem.
    pub(super) fn new(path: &str, subsystem: &str) -> Self {
        Self(format!("P: {path}\nE: SUBSYSTEM={subsystem}\n"))
    }

    /// The node below `/dev` and what reading it gives.
    pub(super) fn node(mut self, name: &str, content: &[u8]) -> Self {
        let hex: String = content.iter().map(|byte| format!("{byte:02X}")).collect();
        let equals = if hex.is_empty() { "" } else { "=" };
        let _ = writeln!(self.0, "N: {name}{equals}{hex}");
        self
    }

    /// A property of udev or of the kernel.
    pub(super) fn property(mut self, key: &str, value: &str) -> Self {
        let _ = writeln!(self.0, "E: {key}={}", one_line(value));
        self
    }

    /// A property that is known.
    pub(super) fn maybe_property(self, key: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.property(key, &value),
            None => self,
        }
    }

    /// An attribute; sysfs ends it with a line break.
    pub(super) fn attribute(mut self, name: &str, value: &str) -> Self {
        let _ = writeln!(self.0, "A: {name}={}\\n", escaped(value));
        self
    }

    /// An attribute that is known.
    pub(super) fn maybe(self, name: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.attribute(name, &value),
            None => self,
        }
    }

    /// An attribute that is no text.
    pub(super) fn bytes(mut self, name: &str, bytes: &[u8]) -> Self {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let _ = writeln!(self.0, "H: {name}={hex}");
        self
    }

    /// An attribute that is a link.
    pub(super) fn link(mut self, name: &str, target: &str) -> Self {
        let _ = writeln!(self.0, "L: {name}={target}");
        self
    }

    /// The text, with the empty line that ends it.
    pub(super) fn text(self) -> String {
        self.0 + "\n"
    }
}

/// The C notation of `A:` lines.
fn escaped(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out
}
