//! Versions of the system's packages that a USB drive depends on.

use std::collections::BTreeMap;
use std::io::BufReader;

use serde_json::json;

use super::command::{self, Output};
use super::{Collector, Context, Ending, Source, Stop, System, lines};
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

/// Versions by the names of packages.
type Versions = BTreeMap<String, String>;

impl Source for Packages {
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
}

impl Collector for Packages {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let found = [dpkg as fn(&Root, &Stop) -> Option<Versions>, pacman, apk, rpm]
            .iter()
            .find_map(|read| read(root, &context.stop));
        match found {
            Some(versions) if !versions.is_empty() => {
                Ending::fields("packages.json", json!({ "versions": versions }))
            }
            Some(_) => Ending::Skipped("none of the packages looked for is installed".into()),
            None if context.stop.is_due() => {
                Ending::TimedOut("stopped before the list of packages was read".into())
            }
            None => Ending::Skipped("no list of installed packages was found".into()),
        }
    }
}

fn is_wanted(name: &str) -> bool {
    NAMES.contains(&name)
}

/// How the lines of a list begin that matter. A list has a paragraph a package, and megabytes.
struct Keys {
    name: &'static str,
    version: &'static str,
    /// Of lists that keep packages which were removed.
    status: Option<&'static str>,
}

/// deb822(5).
const DPKG: Keys = Keys { name: "Package: ", version: "Version: ", status: Some("Status: ") };

/// Of Alpine.
const APK: Keys = Keys { name: "P:", version: "V:", status: None };

fn dpkg(root: &Root, stop: &Stop) -> Option<Versions> {
    listed(root, "var/lib/dpkg/status", &DPKG, stop)
}

fn apk(root: &Root, stop: &Stop) -> Option<Versions> {
    listed(root, "lib/apk/db/installed", &APK, stop)
}

/// The wanted packages of a list, line by line: it may be longer than what memory may hold.
fn listed(root: &Root, path: &str, keys: &Keys, stop: &Stop) -> Option<Versions> {
    let file = root.open(path).ok().filter(|file| file.metadata().is_ok_and(|m| m.is_file()))?;
    let mut versions = Versions::new();
    let mut paragraph = Paragraph::default();
    let each = |line: &[u8]| match line.is_empty() {
        true => versions.extend(std::mem::take(&mut paragraph).installed(keys)),
        false => paragraph.line(&String::from_utf8_lossy(line), keys),
    };
    let is_whole = lines::for_each(BufReader::new(file), stop, each).ok()?;
    versions.extend(paragraph.installed(keys));
    is_whole.then_some(versions)
}

/// What a list says of one package.
#[derive(Default)]
struct Paragraph {
    name: Option<String>,
    version: Option<String>,
    status: Option<String>,
}

impl Paragraph {
    fn line(&mut self, line: &str, keys: &Keys) {
        let value = |key: &str| line.strip_prefix(key).map(str::to_owned);
        self.name = self.name.take().or_else(|| value(keys.name));
        self.version = self.version.take().or_else(|| value(keys.version));
        self.status = self.status.take().or_else(|| value(keys.status?));
    }

    /// Name and version, if the package is wanted and there.
    fn installed(self, keys: &Keys) -> Option<(String, String)> {
        let is_there = self.status.is_some_and(|status| status.ends_with(" installed"));
        let name = self.name.filter(|name| is_wanted(name))?;
        (is_there || keys.status.is_none()).then_some((name, self.version?))
    }
}

/// Folders named `name-version-release`.
fn pacman(root: &Root, _stop: &Stop) -> Option<Versions> {
    let folders = root.dir("var/lib/pacman/local").ok()?.names().ok()?;
    let split = |folder: &str| {
        let mut parts = folder.rsplitn(3, '-');
        let (release, version) = (parts.next()?, parts.next()?);
        let name = parts.next().filter(|name| is_wanted(name))?;
        Some((name.to_owned(), format!("{version}-{release}")))
    };
    Some(folders.iter().filter_map(|folder| split(folder)).collect())
}

/// The database has several formats, which only rpm reads; a live machine's only.
fn rpm(root: &Root, stop: &Stop) -> Option<Versions> {
    if !root.is_live() || root.dir("var/lib/rpm").is_err() {
        return None;
    }
    let mut arguments = vec!["-qa", "--qf", "%{NAME} %{VERSION}-%{RELEASE}\\n"];
    arguments.extend(NAMES);
    let Output::Said(text) = command::run("rpm", &arguments, 64 * 1024, stop) else {
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
        versions(dir.path()).unwrap_or_else(|| panic!("nothing was found in {path}"))
    }

    fn versions(tree: &std::path::Path) -> Option<serde_json::Value> {
        let root = Root::at(tree);
        let Ending::Done(files) = Packages.collect(&root, &Context::for_tests(&root)) else {
            return None;
        };
        let super::super::Content::Fields(value) = &files[0].content else { panic!("no fields") };
        Some(value["versions"].clone())
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

    /// Nothing of it is kept in memory but what is wanted.
    #[test]
    fn a_list_longer_than_memory_may_hold_is_read_to_its_end() {
        use std::io::{Seek, SeekFrom, Write};
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("var/lib/dpkg")).unwrap();
        let path = dir.path().join("var/lib/dpkg/status");
        let mut list = std::fs::File::create(path).unwrap();
        let usbguard = b"Package: usbguard\nStatus: install ok installed\nVersion: 1\n\n";
        let udisks2 = b"\n\nVersion: 2\nStatus: install ok installed\nPackage: udisks2";
        list.write_all(usbguard).unwrap();
        list.seek(SeekFrom::Start(100 * 1024 * 1024)).unwrap();
        list.write_all(udisks2).unwrap();
        let wanted = json!({ "udisks2": "2", "usbguard": "1" });
        assert_eq!(versions(dir.path()), Some(wanted));
    }

    #[test]
    fn a_list_that_was_not_read_in_time_is_not_passed_off_as_whole() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("var/lib/dpkg")).unwrap();
        std::fs::write(dir.path().join("var/lib/dpkg/status"), "Package: udev\n").unwrap();
        let root = Root::at(dir.path());
        let stop = Stop::new(std::sync::Arc::default(), std::time::Duration::ZERO);
        let context = Context { stop, ..Context::for_tests(&root) };
        assert!(matches!(Packages.collect(&root, &context), Ending::TimedOut(_)));
    }
}
