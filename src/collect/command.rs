//! Running another program for its output, within the time of a collector.

use std::io;
use std::process::Command;

use super::Stop;
use crate::host::child::{self, Heard};

/// How a program ended.
pub(super) enum Output {
    /// It ended, or had said as much as was wanted; what it said.
    Said(Vec<u8>),
    /// It could not be started, or reported a failure; what it said about that.
    Failed(String),
    /// It was ended because its time was up.
    TimedOut,
}

/// Runs `program`, takes at most `most` bytes of its output, and ends it when it is time.
pub(super) fn run(program: &str, arguments: &[&str], most: usize, stop: &Stop) -> Output {
    let mut command = Command::new(program);
    command.args(arguments);
    // The output is read by a program: no colours, no pager, no translation.
    command.env("LC_ALL", "C").env("SYSTEMD_COLORS", "0").env("SYSTEMD_PAGER", "");
    let stop = stop.clone();
    match child::run(command, None, most, move || stop.is_due()) {
        Ok(Heard::Enough(said)) => Output::Said(said),
        Ok(Heard::All(said, ended)) if ended.well => Output::Said(said),
        Ok(Heard::All(_, ended)) => Output::Failed(format!("{program}: {}", ended.reason())),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => Output::TimedOut,
        Err(error) => Output::Failed(format!("{program}: {error}")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    fn sh(script: &str, most: usize, budget: Duration) -> Output {
        run("sh", &["-c", script], most, &Stop::new(Arc::default(), budget))
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn output_and_failure_are_told_apart() {
        assert!(matches!(sh("echo hi", 100, LONG), Output::Said(said) if said == b"hi\n"));
        let Output::Failed(why) = sh("echo no right >&2; exit 1", 100, LONG) else {
            panic!("a failure passed as output")
        };
        assert_eq!(why, "sh: no right");
        assert!(matches!(
            run("/no/such", &[], 1, &Stop::new(Arc::default(), LONG)),
            Output::Failed(_)
        ));
    }

    #[test]
    fn endless_output_is_cut_and_endless_work_is_ended() {
        assert!(matches!(sh("yes", 1000, LONG), Output::Said(said) if said.len() == 1000));
        assert!(matches!(sh("exec sleep 1000", 10, Duration::ZERO), Output::TimedOut));
    }
}
