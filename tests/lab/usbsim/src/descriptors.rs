//! Descriptors (USB 2.0, 9.6; HID 1.11, 6.2.1).

use crate::machine::{Machine, Speed};

/// Endpoint addresses: bulk in, bulk out, interrupt in.
pub(crate) const BULK_IN: u8 = 0x81;
pub(crate) const BULK_OUT: u8 = 0x02;
pub(crate) const INTERRUPT_IN: u8 = 0x83;

pub(crate) fn device(machine: &Machine) -> Vec<u8> {
    let mut bytes = vec![18, 1, 0, 2, 0, 0, 0, 64];
    for id in [machine.vid, machine.pid, machine.bcd] {
        bytes.extend(id.to_le_bytes());
    }
    bytes.extend((0..3).map(|at| index(machine, at)));
    bytes.push(1);
    bytes
}

/// The index under which a string is advertised; 0 when there is none.
fn index(machine: &Machine, at: usize) -> u8 {
    if machine.strings[at].is_some() { at as u8 + 1 } else { 0 }
}

/// Whether the descriptors advertise a string of this index; 0 is the list of languages.
pub(crate) fn advertises(machine: &Machine, string: u8) -> bool {
    string == 0 || (0..3).any(|at| index(machine, at) == string)
}

pub(crate) fn configuration(machine: &Machine) -> Vec<u8> {
    let mut interfaces = Vec::new();
    let mut count = 0;
    if !machine.units.is_empty() {
        let packet: u16 = if matches!(machine.speed, Speed::Full) { 64 } else { 512 };
        interfaces.extend([9, 4, count, 0, 2, 8, 6, 0x50, 0]);
        for endpoint in [BULK_IN, BULK_OUT] {
            let [low, high] = packet.to_le_bytes();
            interfaces.extend([7, 5, endpoint, 2, low, high, 0]);
        }
        count += 1;
    }
    if let Some(report) = &machine.hid {
        let [low, high] = (report.len() as u16).to_le_bytes();
        interfaces.extend([9, 4, count, 0, 1, 3, 0, 0, 0]);
        interfaces.extend([9, 0x21, 0x11, 1, 0, 1, 0x22, low, high]);
        interfaces.extend([7, 5, INTERRUPT_IN, 3, 64, 0, 4]);
        count += 1;
    }
    if machine.faults.malformed {
        // An endpoint cut short, then a descriptor of no length, which a careless reader
        // never gets past; and two interfaces that do not exist.
        interfaces.extend([5, 5, 0x84, 2, 0, 0, 0, 0xff]);
        count += 2;
    }
    let [low, high] = (interfaces.len() as u16 + 9).to_le_bytes();
    let mut bytes = vec![9, 2, low, high, count, 1, 0, 0x80, 100];
    bytes.extend(interfaces);
    bytes
}

/// A string descriptor; the first is the list of languages, which is English.
pub(crate) fn string(machine: &Machine, index: u8) -> Option<Vec<u8>> {
    if index == 0 {
        return Some(vec![4, 3, 9, 4]);
    }
    let text = machine.strings.get(usize::from(index) - 1)?.as_ref()?;
    let mut bytes = vec![0, 3];
    text.encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes()));
    bytes[0] = bytes.len() as u8;
    if machine.faults.strings_short {
        bytes.truncate(3);
    }
    Some(bytes)
}
