//! Requests to endpoint 0 (USB 2.0, 9.4; Bulk-Only 3; HID 7.2).

use crate::descriptors;
use crate::log::{Kind, hex};
use crate::vhci::Drive;

/// A setup packet.
pub(crate) type Setup = [u8; 8];

impl Drive {
    /// What is answered; `None` is a stall.
    pub(crate) fn control(&mut self, setup: Setup) -> Option<Vec<u8>> {
        let kind = self.kind(setup);
        self.log.note(kind, &hex(&setup));
        if kind == Kind::Beyond && self.machine.faults.switches_to.is_some() {
            self.switching = true;
        }
        let mut answer = self.answer(setup)?;
        answer.truncate(usize::from(u16::from_le_bytes([setup[6], setup[7]])));
        Some(answer)
    }

    fn kind(&self, [request_type, request, low, high, ..]: Setup) -> Kind {
        match (request_type & 0x60, request) {
            (0x00, 6) if high == 3 && !descriptors::advertises(&self.machine, low) => Kind::Beyond,
            (0x00, 6) => Kind::Descriptor,
            (0x00, _) => Kind::Standard,
            (0x20, 9) => Kind::Report,
            (0x20, _) => Kind::Class,
            _ => Kind::Vendor,
        }
    }

    fn answer(&mut self, [request_type, request, index, kind, ..]: Setup) -> Option<Vec<u8>> {
        match (request_type, request) {
            (0x80, 6) => self.descriptor(kind, index),
            (0x81, 6) if kind == 0x22 => self.machine.hid.clone(),
            (0x80, 8) => Some(vec![1]),
            (0x80..=0x82, 0) => Some(vec![0, 0]),
            (0x00, 9 | 3 | 1) | (0x01, 11) | (0x02, 1 | 3) | (0x21, 10) => Some(Vec::new()),
            // Largest logical unit.
            (0xa1, 0xfe) => self.machine.units.len().checked_sub(1).map(|last| vec![last as u8]),
            // Reset of the mass storage.
            (0x21, 0xff) => {
                self.bulk = crate::bulk::Bulk::default();
                Some(Vec::new())
            }
            _ => None,
        }
    }

    fn descriptor(&self, kind: u8, index: u8) -> Option<Vec<u8>> {
        match kind {
            1 => Some(descriptors::device(&self.machine)),
            2 => Some(descriptors::configuration(&self.machine)),
            3 if index != 0 && self.machine.faults.strings_stall => None,
            3 => descriptors::string(&self.machine, index),
            _ => None,
        }
    }
}
