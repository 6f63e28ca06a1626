//! Killing the program at a chosen system call, through `strace`: repeatable, and at
//! places where no timer would ever hit.
//!
//! The signal comes before the call is carried out, so the kill at call n + 1 is the kill
//! right after call n.

use std::process::{Command, Stdio};

use crate::plan::Kill;
use crate::run::Stage;

/// Calls that make something durable or talk to the desk, and about how many of each a
/// submission makes.
pub(crate) const STEPS: &[(&str, u32)] = &[
    ("fsync", 22),
    ("fdatasync", 8),
    ("renameat", 14),
    ("rename", 2),
    ("mkdir", 4),
    ("flock", 3),
    ("connect", 8),
    ("write", 30),
    ("writev", 8),
    ("sendto", 8),
    ("recvfrom", 16),
    ("unlinkat", 4),
];

/// Calls all over the program, its start included.
pub(crate) const INSTANTS: &[(&str, u32)] = &[
    ("openat", 180),
    ("read", 400),
    ("statx", 400),
    ("close", 180),
    ("lseek", 60),
    ("futex", 30),
    ("brk", 40),
    ("epoll_wait", 20),
    ("socket", 8),
    ("getdents64", 8),
];

/// More calls of one kind than a submission makes.
const MOST: u32 = 100;

/// Whether a command came to its end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    Natural,
    Killed,
}

/// Runs a command that is killed as planned.
pub(crate) fn run(command: &Command, kill: Kill) -> Death {
    let mut traced = match kill {
        Kill::Never => again(command, Command::new(command.get_program())),
        Kill::AtStep(call, n) | Kill::AtInstant(call, n) => {
            again(command, strace(command, call, n))
        }
    };
    let output = traced.output().unwrap_or_else(|e| panic!("strace is needed: {e}"));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("ptrace"), "strace may not trace here: {text}");
    assert!(!text.contains("panicked"), "{text}");
    match output.status.code() {
        None => Death::Killed,
        Some(code) => {
            assert!([0, 75, 76].contains(&code), "exit code {code}: {text}");
            Death::Natural
        }
    }
}

fn strace(command: &Command, call: &str, n: u32) -> Command {
    let mut strace = Command::new("strace");
    // The count is of one call, in one thread.
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e"]);
    strace.arg(format!("inject={call}:signal=SIGKILL:when={n}"));
    strace.arg(command.get_program());
    strace
}

/// The same arguments and environment behind another program.
fn again(command: &Command, mut other: Command) -> Command {
    other.args(command.get_args()).env_clear().env("PATH", "/usr/bin:/bin");
    other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    other.stdin(Stdio::null());
    other
}

/// Kills a command at each of its steps in turn, one call after the other; how many steps
/// there were.
fn kill_at_each(run_killed_at: impl Fn(Kill) -> Death + Sync) -> u32 {
    let killed = |call: &'static str| {
        let killed =
            (1..=MOST).take_while(|n| run_killed_at(Kill::AtStep(call, *n)) == Death::Killed);
        let killed = killed.count() as u32;
        assert!(killed < MOST, "{call}: it does not come to an end");
        killed
    };
    std::thread::scope(|scope| {
        // Most writes are lines of the preview; those of the outbox each lie before an fsync.
        let steps = STEPS.iter().filter(|(call, _)| *call != "write");
        let runs: Vec<_> = steps.map(|(call, _)| scope.spawn(move || killed(call))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    })
}

#[test]
fn killed_at_every_step_of_a_submission() {
    let stage = Stage::new();
    let steps = kill_at_each(|kill| stage.run_killed_at(kill));
    // Keeping it, sending the ticket, writing the number down, sending the bundle.
    assert!(steps > 45, "only {steps} steps were seen");
}

/// The ticket's answer was lost; the run that settles that is killed.
#[test]
fn killed_at_every_step_of_settling() {
    let stage = Stage::new();
    let steps = kill_at_each(|kill| stage.run_lost_and_killed_at(kill));
    assert!(steps > 40, "only {steps} steps were seen");
}
