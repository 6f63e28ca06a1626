//! Running all collectors side by side, each on its own thread, within the run's budget.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::{Collector, Context, Ending, Sources, Stop, System};
use crate::host::Root;

/// How one collector ended, and how long it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its id.
    pub id: &'static str,
    /// How it ended; everything in it is unredacted.
    pub ending: Ending,
    /// How long it took by the clock that was given.
    pub took: Duration,
}

/// What a run tells while it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The collector that has ended last.
    pub id: &'static str,
    /// How many have ended.
    pub ended: usize,
    /// How many there are.
    pub all: usize,
}

/// A clock of the shell: time since some start, or always zero when time is given.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// What is recorded for a collector that panicked.
const BROKE: &str = "it broke off: a fault of this program";

/// How often a stop is looked for.
const TICK: Duration = Duration::from_millis(20);

/// How long an unfinished collector may still answer once it was told to stop.
const GRACE: Duration = Duration::from_millis(300);

/// Runs all `sources`; the reports come in the same order. Ends in time, whatever hangs. A thread
/// that the kernel holds in a read which no signal ends stays behind, and with it the process
/// until the kernel lets go; the bundle is whole and in its place by then.
pub fn run(
    sources: &Sources,
    context: &Context,
    clock: &Clock,
    progress: &dyn Fn(Progress),
) -> Vec<Report> {
    let mut reports = collect(&sources.machine, context, clock, progress);
    reports.iter().for_each(note);
    reports.extend(sources.run.iter().map(|account| Report {
        id: account.id(),
        ending: account.account(context),
        took: Duration::ZERO,
    }));
    reports
}

/// Runs those that read the machine, each on its own thread.
fn collect(
    collectors: &[Arc<dyn Collector>],
    context: &Context,
    clock: &Clock,
    progress: &dyn Fn(Progress),
) -> Vec<Report> {
    let (sender, answers) = mpsc::channel();
    for (index, collector) in collectors.iter().enumerate() {
        match place(collector.as_ref(), context) {
            Err(ending) => {
                let report = Report { id: collector.id(), ending, took: Duration::ZERO };
                let _ = sender.send((index, report));
            }
            Ok(root) => start(index, collector, root, context, clock, sender.clone()),
        }
    }
    drop(sender);
    let mut reports: Vec<Option<Report>> = vec![None; collectors.len()];
    let silent = wait(&mut reports, collectors, &context.stop, &answers, progress);
    let all = reports.into_iter().zip(collectors);
    all.map(|(report, collector)| {
        report.unwrap_or_else(|| given_up(collector.as_ref(), &context.stop, silent))
    })
    .collect()
}

/// What the program's own log says of an ending, in the order of the list: the order in
/// which threads end is nobody's business.
fn note(report: &Report) {
    let (id, ms) = (report.id, report.took.as_millis());
    match &report.ending {
        Ending::Done(files) => tracing::info!("collector {id}: {} files, {ms} ms", files.len()),
        Ending::Skipped(why) => tracing::info!("collector {id}: skipped: {why}"),
        Ending::Failed(why) => tracing::warn!("collector {id}: failed: {why}"),
        Ending::TimedOut(why) => tracing::warn!("collector {id}: timed out: {why}"),
    }
}

/// Why the wait ended before every answer came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silent {
    /// The time was up, or the person asked.
    Due,
    /// The remaining threads are gone.
    Gone,
}

/// Where a collector reads, or why it is not started at all.
fn place<'a>(collector: &dyn Collector, context: &'a Context) -> Result<&'a Root, Ending> {
    let skipped = |why: &str| Ending::Skipped(why.into());
    let Some(root) = &context.root else {
        return Err(skipped("recorded input: this machine was not read"));
    };
    let system = match std::env::consts::OS {
        // A tree of files is one of Linux, wherever it is read.
        _ if !root.is_live() => System::Linux,
        "windows" => System::Windows,
        "macos" => System::Macos,
        _ => System::Linux,
    };
    match collector.systems().contains(&system) {
        true => Ok(root),
        false => Err(skipped("not available on this operating system")),
    }
}

