//! Opening a Linux machine's logs: as streams, within time, without waiting.
//!
//! Kernel messages often stand in several logs at once. Only the first readable place is
//! opened, so that nothing is counted twice.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::Root;

/// One log, or why it could not be opened.
pub struct Log {
    /// File or program, for people.
    pub place: String,
    /// Whether messages of services stand in it, beside the kernel's.
    pub services: bool,
    /// Its text; an error tells why there is none.
    pub text: io::Result<Box<dyn Read>>,
}

/// Where distributions keep kernel messages, the most specific file first; the flag tells
/// whether messages of services stand beside them.
const FILES: [(&str, bool); 4] = [
    ("var/log/kern.log", false),
    ("var/log/messages", true),
    ("var/log/syslog", true),
    ("var/log/dmesg", false),
];

/// Programs whose messages signals know; the journal of a busy machine is very long.
const PROGRAMS: [&str; 4] = ["kernel", "usbguard-daemon", "udisksd", "systemd-udevd"];

/// How far back the journal is asked.
const SINCE: &str = "--since=-30days";

/// Opens the log of a machine: the first readable place, after every place that refused.
///
/// A live machine is asked for its journal, which keeps earlier starts and knows when each
/// line was written, then for the running kernel's buffer, then for files.
pub fn open(root: &Root, budget: Duration) -> Vec<Log> {
    let mut logs = Vec::new();
    if root.is_live() {
        for attempt in [journal as fn(Duration) -> io::Result<Box<dyn Read>>, kmsg] {
            let services = logs.is_empty();
            let place = if services { "journalctl" } else { "/dev/kmsg" };
            let text = attempt(budget);
            let opened = text.is_ok();
            logs.push(Log { place: place.into(), services, text });
            if opened {
                return logs;
            }
        }
    }
    for (path, services) in FILES {
        let text = file(root, path);
        let absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        if text.as_ref().err().is_some_and(absent) {
            continue;
        }
        let opened = text.is_ok();
        logs.push(Log { place: format!("/{path}"), services, text });
        if opened {
            break;
        }
    }
    logs
}

/// Only regular files: a folder or a device in the place of a log is none.
fn file(root: &Root, path: &str) -> io::Result<Box<dyn Read>> {
    let file = root.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "not a file"));
    }
    Ok(Box::new(file))
}

/// The journal's messages of a few programs, oldest first.
///
/// The first bytes are waited for here: a journal that may not be read, or has nothing,
/// is no log.
fn journal(budget: Duration) -> io::Result<Box<dyn Read>> {
    let mut command = Command::new("journalctl");
    command.args(["-q", "--no-pager", "-o", "short-iso", SINCE]);
    command.args(PROGRAMS.iter().flat_map(|program| ["-t", program]));
    command.env("LC_ALL", "C").env("SYSTEMD_COLORS", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let pipe = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
    let mut stream = Within { pipe, watched: watch(child, budget) };
    let mut first = vec![0; 4096];
    let count = stream.read(&mut first)?;
    if count == 0 {
        // To somebody without the right, journalctl shows an empty journal.
        return Err(match may_read_everything() {
            true => io::Error::new(io::ErrorKind::NotFound, "no messages"),
            false => io::Error::new(io::ErrorKind::PermissionDenied, "permission denied"),
        });
    }
    first.truncate(count);
    Ok(Box::new(io::Cursor::new(first).chain(stream)))
}

#[cfg(unix)]
fn may_read_everything() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn may_read_everything() -> bool {
    true
}

/// A program's output; dropping it ends the program.
struct Within<R> {
    pipe: R,
    watched: mpsc::Sender<()>,
}

impl<R: Read> Read for Within<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pipe.read(buffer)
    }
}

impl<R> Drop for Within<R> {
    fn drop(&mut self) {
        // The watch may have ended already.
        let _ = self.watched.send(());
    }
}

/// Ends the program when its time is up or its output is dropped, so that a read ends too.
fn watch(mut child: Child, budget: Duration) -> mpsc::Sender<()> {
    let (sender, dropped) = mpsc::channel();
    thread::spawn(move || {
        let _ = dropped.recv_timeout(budget);
        let _ = child.kill();
        let _ = child.wait();
    });
    sender
}

/// The running kernel's buffer: one record a read, and an error instead of waiting at the
/// end (Documentation/ABI/testing/dev-kmsg of Linux).
#[cfg(target_os = "linux")]
fn kmsg(_budget: Duration) -> io::Result<Box<dyn Read>> {
    use std::os::unix::fs::OpenOptionsExt;

    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    #[expect(clippy::cast_possible_wrap, reason = "the flags' own type is unsigned")]
    let flags = flags.bits() as i32;
    let file = std::fs::OpenOptions::new().read(true).custom_flags(flags).open("/dev/kmsg")?;
    Ok(Box::new(Records(file)))
}

#[cfg(not(target_os = "linux"))]
fn kmsg(_budget: Duration) -> io::Result<Box<dyn Read>> {
    Err(io::ErrorKind::NotFound.into())
}

/// `/dev/kmsg` as a stream that ends where the buffer ends.
#[cfg(target_os = "linux")]
struct Records(std::fs::File);

#[cfg(target_os = "linux")]
impl Read for Records {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
                // The oldest record was overwritten while it was read; the next one is there.
                Err(error)
                    if error.raw_os_error() == Some(rustix::io::Errno::PIPE.raw_os_error()) => {}
                other => return other,
            }
        }
    }
}

/// How long the machine has been running, for stamps that count from its start.
pub fn uptime(root: &Root) -> Option<Duration> {
    let text = root.text("proc/uptime", 64).ok()?;
    Duration::try_from_secs_f64(text.split(' ').next()?.trim().parse().ok()?).ok()
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used)]
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_first_log_file_is_the_only_one() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("var/log");
        std::fs::create_dir_all(&log).unwrap();
        assert!(open(&Root::at(dir.path()), LONG).is_empty());
        for name in ["syslog", "kern.log", "dmesg"] {
            std::fs::write(log.join(name), name).unwrap();
        }
        let mut logs = open(&Root::at(dir.path()), LONG);
        assert_eq!(logs.len(), 1);
        let mut text = String::new();
        logs.remove(0).text.unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "kern.log");
    }

    #[test]
    fn a_folder_or_a_pipe_in_the_place_of_a_log_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("var/log/kern.log")).unwrap();
        let pipe = dir.path().join("var/log/messages");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        std::fs::write(dir.path().join("var/log/syslog"), "x").unwrap();
        let logs = open(&Root::at(dir.path()), LONG);
        assert_eq!(logs.len(), 1);
        assert_eq!(logs[0].place, "/var/log/syslog");
        assert!(logs[0].services);
    }

    #[test]
    fn a_program_that_never_ends_is_ended() {
        let mut child = Command::new("sleep").arg("1000").stdout(Stdio::piped()).spawn().unwrap();
        let pipe = child.stdout.take().unwrap();
        let mut stream = Within { pipe, watched: watch(child, Duration::ZERO) };
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
    }
}
