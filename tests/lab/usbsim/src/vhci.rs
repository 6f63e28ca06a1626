//! The kernel's side: `vhci_hcd` speaks the USB/IP protocol over a socket that it is handed
//! (Documentation/usb/usbip_protocol.rst). The socket is one of a pair: no network is used.

use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;

use crate::bulk::Bulk;
use crate::log::Log;
use crate::machine::Machine;
use crate::scsi::Unit;
use crate::Fails;

const ATTACH: &str = "/sys/devices/platform/vhci_hcd.0/attach";

const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
const SUBMITTED: u32 = 3;
const UNLINKED: u32 = 4;
const EPIPE: i32 = -32;
const ECONNRESET: i32 = -104;

/// A drive at work.
pub(crate) struct Drive {
    pub(crate) machine: Machine,
    pub(crate) log: Log,
    pub(crate) units: Vec<Unit>,
    pub(crate) bulk: Bulk,
    /// Whether it is about to turn into another drive.
    pub(crate) switching: bool,
}

impl Drive {
    pub(crate) fn new(mut machine: Machine, log: Log) -> Self {
        let units: Vec<Unit> = std::mem::take(&mut machine.units).into_iter().map(Unit::new).collect();
        // Descriptors only need to know how many there are.
        machine.units = units.iter().map(|unit| unit.about.clone()).collect();
        Self { machine, log, units, bulk: Bulk::default(), switching: false }
    }

    /// Takes the other product id, if it was asked too much; false when it was not.
    pub(crate) fn change_personality(&mut self) -> bool {
        let Some(pid) = self.machine.faults.switches_to.filter(|_| self.switching) else {
            return false;
        };
        self.machine.pid = pid;
        self.machine.faults.switches_to = None;
        self.switching = false;
        self.bulk = Bulk::default();
        true
    }

    /// Puts a medium into the data unit, the first that is no CD, or takes it out.
    pub(crate) fn set_medium(&mut self, file: Option<&str>) {
        if let Some(unit) = self.units.iter_mut().find(|unit| !unit.about.is_cd) {
            unit.set_medium(file);
        }
    }
}

/// A request of the kernel.
struct Request {
    command: u32,
    number: u32,
    to_host: bool,
    endpoint: u32,
    length: usize,
    /// For [`UNLINK`]: the request that is called back.
    unlinked: u32,
    setup: [u8; 8],
}

/// Plugs the drive in and answers until the kernel hangs up.
pub(crate) fn attach_and_serve(drive: &Mutex<Drive>, port: u32) -> Fails<()> {
    let (mut ours, kernels) = UnixStream::pair().map_err(|error| error.to_string())?;
    let speed = drive.lock().map_err(|e| e.to_string())?.machine.speed as u32;
    // Port, socket, an id of the device that only has to be different, speed.
    let line = format!("{port} {} {} {speed}", kernels.as_raw_fd(), 0x1_0000 + port);
    std::fs::write(ATTACH, line).map_err(|error| format!("{ATTACH}: {error}"))?;
    drop(kernels);
    let mut waiting = Vec::new();
    while let Some(request) = receive(&mut ours) {
        let Some(bytes) = body(&mut ours, &request) else { break };
        if request.command == UNLINK {
            let at = waiting.iter().position(|number| *number == request.unlinked);
            let status = at.map_or(0, |at| {
                waiting.swap_remove(at);
                ECONNRESET
            });
            if !send(&mut ours, UNLINKED, request.number, status, 0, &[]) {
                break;
            }
            continue;
        }
        let Ok(mut drive) = drive.lock() else { break };
        let Some((status, answer)) = drive.serve(&request, &bytes) else {
            waiting.push(request.number);
            continue;
        };
        let moved = match (request.to_host, status) {
            (true, _) => answer.len(),
            (false, 0) => request.length,
            (false, _) => 0,
        };
        if drive.switching || !send(&mut ours, SUBMITTED, request.number, status, moved, &answer) {
            break;
        }
    }
    Ok(())
}

impl Drive {
    /// Status and data; `None` when it stays silent.
    fn serve(&mut self, request: &Request, bytes: &[u8]) -> Option<(i32, Vec<u8>)> {
        let or_stall = |answer: Option<Vec<u8>>| match answer {
            Some(data) => (0, data),
            None => (EPIPE, Vec::new()),
        };
        match (request.endpoint, request.to_host) {
            (0, _) => Some(or_stall(self.control(request.setup))),
            (1 | 2, _) if self.machine.faults.mute => None,
            (2, false) => Some((if self.bulk_out(bytes) { 0 } else { EPIPE }, Vec::new())),
            (1, true) => Some(or_stall(self.bulk_in(request.length))),
            // A HID interface that nobody has touched has nothing to report.
            (3, true) => None,
            _ => Some((EPIPE, Vec::new())),
        }
    }
}

fn receive(socket: &mut UnixStream) -> Option<Request> {
    let mut head = [0; 48];
    socket.read_exact(&mut head).ok()?;
    let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let mut setup = [0; 8];
    setup.copy_from_slice(&head[40..48]);
    let command = word(0);
    Some(Request {
        command,
        number: word(4),
        to_host: word(12) == 1,
        endpoint: word(16),
        length: if command == SUBMIT { word(24) as usize } else { 0 },
        unlinked: word(20),
        setup,
    })
}

/// The data that follows a request to the drive.
fn body(socket: &mut UnixStream, request: &Request) -> Option<Vec<u8>> {
    let length = if request.to_host { 0 } else { request.length };
    let mut bytes = vec![0; length];
    socket.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn send(socket: &mut UnixStream, reply: u32, number: u32, status: i32, moved: usize, data: &[u8]) -> bool {
    let mut bytes = vec![0; 48];
    bytes[..4].copy_from_slice(&reply.to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    bytes[20..24].copy_from_slice(&status.to_be_bytes());
    bytes[24..28].copy_from_slice(&(moved as u32).to_be_bytes());
    bytes.extend(data);
    socket.write_all(&bytes).is_ok()
}
