//! Messages of the kernel and of udev about devices that come, change and go.
//!
//! The kernel writes `ACTION@DEVPATH`, a zero byte, and `KEY=value` pairs each ended by one
//! (`lib/kobject_uevent.c`). udev repeats a message when it has done its work, with a binary
//! head whose size it says itself (systemd, `src/libsystemd/sd-device/device-monitor.c`).

use crate::snapshot::{BcdDevice, Pid, PortPath, Usb, UsbDevice, Vid};

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The kernel, in the order in which things happened.
    Kernel,
    /// udev, some time later: what it says may be over.
    Udev,
}

/// What a message says, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uevent {
    /// Who says it.
    pub sender: Sender,
    /// `add`, `bind`, `change`, `remove`, …
    pub action: String,
    /// `usb`, `scsi`, `block`, …
    pub subsystem: String,
    /// Whether it is about a USB device itself and not about something below it.
    pub is_usb_device: bool,
    /// The port of the USB device it is about, or that it is below of.
    pub port: PortPath,
    /// The device's address on its bus.
    pub address: Option<u32>,
    /// The ids, for a device that may be gone before it is read.
    ids: Option<(Vid, Pid, BcdDevice)>,
}

/// What udev starts its messages with.
const UDEV: &[u8] = b"libudev\0";

/// Reads a message; `None` when it is about nothing on a USB port, or not a message.
pub fn parse(message: &[u8]) -> Option<Uevent> {
    let (sender, pairs) = match message.strip_prefix(UDEV) {
        Some(rest) => (Sender::Udev, udev_pairs(message, rest)?),
        None => {
            let end = message.iter().position(|&byte| byte == 0)?;
            (Sender::Kernel, message.get(end + 1..)?)
        }
    };
    let value = |key: &str| {
        let mut pairs = pairs.split(|&byte| byte == 0).filter_map(|p| std::str::from_utf8(p).ok());
        pairs.find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
    };
    let port = value("DEVPATH")?.rsplit('/').find_map(|name| name.parse().ok())?;
    Some(Uevent {
        sender,
        action: value("ACTION")?.to_owned(),
        subsystem: value("SUBSYSTEM")?.to_owned(),
        is_usb_device: value("DEVTYPE") == Some("usb_device"),
        port,
        address: value("DEVNUM").and_then(|number| number.parse().ok()),
        ids: value("PRODUCT").and_then(ids),
    })
}

/// The pairs behind udev's head: magic number, head's size, offset and length of the pairs,
/// each in four bytes of the machine's order but the magic, which is in the network's.
fn udev_pairs<'a>(message: &'a [u8], rest: &[u8]) -> Option<&'a [u8]> {
    let word = |at: usize| <[u8; 4]>::try_from(rest.get(at..at + 4)?).ok();
    (u32::from_be_bytes(word(0)?) == 0xfeed_cafe).then_some(())?;
    let offset = usize::try_from(u32::from_ne_bytes(word(8)?)).ok()?;
    let length = usize::try_from(u32::from_ne_bytes(word(12)?)).ok()?;
    message.get(offset..offset.checked_add(length)?)
}

/// `951/1576/110`: vendor, product, release, in hexadecimal without leading zeros.
fn ids(text: &str) -> Option<(Vid, Pid, BcdDevice)> {
    let mut parts = text.split('/').map(|part| u16::from_str_radix(part, 16).ok());
    let (vid, pid, bcd) = (parts.next()??, parts.next()??, parts.next()??);
    Some((Vid(vid), Pid(pid), BcdDevice(bcd)))
}

impl Uevent {
    /// The device as far as the message itself tells it, for one that is gone already.
    pub fn device(&self) -> Option<UsbDevice> {
        let (vid, pid, bcd) = self.ids?;
        let usb = Usb { vid: Some(vid), pid: Some(pid), bcd_device: Some(bcd), ..Usb::default() };
        let port = self.port.clone();
        Some(UsbDevice { port, class: None, usb, interfaces: vec![], hid: vec![], luns: vec![] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: &str = "ACTION=add\0DEVPATH=/devices/platform/vhci_hcd.0/usb1/1-1\0SUBSYSTEM=usb\0DEVTYPE=usb_device\0PRODUCT=951/1576/110\0BUSNUM=001\0DEVNUM=005\0SEQNUM=9\0";

    fn of_kernel(pairs: &str) -> Vec<u8> {
        format!("add@/devices/x\0{pairs}").into_bytes()
    }

    fn of_udev(pairs: &str) -> Vec<u8> {
        let mut message = UDEV.to_vec();
        message.extend(0xfeed_cafe_u32.to_be_bytes());
        for word in [40, 40, pairs.len() as u32, 0, 0, 0, 0] {
            message.extend(word.to_ne_bytes());
        }
        message.extend(pairs.bytes());
        message
    }

    #[test]
    fn both_senders_say_the_same() {
        let kernel = parse(&of_kernel(PAIRS)).unwrap();
        let udev = parse(&of_udev(PAIRS)).unwrap();
        assert_eq!((kernel.sender, udev.sender), (Sender::Kernel, Sender::Udev));
        assert_eq!(Uevent { sender: Sender::Udev, ..kernel.clone() }, udev);
        assert_eq!((kernel.port.to_string().as_str(), kernel.address), ("1-1", Some(5)));
        let device = kernel.device().unwrap();
        assert_eq!(device.usb.pid, Some(Pid(0x1576)));
        assert_eq!(device.usb.bcd_device, Some(BcdDevice(0x0110)));
    }

    #[test]
    fn what_lies_below_a_device_is_about_its_port() {
        let pairs = "ACTION=change\0DEVPATH=/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1.4/2-1.4:1.0/host3/target3:0:0/3:0:0:1/block/sdb\0SUBSYSTEM=block\0DEVTYPE=disk\0";
        let event = parse(&of_kernel(pairs)).unwrap();
        assert_eq!(event.port.to_string(), "2-1.4");
        assert!(!event.is_usb_device);
        assert_eq!(event.device(), None);
    }

    #[test]
    fn what_is_not_about_a_port_is_nothing() {
        let other = "ACTION=add\0DEVPATH=/devices/pci0000:00/0000:00:14.0/usb2\0SUBSYSTEM=usb\0";
        for message in [of_kernel(other), vec![], vec![0], of_kernel("ACTION=add\0"), UDEV.to_vec()]
        {
            assert_eq!(parse(&message), None);
        }
        let mut cut = of_udev(PAIRS);
        cut.truncate(60);
        assert_eq!(parse(&cut), None, "the pairs reach beyond the message");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end_without_a_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
            let _ = parse(&[UDEV, &bytes].concat());
        }
    }
}
