//! A USB drive in user space: it attaches itself to the kernel through `vhci_hcd`, answers as
//! the drive that a file describes, and logs every request with what kind of request it is.
//!
//! It exists for what the kernel's own gadgets cannot do: drives that stall, that lie, that
//! never answer, that turn into another one when they are asked too much, and that count what
//! nobody may ever send them.
//!
//! usage: usbsim MACHINE PORT LOG
//!   MACHINE  a file of `machines/`; its name is the machine's
//!   PORT     a port of the virtual controllers, counted from 0 over all of them
//!   LOG      every request is appended: `MACHINE KIND DETAILS`
//!
//! Lines on its standard input: `unlock FILE` puts a medium into the data unit, `lock` takes it
//! out. It ends, and the drive is unplugged, when it is killed.
//!
//! | file | holds |
//! |---|---|
//! | `machine.rs` | reading a description |
//! | `descriptors.rs` | the descriptors of a description |
//! | `control.rs` | requests to endpoint 0 |
//! | `bulk.rs` | Bulk-Only transport |
//! | `scsi.rs` | SCSI commands |
//! | `vhci.rs` | the protocol of the virtual controller |
//! | `log.rs` | kinds of requests, and writing them down |

mod bulk;
mod control;
mod descriptors;
mod log;
mod machine;
mod scsi;
mod vhci;

use std::path::Path;
use std::sync::{Arc, Mutex};

/// What goes wrong in here ends the program with this text.
pub(crate) type Fails<T> = Result<T, String>;

fn main() {
    if let Err(error) = run() {
        eprintln!("usbsim: {error}");
        std::process::exit(1);
    }
}

fn run() -> Fails<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, port, log] = arguments.as_slice() else {
        return Err("usage: usbsim MACHINE PORT LOG".into());
    };
    let port = port.parse().map_err(|_| format!("no port: {port}"))?;
    let machine = machine::read(Path::new(file))?;
    let log = log::Log::open(Path::new(log), &machine.name)?;
    let drive = Arc::new(Mutex::new(vhci::Drive::new(machine, log)));
    let for_input = Arc::clone(&drive);
    std::thread::spawn(move || listen(&for_input));
    loop {
        vhci::attach_and_serve(&drive, port)?;
        // The kernel hung up: the drive was taken out, or has turned into another one.
        let Ok(mut drive) = drive.lock() else { return Ok(()) };
        if !drive.change_personality() {
            return Ok(());
        }
    }
}

/// Carries out what is asked on standard input.
fn listen(drive: &Mutex<vhci::Drive>) {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let Ok(mut drive) = drive.lock() else { return };
        match line.split_once(' ') {
            Some(("unlock", file)) => drive.set_medium(Some(file)),
            None if line == "lock" => drive.set_medium(None),
            _ => eprintln!("usbsim: not understood: {line}"),
        }
    }
}
