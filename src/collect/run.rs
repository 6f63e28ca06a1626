//! Running all collectors side by side, each on its own thread, within the run's budget.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::{Collector, Context, Ending, Stop, System};

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

/// Runs `collectors`; the reports come in the same order. Ends in time, whatever hangs. A thread
/// that the kernel holds in a read which no signal ends stays behind, and with it the process
/// until the kernel lets go; the bundle is whole and in its place by then.
pub fn run(
    collectors: &[Arc<dyn Collector>],
    context: &Context,
    clock: &Clock,
    progress: &dyn Fn(Progress),
) -> Vec<Report> {
    let (sender, answers) = mpsc::channel();
    let mut reports: Vec<Option<Report>> = vec![None; collectors.len()];
    let last = collectors.iter().filter(|collector| collector.is_last()).count();
    for (index, collector) in collectors.iter().enumerate().filter(|(_, c)| !c.is_last()) {
        match refusal(collector.as_ref(), context) {
            Some(ending) => {
                let report = Report { id: collector.id(), ending, took: Duration::ZERO };
                let _ = sender.send((index, report));
            }
            None => start(index, collector, context, clock, sender.clone()),
        }
    }
    drop(sender);
    let silent = wait(&mut reports, last, collectors, &context.stop, &answers, progress);
    let mut ended = Vec::with_capacity(collectors.len());
    for (report, collector) in reports.into_iter().zip(collectors) {
        if collector.is_last() {
            ended.push(None);
            continue;
        }
        let report = report.unwrap_or_else(|| given_up(collector.as_ref(), &context.stop, silent));
        note(&report);
        ended.push(Some(report));
    }
    let fill = |(report, collector): (Option<Report>, &Arc<dyn Collector>)| {
        report.unwrap_or_else(|| finish(collector.as_ref(), context))
    };
    ended.into_iter().zip(collectors).map(fill).collect()
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

/// Runs a collector that reports about the run; it reads memory only, and needs no thread.
fn finish(collector: &dyn Collector, context: &Context) -> Report {
    let refused = refusal(collector, context);
    let ending = refused.unwrap_or_else(|| collector.collect(context));
    Report { id: collector.id(), ending, took: Duration::ZERO }
}

/// Why the wait ended before every answer came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silent {
    /// The time was up, or the person asked.
    Due,
    /// The remaining threads are gone.
    Gone,
}

/// Why a collector is not started at all.
fn refusal(collector: &dyn Collector, context: &Context) -> Option<Ending> {
    if !collector.needs_machine() {
        return None;
    }
    if context.root.is_none() {
        return Some(Ending::Skipped("recorded input: this machine was not read".into()));
    }
    let here = match std::env::consts::OS {
        "windows" => System::Windows,
        "macos" => System::Macos,
        _ => System::Linux,
    };
    let elsewhere = context.root.as_ref().is_some_and(|root| !root.is_live());
    let system = if elsewhere { System::Linux } else { here };
    let known = collector.systems().contains(&system);
    (!known).then(|| Ending::Skipped("not available on this operating system".into()))
}

fn start(
    index: usize,
    collector: &Arc<dyn Collector>,
    context: &Context,
    clock: &Clock,
    sender: mpsc::Sender<(usize, Report)>,
) {
    let (collector, clock) = (collector.clone(), clock.clone());
    let budget = collector.budget().time;
    let context = Context { stop: context.stop.within(budget), ..context.clone() };
    let id = collector.id();
    let refused = sender.clone();
    let thread = thread::Builder::new().name(id.to_owned()).spawn(move || {
        let started = clock();
        // A collector with a bug costs its own evidence, and nobody waits for it.
        let ending = panic::catch_unwind(AssertUnwindSafe(|| collector.collect(&context)));
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
    last: usize,
    collectors: &[Arc<dyn Collector>],
    stop: &Stop,
    answers: &Receiver<(usize, Report)>,
    progress: &dyn Fn(Progress),
) -> Silent {
    let due: Vec<Stop> = collectors.iter().map(|c| stop.within(c.budget().time)).collect();
    let mut grace = None;
    while reports.iter().flatten().count() + last < reports.len() {
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
        let waited = reports.iter().zip(collectors).zip(&due);
        let mut pending = waited.filter(|((report, c), _)| report.is_none() && !c.is_last());
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
    use crate::collect::{Budget, Target};
    use crate::host::Root;

    type Body = fn(&Context) -> Ending;

    /// Has little time when it hangs, and more than it needs when it does not, however busy
    /// the machine is.
    struct Fake(&'static str, Body);

    impl Collector for Fake {
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
        fn collect(&self, context: &Context) -> Ending {
            (self.1)(context)
        }
    }

    fn run_all(bodies: &[(&'static str, Body)], asked: bool) -> Vec<Report> {
        let collectors: Vec<Arc<dyn Collector>> =
            bodies.iter().map(|(id, body)| Arc::new(Fake(id, *body)) as _).collect();
        let context = Context {
            root: Some(Root::live()),
            target: Target::default(),
            now: jiff::Timestamp::UNIX_EPOCH,
            since: None,
            stop: Stop::new(Arc::new(AtomicBool::new(asked)), Duration::from_secs(20)),
            asked: crate::collect::Asked::default(),
        };
        let clock: Clock = Arc::new(|| Duration::ZERO);
        run(&collectors, &context, &clock, &|_| {})
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
        let collectors = super::super::all();
        let context = Context {
            root: None,
            target: Target::default(),
            now: jiff::Timestamp::UNIX_EPOCH,
            since: None,
            stop: Stop::new(Arc::default(), Duration::from_secs(20)),
            asked: crate::collect::Asked::default(),
        };
        let clock: Clock = Arc::new(|| Duration::ZERO);
        for report in run(&collectors, &context, &clock, &|_| {}) {
            assert!(matches!(report.ending, Ending::Skipped(_)), "{report:?}");
        }
    }
}
