//! What may keep a drive from being used: USBGuard, kernel authorization, module blacklists,
//! local udev rules, write-protection and execution policies.

pub(super) mod usbguard;

use std::fmt::Write as _;

use super::command::{self, Output};
use super::{Collector, Context, Ending, Source, System};
use crate::host::Root;
use crate::text::count;

/// USB policy of the machine.
pub(super) struct DeviceControl;

const LONGEST: usize = 1024 * 1024;

/// Folders of configuration whose lines can hide a drive, and the words of such lines.
/// Sources: modprobe.d(5), udev(7), fapolicyd.conf(5).
const FOLDERS: &[(&str, &[&str])] = &[
    ("etc/modprobe.d", &["usb-storage", "usb_storage", "uas", "sr_mod", "cdrom", "usbhid"]),
    ("run/modprobe.d", &["usb-storage", "usb_storage", "uas", "sr_mod", "cdrom", "usbhid"]),
    ("etc/udev/rules.d", &["authorized", "UDISKS_IGNORE", "UDISKS_AUTO", "usb-storage"]),
    ("run/udev/rules.d", &["authorized", "UDISKS_IGNORE", "UDISKS_AUTO", "usb-storage"]),
];

/// Single settings, by what they decide.
const SETTINGS: &[(&str, &str)] = &[
    ("new devices are authorized (usbcore)", "sys/module/usbcore/parameters/authorized_default"),
    ("SELinux enforces", "sys/fs/selinux/enforce"),
    ("AppArmor is on", "sys/module/apparmor/parameters/enabled"),
    ("kernel lockdown", "sys/kernel/security/lockdown"),
];

/// Configuration files of policy services, with the keys that matter.
const FILES: &[(&str, &[&str])] = &[
    (
        "etc/usbguard/usbguard-daemon.conf",
        &[
            "ImplicitPolicyTarget",
            "PresentDevicePolicy",
            "PresentControllerPolicy",
            "InsertedDevicePolicy",
            "AuthorizedDefault",
            "RestoreControllerDeviceState",
        ],
    ),
    ("etc/fapolicyd/fapolicyd.conf", &["permissive", "integrity", "trust"]),
    ("etc/udisks2/udisks2.conf", &["encryption", "modules"]),
];

impl Source for DeviceControl {
    fn id(&self) -> &'static str {
        "device-control"
    }
    fn reads(&self) -> &'static str {
        "USBGuard's settings and rules, kernel authorization, module blacklists, local udev \
         rules and execution policies, as far as they concern USB storage"
    }
    fn wanted_for(&self) -> &'static str {
        "a policy of the organisation explains a drive that is seen and cannot be used"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
}

impl Collector for DeviceControl {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let mut text = String::new();
        settings(root, &mut text);
        controllers(root, &mut text);
        drives(root, context, &mut text);
        for (path, keys) in FILES {
            lines(root, path, &mut text, &|line| keys.iter().any(|key| is_setting(line, key)));
        }
        for (folder, words) in FOLDERS {
            folder_lines(root, folder, words, context, &mut text);
        }
        rules(root, context, &mut text);
        live(root, context, &mut text);
        match (text.is_empty(), context.stop.is_due()) {
            (true, true) => Ending::TimedOut("stopped before anything was read".into()),
            (true, false) => Ending::Skipped("no policy about USB devices was found".into()),
            (false, _) => Ending::text("device-control.txt", text),
        }
    }
}

fn settings(root: &Root, text: &mut String) {
    for (what, path) in SETTINGS {
        if let Ok(value) = root.text(path, 4096) {
            let _ = writeln!(text, "{what}: {}", value.trim());
        }
    }
}

/// What each controller does with a device that is plugged in.
fn controllers(root: &Root, text: &mut String) {
    let Ok(devices) = root.dir("sys/bus/usb/devices") else { return };
    for name in devices.names().unwrap_or_default().iter().filter(|name| name.starts_with("usb")) {
        let Ok(hub) = devices.dir(name) else { continue };
        for attribute in ["authorized_default", "interface_authorized_default"] {
            if let Ok(value) = hub.attribute(attribute) {
                let _ = writeln!(text, "{name} {attribute}: {}", value.trim());
            }
        }
    }
}

fn drives(root: &Root, context: &Context, text: &mut String) {
    for port in &context.target.ports {
        if let Ok(value) = root.text(&format!("sys/bus/usb/devices/{port}/authorized"), 64) {
            let _ = writeln!(text, "drive on {port} authorized: {}", value.trim());
        }
    }
    for disk in &context.target.disks {
        if let Ok(value) = root.text(&format!("sys/block/{disk}/ro"), 64) {
            let _ = writeln!(text, "{disk} read-only: {}", value.trim());
        }
    }
}

/// `Key=value` and `key = value`, not commented out.
fn is_setting(line: &str, key: &str) -> bool {
    line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// The lines of one file that `wanted` takes.
fn lines(root: &Root, path: &str, text: &mut String, wanted: &dyn Fn(&str) -> bool) {
    let content = content(root, path, text);
    let found = content.lines().map(str::trim);
    for line in found.filter(|line| !line.starts_with('#') && wanted(line)) {
        let _ = writeln!(text, "/{path}: {line}");
    }
}

/// What a file holds; a right that is missing is told, and a file that is missing is not.
fn content(root: &Root, path: &str, text: &mut String) -> String {
    root.text(path, LONGEST).unwrap_or_else(|error| {
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            let _ = writeln!(text, "/{path}: may not be read; run with sudo to include it");
        }
        String::new()
    })
}

