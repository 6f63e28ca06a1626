//! An emulated USB bus for one child process, with a log of everything that reaches a drive.
//!
//! A folder holds `sys`, `dev` and `proc`; `libumockdev-preload.so.0` shows them to the
//! child as its own, so that libusb and hidapi really run in it. Opening a node of the
//! folder connects to a socket here; see `server.rs`.
//!
//! | file | holds |
//! |---|---|
//! | `drive.rs` | what a drive is made of, and its descriptors |
//! | `tree.rs` | the devices the kernel would make of it |
//! | `server.rs` | the protocol of the preloaded library, and the log |
//! | `usbfs.rs` | answers to libusb on `/dev/bus/usb` |

mod drive;
mod server;
mod tree;
mod usbfs;

pub use drive::{Drive, Kind, Strings, Unit};
pub use server::Wire;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::record::{Device, link, write};
use server::{Answer, Node, Server};

const PRELOAD: &str = "libumockdev-preload.so.0";
const INSTALL: &str = "these tests need the Debian package `umockdev`: apt-get install umockdev";

/// The bus; gone when dropped.
pub struct MockBus {
    folder: TempDir,
    server: Server,
    plugged: tree::Counters,
}

/// A drive on the bus.
#[derive(Clone, Debug)]
pub struct Plugged {
    /// Port path, e.g. `1-2`.
    pub port: String,
    devices: Vec<Device>,
}

impl MockBus {
    /// A bus with its root hub and nothing on it.
    pub fn empty() -> Self {
        require(Path::new("/usr/bin/true"), |c| c.env("LD_PRELOAD", PRELOAD));
        let folder = TempDir::new().expect("a folder for the bus");
        for list in ["sys/bus/usb/devices", "sys/class/hidraw", "dev/.node", "dev/bus/usb"] {
            fs::create_dir_all(folder.path().join(list)).expect("a folder of the bus");
        }
        let mut bus = Self { folder, server: Server::default(), plugged: tree::Counters::new() };
        for device in tree::root_hub() {
            bus.plant(&device, None);
        }
        bus.mountinfo("");
        bus
    }

    /// Plugs a drive into the next free port.
    pub fn plug(&mut self, drive: &Drive) -> Plugged {
        let (port, devices) = tree::devices(drive, &mut self.plugged);
        for device in &devices {
            self.plant(device, Some(drive));
        }
        Plugged { port, devices }
    }

    /// Unplugs it: its folders go, the links to them go with them.
    pub fn unplug(&self, plugged: &Plugged) {
        for device in plugged.devices.iter().rev() {
            fs::remove_dir_all(device.folder(self.path())).expect("the device goes away");
        }
        let lists = ["sys/bus/usb/devices", "sys/block", "sys/class/block", "sys/class/hidraw"];
        for entry in lists.iter().filter_map(|l| fs::read_dir(self.path().join(l)).ok()).flatten() {
            let path = entry.expect("an entry").path();
            if !path.exists() {
                fs::remove_file(path).expect("a link to nowhere goes away");
            }
        }
    }

