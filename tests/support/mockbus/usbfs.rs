//! Answers to libusb on `/dev/bus/usb`: control transfers are asked of the drive, everything
//! else is logged and refused. Numbers and layouts are those of `linux/usbdevice_fs.h` on
//! 64-bit systems.

use std::io;

use super::server::{Answer, Child, Wire};
use super::{Drive, Strings};

const GET_CAPABILITIES: u64 = 0x8004_551a;
const SUBMITURB: u64 = 0x8038_550a;
const REAPURB: u64 = 0x4008_550c;
const REAPURBNDELAY: u64 = 0x4008_550d;

/// `struct usbdevfs_urb`, and where in it the numbers stand that matter here.
const URB: usize = 56;
const STATUS: usize = 4;
const BUFFER: usize = 16;
const ACTUAL_LENGTH: usize = 28;

/// `USBDEVFS_URB_TYPE_CONTROL`.
const CONTROL: u8 = 2;

/// All capabilities that libusb asks about.
const CAPABILITIES: u32 = 0x1ff;

const EAGAIN: i64 = 11;
const ENOTTY: i64 = 25;
/// A stalled endpoint.
const EPIPE: i32 = 32;

/// A drive behind its node.
pub(super) struct Usbfs {
    drive: Drive,
}

impl Usbfs {
    pub(super) fn new(drive: Drive) -> Self {
        Self { drive }
    }
}

impl Answer for Usbfs {
    fn ioctl(&self, child: &mut Child, request: u64, argument: u64) -> io::Result<i64> {
        match request {
            GET_CAPABILITIES => child.poke(argument, &CAPABILITIES.to_ne_bytes()).map(|()| 0),
            SUBMITURB => submit(&self.drive, child, argument),
            REAPURB | REAPURBNDELAY => match child.finished.pop() {
                Some(urb) => child.poke(argument, &urb.to_ne_bytes()).map(|()| 0),
                None => Ok(-EAGAIN),
            },
            _ => {
                child.log(Wire::Ioctl(child.node.clone(), request));
                Ok(-ENOTTY)
            }
        }
    }
}

fn submit(drive: &Drive, child: &mut Child, at: u64) -> io::Result<i64> {
    let mut urb: [u8; URB] = child.peek(at)?;
    let buffer = u64::from_ne_bytes(urb[BUFFER..BUFFER + 8].try_into().expect("eight bytes"));
    let data = if urb[0] == CONTROL {
        let setup: [u8; 8] = child.peek(buffer)?;
        child.log(Wire::Control(child.node.clone(), setup));
        answer(drive, setup)
    } else {
        child.log(Wire::Transfer(child.node.clone(), urb[0], urb[1]));
        None
    };
    let status: i32 = if data.is_some() { 0 } else { -EPIPE };
    let data = data.unwrap_or_default();
    child.poke(buffer + 8, &data)?;
    urb[STATUS..STATUS + 4].copy_from_slice(&status.to_ne_bytes());
    let length = (data.len() as i32).to_ne_bytes();
    urb[ACTUAL_LENGTH..ACTUAL_LENGTH + 4].copy_from_slice(&length);
    child.poke(at, &urb)?;
    child.finished.push(at);
    Ok(0)
}

/// The data of a control transfer; `None` is a stall.
fn answer(drive: &Drive, setup: [u8; 8]) -> Option<Vec<u8>> {
    const GET_DESCRIPTOR: [u8; 2] = [0x80, 6];
    let [request_type, request, index, kind, ..] = setup;
    if [request_type, request] != GET_DESCRIPTOR {
        return None;
    }
    let descriptors = drive.descriptors();
    let mut data = match kind {
        1 => descriptors[..18].to_vec(),
        2 => descriptors[18..].to_vec(),
        3 if drive.strings == Strings::Answered => string(drive, index)?,
        _ => return None,
    };
    data.truncate(u16::from_le_bytes([setup[6], setup[7]]).into());
    Some(data)
}

/// A string descriptor; index 0 lists the languages, which is US English alone.
fn string(drive: &Drive, index: u8) -> Option<Vec<u8>> {
    let units: Vec<u16> = match index {
        0 => vec![0x0409],
        _ => drive.string(index)?.encode_utf16().collect(),
    };
    let mut data = vec![u8::try_from(units.len() * 2 + 2).ok()?, 3];
    data.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    Some(data)
}
