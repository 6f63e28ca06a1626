//! The permission doctor: what could not be read for lack of a right, what reading it
//! would add, and the one command that grants it.

use crate::snapshot::Snapshot;

/// Something that a reader was not allowed to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// File or program.
    pub place: String,
    /// What the system answered.
    pub what: String,
}

/// A right that is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// What could not be read.
    pub place: String,
    /// The right that reading it takes.
    pub right: &'static str,
    /// What reading it would add.
    pub adds: &'static str,
    /// The one command that grants it.
    pub grant: &'static str,
}

/// Places by what they begin with, and what they take.
struct Row {
    begins: &'static str,
    right: &'static str,
    adds: &'static str,
    grant: &'static str,
}

const KERNEL_LOG: &str = "connection errors, resets, power and read errors of the drive";

/// Sources: Debian's file rights of `/var/log` (group `adm`); systemd-journald(8) (group
/// `systemd-journal`); kernel.dmesg_restrict in the kernel's admin guide (`CAP_SYSLOG`).
const ROWS: &[Row] = &[
    Row {
        begins: "/dev/kmsg",
        right: "reading the kernel's messages (CAP_SYSLOG, while kernel.dmesg_restrict is 1)",
        adds: KERNEL_LOG,
        grant: "sudo keycase diagnose",
    },
    Row {
        begins: "journalctl",
        right: "reading the system journal (group systemd-journal)",
        adds: KERNEL_LOG,
        grant: "sudo usermod -aG systemd-journal \"$USER\"   # then log in again",
    },
    Row {
        begins: "/var/log/",
        right: "reading system logs (group adm)",
        adds: KERNEL_LOG,
        grant: "sudo usermod -aG adm \"$USER\"   # then log in again",
    },
    Row {
        begins: "/sys/",
        right: "reading sysfs, which a container or sandbox hides here",
        adds: "the drive's ids, strings, link and logical units",
        grant: "sudo keycase diagnose",
    },
    Row {
        begins: "/dev/hidraw",
        right: "reading the list of HID devices",
        adds: "whether the drive offers its management interface",
        grant: "sudo keycase diagnose",
    },
    Row {
        begins: "/run/udev",
        right: "reading udev's database",
        adds: "labels and file systems of the drive's volumes",
        grant: "sudo keycase diagnose",
    },
];

const OTHER: Row = Row {
    begins: "",
    right: "reading this place",
    adds: "what stands in it",
    grant: "sudo keycase diagnose",
};

/// The rights that are missing on a machine, each place once.
pub fn rights(snapshot: &Snapshot, refused: &[Refusal]) -> Vec<Right> {
    let problems = snapshot.problems.iter();
    let unread =
        problems.filter(|problem| is_denied(&problem.what)).map(|problem| problem.place.as_str());
    let missing = snapshot.drives.iter().flat_map(|drive| &drive.missing);
    let unknown = missing.filter(|m| is_denied(&m.because)).map(|missing| missing.fact.as_str());
    // The same messages stand in each of these logs: the first that can be granted is enough.
    let logs = refused.iter().map(|refusal| refusal.place.as_str()).take(1);
    let mut rights: Vec<Right> = unread.chain(unknown).chain(logs).map(right).collect();
    rights.sort();
    rights.dedup();
    rights
}

fn is_denied(what: &str) -> bool {
    let what = what.to_ascii_lowercase();
    ["permission denied", "not permitted", "access is denied"].iter().any(|no| what.contains(no))
}

fn right(place: &str) -> Right {
    let row = ROWS.iter().find(|row| place.starts_with(row.begins)).unwrap_or(&OTHER);
    Right { place: place.to_owned(), right: row.right, adds: row.adds, grant: row.grant }
}
