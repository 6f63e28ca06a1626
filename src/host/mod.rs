//! Reading a machine, once, into values.
//!
//! Belongs here: everything only one operating system has, and everything that touches
//! device data. Reads what the kernel already holds; opens no device node and sends no
//! request to a drive, with one exception that only a person's wish allows (`launcher/`).
//! Does not belong here: what the values mean (`catalog`).
//!
//! | file | reads |
//! |---|---|
//! | `root.rs` | files below a root folder, which symbolic links cannot leave |
//! | `linux.rs` | the USB tree in sysfs |
//! | `lun.rs` | SCSI logical units, their block devices, udev's database |
//! | `mounts.rs` | the mount table |
//! | `facts.rs` | system, kernel, architecture |
//! | `launcher/` | the launcher CD of a drive, only on request |
//! | `child.rs` | what another program says, within time and size |
//! | `patient.rs` | anything, without waiting for ever |
//! | `report_descriptor.rs` | usage pages in a HID report descriptor |
//! | `usb.rs` | libusb's list, where sysfs left something out |
//! | `connected.rs` | which devices are there right now, for watching them come and go |
//! | `hid.rs` | hidapi's list, where sysfs left something out |
//! | `uevent.rs`, `uevents.rs` | what the kernel says when devices come, change and go |
//! | `replay.rs` | snapshots recorded earlier |
//! | `kmsg.rs` | the running kernel's buffer |
//! | `logs.rs` | the journal, the kernel's buffer, log files |

pub mod child;
mod connected;
mod facts;
mod hid;
pub mod kmsg;
pub mod launcher;
mod linux;
pub mod logs;
mod lun;
pub mod mounts;
mod patient;
mod replay;
pub mod report_descriptor;
mod root;
pub mod uevent;
#[cfg(target_os = "linux")]
mod uevents;
mod usb;

pub use connected::{Connected, connected};
pub use facts::os_release;
pub use linux::LinuxHost;
pub use patient::Patient;
pub use replay::{ReplayError, parse_snapshots};
pub use root::{Dir, Root};
#[cfg(target_os = "linux")]
pub use uevents::{Received, Uevents};

use crate::snapshot::Machine;

/// Something that can be read into a [`Machine`].
pub trait Host {
    /// Reads the machine; what cannot be read is a problem in the result, not an error.
    fn read(&self) -> Machine;
}

/// The machine this program runs on.
#[cfg(target_os = "linux")]
pub fn this_machine() -> Box<dyn Host> {
    Box::new(LinuxHost::live())
}
