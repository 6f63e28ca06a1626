//! The recorded machines of `tests/machines`, and their unpacking into a root folder.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::record::{self, Device};

/// A recorded machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its folder's name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// A machine unpacked for `--sysroot`; gone when dropped.
#[derive(Debug)]
pub struct Sysroot {
    folder: TempDir,
    /// The devices it was made of.
    pub devices: Vec<Device>,
}

impl Machine {
    /// The machine of this name.
    pub fn named(name: &str) -> Self {
        let folder = machines().join(name);
        assert!(folder.is_dir(), "no machine {name} in {}", machines().display());
        Self { name: name.to_owned(), folder }
    }

    /// All machines by name.
    pub fn all() -> Vec<Self> {
        let entries = fs::read_dir(machines()).expect("the folder of machines");
        let folders = entries.map(|e| e.expect("an entry").path()).filter(|path| path.is_dir());
        let mut names: Vec<String> =
            folders.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect();
        names.sort();
        assert!(!names.is_empty(), "no machine in {}", machines().display());
        names.iter().map(|name| Self::named(name)).collect()
    }

    /// The recording of its bus.
    pub fn bus(&self) -> PathBuf {
        self.folder.join("bus.umockdev")
    }

    /// Its snapshot, as committed.
    pub fn snapshot(&self) -> PathBuf {
        self.folder.join("snapshot.json")
    }

    /// Its files that are no devices.
    pub fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    /// Unpacks it into a folder of its own.
    pub fn unpack(&self) -> Sysroot {
        let folder = TempDir::new().expect("a folder to unpack to");
        copy(&self.root(), folder.path());
        let text = fs::read_to_string(self.bus()).expect("a recorded bus");
        let devices = record::parse(&text);
        for device in &devices {
            device.plant(folder.path());
        }
        Sysroot { folder, devices }
    }
}

impl Sysroot {
    /// The folder that stands for `/`.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The device whose path ends in this name.
    pub fn device(&self, name: &str) -> &Device {
        let found = self.devices.iter().find(|device| device.name() == name);
        found.unwrap_or_else(|| panic!("no device {name}"))
    }
}

fn machines() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machines")
}

/// Copies a folder that holds files and folders only.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a recorded root") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file");
        }
    }
}
