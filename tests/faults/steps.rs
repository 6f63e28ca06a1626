//! Killing the program at a chosen system call, through `strace`: repeatable, and at
//! places where no timer would ever hit.
//!
//! The signal comes before the call is carried out, so the kill at call n + 1 is the kill
//! right after call n.

use std::process::{Command, Stdio};

use crate::plan::Kill;
use crate::run::Stage;

/// Calls that make something durable or talk to the desk.
const STEP: &str = "?rename,?renameat,?renameat2,fsync,fdatasync,ftruncate,mkdir,connect,sendto,sendmsg,writev,shutdown";
/// More such calls than a submission makes.
pub(crate) const STEPS: u64 = 60;
/// More calls than a submission makes; most of them are the start of the program.
pub(crate) const INSTANTS: u64 = 2500;

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
        Kill::AtStep(n) => again(command, strace(command, STEP, n)),
        Kill::AtInstant(n) => again(command, strace(command, "all", n)),
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

fn strace(command: &Command, calls: &str, n: u32) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e"]);
    strace.arg(format!("inject={calls}:signal=SIGKILL:when={n}"));
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

/// Kills a submission at each of its steps in turn.
#[test]
fn killed_at_every_step_of_a_submission() {
    let stage = Stage::new();
    let mut n = 1;
    while stage.run_killed_at(&[n]) == Death::Killed {
        n += 1;
        assert!(u64::from(n) < STEPS, "it does not come to an end");
    }
    // Keeping it, sending the ticket, writing the number down, sending the bundle.
    assert!(n > 20, "only {n} steps were seen");
}

/// Kills the run that settles a killed submission at each of its steps in turn.
#[test]
fn killed_at_every_step_of_settling() {
    let stage = Stage::new();
    let mut n = 1;
    while stage.run_lost_and_killed_at(n) == Death::Killed {
        n += 1;
        assert!(u64::from(n) < STEPS, "it does not come to an end");
    }
    assert!(n > 10, "only {n} steps were seen");
}
