//! `keycase outbox`: what a person asks of it, and what it leaves alone.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::fake_freshdesk::{Act, Call, FakeFreshdesk};
use crate::submitter::{Outcome, Submitter};

const NOWHERE: &str = "http://127.0.0.1:1";

fn busy(retry_after: Option<&str>) -> Act {
    let headers = retry_after.map(|wait| ("retry-after", wait.to_owned()));
    Act::Answer { status: 429, headers: headers.into_iter().collect(), body: String::new() }
}

fn id_of(person: &Submitter) -> String {
    person.items()[0].file_name().unwrap().to_str().unwrap().to_owned()
}

fn submit_at(person: &Submitter, now: &str) -> Outcome {
    Outcome::of(person.command_at(now, &person.submit_args(&[])).output().unwrap())
}

fn send_at(person: &Submitter, now: &str) -> Outcome {
    Outcome::of(person.command_at(now, &["outbox", "send", "--json"]).output().unwrap())
}

#[test]
fn nothing_is_removed_by_a_slip() {
    let person = Submitter::new(NOWHERE);
    assert_eq!(person.submit().ended().0, "queued");
    let id = id_of(&person);
    for slip in ["", &id[..1], &id[..3]] {
        let outcome = person.run(&["outbox", "drop", slip, "--yes"]);
        assert_eq!(outcome.code, 64, "{slip}: {}", outcome.stderr);
        assert_eq!(person.run(&["outbox", "show", slip]).code, 64);
    }
    let unasked = person.run(&["outbox", "drop", &id]);
    assert_eq!(unasked.code, 64, "{}", unasked.stderr);
    assert!(unasked.stderr.contains("not at the desk") && unasked.stderr.contains("--yes"));
    assert_eq!(person.items().len(), 1);
    assert_eq!(person.run(&["outbox", "drop", &id[..4], "--yes"]).code, 0);
    assert!(person.items().is_empty());

    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    assert_eq!(person.submit().ended().0, "sent");
    assert_eq!(person.run(&["outbox", "drop", &id_of(&person)]).code, 0, "it is at the desk");
}

/// A ticket sent while the clock was ahead is older than any time known here.
#[test]
fn a_clock_that_was_set_back_makes_no_second_ticket() {
    for looks_that_fail in [0, 1] {
        let desk = FakeFreshdesk::start();
        let person = Submitter::at(&desk);
        desk.fail(Call::Create, true, Act::Drop);
        desk.fail(Call::List, true, Act::Drop);
        assert_eq!(submit_at(&person, "2027-06-01T10:00:00Z").ended().0, "ambiguous");
        for _ in 0..looks_that_fail {
            desk.fail(Call::List, true, Act::Drop);
            assert_eq!(send_at(&person, "2027-02-01T10:00:00Z").ended().0, "ambiguous");
        }
        // Once it was set back, that the clock comes to that time again proves nothing.
        let now =
            if looks_that_fail == 0 { "2027-02-01T10:00:00Z" } else { "2027-07-15T10:00:00Z" };
        let outcome = send_at(&person, now);
        assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{}", outcome.stderr);
        assert_eq!(desk.tickets().len(), 1);
    }
}

#[test]
fn a_request_that_was_changed_is_not_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    desk.fail(Call::Create, false, busy(None));
    assert_eq!(person.submit().ended().0, "queued");
    let file = person.items()[0].join("request.json");
    let agreed = fs::read_to_string(&file).unwrap();
    fs::write(&file, agreed.replace("a.user+x@", "somebody.else@")).unwrap();
    let outcome = person.send();
    assert_eq!(outcome.code, 65, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("not the one that was agreed to"), "{}", outcome.stderr);
    assert_eq!(person.run(&["outbox", "list"]).code, 65);
    assert_eq!(desk.calls(Call::Create), 1);

    fs::write(&file, agreed).unwrap();
    let state = person.items()[0].join("state.json");
    let mut record: Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
    assert!(record.as_object_mut().unwrap().remove("request_sha256").is_some());
    fs::write(&state, record.to_string()).unwrap();
    assert_eq!(person.send().ended(), ("sent".to_owned(), 0), "a record of an earlier release");
}

