//! Reading that may hang, done by a helper thread that is given up when it does.
//!
//! A device in trouble can keep a reader inside the kernel for minutes, and a file system
//! whose server is gone for ever. Nothing can be done about such a read but to leave it: the
//! helper stays behind, a new one goes on with the next piece of work.

use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

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

/// Does the same with each of `items`, in order, and hands each answer to `answered`, or `None`
/// when there was none within `patience`.
///
/// A helper goes from one item to the next without being told to, because handing over each one
/// takes longer than reading it. After an item that hung, a new helper goes on with the next
/// one; after `most` of them, the rest is left alone. `worker` makes what a helper works with.
pub(super) fn each<I, T, W>(
    patience: Duration,
    most: u32,
    items: &Arc<Vec<I>>,
    worker: impl Fn() -> W,
    mut answered: impl FnMut(&I, Option<T>),
) where
    I: Send + Sync + 'static,
    T: Send + 'static,
    W: FnMut(&I) -> T + Send + 'static,
{
    let mut rest = 0..items.len();
    let mut hung = 0;
    while hung < most && !rest.is_empty() {
        let answers = go_through(items.clone(), rest.clone(), worker());
        for at in rest.by_ref() {
            let answer = answers.recv_timeout(patience).ok();
            let is_lost = answer.is_none();
            answered(&items[at], answer);
            if is_lost {
                hung += 1;
                break;
            }
        }
    }
    items[rest].iter().for_each(|item| answered(item, None));
}

/// A helper's answers about some of the items, in order.
fn go_through<I, T, W>(items: Arc<Vec<I>>, range: Range<usize>, mut work: W) -> Receiver<T>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
    W: FnMut(&I) -> T + Send + 'static,
{
    let (sender, answers) = mpsc::channel();
    // Without a thread there is no answer, as from one that breaks.
    let _ = thread::Builder::new().name("reader".into()).spawn(move || {
        // Nobody listens any more when one of them took too long.
        items[range].iter().try_for_each(|item| sender.send(work(item)))
    });
    answers
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

    /// The answers about `items`, with a helper that hangs at 3 and breaks at 5.
    fn answers(items: Vec<u32>, most: u32) -> Vec<(u32, Option<u32>)> {
        let mut all = Vec::new();
        let worker = || {
            let mut done = 0;
            move |item: &u32| {
                match item {
                    3 => hang(),
                    5 => panic!("a bug"),
                    _ => done += 1,
                }
                done
            }
        };
        let patience = Duration::from_millis(200);
        each(patience, most, &Arc::new(items), worker, |item, done| all.push((*item, done)));
        all
    }

    #[test]
    fn what_hangs_or_breaks_costs_itself_and_the_next_helper_begins_anew() {
        let all = answers(vec![1, 2, 3, 4, 5, 6], 4);
        let wanted = [(1, Some(1)), (2, Some(2)), (3, None), (4, Some(1)), (5, None), (6, Some(1))];
        assert_eq!(all, wanted);
    }

    #[test]
    fn after_too_much_that_hung_the_rest_is_left_alone() {
        let all = answers(vec![3, 3, 1, 2], 2);
        assert_eq!(all, [(3, None), (3, None), (1, None), (2, None)]);
        assert_eq!(answers(vec![], 2), []);
    }
}
