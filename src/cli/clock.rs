//! Time for the outbox: the run's start plus what has passed since, and waiting.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::{App, Interrupt};
use crate::desk::Clock;

/// How soon Ctrl-C ends a wait.
const SLICE: Duration = Duration::from_millis(100);

/// The time of a single moment in a long run: `--now` where it was given, else the clock's.
///
/// Unlike [`RunClock`] it goes on while the machine sleeps.
pub(crate) fn wall(app: &App) -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "a run that lasts for days needs the clock again"
    )]
    let now = app.global.now.unwrap_or_else(Timestamp::now);
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The clock of one run.
#[derive(Debug)]
pub(crate) struct RunClock {
    start: Timestamp,
    started: Instant,
    interrupt: Interrupt,
    quiet: bool,
}

impl RunClock {
    /// Starts at the run's time; `interrupt` ends a wait.
    pub(crate) fn new(app: &App, interrupt: Interrupt) -> Self {
        Self { start: app.now, started: Instant::now(), interrupt, quiet: app.global.quiet }
    }
}

impl Clock for RunClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.started.elapsed()).unwrap_or_default();
        self.start.saturating_add(passed).unwrap_or(self.start)
    }

    fn is_stopped(&self) -> bool {
        self.interrupt.is_set()
    }

    fn wait(&self, pause: Duration) -> bool {
        if !self.quiet {
            let seconds = pause.as_secs_f64().ceil();
            super::output::tell(&format!("waiting {seconds} s before asking the desk again"));
        }
        let end = Instant::now() + pause;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if self.interrupt.is_set() {
                return false;
            }
            std::thread::sleep(left.min(SLICE));
        }
        true
    }
}
