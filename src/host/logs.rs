//! Opening a Linux machine's logs: as streams, within time, without waiting.
//!
//! Kernel messages often stand in several logs at once. Only the first readable place is
//! opened, so that nothing is counted twice.

use std::io::{self, Read};
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Root, child, kmsg};

/// One log, or why it could not be opened.
pub struct Log {
    /// File or program, for people.
    pub place: String,
    /// Whether messages of services stand in it, beside the kernel's.
    pub services: bool,
    /// Its text; an error tells why there is none.
    pub text: io::Result<Box<dyn Read>>,
}

/// Where log files are, below the root.
pub const FOLDER: &str = "var/log";

/// The files in which distributions keep kernel messages, the most specific one first.
pub const KERNEL_FILES: [&str; 4] = ["kern.log", "messages", "syslog", "dmesg"];

/// Those in which messages of services stand beside them.
const SHARED_FILES: [&str; 2] = ["messages", "syslog"];

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
    let sources = if root.is_live() { live(root, budget) } else { files(root) };
    for log in sources {
        let is_open = log.text.is_ok();
        logs.push(log);
        if is_open {
            break;
        }
    }
    logs
}

/// What a live machine can be asked, each asked when its turn comes.
fn live(root: &Root, budget: Duration) -> Sources<'_> {
    let journal = std::iter::once_with(move || Log {
        place: "journalctl".into(),
        services: true,
        text: journal(budget),
    });
    let buffer = std::iter::once_with(|| Log {
        place: "/dev/kmsg".into(),
        services: false,
        text: kmsg::open().map(|buffer| Box::new(kmsg::Records(buffer)) as _),
    });
    Box::new(journal.chain(buffer).chain(files(root)))
}

type Sources<'a> = Box<dyn Iterator<Item = Log> + 'a>;

/// The log files that are there.
fn files(root: &Root) -> Sources<'_> {
    Box::new(KERNEL_FILES.iter().filter_map(|name| {
        let path = format!("{FOLDER}/{name}");
        let text = file(root, &path);
        let absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        let is_there = !text.as_ref().err().is_some_and(absent);
        let services = SHARED_FILES.contains(name);
        is_there.then(|| Log { place: format!("/{path}"), services, text })
    }))
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
    let until = Instant::now() + budget;
    let mut output = child::Running::start(command, None, move || Instant::now() >= until)?;
    let mut first = vec![0; 4096];
    let count = output.read(&mut first)?;
    if count == 0 {
        // To somebody without the right, journalctl shows an empty journal.
        return Err(match may_read_everything() {
            true => io::Error::new(io::ErrorKind::NotFound, "no messages"),
            false => io::Error::new(io::ErrorKind::PermissionDenied, "permission denied"),
        });
    }
    first.truncate(count);
    Ok(Box::new(io::Cursor::new(first).chain(output)))
}

#[cfg(unix)]
fn may_read_everything() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn may_read_everything() -> bool {
    true
}

/// How long the machine has been running, for stamps that count from its start.
pub fn uptime(root: &Root) -> Option<Duration> {
    let text = root.text("proc/uptime", 64).ok()?;
    Duration::try_from_secs_f64(text.split(' ').next()?.trim().parse().ok()?).ok()
}

#[cfg(all(test, unix))]
mod tests {
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
}
