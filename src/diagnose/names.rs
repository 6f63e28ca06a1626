//! The facts that evidence may read: name, type, and where each is read.

use crate::condition::{FactType, KnownNames, drive_names};

use super::Signals;

/// Facts about a machine beside its drives: name, type, where a technician finds it.
///
/// No reader states the `windows.` and `macos.` ones for the running machine yet: until
/// then they are unknown, or come by `--fact`, and a problem that needs one says so.
pub const MACHINE_FACTS: &[(&str, FactType, &str)] = &[
    ("host.os", FactType::Text, "the operating system"),
    ("host.os_version", FactType::Text, "the operating system"),
    ("host.kernel", FactType::Text, "the operating system"),
    ("host.arch", FactType::Text, "the operating system"),
    ("host.usb_bus", FactType::Bool, "/sys/bus/usb"),
    ("host.drives", FactType::Int, "the list of drives"),
    ("host.other_storage", FactType::Int, "the list of other USB devices"),
    ("host.vendor_storage", FactType::Int, "the list of drives"),
    ("windows.pnp_problem", FactType::Int, "Device Manager, the device's status, its code"),
    ("windows.driver", FactType::Text, "Device Manager, the USB device's service"),
    ("windows.class_filters", FactType::Bool, "UpperFilters and LowerFilters of the device class"),
    (
        "windows.usbstor_disabled",
        FactType::Bool,
        r"HKLM\SYSTEM\CurrentControlSet\Services\USBSTOR, Start",
    ),
    (
        "windows.cdrom_disabled",
        FactType::Bool,
        r"HKLM\SYSTEM\CurrentControlSet\Services\cdrom, Start",
    ),
    ("windows.cd_letter", FactType::Bool, "Disk Management, the CD volume's drive letter"),
    (
        "windows.no_automount",
        FactType::Bool,
        r"HKLM\SYSTEM\CurrentControlSet\Services\mountmgr, NoAutoMount",
    ),
    ("windows.autoplay_off", FactType::Bool, "Explorer policies, NoDriveTypeAutoRun"),
    (
        "windows.deny_all",
        FactType::Bool,
        r"Software\Policies\Microsoft\Windows\RemovableStorageDevices, Deny_All",
    ),
    (
        "windows.deny_cd",
        FactType::Bool,
        r"RemovableStorageDevices\{53f56308-b6bf-11d0-94f2-00a0c91efb8b}, Deny_*",
    ),
    (
        "windows.deny_disk_read",
        FactType::Bool,
        r"RemovableStorageDevices\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}, Deny_Read",
    ),
    (
        "windows.deny_disk_write",
        FactType::Bool,
        r"RemovableStorageDevices\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}, Deny_Write",
    ),
    (
        "windows.write_protect",
        FactType::Bool,
        r"HKLM\SYSTEM\CurrentControlSet\Control\StorageDevicePolicies, WriteProtect",
    ),
    (
        "windows.bitlocker_deny_write",
        FactType::Bool,
        r"HKLM\SYSTEM\CurrentControlSet\Policies\Microsoft\FVE, RDVDenyWriteAccess",
    ),
    ("windows.letter_hidden", FactType::Bool, "Explorer policies, NoDrives and NoViewOnDrive"),
    ("windows.letter_conflict", FactType::Bool, r"HKLM\SYSTEM\MountedDevices beside HKCU\Network"),
    ("windows.free_letters", FactType::Int, "drive letters after the last local disk"),
    ("windows.symantec", FactType::Bool, "installed programs, Symantec Endpoint Protection"),
    ("windows.device_control", FactType::Bool, "installed programs, device control and DLP agents"),
    ("windows.portblocker", FactType::Bool, "installed programs, DataLocker PortBlocker"),
    ("windows.asr_usb", FactType::Bool, "Defender rule b2b3f03d-6a65-4f7b-a9c7-1c7ef74a9ba4 is 1"),
    (
        "macos.accessory_blocked",
        FactType::Bool,
        "System Settings, Privacy & Security, Allow accessories",
    ),
    ("macos.media_profile", FactType::Bool, "a profile with a com.apple.systemuiserver payload"),
    ("macos.unlocker_64bit", FactType::Bool, "the architectures of the unlocker's executable"),
    ("macos.version_10_15", FactType::Bool, "the macOS version is 10.15 or newer"),
];

/// Facts about one drive that conditions of every pack do not have.
const DRIVE_FACTS: &[(&str, FactType)] = &[
    ("drive.port", FactType::Text),
    ("drive.product", FactType::Text),
    ("drive.speed_mbps", FactType::Float),
    ("drive.usb_version", FactType::Text),
    ("drive.max_power_ma", FactType::Int),
    ("drive.authorized", FactType::Bool),
    ("drive.hubs", FactType::Int),
    ("drive.hubs_between", FactType::Text),
    ("drive.keypad", FactType::Bool),
    ("drive.storage", FactType::Bool),
    ("drive.driver_bound", FactType::Bool),
    ("drive.driver", FactType::Text),
    ("drive.launcher", FactType::Bool),
    ("drive.launcher_mounted", FactType::Bool),
    ("drive.data_unit", FactType::Bool),
    ("drive.data_bytes", FactType::Int),
    ("drive.data_size", FactType::Text),
    ("drive.data_read_only", FactType::Bool),
    ("drive.data_filesystem", FactType::Text),
    ("drive.data_mounted", FactType::Bool),
    ("drive.attempts", FactType::Int),
    ("drive.attempts_reserved", FactType::Int),
    ("drive.linux_named", FactType::Bool),
    ("drive.security_notes", FactType::Int),
];

/// Facts about a port that a log names.
const PORT_FACTS: &[(&str, FactType)] =
    &[("port.path", FactType::Text), ("port.holds", FactType::Text)];

/// All names, with one for each signal.
pub(super) fn known(signals: &Signals) -> KnownNames {
    let mut names = drive_names();
    for (name, kind, _) in MACHINE_FACTS {
        names.add(*name, *kind);
    }
    for (name, kind) in DRIVE_FACTS.iter().chain(PORT_FACTS) {
        names.add(*name, *kind);
    }
    for signal in signals.iter() {
        names.add(format!("signal.{}", signal.id), FactType::Int);
    }
    names
}
