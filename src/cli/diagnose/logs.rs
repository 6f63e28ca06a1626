//! The logs of a machine or of a bundle, counted in one pass each.

use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bundle::Bundle;
use crate::cli::{App, CliResult, Interrupt};
use crate::diagnose::{Clock, LogKind, Observed, Problems, Reading, Refusal, Scan};
use crate::host;
use crate::snapshot::Snapshot;

/// How long a log may take when the diagnosis is all that is asked for.
pub(super) const BUDGET: Duration = Duration::from_secs(20);

/// Blocks in which a log is read. A record of the kernel's buffer fits, as it must.
const BLOCK: usize = 256 * 1024;

/// Counts the signals of a machine's logs, or of a recording's; also tells which log refused.
pub(super) fn observe(
    app: &App,
    problems: &Problems,
    snapshot: &Snapshot,
    look: Look<'_>,
) -> CliResult<(Observed, Vec<Refusal>)> {
    if app.global.from.is_some() || look.bundle.is_some() {
        let bundle = match look.bundle {
            Some(path) => Bundle::open(path).ok(),
            None => app.recorded_bundle(),
        };
        // The lines are as old as the recording: their age counts from then.
        let clock = Clock { now: snapshot.taken_at, boot: None };
        return Ok((of_bundle(bundle, problems, clock, look), Vec::new()));
    }
    match app.root()? {
        Some(root) if cfg!(target_os = "linux") || !root.is_live() => {
            Ok(of_machine(&root, problems, app.now, look))
        }
        _ => Ok((Observed::default(), Vec::new())),
    }
}

/// Where to look, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    /// A bundle in place of this machine and of `--from`.
    pub(super) bundle: Option<&'a Path>,
    /// How long a log may take.
    pub(super) budget: Duration,
    /// Told to stop by the person.
    pub(super) stop: &'a Interrupt,
}

fn of_machine(
    root: &host::Root,
    problems: &Problems,
    now: jiff::Timestamp,
    look: Look<'_>,
) -> (Observed, Vec<Refusal>) {
    let mut observed = Observed::default();
    let mut refused = Vec::new();
    let running = host::logs::uptime(root).filter(|_| root.is_live());
    let clock = Clock { now, boot: running.and_then(|time| now.checked_sub(time).ok()) };
    for log in host::logs::open(root, look.budget) {
        let kinds: &[LogKind] = match log.services {
            true => &[LogKind::Kernel, LogKind::Journal],
            false => &[LogKind::Kernel],
        };
        match log.text {
            Ok(mut text) => {
                let scan = Scan::new(problems.signals(), kinds, clock, &mut observed);
                read(&mut text, scan, &log.place, look);
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                refused.push(Refusal { place: log.place, what: "permission denied".into() });
            }
            Err(_) => {}
        }
    }
    // A place that refused does not matter once another one told everything.
    if observed.reading(LogKind::Kernel) == Some(Reading::Whole) {
        refused.clear();
    }
    (observed, refused)
}

/// Reads a log to its end; an error in the middle, or too long a log, makes it read in part.
fn read(text: &mut dyn Read, mut scan: Scan<'_>, place: &str, look: Look<'_>) {
    let reading = blocks(text, &mut scan, look).unwrap_or(Reading::Partly);
    scan.end(place, reading);
}

/// Gives a log to a scan, block by block, within its time.
fn blocks(text: &mut dyn Read, scan: &mut Scan<'_>, look: Look<'_>) -> io::Result<Reading> {
    let until = Instant::now() + look.budget;
    let mut block = vec![0; BLOCK];
    loop {
        if Instant::now() > until || look.stop.is_set() {
            return Ok(Reading::Partly);
        }
        match text.read(&mut block) {
            Ok(0) => return Ok(Reading::Whole),
            Ok(count) => scan.block(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The logs in a bundle, as streams. One that cannot be read, or is not what the manifest
/// lists, is as good as absent: `keycase verify` says what is wrong with it.
fn of_bundle(
    bundle: Option<Bundle>,
    problems: &Problems,
    clock: Clock,
    look: Look<'_>,
) -> Observed {
    let mut observed = Observed::default();
    let Some(mut bundle) = bundle else { return observed };
    let names: Vec<(String, bool)> =
        bundle.manifest().files.iter().map(|file| (file.name.clone(), file.truncated)).collect();
    for (name, truncated) in names {
        let kinds = kinds(&name);
        if kinds.is_empty() {
            continue;
        }
        let Ok(mut text) = bundle.stream(&name) else { continue };
        let mut scan = Scan::new(problems.signals(), kinds, clock, &mut observed);
        match blocks(&mut text, &mut scan, look) {
            Ok(Reading::Whole) if !truncated => scan.end(&name, Reading::Whole),
            Ok(_) => scan.end(&name, Reading::Partly),
            // What was counted in it goes with the scan.
            Err(_) => {}
        }
    }
    observed
}

/// What stands in a bundle's file, by its name.
fn kinds(name: &str) -> &'static [LogKind] {
    let Some(name) = name.strip_prefix("logs/") else { return &[] };
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if has(&["setupapi"]) => &[LogKind::Setupapi],
        () if has(&["event", "evtx"]) => &[LogKind::WindowsEvents],
        () if has(&["unified", "macos"]) => &[LogKind::MacosUnified],
        // The collector of services' lines leaves the kernel's to the other file.
        () if name == "journal.log" => &[LogKind::Journal],
        () if has(&["journal", "syslog", "messages"]) => &[LogKind::Kernel, LogKind::Journal],
        () if has(&["kern", "dmesg"]) => &[LogKind::Kernel],
        () => &[],
    }
}
