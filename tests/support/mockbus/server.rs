//! The protocol of `libumockdev-preload` (0.16 and later), and the log of what was asked.
//!
//! The child connects when it opens a node. A message is three native 64-bit numbers. The
//! child sends requests; before it is answered, its memory can be read and written.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// From the child: an ioctl with its number and argument.
const IOCTL: u64 = 1;
/// To the child: done, with result and errno.
const DONE: u64 = 3;
/// To the child: let the kernel do it.
const RUN: u64 = 4;
/// To the child: send that many bytes at that address.
const PEEK: u64 = 5;
/// To the child: store these bytes at that address.
const POKE: u64 = 6;
/// From the child: a read.
const READ: u64 = 7;
/// From the child: a write.
const WRITE: u64 = 8;

const EPERM: u64 = 1;
const ENOTTY: i64 = 25;

/// One thing that reached a drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A node was opened.
    Open(String),
    /// A control transfer with this setup packet.
    Control(String, [u8; 8]),
    /// A transfer of another type (1 interrupt, 3 bulk) to an endpoint.
    Transfer(String, u8, u8),
    /// Any other ioctl.
    Ioctl(String, u64),
    /// A write to the node itself; refused.
    Write(String),
}

/// What a node answers to ioctls.
pub(super) trait Answer: Send + Sync {
    /// The result, or a negative errno.
    fn ioctl(&self, child: &mut Child, request: u64, argument: u64) -> io::Result<i64>;
}

/// Answers that it knows no ioctl.
pub(super) struct Refuse;

impl Answer for Refuse {
    fn ioctl(&self, child: &mut Child, request: u64, _argument: u64) -> io::Result<i64> {
        child.log(Wire::Ioctl(child.node.clone(), request));
        Ok(-ENOTTY)
    }
}

/// A node and its answers.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) answer: Box<dyn Answer>,
}

/// One end of a connection per opened node.
pub(super) struct Child {
    stream: UnixStream,
    log: Arc<Mutex<Vec<Wire>>>,
    /// The node that was opened.
    pub(super) node: String,
    /// Transfers that are done and not yet asked for.
    pub(super) finished: Vec<u64>,
}

/// All sockets of a bus.
#[derive(Default)]
pub(super) struct Server {
    log: Arc<Mutex<Vec<Wire>>>,
    sockets: Vec<(PathBuf, Arc<AtomicBool>)>,
}

impl Server {
    /// Listens for the child to open a node.
    pub(super) fn serve(&mut self, node: Node, folder: &Path) {
        let socket = folder.join("ioctl").join(node.name.trim_start_matches('/'));
        let above = socket.parent().expect("a folder above the socket");
        std::fs::create_dir_all(above).expect("a folder for sockets");
        let listener = UnixListener::bind(&socket).expect("a socket with a short path");
        let looking = Arc::new(AtomicBool::new(false));
        self.sockets.push((socket, Arc::clone(&looking)));
        let log = Arc::clone(&self.log);
        let node = Arc::new(node);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if looking.swap(false, Ordering::SeqCst) {
                    continue;
                }
                let (log, name) = (Arc::clone(&log), node.name.clone());
                let mut child = Child { stream, log, node: name, finished: Vec::new() };
                child.log(Wire::Open(node.name.clone()));
                let node = Arc::clone(&node);
                // The child's end, however it comes, ends the connection.
                thread::spawn(move || drop(child.converse(&*node.answer)));
            }
        });
    }

    /// The log, once every connection made so far has been taken in.
    pub(super) fn log(&self) -> Vec<Wire> {
        for (socket, looking) in &self.sockets {
            // One connection more than the child made; whichever is taken for it, the
            // others are in the log when this one is closed.
            looking.store(true, Ordering::SeqCst);
            let mut probe = UnixStream::connect(socket).expect("a socket of the bus");
            probe.shutdown(Shutdown::Write).expect("a connection");
            probe.read_to_end(&mut Vec::new()).expect("its end");
        }
        self.log.lock().expect("the log").clone()
    }
}

impl Child {
    fn converse(&mut self, answer: &dyn Answer) -> io::Result<()> {
        loop {
            let [kind, first, second] = self.receive()?;
            match kind {
                IOCTL => {
                    // Request numbers have 32 bits; libc hands them on sign-extended.
                    let result = answer.ioctl(self, first & 0xffff_ffff, second)?;
                    match u64::try_from(result) {
                        Ok(result) => self.send([DONE, result, 0])?,
                        Err(_) => self.send([DONE, u64::MAX, result.unsigned_abs()])?,
                    }
                }
                READ => {
                    self.send([RUN, 0, 0])?;
                    let [_, result, errno] = self.receive()?;
                    self.send([DONE, result, errno])?;
                }
                WRITE => {
                    self.log(Wire::Write(self.node.clone()));
                    self.send([DONE, u64::MAX, EPERM])?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Reads the child's memory.
    pub(super) fn peek<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        self.send([PEEK, at, N as u64])?;
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes the child's memory.
    pub(super) fn poke(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.send([POKE, at, bytes.len() as u64])?;
        self.stream.write_all(bytes)
    }

    /// Records what reached the drive.
    pub(super) fn log(&self, wire: Wire) {
        self.log.lock().expect("the log").push(wire);
    }

    fn send(&mut self, message: [u64; 3]) -> io::Result<()> {
        self.stream.write_all(message.map(u64::to_ne_bytes).as_flattened())
    }

    fn receive(&mut self) -> io::Result<[u64; 3]> {
        let mut message = [[0; 8]; 3];
        self.stream.read_exact(message.as_flattened_mut())?;
        Ok(message.map(u64::from_ne_bytes))
    }
}
