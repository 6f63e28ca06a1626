//! Versions of the system's packages that a USB drive depends on.

use std::collections::BTreeMap;

use serde_json::json;

use super::command::{self, Output};
use super::{Collector, Context, Ending, System};
use crate::host::Root;

/// Package facts.
pub(super) struct Packages;

/// Packages that find, mount, allow or block a drive, by their names on Debian, Red Hat,
/// Arch and Alpine.
const NAMES: &[&str] = &[
    "autofs",
    "cryptsetup",
    "dosfstools",
    "eudev",
    "exfat-fuse",
    "exfat-utils",
    "exfatprogs",
    "fapolicyd",
    "fwupd",
    "gvfs",
    "keycase",
    "libusb",
    "libusb-1.0-0",
    "libusb1",
    "mdatp",
    "modemmanager",
    "ntfs-3g",
    "systemd",
    "systemd-udev",
    "udev",
    "udisks2",
    "usb-modeswitch",
    "usb_modeswitch",
    "usbguard",
    "usbutils",
    "util-linux",
];

/// A status file of a large installation has ten megabytes.
const LONGEST: usize = 64 * 1024 * 1024;

impl Collector for Packages {
    fn id(&self) -> &'static str {
        "packages"
    }
    fn reads(&self) -> &'static str {
        "versions of the packages that find, mount, allow or block USB drives (dpkg, rpm, \
         pacman, apk)"
    }
    fn wanted_for(&self) -> &'static str {
        "known faults belong to versions of udisks, usbguard and file system drivers"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
    fn collect(&self, context: &Context) -> Ending {
        let Some(root) = &context.root else { return Ending::Skipped("no machine".into()) };
        let found = [dpkg as fn(&Root) -> Option<BTreeMap<String, String>>, pacman, apk]
            .iter()
            .find_map(|read| read(root))
            .or_else(|| rpm(context));
        match found {
            Some(versions) if !versions.is_empty() => {
                Ending::fields("packages.json", json!({ "versions": versions }))
            }
            Some(_) => Ending::Skipped("none of the packages looked for is installed".into()),
            None => Ending::Skipped("no list of installed packages was found".into()),
        }
    }
}

fn is_wanted(name: &str) -> bool {
    NAMES.contains(&name)
}

/// deb822(5) paragraphs with `Package`, `Status`, `Version`.
fn dpkg(root: &Root) -> Option<BTreeMap<String, String>> {
    let text = root.text("var/lib/dpkg/status", LONGEST).ok()?;
    let field = |paragraph: &str, name: &str| {
        let mut lines = paragraph.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
    };
    let installed = text.split("\n\n").filter_map(|paragraph| {
        let name = field(paragraph, "Package").filter(|name| is_wanted(name))?;
        field(paragraph, "Status").filter(|status| status.ends_with(" installed"))?;
        Some((name, field(paragraph, "Version")?))
    });
    Some(installed.collect())
}

/// Folders named `name-version-release`.
fn pacman(root: &Root) -> Option<BTreeMap<String, String>> {
    let folders = root.dir("var/lib/pacman/local").ok()?.names().ok()?;
    let split = |folder: &str| {
        let mut parts = folder.rsplitn(3, '-');
        let (release, version) = (parts.next()?, parts.next()?);
        let name = parts.next().filter(|name| is_wanted(name))?;
        Some((name.to_owned(), format!("{version}-{release}")))
    };
    Some(folders.iter().filter_map(|folder| split(folder)).collect())
}

/// Paragraphs with `P:` and `V:` lines.
fn apk(root: &Root) -> Option<BTreeMap<String, String>> {
    let text = root.text("lib/apk/db/installed", LONGEST).ok()?;
    let installed = text.split("\n\n").filter_map(|paragraph| {
        let line = |key: &str| paragraph.lines().find_map(|line| line.strip_prefix(key));
        let name = line("P:").filter(|name| is_wanted(name))?;
        Some((name.to_owned(), line("V:")?.to_owned()))
    });
    Some(installed.collect())
}

/// The database has several formats, which only rpm reads; a live machine's only.
fn rpm(context: &Context) -> Option<BTreeMap<String, String>> {
    context.root.as_ref().filter(|root| root.is_live() && root.dir("var/lib/rpm").is_ok())?;
    let mut arguments = vec!["-qa", "--qf", "%{NAME} %{VERSION}-%{RELEASE}\\n"];
    arguments.extend(NAMES);
    let Output::Said(text) = command::run("rpm", &arguments, 64 * 1024, &context.stop) else {
        return None;
    };
    let text = String::from_utf8_lossy(&text);
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    Some(pairs.filter(|(name, _)| is_wanted(name)).map(|(n, v)| (n.into(), v.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> serde_json::Value {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        let Ending::Done(files) = Packages.collect(&Context::for_tests(&Root::at(dir.path())))
        else {
            panic!("nothing was found in {path}")
        };
        let super::super::Content::Fields(value) = &files[0].content else { panic!("no fields") };
        value["versions"].clone()
    }

    #[test]
    fn every_kind_of_list_is_read() {
        let dpkg = "Package: udisks2\nStatus: install ok installed\nVersion: 2.9.4-4\n\n\
                    Package: usbguard\nStatus: deinstall ok config-files\nVersion: 1.1\n\n\
                    Package: secret-project\nStatus: install ok installed\nVersion: 1\n";
        assert_eq!(found("var/lib/dpkg/status", dpkg), json!({ "udisks2": "2.9.4-4" }));
        let apk = "C:Q1\nP:eudev\nV:3.2.14-r5\n\nP:other\nV:1\n";
        assert_eq!(found("lib/apk/db/installed", apk), json!({ "eudev": "3.2.14-r5" }));
        let pacman = found("var/lib/pacman/local/util-linux-2.40.2-1/desc", "");
        assert_eq!(pacman, json!({ "util-linux": "2.40.2-1" }));
    }
}
