//! `bundle --record`: waiting while the person plugs the drive in, between two marks.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::{App, CliError, CliResult, Exit, Interrupt, output};
use crate::collect::{Event, Marks, Recording};
use crate::host::{Connected, Root, connected};

/// How often the list of devices is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// A recording that somebody forgot ends by itself.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// Devices that came and went; a loose plug does so many times.
const MOST_EVENTS: usize = 2000;

/// Records until the person ends it, or for `length` when that is given.
pub(super) fn record(
    app: &App,
    length: Option<Duration>,
    stop: &Interrupt,
) -> CliResult<Recording> {
    let root = app.root()?.ok_or_else(|| {
        App::usage("--record watches a machine, and --from names a recording of one")
            .hint("leave one of them out")
    })?;
    if length.is_none() && !app.may_ask() {
        return Err(App::usage("--record waits for Enter, and here is no terminal")
            .hint("say how long to record, e.g. --record=30s"));
    }
    let started = Instant::now();
    let mut watch = Watch::new(root, started);
    let marks = Marks::now(&watch.root);
    say(app, length);
    let entered = match length {
        None => enter(),
        Some(_) => mpsc::channel().1,
    };
    let until = length.unwrap_or(LONGEST).min(LONGEST);
    let mut may_enter = length.is_none();
    while started.elapsed() < until && !stop.is_set() {
        match wait(&entered, may_enter, until.saturating_sub(started.elapsed())) {
            Wait::Entered => break,
            Wait::Closed => may_enter = false,
            Wait::Over => {}
        }
        for line in watch.look() {
            if !app.global.quiet {
                output::tell(&line);
            }
        }
    }
    // Ctrl-C ended the recording; the next one ends the collecting.
    stop.clear();
    let elapsed = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX - 1);
    // The next millisecond: what came last is inside.
    let end = app.now.as_millisecond().saturating_add(elapsed + 1);
    let until = jiff::Timestamp::from_millisecond(end).unwrap_or(app.now);
    tracing::info!("recorded {} events", watch.events.len());
    Ok(Recording { from: app.now, until, marks, events: watch.events })
}

fn say(app: &App, length: Option<Duration>) {
    if app.global.quiet {
        return;
    }
    match length {
        Some(length) => {
            output::tell(&format!("recording for {} s; Ctrl-C ends it", length.as_secs()))
        }
        None => output::tell(
            "recording: plug the drive in, do what fails, then press Enter (or Ctrl-C)",
        ),
    }
}

/// Tells when a line was entered, or that none will come.
fn enter() -> Receiver<()> {
    let (sender, entered) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        if io::stdin().is_terminal() && io::stdin().read_line(&mut line).is_ok_and(|n| n > 0) {
            let _ = sender.send(());
        }
    });
    entered
}

enum Wait {
    Entered,
    Closed,
    Over,
}

fn wait(entered: &Receiver<()>, may_enter: bool, left: Duration) -> Wait {
    let time = LOOK.min(left);
    if !may_enter {
        thread::sleep(time);
        return Wait::Over;
    }
    match entered.recv_timeout(time) {
        Ok(()) => Wait::Entered,
        Err(RecvTimeoutError::Disconnected) => Wait::Closed,
        Err(RecvTimeoutError::Timeout) => Wait::Over,
    }
}

/// The list of devices, compared with what it was.
struct Watch {
    root: Root,
    started: Instant,
    before: Vec<Connected>,
    events: Vec<Event>,
}

impl Watch {
    fn new(root: Root, started: Instant) -> Self {
        let before = connected(&root);
        Self { root, started, before, events: Vec::new() }
    }

    /// Notes what came and went since the last look; says so, for the person who waits.
    fn look(&mut self) -> Vec<String> {
        let now = connected(&self.root);
        let gone = self.before.iter().filter(|device| !now.contains(device)).map(|d| (false, d));
        let new = now.iter().filter(|device| !self.before.contains(device)).map(|d| (true, d));
        let at_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let changes = gone.chain(new).map(|(attached, device)| Event {
            at_ms,
            attached,
            device: device.clone(),
        });
        let changes: Vec<Event> = changes.collect();
        self.before = now;
        let room = MOST_EVENTS.saturating_sub(self.events.len());
        self.events.extend(changes.iter().take(room).cloned());
        changes.iter().map(line).collect()
    }
}

fn line(event: &Event) -> String {
    let what = if event.attached { "came" } else { "went" };
    format!("a device {what} on port {}", event.device.port)
}

/// `30s`, `2m`; at most half an hour.
pub(super) fn length(text: &str) -> Result<Duration, String> {
    match super::units::duration(text)? {
        zero if zero.is_zero() => Err("a recording of no time records nothing".to_owned()),
        long if long > LONGEST => Err("a recording lasts at most 30 minutes".to_owned()),
        length => Ok(length),
    }
}

/// A recording without `--record` is none; with it, `--since` has nothing to say.
pub(super) fn conflict(since: Option<Duration>) -> CliResult<()> {
    match since {
        Some(_) => Err(CliError::new(Exit::Usage, "--record and --since exclude each other")
            .hint("--record keeps only what happens between its two marks")),
        None => Ok(()),
    }
}