fn folder_lines(root: &Root, folder: &str, words: &[&str], context: &Context, text: &mut String) {
    let names = root.dir(folder).and_then(|dir| dir.names()).unwrap_or_default();
    let own: Vec<&str> = context.target.ids.iter().flat_map(|id| id.split(':')).collect();
    for name in names.iter().filter(|name| name.ends_with(".conf") || name.ends_with(".rules")) {
        if context.stop.is_due() {
            return;
        }
        lines(root, &format!("{folder}/{name}"), text, &|line| {
            let names_drive = line.contains("idVendor") && own.iter().any(|id| line.contains(id));
            // A line about one device of somebody else is left out, whatever it does.
            let is_foreign = line.contains("idVendor") && !names_drive;
            !is_foreign && (names_drive || words.iter().any(|word| line.contains(word)))
        });
    }
}

/// USBGuard's rules: those for everything and those for the drives; the others are counted.
fn rules(root: &Root, context: &Context, text: &mut String) {
    let mut paths = vec!["etc/usbguard/rules.conf".to_owned()];
    let folder = "etc/usbguard/rules.d";
    let names = root.dir(folder).and_then(|dir| dir.names()).unwrap_or_default();
    paths.extend(names.into_iter().map(|name| format!("{folder}/{name}")));
    for path in paths {
        let mut others = 0_u32;
        for line in content(root, &path, text).lines().map(str::trim) {
            match usbguard::rule(line, &context.target) {
                usbguard::Rule::Shown(rule) => {
                    let _ = writeln!(text, "/{path}: {rule}");
                }
                usbguard::Rule::OtherDevice => others += 1,
                usbguard::Rule::None => {}
            }
        }
        if others > 0 {
            let _ = writeln!(text, "/{path}: {} for other devices", count(others, "rule"));
        }
    }
}

/// What a running USBGuard says about the drives.
fn live(root: &Root, context: &Context, text: &mut String) {
    if !root.is_live() || root.dir("etc/usbguard").is_err() {
        return;
    }
    match command::run("usbguard", &["list-devices"], LONGEST, &context.stop) {
        Output::Said(said) => {
            for line in String::from_utf8_lossy(&said).lines() {
                // `12: block id 0951:1576 serial "…" name "…" …`
                let rule = line.split_once(": ").map_or(line, |(_, rule)| rule);
                if let usbguard::Rule::Shown(rule) = usbguard::rule(rule, &context.target) {
                    let _ = writeln!(text, "usbguard list-devices: {rule}");
                }
            }
        }
        Output::Failed(why) => {
            let _ = writeln!(text, "usbguard list-devices: {why}");
        }
        Output::TimedOut => text.push_str("usbguard list-devices: no answer in time\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::{Content, Target};

    #[test]
    fn rules_about_the_drive_are_shown_without_serial_and_others_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let file = dir.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        put(
            "etc/usbguard/rules.conf",
            "allow id 0951:1576 serial \"AA1\" name \"IK\" hash \"abc=\" via-port \"1-1\"\n\
             allow id 046d:c31c serial \"FOREIGN77\" hash \"x\"\n# comment\n\
             reject with-interface equals { 08:*:* }\n",
        );
        put(
            "etc/usbguard/usbguard-daemon.conf",
            "ImplicitPolicyTarget=block\nIPCAllowedUsers=eva\n",
        );
        put(
            "etc/modprobe.d/no-usb.conf",
            "# usb-storage\ninstall usb-storage /bin/false\noptions x\n",
        );
        put(
            "etc/udev/rules.d/9.rules",
            "ATTR{idVendor}==\"0951\", ATTR{authorized}=\"0\"\nATTR{idVendor}==\"046d\", ATTR{authorized}=\"0\"\n",
        );
        let root = Root::at(dir.path());
        let context = Context {
            target: Target { ids: ["0951:1576".into()].into(), ..Target::default() },
            ..Context::for_tests(&root)
        };
        let Ending::Done(files) = DeviceControl.collect(&root, &context) else {
            panic!("nothing found")
        };
        let Content::Text(text) = &files[0].content else { panic!("no text") };
        let text = String::from_utf8(text.clone()).unwrap();
        let expected = [
            "/etc/usbguard/usbguard-daemon.conf: ImplicitPolicyTarget=block",
            "/etc/modprobe.d/no-usb.conf: install usb-storage /bin/false",
            "/etc/udev/rules.d/9.rules: ATTR{idVendor}==\"0951\", ATTR{authorized}=\"0\"",
            "/etc/usbguard/rules.conf: allow id 0951:1576 via-port \"1-1\"",
            "/etc/usbguard/rules.conf: reject with-interface equals { 08:*:* }",
            "/etc/usbguard/rules.conf: 1 rule for other devices",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }
}