fn start(
    index: usize,
    collector: &Arc<dyn Collector>,
    root: &Root,
    context: &Context,
    clock: &Clock,
    sender: mpsc::Sender<(usize, Report)>,
) {
    let (collector, root, clock) = (collector.clone(), root.clone(), clock.clone());
    let budget = collector.budget().time;
    let context = Context { stop: context.stop.within(budget), ..context.clone() };
    let id = collector.id();
    let refused = sender.clone();
    let thread = thread::Builder::new().name(id.to_owned()).spawn(move || {
        let started = clock();
        // A collector with a bug costs its own evidence, and nobody waits for it.
        let collect = || collector.collect(&root, &context);
        let ending = panic::catch_unwind(AssertUnwindSafe(collect));
        let ending = ending.unwrap_or_else(|_| Ending::Failed(BROKE.into()));
        let took = clock().saturating_sub(started);
        // Nobody listens any more when the run has given this collector up.
        let _ = sender.send((index, Report { id, ending, took }));
    });
    if let Err(error) = thread {
        let ending = Ending::Failed(format!("no thread to run it on: {error}"));
        let _ = refused.send((index, Report { id, ending, took: Duration::ZERO }));
    }
}

/// Takes answers until all have come, or the time of those that have not is up.
fn wait(
    reports: &mut [Option<Report>],
    collectors: &[Arc<dyn Collector>],
    stop: &Stop,
    answers: &Receiver<(usize, Report)>,
    progress: &dyn Fn(Progress),
) -> Silent {
    let due: Vec<Stop> = collectors.iter().map(|c| stop.within(c.budget().time)).collect();
    let mut grace = None;
    while reports.iter().any(Option::is_none) {
        match answers.recv_timeout(TICK) {
            Ok((index, report)) => {
                let id = report.id;
                if let Some(slot) = reports.get_mut(index) {
                    *slot = Some(report);
                }
                let ended = reports.iter().flatten().count();
                progress(Progress { id, ended, all: reports.len() });
            }
            // Every thread has gone, one of them without an answer.
            Err(RecvTimeoutError::Disconnected) => return Silent::Gone,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let mut pending = reports.iter().zip(&due).filter(|(report, _)| report.is_none());
        let all_due = pending.all(|(_, due)| due.is_due());
        if all_due && grace.get_or_insert_with(|| Grace::new(GRACE)).is_over() {
            break;
        }
    }
    Silent::Due
}

/// What is recorded for a collector that never answered.
fn given_up(collector: &dyn Collector, stop: &Stop, silent: Silent) -> Report {
    let ending = match silent {
        Silent::Gone => Ending::Failed("it ended without an answer".into()),
        Silent::Due if stop.is_asked() => Ending::Skipped("interrupted before it ended".into()),
        Silent::Due => Ending::TimedOut(format!(
            "no answer within {} s; the source may hang",
            collector.budget().time.as_secs()
        )),
    };
    Report { id: collector.id(), ending, took: Duration::ZERO }
}

/// A short time that starts when it is made.
struct Grace(std::time::Instant);

impl Grace {
    fn new(length: Duration) -> Self {
        Self(std::time::Instant::now() + length)
    }

    fn is_over(&self) -> bool {
        std::time::Instant::now() >= self.0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::collect::{Account, Budget, Source, Target};

    type Body = fn(&Context) -> Ending;

    /// Has little time when it hangs, and more than it needs when it does not, however busy
    /// the machine is.
    struct Fake(&'static str, Body);

    impl Source for Fake {
        fn id(&self) -> &'static str {
            self.0
        }
        fn reads(&self) -> &'static str {
            "nothing"
        }
        fn wanted_for(&self) -> &'static str {
            "tests"
        }
        fn systems(&self) -> &'static [System] {
            &[System::Linux, System::Macos, System::Windows]
        }
        fn budget(&self) -> Budget {
            let hangs = ["hung", "blocked"].contains(&self.0);
            let time = if hangs { Duration::from_millis(50) } else { Duration::from_secs(20) };
            Budget { time, bytes: 10 }
        }
    }

    impl Collector for Fake {
        fn collect(&self, _root: &Root, context: &Context) -> Ending {
            (self.1)(context)
        }
    }

    impl Account for Fake {
        fn account(&self, context: &Context) -> Ending {
            (self.1)(context)
        }
    }

    fn run_all(bodies: &[(&'static str, Body)], asked: bool) -> Vec<Report> {
        let machine = bodies.iter().map(|(id, body)| Arc::new(Fake(id, *body)) as _).collect();
        let sources = Sources { machine, run: Vec::new() };
        run(&sources, &context(Some(Root::live()), asked), &clock(), &|_| {})
    }

    fn context(root: Option<Root>, asked: bool) -> Context {
        Context {
            root,
            target: Target::default(),
            now: jiff::Timestamp::UNIX_EPOCH,
            since: None,
            stop: Stop::new(Arc::new(AtomicBool::new(asked)), Duration::from_secs(20)),
            asked: crate::collect::Asked::default(),
        }
    }

    fn clock() -> Clock {
        Arc::new(|| Duration::ZERO)
    }

    fn hang(_: &Context) -> Ending {
        loop {
            thread::park();
        }
    }

    #[test]
    fn a_hung_source_costs_its_own_time_only() {
        let reports = run_all(
            &[
                ("hung", hang),
                ("fine", |_| Ending::Done(vec![])),
                ("no", |_| Ending::Skipped("nothing".into())),
            ],
            false,
        );
        assert!(matches!(reports[0].ending, Ending::TimedOut(_)), "{:?}", reports[0]);
        assert_eq!(reports[1].ending, Ending::Done(vec![]));
        assert_eq!(reports[2].ending, Ending::Skipped("nothing".into()));
    }

    /// Opening a pipe for reading waits inside the kernel until somebody writes.
    #[cfg(unix)]
    #[test]
    fn a_read_that_is_blocked_in_the_kernel_costs_its_own_time_only() {
        static PIPE: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
        let dir = tempfile::tempdir().unwrap();
        let pipe = PIPE.get_or_init(|| dir.path().join("pipe"));
        rustix::fs::mkfifoat(rustix::fs::CWD, pipe, rustix::fs::Mode::RWXU).unwrap();
        let blocked: Body = |_| {
            let path = PIPE.get().unwrap();
            Ending::Failed(std::fs::read(path).unwrap_err().to_string())
        };
        let reports = run_all(&[("blocked", blocked), ("fine", |_| Ending::Done(vec![]))], false);
        assert!(matches!(reports[0].ending, Ending::TimedOut(_)), "{:?}", reports[0]);
        assert_eq!(reports[1].ending, Ending::Done(vec![]));
    }

    #[test]
    fn a_collector_that_breaks_is_a_failure() {
        let breaks: Body = |_| panic!("a bug");
        let reports = run_all(&[("breaks", breaks), ("hung", hang)], false);
        assert_eq!(reports[0].ending, Ending::Failed(BROKE.into()));
    }

    #[test]
    fn asking_to_stop_ends_the_run_with_what_is_there() {
        let reports = run_all(&[("hung", hang), ("fine", |_| Ending::Done(vec![]))], true);
        assert!(matches!(&reports[0].ending, Ending::Skipped(why) if why.contains("interrupted")));
        assert_eq!(reports[1].ending, Ending::Done(vec![]));
    }

    #[test]
    fn a_recording_has_no_machine_to_read() {
        let sources = super::super::all();
        for report in run(&sources, &context(None, false), &clock(), &|_| {}) {
            assert!(matches!(report.ending, Ending::Skipped(_)), "{report:?}");
        }
    }

    #[test]
    fn what_tells_about_the_run_comes_last_and_needs_no_machine() {
        let fine: Body = |_| Ending::Done(vec![]);
        let sources = Sources {
            machine: vec![Arc::new(Fake("machine", fine))],
            run: vec![Arc::new(Fake("run", fine))],
        };
        let all = std::cell::Cell::new((0, 0));
        let seen = |progress: Progress| all.set((progress.ended, progress.all));
        let reports = run(&sources, &context(None, false), &clock(), &seen);
        assert!(matches!(reports[0].ending, Ending::Skipped(_)), "{reports:?}");
        assert_eq!((reports[1].id, &reports[1].ending), ("run", &Ending::Done(vec![])));
        assert_eq!(all.get(), (1, 1), "every collector that is waited for has ended");
    }
}
