//! One run: a person with a desk, the commands they give, and what must be true after each.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::fake_freshdesk::{Act, Call, FakeFreshdesk};
use crate::plan::{Fault, Kill, Plan};
use crate::steps::{self, Death};
use crate::submitter::{DESCRIPTION, Submitter};

/// More commands than any plan needs.
const PATIENCE: usize = 16;

/// What all runs share: a bundle, and a place in memory.
pub(crate) struct Stage {
    place: PathBuf,
    maker: Submitter,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// How many commands the person gave.
    pub(crate) commands: usize,
    /// How many of them were killed.
    pub(crate) killed: usize,
    /// What was wrong; nothing, if the promise holds.
    pub(crate) wrong: Vec<Wrong>,
}

/// A broken promise.
#[derive(Debug)]
pub(crate) enum Wrong {
    Lost(String),
    Doubled(String),
    Untrue(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(what) => write!(f, "lost: {what}"),
            Self::Doubled(what) => write!(f, "doubled: {what}"),
            Self::Untrue(what) => write!(f, "untrue: {what}"),
        }
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        // Every step waits for the disk; memory keeps the runs quick where there is some.
        let memory = PathBuf::from("/dev/shm");
        let place = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let maker = Submitter::with_noise("http://127.0.0.1:1", 300_000);
        Self { place, maker }
    }

    /// Runs a plan to its end.
    pub(crate) fn run(&self, plan: &Plan) -> Ended {
        let desk = FakeFreshdesk::start();
        let planned = [
            (Call::Create, &plan.create),
            (Call::Attach, &plan.attach),
            (Call::List, &plan.look),
            (Call::Conversations, &plan.look_at_files),
        ];
        for (call, faults) in planned {
            for (commit, act) in faults.iter().filter_map(|fault| fault.act()) {
                desk.fail(call, commit, act);
            }
        }
        let stalls = planned
            .iter()
            .flat_map(|(_, faults)| faults.iter())
            .any(|fault| matches!(fault, Fault::StalledBefore | Fault::StalledAfter));
        let person = self.person(&desk, stalls);
        let mut ended = Ended { commands: 0, killed: 0, wrong: Vec::new() };
        let mut kills = plan.kills.iter().copied();
        while ended.commands < PATIENCE {
            let settled = state(&person).as_deref() == Some("sent");
            if settled {
                break;
            }
            let kill = kills.next().unwrap_or(Kill::Never);
            let command = person.next(ended.commands);
            ended.commands += 1;
            if steps::run(&command, kill) == Death::Killed {
                ended.killed += 1;
            }
            desk.wait_idle();
            person.check(&desk, &mut ended.wrong);
        }
        person.check_end(&desk, &mut ended.wrong);
        ended
    }

    /// Submits, killed at a step, and settles; whether it was killed.
    pub(crate) fn run_killed_at(&self, kill: Kill) -> Death {
        let desk = FakeFreshdesk::start();
        self.run_killed(&desk, &[kill])
    }

    /// As above, with the answer to the ticket lost.
    pub(crate) fn run_lost_and_killed_at(&self, kill: Kill) -> Death {
        let desk = FakeFreshdesk::start();
        for (call, commit) in [(Call::Create, false), (Call::Create, true), (Call::Attach, true)] {
            desk.fail(call, commit, Act::Drop);
        }
        self.run_killed(&desk, &[Kill::Never, kill])
    }

    fn run_killed(&self, desk: &FakeFreshdesk, at: &[Kill]) -> Death {
        let person = self.person(desk, false);
        let mut wrong = Vec::new();
        let mut last = Death::Natural;
        for (number, &kill) in at.iter().enumerate() {
            last = steps::run(&person.next(number), kill);
            desk.wait_idle();
            person.check(desk, &mut wrong);
        }
        for number in at.len()..PATIENCE {
            if state(&person).as_deref() == Some("sent") {
                break;
            }
            steps::run(&person.next(number), Kill::Never);
            desk.wait_idle();
            person.check(desk, &mut wrong);
        }
        person.check_end(desk, &mut wrong);
        assert!(wrong.is_empty(), "killed at {at:?}: {wrong:?}");
        last
    }

    fn person(&self, desk: &FakeFreshdesk, stalls: bool) -> Submitter {
        let person = Submitter::with_bundle(&desk.url(), &self.maker.bundle, &self.place);
        // Only a desk that stalls on purpose is given up soon.
        let timeout = if stalls { "timeout = \"400ms\"" } else { "" };
        person.configure(&desk.url(), timeout);
        person
    }
}

/// The only submission's state on disk; none before there is a submission.
fn state(person: &Submitter) -> Option<String> {
    let items = person.items();
    assert!(items.len() <= 1, "more than one submission: {items:?}");
    let text = std::fs::read_to_string(items.first()?.join("state.json")).unwrap();
    let state: Value = serde_json::from_str(&text).unwrap();
    state["state"].as_str().map(str::to_owned)
}

impl Submitter {
    /// The command a person gives next, two hours after the last: submit, until there is
    /// something in the outbox, and then send what is there.
    fn next(&self, number: usize) -> Command {
        let now = format!("2026-11-{:02}T{:02}:00:00Z", 22 + number / 12, 2 * (number % 12));
        let bundle = self.bundle.to_str().unwrap();
        match self.items().is_empty() {
            true => self.command_at(
                &now,
                &["submit", bundle, "--describe", DESCRIPTION, "--yes", "--json"],
            ),
            false => self.command_at(&now, &["outbox", "send", "--json"]),
        }
    }

    /// What the outbox says now must be true of the desk.
    fn check(&self, desk: &FakeFreshdesk, wrong: &mut Vec<Wrong>) {
        let tickets = desk.tickets();
        let files: usize = tickets.iter().map(|ticket| ticket.files.len()).sum();
        let state = state(self);
        let seen = format!("{state:?} with {} tickets, {files} files", tickets.len());
        if tickets.len() > 1 || files > 1 {
            wrong.push(Wrong::Doubled(seen.clone()));
        }
        let is_true = match state.as_deref() {
            None | Some("queued" | "rejected") => tickets.is_empty(),
            Some("sending" | "ambiguous") => files == 0,
            Some("created_not_attached") => tickets.len() == 1,
            Some("sent") => tickets.len() == 1 && files == 1,
            Some(_) => false,
        };
        if !is_true {
            wrong.push(Wrong::Untrue(seen));
        }
    }

    /// In the end there is one ticket with one bundle, byte for byte.
    fn check_end(&self, desk: &FakeFreshdesk, wrong: &mut Vec<Wrong>) {
        let tickets = desk.tickets();
        let whole = tickets.first().and_then(|ticket| ticket.files.first());
        let intact = whole.is_some_and(|file| file.bytes == self.bundle_bytes());
        if state(self).as_deref() != Some("sent") || !intact {
            wrong.push(Wrong::Lost(format!("{:?}, bundle intact: {intact}", state(self))));
        }
        let violations = desk.violations();
        if !violations.is_empty() {
            wrong.push(Wrong::Untrue(format!("against the protocol: {violations:?}")));
        }
    }
}
