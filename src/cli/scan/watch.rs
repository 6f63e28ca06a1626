//! `keycase scan --watch`: a line whenever something happens to a drive.
//!
//! One loop waits for the kernel, for signals and for the reader of the lines at once. When
//! nothing happens it does not run; no device is asked anything, whatever happens.

use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::super::clock::wall;
use super::super::{App, CliError, CliResult, Exit, Interrupt, output};
use crate::catalog::Catalog;
use crate::host::uevent::{Sender, Uevent};
use crate::host::{LinuxHost, Patient, Received, Uevents};
use crate::render::event::EventDocument;
use crate::snapshot::{PortPath, Tool};
use crate::text;
use crate::watch::{Change, Seen, Watched};

/// Lines that nobody reads are kept up to this size; then events wait in the kernel, and
/// what is lost there is made up for by reading every port.
const MOST_UNREAD: usize = 1024 * 1024;

/// How long a port is waited for; what is found in time is told in time.
const PATIENCE: Duration = Duration::from_secs(2);

/// What fits into a pipe that has room at all (POSIX: `PIPE_BUF`).
const CHUNK: usize = 4096;

/// Watches until a signal, or until nobody reads any more.
pub(super) fn run(app: &App) -> CliResult {
    if app.global.from.is_some() || app.global.sysroot.is_some() {
        return Err(App::usage("--watch is about this machine, not about a recorded one")
            .hint("leave --from and --sysroot out"));
    }
    let signals = Signals::listen().map_err(|error| failed("can't wait for signals", &error))?;
    // Subscribed before anything is read: what happens meanwhile is in the queue.
    let events =
        Uevents::listen().map_err(|error| failed("can't listen to the kernel's events", &error))?;
    let mut watch = Watch {
        host: LinuxHost::live(),
        patient: Patient::new(PATIENCE, u32::MAX),
        catalog: app.catalog()?,
        app,
        tool: app.tool()?,
        started: Instant::now(),
        watched: Watched::default(),
        arriving: Vec::new(),
        unread: Vec::new(),
    };
    watch.begin()?;
    // Who waits for the note may then rely on having what there is.
    watch.finish_line()?;
    if !app.global.quiet {
        output::tell("watching for drives; Ctrl-C ends it");
    }
    watch.follow(&events, &signals)
}

/// The two ways to be told to end.
struct Signals {
    interrupt: UnixStream,
    terminate: UnixStream,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let interrupt = Interrupt::socket(signal_hook::consts::SIGINT)?;
        let terminate = Interrupt::socket(signal_hook::consts::SIGTERM)?;
        Ok(Self { interrupt, terminate })
    }
}

struct Watch<'a> {
    host: LinuxHost,
    patient: Patient,
    catalog: &'a Catalog,
    app: &'a App,
    tool: Tool,
    started: Instant,
    watched: Watched,
    /// Devices that the kernel announced and has not finished setting up.
    arriving: Vec<Uevent>,
    /// Lines that are not written yet.
    unread: Vec<u8>,
}

/// What one wait ended with.
enum Woken {
    ToWork { events: bool, room: bool },
    ToEnd(Exit),
}

