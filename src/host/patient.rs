//! Reading that may hang, done by a helper thread that is given up when it does.
//!
//! A device in trouble can keep a reader inside the kernel for minutes, and a file system
//! whose server is gone for ever. Nothing can be done about such a read but to leave it: the
//! helper stays behind, a new one goes on with the next piece of work.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

type Job = Box<dyn FnOnce() + Send>;

/// Does work on a helper thread, and does not wait for ever.
pub struct Patient {
    patience: Duration,
    /// How often it may still be disappointed.
    left: u32,
    helper: Option<Sender<Job>>,
}

impl Patient {
    /// Waits `patience` for each piece of work, and gives up all after `most` that hung.
    pub fn new(patience: Duration, most: u32) -> Self {
        Self { patience, left: most, helper: None }
    }

    /// The answer, or `None` when there was none in time.
    pub fn ask<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        if self.left == 0 {
            return None;
        }
        let (sender, answer) = mpsc::sync_channel(1);
        let job: Job = Box::new(move || {
            // Nobody listens any more when it took too long.
            let _ = sender.send(work());
        });
        self.helper()?.send(job).ok()?;
        let answer = answer.recv_timeout(self.patience).ok();
        if answer.is_none() {
            self.helper = None;
            self.left -= 1;
        }
        answer
    }

    /// The helper, started when there is none.
    fn helper(&mut self) -> Option<&Sender<Job>> {
        if self.helper.is_none() {
            let (sender, jobs) = mpsc::channel::<Job>();
            let thread = thread::Builder::new().name("reader".into());
            thread.spawn(move || jobs.into_iter().for_each(|job| job())).ok()?;
            self.helper = Some(sender);
        }
        self.helper.as_ref()
    }
}

/// Work that a thread does while something else is done, and that is not waited for for ever.
pub(super) struct Meanwhile<T> {
    answer: Receiver<T>,
    until: Instant,
}

impl<T: Send + 'static> Meanwhile<T> {
    /// Starts the work, which may take `patience` from now.
    pub(super) fn start(patience: Duration, work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, answer) = mpsc::sync_channel(1);
        // Without a thread there is no answer, as from one that breaks.
        let _ = thread::Builder::new().name("reader".into()).spawn(move || {
            // Nobody listens any more when it took too long.
            let _ = sender.send(work());
        });
        Self { answer, until: Instant::now() + patience }
    }

    /// The answer, or `None` when there was none in time.
    pub(super) fn answer(self) -> Option<T> {
        self.answer.recv_timeout(self.until.saturating_duration_since(Instant::now())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hang() {
        loop {
            thread::park();
        }
    }

    #[test]
    fn work_that_hangs_costs_its_patience_and_nothing_else() {
        let mut patient = Patient::new(Duration::from_millis(50), 2);
        assert_eq!(patient.ask(|| 1), Some(1));
        assert_eq!(patient.ask(hang), None);
        assert_eq!(patient.ask(|| 2), Some(2));
        assert_eq!(patient.ask(hang), None);
        assert_eq!(patient.ask(|| 3), None, "twice was enough");
    }

    #[test]
    fn work_that_breaks_is_no_answer() {
        let mut patient = Patient::new(Duration::from_secs(60), 2);
        assert_eq!(patient.ask(|| panic!("a bug")), None::<()>);
        assert_eq!(patient.ask(|| 4), Some(4));
    }

    #[test]
    fn work_that_is_done_meanwhile_is_given_up_too() {
        assert_eq!(Meanwhile::start(Duration::from_millis(50), hang).answer(), None);
        assert_eq!(Meanwhile::start(Duration::from_secs(60), || 1).answer(), Some(1));
        assert_eq!(
            Meanwhile::start(Duration::from_secs(60), || panic!("a bug")).answer(),
            None::<()>
        );
    }
}