/// What a desk asks in answer to one submission it asks of this machine.
#[test]
fn a_desk_that_asks_to_wait_is_left_alone_by_every_submission() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    desk.fail(Call::Create, false, busy(Some("1800")));
    assert_eq!(submit_at(&person, "2026-11-22T10:00:00Z").ended(), ("queued".to_owned(), 75));
    let second = submit_at(&person, "2026-11-22T10:10:00Z");
    assert_eq!(second.ended(), ("queued".to_owned(), 75));
    let next = second.json()["next"].as_str().unwrap().to_owned();
    assert!(next.contains("after 2026-11-22T10:30:0"), "{next}");
    assert_eq!(send_at(&person, "2026-11-22T10:20:00Z").code, 75);
    assert_eq!(desk.calls(Call::Create), 1, "it was asked again too early");
    assert_eq!(send_at(&person, "2026-11-22T10:31:00Z").code, 0);
    assert_eq!(desk.tickets().len(), 2);
}

#[test]
fn what_the_desk_refused_is_not_passed_over_in_silence() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let refused = Act::Answer { status: 400, headers: Vec::new(), body: String::new() };
    desk.fail(Call::Create, false, refused);
    assert_eq!(person.submit().ended(), ("rejected".to_owned(), 76));
    let outcome = person.send();
    assert_eq!(outcome.ended(), ("rejected".to_owned(), 76), "{}", outcome.stderr);
    let id = id_of(&person);
    let next = outcome.json()["items"][0]["next"].as_str().unwrap().to_owned();
    assert!(next.contains(&format!("outbox send {id}")), "{next}");
    assert_eq!(person.run(&["outbox", "send", "--due"]).code, 0, "nothing is due for a timer");
    assert_eq!(desk.calls(Call::Create), 1);
}

/// Ctrl-C in a wait: nothing more goes out, and what waits is still there.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_the_rest_untouched() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::io::{BufRead as _, BufReader, Read as _};
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let config = person.dir.path().join("config/keycase/config.toml");
    let patient = fs::read_to_string(&config).unwrap().replacen("\"1ms\"", "\"1h\"", 1);
    fs::write(&config, patient).unwrap();
    desk.fail(Call::Create, false, Act::Drop);
    assert_eq!(submit_at(&person, "2026-11-22T10:00:00Z").ended().0, "ambiguous");
    desk.fail(Call::Create, false, busy(None));
    assert_eq!(submit_at(&person, "2026-11-22T10:00:01Z").ended().0, "queued");

    let mut program = person.start(&["outbox", "send", "--json"]);
    let mut said = BufReader::new(program.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("waiting") {
        line.clear();
        assert_ne!(said.read_line(&mut line).unwrap(), 0, "it did not wait");
    }
    kill_process(Pid::from_child(&program), Signal::INT).unwrap();
    let mut answer = String::new();
    program.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(130));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let states: Vec<&str> =
        answer["items"].as_array().unwrap().iter().filter_map(|i| i["state"].as_str()).collect();
    assert_eq!(states, ["ambiguous", "queued"]);
    assert_eq!((desk.calls(Call::Create), desk.tickets().len()), (2, 0));
}

/// Whoever hands a ticket over is sent to the desk of the policy, or to whom the verdict names.
#[test]
fn the_first_step_names_who_helps() {
    let person = Submitter::new(NOWHERE);
    let drive =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machines/locked-sentry-one/snapshot.json");
    let next = |policy: &str| {
        let args = ["submit", "--from", drive, "--describe", "it blinks", "--yes", "--json"];
        let command =
            person.command(&[&args[..], &["--desk", "outbox-only", "--policy", policy]].concat());
        let outcome = Outcome::of(without_root(&command).output().unwrap());
        assert_eq!(outcome.ended(), ("ready".to_owned(), 0), "{}", outcome.stderr);
        outcome.json()["next"].as_str().unwrap().to_owned()
    };
    assert!(next("datalocker").contains("website https://support.datalocker.com"));
    let other = next("secpod");
    assert!(other.starts_with("turn to DataLocker, the maker of the drive: SecPod"), "{other}");
    assert!(!other.contains("datalocker.com"), "{other}");
}

/// The same without `--sysroot`, which a recorded machine excludes.
fn without_root(command: &Command) -> Command {
    let words: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let at = words.iter().position(|word| word == "--sysroot").unwrap();
    let kept = words.iter().take(at).chain(words.iter().skip(at + 2));
    let mut again = Command::new(command.get_program());
    again.args(kept).env_clear();
    again.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    again
}
