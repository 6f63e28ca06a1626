//! Bulk-Only transport: command wrapper, data, status wrapper.

use crate::log::hex;
use crate::scsi::Sense;
use crate::vhci::Drive;

/// Where a command stands.
#[derive(Default)]
pub(crate) struct Bulk {
    /// Data for the host.
    data: Vec<u8>,
    /// Whether the host has not read the data yet.
    data_waits: bool,
    /// Bytes still to come from the host.
    expected: usize,
    status: Option<[u8; 13]>,
}

impl Drive {
    /// Bytes from the host; false is a stall.
    pub(crate) fn bulk_out(&mut self, bytes: &[u8]) -> bool {
        if self.bulk.expected > 0 {
            self.bulk.expected = self.bulk.expected.saturating_sub(bytes.len());
            return true;
        }
        let Ok(wrapper) = <&[u8; 31]>::try_from(bytes) else { return false };
        if &wrapper[..4] != b"USBC" {
            return false;
        }
        self.command(wrapper);
        true
    }

    fn command(&mut self, wrapper: &[u8; 31]) {
        let wanted = u32::from_le_bytes([wrapper[8], wrapper[9], wrapper[10], wrapper[11]]);
        let (lun, length) = (usize::from(wrapper[13] & 15), usize::from(wrapper[14] & 31).min(16));
        let mut block = [0; 16];
        block.copy_from_slice(&wrapper[15..31]);
        let kind = crate::scsi::kind(&block);
        self.log.note(kind, &format!("lun {lun} {}", hex(&block[..length])));
        let (status, mut data) = match self.scsi(lun, &block) {
            Ok(data) => (0, data),
            Err(sense) => {
                self.set_sense(lun, sense);
                (1, Vec::new())
            }
        };
        data.truncate(wanted as usize);
        let left = wanted - data.len() as u32;
        let mut answer = [0; 13];
        answer[..4].copy_from_slice(b"USBS");
        answer[4..8].copy_from_slice(&wrapper[4..8]);
        answer[8..12].copy_from_slice(&left.to_le_bytes());
        answer[12] = status;
        let to_host = wrapper[12] & 0x80 != 0;
        self.bulk = Bulk {
            data,
            data_waits: to_host && wanted > 0,
            expected: if to_host { 0 } else { wanted as usize },
            status: Some(answer),
        };
    }

    fn set_sense(&mut self, lun: usize, sense: Sense) {
        if let Some(unit) = self.units.get_mut(lun) {
            unit.sense = sense;
        }
    }

    /// What the host reads; `None` is a stall. A short packet ends the data.
    pub(crate) fn bulk_in(&mut self, length: usize) -> Option<Vec<u8>> {
        if !self.bulk.data_waits {
            return self.bulk.status.take().map(|status| status.to_vec());
        }
        let now = length.min(self.bulk.data.len());
        let data = self.bulk.data.drain(..now).collect();
        self.bulk.data_waits = !self.bulk.data.is_empty();
        Some(data)
    }
}
