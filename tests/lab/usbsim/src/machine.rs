//! Reading a description: `key = value` lines, `#` starts a comment. Unknown keys are errors.

use std::fs;
use std::path::Path;

use crate::Fails;

/// A drive as it is described.
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) vid: u16,
    pub(crate) pid: u16,
    pub(crate) bcd: u16,
    /// Strings 1, 2, 3: manufacturer, product, serial number.
    pub(crate) strings: [Option<String>; 3],
    pub(crate) speed: Speed,
    pub(crate) units: Vec<Unit>,
    /// Report descriptor of its HID interface.
    pub(crate) hid: Option<Vec<u8>>,
    /// Unit serial number in the VPD pages 80 and 83.
    pub(crate) vpd: Option<String>,
    pub(crate) faults: Faults,
}

/// What is wrong with a drive.
#[derive(Default)]
pub(crate) struct Faults {
    /// Strings are answered with a stall.
    pub(crate) strings_stall: bool,
    /// Strings are cut after their first byte, in the middle of a character.
    pub(crate) strings_short: bool,
    /// The configuration claims interfaces it does not have and ends in nonsense.
    pub(crate) malformed: bool,
    /// Nothing is answered on the bulk endpoints.
    pub(crate) mute: bool,
    /// The product id it takes when a string beyond the advertised ones is asked for.
    pub(crate) switches_to: Option<u16>,
}

/// How fast it talks; the numbers are those of `enum usb_device_speed`.
#[derive(Clone, Copy)]
pub(crate) enum Speed {
    Full = 2,
    High = 3,
}

/// A logical unit.
#[derive(Clone)]
pub(crate) struct Unit {
    pub(crate) is_cd: bool,
    pub(crate) vendor: String,
    pub(crate) model: String,
    pub(crate) revision: String,
    /// The file behind its medium; none is a unit without a medium.
    pub(crate) medium: Option<String>,
}

pub(crate) fn read(file: &Path) -> Fails<Machine> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let mut machine = Machine {
        name: name.to_owned(),
        vid: 0,
        pid: 0,
        bcd: 0,
        strings: [None, None, None],
        speed: Speed::High,
        units: Vec::new(),
        hid: None,
        vpd: None,
        faults: Faults::default(),
    };
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (key, value) = line.split_once('=').ok_or_else(|| format!("no `=`: {line}"))?;
        machine.set(key.trim(), value.trim()).ok_or_else(|| format!("{name}: what is: {line}"))?;
    }
    Ok(machine)
}

impl Machine {
    /// `None` for a key or value that is not known.
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        let text = || Some(value.to_owned());
        match key {
            "ids" => {
                let (vid, pid) = value.split_once(':')?;
                (self.vid, self.pid) = (hex(vid)?, hex(pid)?);
            }
            "bcd" => self.bcd = hex(value)?,
            "manufacturer" => self.strings[0] = text(),
            "product" => self.strings[1] = text(),
            "serial" => self.strings[2] = text(),
            "cd" | "disk" => self.units.push(unit(key == "cd", value)?),
            "hid" => self.hid = Some(bytes(value)?),
            "vpd" => self.vpd = text(),
            "speed" => {
                self.speed = match value {
                    "full" => Speed::Full,
                    "high" => Speed::High,
                    _ => return None,
                }
            }
            "switches-to" => self.faults.switches_to = Some(hex(value)?),
            "fault" => match value {
                "strings-stall" => self.faults.strings_stall = true,
                "strings-short" => self.faults.strings_short = true,
                "malformed" => self.faults.malformed = true,
                "mute" => self.faults.mute = true,
                _ => return None,
            },
            // For the judge, not for the drive.
            "expect-id" | "expect-lock" | "unauthorized" => {}
            _ => return None,
        }
        Some(())
    }
}

/// `VENDOR | MODEL | REVISION | FILE`; no file is no medium.
fn unit(is_cd: bool, value: &str) -> Option<Unit> {
    let mut parts = value.split('|').map(|part| part.trim().to_owned());
    let (vendor, model, revision) = (parts.next()?, parts.next()?, parts.next()?);
    let medium = parts.next().filter(|file| !file.is_empty());
    Some(Unit { is_cd, vendor, model, revision, medium })
}

fn hex(text: &str) -> Option<u16> {
    u16::from_str_radix(text, 16).ok()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).ok()).collect()
}