    /// Tells every listener what happened to the drive's device of this name (the port itself,
    /// an interface, a block device), in udev's format, which is what the library relays.
    pub fn tell(&self, plugged: &Plugged, name: &str, action: &str) {
        let device = plugged.devices.iter().find(|device| device.name() == name);
        let device = device.unwrap_or_else(|| panic!("no device {name}"));
        let message = udev_message(device, action);
        for entry in fs::read_dir(self.path()).expect("the bus") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with("event") {
                let socket = UnixDatagram::unbound().expect("a socket");
                // A listener that has just gone leaves its socket behind.
                let _ = socket.send_to(&message, &path);
            }
        }
    }

    /// Writes an attribute of the drive's device of this name.
    pub fn set(&self, plugged: &Plugged, name: &str, attribute: &str, value: &str) {
        let device = plugged.devices.iter().find(|device| device.name() == name);
        let folder = device.unwrap_or_else(|| panic!("no device {name}")).folder(self.path());
        write(&folder.join(attribute), value.as_bytes());
    }

    /// Takes an attribute of the drive's USB device away from sysfs.
    pub fn forget(&self, plugged: &Plugged, attribute: &str) {
        let file = plugged.devices[0].folder(self.path()).join(attribute);
        fs::remove_file(file).expect("an attribute to forget");
    }

    /// Lets an attribute of the drive, or of what is below it, keep whoever reads it waiting.
    /// keycase itself reads files without waiting; libusb and hidapi do wait.
    pub fn wedge(&self, plugged: &Plugged, attribute: &str) {
        let folders = plugged.devices.iter().map(|device| device.folder(self.path()));
        let mut files = folders.map(|folder| folder.join(attribute));
        let file = files.find(|file| file.exists()).expect("an attribute to wedge");
        fs::remove_file(&file).expect("an attribute to wedge");
        rustix::fs::mkfifoat(rustix::fs::CWD, &file, rustix::fs::Mode::RWXU).expect("a pipe");
        // Held open, so that reading waits and not opening: umockdev lets nobody else near a
        // file while one is opened.
        let both = fs::OpenOptions::new().read(true).write(true).open(&file);
        std::mem::forget(both.expect("the pipe"));
    }

    /// What the child reads as `/proc/self/mountinfo`.
    pub fn mountinfo(&self, text: &str) {
        write(&self.path().join("proc/self/mountinfo"), text.as_bytes());
    }

    /// The folder behind the bus.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Lets a command see this bus instead of the machine's.
    pub fn show<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("UMOCKDEV_DIR", self.path()).env("LD_PRELOAD", PRELOAD)
    }

    /// Runs a command on this bus to its end.
    pub fn run(&self, command: &mut Command) -> Output {
        self.show(command).output().expect("the program starts")
    }

    /// Everything that reached a drive so far, in order.
    pub fn wire(&self) -> Vec<Wire> {
        self.server.log()
    }

    fn plant(&mut self, device: &Device, drive: Option<&Drive>) {
        device.plant(self.path());
        let Some((name, _)) = &device.node else { return };
        let number = device.attributes.iter().find(|(key, _)| key == "dev").expect("a number");
        let number = String::from_utf8_lossy(&number.1).trim().to_owned();
        let note = self.path().join("dev/.node").join(name.replace('/', "_"));
        link(&note, Path::new(&number));
        if device.property("SUBSYSTEM") == Some("block") {
            // The preloaded library takes the sticky bit as the mark of a block device.
            let node = self.path().join("dev").join(name);
            fs::set_permissions(node, Permissions::from_mode(0o1644)).expect("a mode");
        }
        let usb = drive.filter(|_| name.starts_with("bus/usb/"));
        let answer: Box<dyn Answer> = match usb {
            Some(drive) => Box::new(usbfs::Usbfs::new(drive.clone())),
            None => Box::new(server::Refuse),
        };
        self.server.serve(Node { name: format!("/dev/{name}"), answer }, self.folder.path());
    }
}

/// A message as udev sends it: a head that says where the pairs are, then the pairs.
fn udev_message(device: &Device, action: &str) -> Vec<u8> {
    let mut pairs = format!("ACTION={action}\0DEVPATH={}\0", device.path);
    for (key, value) in &device.properties {
        pairs.push_str(&format!("{key}={value}\0"));
    }
    let mut message = b"libudev\0".to_vec();
    message.extend(0xfeed_cafe_u32.to_be_bytes());
    let length = u32::try_from(pairs.len()).expect("a short message");
    for word in [40, 40, length, 0, 0, 0, 0] {
        message.extend(word.to_ne_bytes());
    }
    message.extend(pairs.bytes());
    message
}

/// `umockdev-run` with a recorded bus around a command and its environment.
pub fn umockdev_run(bus: &Path, inner: &Command) -> Command {
    require(Path::new("/usr/bin/umockdev-run"), |c| c.arg("--version"));
    let mut run = Command::new("/usr/bin/umockdev-run");
    run.env_clear().envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
    run.arg("--device").arg(bus).arg("--").arg(inner.get_program()).args(inner.get_args());
    run
}

/// Fails with the name of the package when a part of it does not start.
fn require(program: &Path, with: impl FnOnce(&mut Command) -> &mut Command) {
    let output = with(&mut Command::new(program)).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}\n{INSTALL}", program.display()));
    // The loader starts the program without a library it does not find, and says so.
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("cannot be preloaded"), "{said}{INSTALL}");
}
