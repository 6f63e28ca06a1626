//! What the kernel said about USB, SCSI, storage and the drives, and nothing else.
//!
//! A live machine is asked for its own log first (`/dev/kmsg`, then the journal), because
//! it is complete for the current start and needs no rights to old files; a folder, or a
//! machine that refuses both, is read from its log files.

mod filter;
mod live;

use std::io::BufReader;
use std::time::Duration;

use filter::Filter;

use super::lines::{self, Tail};
use super::stamp::Since;
use super::{Budget, Collector, Context, Ending, Gathered, System};
use crate::host::Root;

/// Kernel messages.
pub(super) struct KernelLog;

/// Where distributions keep kernel messages, the most specific file first.
const FILES: [&str; 4] =
    ["var/log/kern.log", "var/log/dmesg", "var/log/syslog", "var/log/messages"];

const BUDGET: Budget = Budget { time: Duration::from_secs(20), bytes: 4 * 1024 * 1024 };

impl Collector for KernelLog {
    fn id(&self) -> &'static str {
        "kernel-log"
    }
    fn reads(&self) -> &'static str {
        "kernel messages about USB, SCSI, storage, mounts and the drives"
    }
    fn wanted_for(&self) -> &'static str {
        "resets, read errors and refused devices show here first"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
    fn budget(&self) -> Budget {
        BUDGET
    }
    fn collect(&self, context: &Context) -> Ending {
        let Some(root) = &context.root else { return Ending::Skipped("no machine".into()) };
        let mut log = Log::new(context, root);
        let mut refused = Vec::new();
        if root.is_live() {
            match live::read(&mut log, context) {
                Ok(()) => return log.ending(),
                Err(reasons) => refused = reasons,
            }
        }
        match from_files(&mut log, root, context) {
            Ok(true) => log.ending(),
            Ok(false) => Ending::Skipped(nothing(&refused)),
            Err(why) => Ending::Skipped(denied(&refused, &why)),
        }
    }
}

/// Reads the first log file there is; `false` when there is none.
fn from_files(log: &mut Log, root: &Root, context: &Context) -> Result<bool, String> {
    let mut why = None;
    for path in FILES {
        match root.open(path) {
            Ok(file) if file.metadata().is_ok_and(|m| m.is_file()) => {
                let reader = BufReader::with_capacity(128 * 1024, file);
                match lines::for_each(reader, &context.stop, |line| log.take(line)) {
                    Ok(true) => {}
                    Ok(false) => log.out_of_time = true,
                    Err(error) => log.broken = Some(format!("/{path}: {error}")),
                }
                return Ok(true);
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                why.get_or_insert(format!("/{path}: {error}"));
            }
            _ => {}
        }
    }
    why.map_or(Ok(false), Err)
}

fn nothing(refused: &[String]) -> String {
    match refused {
        [] => format!("no kernel log: there is no /{}", FILES.join(", no /")),
        _ => denied(refused, "no log files"),
    }
}

fn denied(refused: &[String], why: &str) -> String {
    let all: Vec<&str> = refused.iter().map(String::as_str).chain([why]).collect();
    format!(
        "the kernel log may not be read ({}); run with sudo, or join the group `adm` or \
         `systemd-journal` and log in again",
        all.join("; ")
    )
}

/// The lines kept so far.
struct Log {
    filter: Filter,
    since: Since,
    tail: Tail,
    out_of_time: bool,
    broken: Option<String>,
}

impl Log {
    fn new(context: &Context, root: &Root) -> Self {
        Self {
            filter: Filter::new(&context.target),
            since: Since::new(context.now, context.since, uptime(root)),
            tail: Tail::new(BUDGET.bytes),
            out_of_time: false,
            broken: None,
        }
    }

    fn take(&mut self, line: &[u8]) {
        // Both see every line: the age of one decides about the lines that follow it.
        let (new, wanted) = (self.since.keeps(line), self.filter.wants(line));
        if new && wanted {
            let mut line = line.to_vec();
            line.push(b'\n');
            self.tail.push(line);
        }
    }

    fn ending(mut self) -> Ending {
        if self.out_of_time || self.broken.is_some() {
            self.tail.mark_cut();
        }
        let empty = self.tail.is_empty();
        match (self.broken, self.out_of_time) {
            (Some(why), _) if empty => return Ending::Failed(why),
            (None, true) if empty => return Ending::TimedOut("the log is too long".into()),
            _ => {}
        }
        let (bytes, truncated) = self.tail.finish();
        Ending::Done(vec![Gathered { name: "kernel.log".into(), bytes, truncated }])
    }
}

/// How long the machine had been running, for stamps that count from its start.
fn uptime(root: &Root) -> Option<Duration> {
    let text = root.text("proc/uptime", 64).ok()?;
    Duration::try_from_secs_f64(text.split(' ').next()?.trim().parse().ok()?).ok()
}
