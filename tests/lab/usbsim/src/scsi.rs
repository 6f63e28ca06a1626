//! SCSI commands (SPC-4, SBC-3, MMC-6), as far as Linux sends them.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use crate::log::Kind;
use crate::machine;
use crate::vhci::Drive;

/// Sense key, additional sense code and its qualifier.
pub(crate) type Sense = (u8, u8, u8);

const NO_MEDIUM: Sense = (2, 0x3a, 0);
const NO_SUCH_COMMAND: Sense = (5, 0x20, 0);
const OUT_OF_RANGE: Sense = (5, 0x21, 0);
const INVALID_FIELD: Sense = (5, 0x24, 0);
const NO_SUCH_UNIT: Sense = (5, 0x25, 0);
const MEDIUM_CHANGED: Sense = (6, 0x28, 0);
const POWERED_ON: Sense = (6, 0x29, 0);

/// A logical unit at work.
pub(crate) struct Unit {
    pub(crate) about: machine::Unit,
    medium: Option<File>,
    blocks: u32,
    pub(crate) sense: Sense,
    /// What the next command is told instead of being carried out.
    attention: Option<Sense>,
}

/// What kind of command it is. Opcodes from C0 on are the vendor's; FF A4 is the login of a
/// Kingston drive (the catalog's entry kingston-vp50 names the source).
pub(crate) fn kind(block: &[u8; 16]) -> Kind {
    match block[0] {
        0xff if block[1] == 0xa4 => Kind::UnlockAttempt,
        0x00 | 0x03 | 0x12 | 0x1a | 0x23 | 0x25 | 0x43 | 0x46 | 0x4a | 0x51 | 0x5a | 0x9e | 0xa0
        | 0xa3 => Kind::Ask,
        0x08 | 0x28 | 0x88 | 0xa8 => Kind::Read,
        0xc0..=0xff | 0x06 => Kind::Vendor,
        _ => Kind::Change,
    }
}

impl Unit {
    pub(crate) fn new(about: machine::Unit) -> Self {
        let mut unit =
            Self { medium: None, blocks: 0, sense: (0, 0, 0), attention: Some(POWERED_ON), about };
        let file = unit.about.medium.clone();
        unit.set_medium(file.as_deref());
        unit.attention = Some(POWERED_ON);
        unit
    }

    pub(crate) fn set_medium(&mut self, file: Option<&str>) {
        self.medium = file.and_then(|file| match File::open(file) {
            Ok(medium) => Some(medium),
            Err(error) => {
                eprintln!("usbsim: {file}: {error}");
                None
            }
        });
        let length = self.medium.as_ref().and_then(|f| f.metadata().ok()).map_or(0, |m| m.len());
        self.blocks = (length / u64::from(self.block_size())) as u32;
        self.attention = Some(MEDIUM_CHANGED);
    }

    fn block_size(&self) -> u32 {
        if self.about.is_cd { 2048 } else { 512 }
    }

    fn device_type(&self) -> u8 {
        if self.about.is_cd { 5 } else { 0 }
    }

    fn inquiry(&self) -> Vec<u8> {
        let about = &self.about;
        let mut data = vec![self.device_type(), 0x80, 4, 2, 31, 0, 0, 0];
        let names = format!("{:<8.8}{:<16.16}{:<4.4}", about.vendor, about.model, about.revision);
        data.extend(names.bytes());
        data
    }

    fn vital_product_data(&self, page: u8, serial: Option<&String>) -> Result<Vec<u8>, Sense> {
        let serial = serial.ok_or(INVALID_FIELD)?;
        let device = self.device_type();
        match page {
            0x00 => Ok(vec![device, 0, 0, 3, 0, 0x80, 0x83]),
            0x80 => {
                let mut data = vec![device, 0x80, 0, serial.len() as u8];
                data.extend(serial.bytes());
                Ok(data)
            }
            0x83 => {
                // One designator: ASCII, T10 vendor id.
                let id = format!("{:<8.8}{serial}", self.about.vendor);
                let length = id.len() as u8;
                let mut data = vec![device, 0x83, 0, length + 4, 2, 1, 0, length];
                data.extend(id.bytes());
                Ok(data)
            }
            _ => Err(INVALID_FIELD),
        }
    }

    fn capacity(&self) -> Result<Vec<u8>, Sense> {
        let last = self.blocks.checked_sub(1).ok_or(NO_MEDIUM)?;
        Ok([last.to_be_bytes(), self.block_size().to_be_bytes()].concat())
    }

    fn read(&mut self, first: u32, count: u32) -> Result<Vec<u8>, Sense> {
        let size = self.block_size();
        let medium = self.medium.as_mut().ok_or(NO_MEDIUM)?;
        if first.saturating_add(count) > self.blocks {
            return Err(OUT_OF_RANGE);
        }
        let mut data = vec![0; (count * size) as usize];
        let start = SeekFrom::Start(u64::from(first) * u64::from(size));
        let read = medium.seek(start).and_then(|_| medium.read_exact(&mut data));
        read.map_err(|_| OUT_OF_RANGE)?;
        Ok(data)
    }

    /// One track that fills the disc.
    fn table_of_contents(&self) -> Vec<u8> {
        let end = self.blocks.to_be_bytes();
        let mut data = vec![0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0];
        data.extend(end);
        data
    }
}

impl Drive {
    /// The data for the host, or why the command failed.
    pub(crate) fn scsi(&mut self, lun: usize, block: &[u8; 16]) -> Result<Vec<u8>, Sense> {
        let serial = self.machine.vpd.clone();
        let unit = self.units.get_mut(lun).ok_or(NO_SUCH_UNIT)?;
        // INQUIRY, REQUEST SENSE and REPORT LUNS are answered whatever has happened.
        if !matches!(block[0], 0x12 | 0x03 | 0xa0)
            && let Some(attention) = unit.attention.take()
        {
            return Err(attention);
        }
        let word = |at: usize| u32::from_be_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]]);
        match block[0] {
            0x00 if unit.blocks == 0 => Err(NO_MEDIUM),
            0x03 => {
                let (key, code, qualifier) = std::mem::take(&mut unit.sense);
                let mut data = vec![0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier];
                data.resize(18, 0);
                Ok(data)
            }
            0x12 if block[1] & 1 == 1 => unit.vital_product_data(block[2], serial.as_ref()),
            0x12 => Ok(unit.inquiry()),
            0x1a => Ok(vec![3, 0, if unit.about.is_cd { 0x80 } else { 0 }, 0]),
            0x5a => Ok(vec![0, 6, 0, 0, 0, 0, 0, 0]),
            0x25 => unit.capacity(),
            0x28 => unit.read(word(2), u32::from(u16::from_be_bytes([block[7], block[8]]))),
            0xa8 => unit.read(word(2), word(6)),
            0x43 if unit.about.is_cd => Ok(unit.table_of_contents()),
            0x46 if unit.about.is_cd => Ok(vec![0, 0, 0, 4, 0, 0, 0, 8]),
            0x4a if unit.about.is_cd => {
                let present = if unit.blocks > 0 { 2 } else { 0 };
                Ok(vec![0, 6, 4, 0x54, 0, present, 0, 0])
            }
            // Accepted and without effect; the log has them as changes.
            0x00 | 0x1b | 0x1e | 0x2a | 0x35 => Ok(Vec::new()),
            _ => Err(NO_SUCH_COMMAND),
        }
    }
}
