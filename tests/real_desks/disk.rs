//! A state folder that is full or read-only, on a file system of its own.

use std::process::Command;

use crate::fake_freshdesk::{Act, Call, FakeFreshdesk};
use crate::submitter::{Outcome, Submitter};

/// Runs the program with `prepare` done to its state folder in a mount namespace.
fn with_state(person: &Submitter, prepare: &str, args: &[&str]) -> Outcome {
    let command = person.command(args);
    let state = person.dir.path().join("state");
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let script = format!("state='{}'; {prepare}\nexec {}", state.display(), words.join(" "));
    let mut apart = Command::new("unshare");
    apart
        .args(["-rm", "sh", "-ec", &script])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    apart.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Outcome::of(apart.output().unwrap())
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_full_disk_stops_before_anything_is_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    person.make_bundle_of(300_000);
    // Room for a folder and the pseudonym key, not for the bundle.
    let full = "mount -t tmpfs -o size=128k none \"$state\"";
    let outcome = with_state(&person, full, &person.submit_args(&[]));
    assert_eq!(outcome.code, 74, "{} {}", outcome.stdout, outcome.stderr);
    assert!(outcome.stderr.contains("make room"), "{}", outcome.stderr);
    assert_eq!(desk.calls(Call::Create), 0);
    assert!(person.bundle.exists());
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_read_only_state_folder_stops_before_anything_is_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let read_only = "mount -t tmpfs none \"$state\"; mount -o remount,ro \"$state\"";
    let outcome = with_state(&person, read_only, &person.submit_args(&[]));
    assert!([74, 77].contains(&outcome.code), "{} {}", outcome.stdout, outcome.stderr);
    assert_eq!(desk.calls(Call::Create), 0);
}

#[test]
#[ignore = "needs tests/desks/run"]
fn what_waits_on_a_disk_that_has_become_read_only_is_reported_and_stays() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let busy = Act::Answer { status: 429, headers: Vec::new(), body: String::new() };
    desk.fail(Call::Create, false, busy);
    assert_eq!(person.submit().ended().0, "queued");
    let read_only = "mount --bind \"$state\" \"$state\"; mount -o remount,ro,bind \"$state\"";
    let outcome = with_state(&person, read_only, &["outbox", "send", "--json"]);
    assert_ne!(outcome.code, 0, "{}", outcome.stdout);
    assert!(desk.tickets().is_empty());
    assert_eq!(person.state(), "queued");
}
