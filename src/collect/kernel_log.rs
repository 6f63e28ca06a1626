//! What the kernel said about USB, SCSI, storage and the drives, and nothing else.
//!
//! A live machine is asked for its journal first, which keeps earlier starts and knows when
//! each line was written, then for the running kernel's buffer, then for log files and
//! their rotated predecessors. Only the first place that answers is read: the same line
//! often stands in several.

mod filter;

use std::time::Duration;

use filter::Filter;

use super::log_files::{self, Found};
use super::newest::Newest;
use super::sieve::Sieve;
use super::{Budget, Collector, Context, Ending, Source, System, journalctl, lines};
use crate::host::logs::KERNEL_FILES;
use crate::host::{Root, kmsg};

/// Kernel messages.
pub(super) struct KernelLog;

const BUDGET: Budget = Budget { time: Duration::from_secs(20), bytes: 4 * 1024 * 1024 };

/// The name in the bundle.
const NAME: &str = "kernel.log";

impl Source for KernelLog {
    fn id(&self) -> &'static str {
        "kernel-log"
    }
    fn reads(&self) -> &'static str {
        "kernel messages about USB, SCSI, storage, mounts and the drives: the journal, \
         /dev/kmsg, or log files with their rotated predecessors"
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
}

impl Collector for KernelLog {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let filter = Filter::new(&context.target);
        let wants = |line: &[u8]| filter.wants(line).then(|| line.to_vec());
        let mut sieve = Sieve::new(context, &wants);
        let mut newest = Newest::new(BUDGET.bytes);
        match read(root, context, &mut sieve, &mut newest) {
            Ok(()) => Ending::Done(vec![newest.finish(NAME)]),
            Err(why) if newest.is_empty() => Ending::Skipped(why),
            Err(why) => {
                newest.mark_cut(why);
                Ending::Done(vec![newest.finish(NAME)])
            }
        }
    }
}

/// Reads the first place that answers; the error tells why none did.
fn read(
    root: &Root,
    context: &Context,
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> Result<(), String> {
    let mut refused = Vec::new();
    match journalctl::read(root, context, &["_TRANSPORT=kernel"], sieve, newest) {
        Ok(()) => return Ok(()),
        // An empty journal is what somebody without the right to read it sees.
        Err(journalctl::Refusal::Empty) => {}
        Err(journalctl::Refusal::Failed(why)) => refused.push(why),
    }
    if root.is_live() {
        match buffer(context, sieve, newest) {
            Ok(()) => return Ok(()),
            Err(error) => refused.push(format!("/dev/kmsg: {error}")),
        }
    }
    for name in KERNEL_FILES {
        match log_files::read(root, name, context, sieve, newest) {
            Found::Something => return Ok(()),
            Found::Nothing => {}
            Found::Refused(why) => refused.push(why),
        }
    }
    Err(nothing(root, &refused))
}

/// The running kernel's buffer, from the mark of a recording if there is one.
fn buffer(context: &Context, sieve: &mut Sieve<'_>, newest: &mut Newest) -> std::io::Result<()> {
    let marked = context.asked.recording.as_ref().and_then(|recording| recording.marks.kernel());
    let opened = if marked.is_none() { Some(kmsg::open()?) } else { None };
    let Some(file) = marked.or(opened.as_ref()) else { return Ok(()) };
    let mut tail = lines::Tail::new(newest.room());
    let whole = kmsg::lines(
        file,
        || context.stop.is_due(),
        |line| {
            if let Some(mut kept) = sieve.take(line) {
                kept.push(b'\n');
                tail.push(kept);
            }
        },
    )?;
    let (text, cut) = tail.finish();
    newest.add_older(text);
    if cut || !whole {
        newest.mark_cut("the kernel's buffer was not read to its end");
    }
    Ok(())
}

fn nothing(root: &Root, refused: &[String]) -> String {
    if !root.is_live() && refused.iter().all(|why| why.starts_with("journalctl")) {
        return format!(
            "no kernel log: no journal, and no /var/log/{}",
            KERNEL_FILES.join(", no ")
        );
    }
    if refused.is_empty() {
        return "no kernel log was found".to_owned();
    }
    format!(
        "the kernel log may not be read ({}); run with sudo, or join the group `adm` or \
         `systemd-journal` and log in again",
        refused.join("; ")
    )
}
