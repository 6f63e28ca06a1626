//! Which kernel messages are about USB storage.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use crate::collect::Target;

/// Words by which drivers and file systems begin their messages, and the block layer's.
/// Source: the `pr_fmt` and `dev_printk` prefixes of drivers/usb, drivers/scsi,
/// drivers/hid, block/ and fs/ of Linux 6.1.
const WORDS: &[&str] = &[
    "usb ",
    "usb-storage",
    "usb_storage",
    "usbcore",
    "usbhid",
    "usb:",
    "uas ",
    "uas:",
    "uas_eh",
    "xhci",
    "ehci",
    "ohci",
    "uhci",
    "dwc3",
    "typec",
    "ucsi",
    "thunderbolt",
    "hub ",
    "hid-generic",
    "scsi",
    "sd [",
    "sr [",
    "] sd ",
    "] sr ",
    ": sd ",
    ": sr ",
    "sg ",
    "cdrom",
    "cd-rom",
    "i/o error",
    "over-current",
    "device descriptor",
    "medium",
    "write protect",
    "fat-fs",
    "vfat",
    "exfat",
    "ntfs",
    "isofs",
    "iso 9660",
    "udf-fs",
    "udf:",
    "usbguard",
    "not authorized",
    "blk_update",
];

/// Words of messages that carry addresses of other machines; never about a drive.
const NEVER: &[&str] = &["src=", "mac=", "audit:", "apparmor=", "usb-ethernet", "cdc_", "rndis"];

/// Decides line by line.
pub(super) struct Filter {
    wanted: Option<AhoCorasick>,
    never: Option<AhoCorasick>,
}

impl Filter {
    pub(super) fn new(target: &Target) -> Self {
        let nodes = target.disks.iter().flat_map(|disk| [format!("[{disk}]"), format!(" {disk}")]);
        let ports = target.ports.iter().map(|port| format!(" {port}:"));
        let words = WORDS.iter().map(|word| (*word).to_owned());
        Self { wanted: search(words.chain(nodes).chain(ports)), never: search(NEVER) }
    }

    /// Without a searcher nothing is wanted: better too little than too much.
    pub(super) fn wants(&self, line: &[u8]) -> bool {
        self.wanted.as_ref().is_some_and(|words| words.is_match(line))
            && self.never.as_ref().is_some_and(|words| !words.is_match(line))
            && is_kernel(line)
    }
}

fn search(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Option<AhoCorasick> {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(words).ok()
}

/// A line of a mixed log such as `syslog` names its program; other programs' lines are left
/// out. A line of the kernel's own log starts with a bracket.
fn is_kernel(line: &[u8]) -> bool {
    line.first() == Some(&b'[') || find(line, b"kernel:") || find(line, b"kernel[")
}

fn find(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> Filter {
        let (ports, disks) = (["2-1".into()].into(), ["sdx".into()].into());
        let target = Target { ports, disks, ..Target::default() };
        Filter::new(&target)
    }

    #[test]
    fn what_drivers_say_about_drives_is_wanted() {
        for line in [
            "[ 1.0] usb 2-1: new SuperSpeed USB device number 4 using xhci_hcd",
            "2026-11-22T10:00:00+00:00 pc kernel: [ 5.1] sd 6:0:0:0: [sdb] Write Protect is on",
            "Nov 22 10:00:00 pc kernel: usb 1-2: device descriptor read/64, error -71",
            "Nov 22 10:00:00 pc kernel: FAT-fs (sdb1): Volume was not properly unmounted.",
            "Nov 22 10:00:00 pc kernel: scsi host6: uas_eh_abort_handler 0 uas-tag 1 inflight",
            "[ 9.9] Buffer I/O error on dev sr0, logical block 0, async page read",
            "[ 9.9] something new about sdx",
        ] {
            assert!(filter().wants(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn what_others_say_is_not() {
        for line in [
            "Nov 22 10:00:00 pc kernel: [UFW BLOCK] IN=eth0 MAC=aa:bb SRC=192.0.2.1 usb ",
            "Nov 22 10:00:00 pc sshd[1]: Accepted password for alice from 192.0.2.1 usb 1-1",
            "[ 1.0] audit: type=1400 apparmor=\"DENIED\" name=\"/home/alice/usb x\"",
            "[ 1.0] wlan0: associated",
            "",
        ] {
            assert!(!filter().wants(line.as_bytes()), "{line}");
        }
    }
}