impl Watch<'_> {
    fn begin(&mut self) -> CliResult<()> {
        let ports = self.host.ports();
        let seen = ports.iter().filter_map(|port| self.seen(port)).collect();
        let (watched, changes) = Watched::begin(seen);
        self.watched = watched;
        self.tell(changes)
    }

    fn follow(mut self, events: &Uevents, signals: &Signals) -> CliResult {
        loop {
            match self.wait(events, signals).map_err(|error| failed("can't wait", &error))? {
                Woken::ToEnd(exit) => {
                    self.finish_line()?;
                    return Ok(exit.code());
                }
                Woken::ToWork { events: some, room } => {
                    if some {
                        self.drain(events)?;
                    }
                    self.tell_settled()?;
                    if room && !self.write()? {
                        return Ok(Exit::Done.code());
                    }
                }
            }
        }
    }

    fn wait(&self, events: &Uevents, signals: &Signals) -> io::Result<Woken> {
        let stdout = io::stdout();
        let listen =
            if self.unread.len() < MOST_UNREAD { PollFlags::IN } else { PollFlags::empty() };
        // Without anything to write, only the reader's going away is waited for.
        let write = if self.unread.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
        let mut polled = [
            PollFd::new(&signals.interrupt, PollFlags::IN),
            PollFd::new(&signals.terminate, PollFlags::IN),
            PollFd::from_borrowed_fd(events.as_fd(), listen),
            PollFd::new(&stdout, write),
        ];
        match poll(&mut polled, self.patience().as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let [interrupt, terminate, uevents, out] = polled.map(|fd| fd.revents());
        let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
        if !interrupt.is_empty() {
            return Ok(Woken::ToEnd(Exit::Interrupted));
        }
        if !terminate.is_empty() || out.intersects(gone) {
            return Ok(Woken::ToEnd(Exit::Done));
        }
        let room = out.contains(PollFlags::OUT);
        Ok(Woken::ToWork { events: !uevents.is_empty(), room })
    }

    /// How long to wait at the longest; for ever when no lock state is to be told.
    fn patience(&self) -> Option<Timespec> {
        let due = self.watched.next_due()?;
        let left = due.saturating_sub(self.started.elapsed()) + Duration::from_millis(1);
        Timespec::try_from(left).ok()
    }

    fn drain(&mut self, events: &Uevents) -> CliResult<()> {
        while self.unread.len() < MOST_UNREAD {
            let received = events.receive();
            match received.map_err(|error| failed("can't hear the kernel's events", &error))? {
                Received::Event(event) => self.happened(event)?,
                Received::Other => {}
                Received::Lost => self.read_all()?,
                Received::Nothing => break,
            }
        }
        Ok(())
    }

    /// The kernel's word on arrival and departure is taken in its order; everything else is
    /// a reason to look.
    fn happened(&mut self, event: Uevent) -> CliResult<()> {
        let of_device = event.is_usb_device && event.sender == Sender::Kernel;
        match event.action.as_str() {
            "add" if of_device => {
                self.arriving.retain(|other| other.port != event.port);
                self.arriving.push(event);
                Ok(())
            }
            "remove" if of_device => self.left(&event),
            // Interfaces that come one by one, before the device is set up.
            "add" if event.subsystem == "usb" && self.is_arriving(&event.port) => Ok(()),
            _ if !matches!(event.subsystem.as_str(), "usb" | "scsi" | "block") => Ok(()),
            "remove" | "unbind" if !event.is_usb_device => {
                self.watched.stir(&event.port, self.started.elapsed());
                Ok(())
            }
            _ => self.read(&event.port),
        }
    }

    fn is_arriving(&self, port: &PortPath) -> bool {
        self.arriving.iter().any(|event| event.port == *port)
    }

    fn left(&mut self, event: &Uevent) -> CliResult<()> {
        let before = self.watched.knows(&event.port, event.address);
        let announced = self
            .arriving
            .iter()
            .position(|other| other.port == event.port && other.address == event.address);
        let announced = announced.map(|at| self.arriving.remove(at));
        // It came and went before it could be read: the ids are in the kernel's message.
        let brief = announced.filter(|_| !before).and_then(|announced| {
            let drive = self.catalog.drive(&announced.device()?)?;
            Some(Seen { address: announced.address, drive })
        });
        let mut changes = Vec::new();
        if let Some(seen) = brief {
            let now = self.started.elapsed();
            changes.extend(self.watched.read(&event.port, Some(seen), now));
        }
        changes.extend(self.watched.left(&event.port, event.address));
        self.tell(changes)
    }

    fn read(&mut self, port: &PortPath) -> CliResult<()> {
        let seen = self.seen(port);
        self.arriving.retain(|event| {
            event.port != *port || seen.as_ref().is_none_or(|s| s.address != event.address)
        });
        let changes = self.watched.read(port, seen, self.started.elapsed());
        self.tell(changes)
    }

    fn read_all(&mut self) -> CliResult<()> {
        tracing::info!("events were lost; every port is read again");
        self.arriving.clear();
        let mut ports = self.host.ports();
        ports.extend(self.watched.ports());
        ports.sort();
        ports.dedup();
        ports.iter().try_for_each(|port| self.read(port))
    }

    fn tell_settled(&mut self) -> CliResult<()> {
        for port in self.watched.due(self.started.elapsed()) {
            self.read(&port)?;
            let change = self.watched.settle(&port);
            self.tell(change.into_iter().collect())?;
        }
        Ok(())
    }

    fn seen(&mut self, port: &PortPath) -> Option<Seen> {
        let (address, device) = self.host.read_port(port, &mut self.patient)?;
        Some(Seen { address, drive: self.catalog.drive(&device)? })
    }

    fn tell(&mut self, changes: Vec<Change>) -> CliResult<()> {
        for change in changes {
            let document = EventDocument::new(self.tool.clone(), wall(self.app), change);
            let line = text::json::line(&document)
                .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
            self.unread.extend(line.into_bytes());
        }
        Ok(())
    }

    /// Writes on while that does not block, so that no line is left in half if possible.
    fn finish_line(&mut self) -> CliResult<()> {
        let stdout = io::stdout();
        while !self.unread.is_empty() {
            let mut out = [PollFd::new(&stdout, PollFlags::OUT)];
            let ready = poll(&mut out, Some(&Timespec::default()));
            let room = out.iter().all(|fd| fd.revents() == PollFlags::OUT);
            if ready.is_err() || !room || !self.write()? {
                break;
            }
        }
        Ok(())
    }

    /// Writes what fits; false when nobody reads any more.
    fn write(&mut self) -> CliResult<bool> {
        let chunk = self.unread.get(..CHUNK.min(self.unread.len())).unwrap_or_default();
        match rustix::io::write(io::stdout(), chunk) {
            Ok(written) => {
                self.unread.drain(..written);
                Ok(true)
            }
            Err(Errno::INTR | Errno::AGAIN) => Ok(true),
            Err(Errno::PIPE) => Ok(false),
            Err(error) => Err(failed("can't write to stdout", &error.into())),
        }
    }
}

fn failed(what: &str, error: &io::Error) -> CliError {
    CliError::caused_by(super::super::io_exit(error), what, error)
}
