//! `keycase attach` and `keycase status`: a ticket that is open already.

use std::fs;

use serde_json::{Value, json};

use crate::fake_freshdesk::{Act, Call, FIRST_ID, FakeFreshdesk, KEY};
use crate::submitter::{Outcome, Submitter};

/// A desk with one ticket that has no file, and somebody with a bundle.
fn open_ticket() -> (FakeFreshdesk, Submitter, String) {
    let desk = FakeFreshdesk::start();
    desk.block(".zip");
    let person = Submitter::at(&desk);
    assert_eq!(person.submit().ended().0, "created_not_attached");
    desk.block("");
    let id = person.items()[0].file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(person.run(&["outbox", "drop", &id, "--yes"]).code, 0);
    (desk, person, FIRST_ID.to_string())
}

fn attach(person: &Submitter, ticket: &str) -> Outcome {
    let bundle = person.bundle.to_str().unwrap();
    person.run(&["attach", ticket, bundle, "--yes", "--json"])
}

#[test]
fn a_bundle_is_added_once_to_an_open_ticket() {
    let (desk, person, ticket) = open_ticket();
    let bundle = person.bundle.to_str().unwrap();
    assert_eq!(person.run(&["attach", &ticket, bundle]).code, 64, "nobody agreed");
    for _ in 0..2 {
        let outcome = attach(&person, &ticket);
        assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{}", outcome.stderr);
        assert_eq!(outcome.json()["ticket"]["id"], ticket);
    }
    let tickets = desk.tickets();
    assert_eq!((tickets.len(), tickets[0].files.len()), (1, 1));
    assert!(tickets[0].files[0].bytes == person.bundle_bytes());
    assert_eq!(desk.violations(), Vec::<String>::new());
}

/// The recorded drive, so that two submissions are about the same one.
const DRIVE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machines/locked-sentry-one/snapshot.json");

#[test]
fn a_second_ticket_about_the_same_drive_is_added_to_the_first_if_wanted() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let submit = |hour: u8, more: &[&str]| {
        let mut args =
            vec!["submit", "--from", DRIVE, "--describe", "it blinks", "--yes", "--json"];
        args.extend(more);
        let command = person.command_at(&format!("2026-11-22T{hour}:00:00Z"), &args);
        // A recorded machine instead of the one below a root.
        let words: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        let at = words.iter().position(|word| word == "--sysroot").unwrap();
        let kept = words.iter().take(at).chain(words.iter().skip(at + 2));
        let mut again = std::process::Command::new(command.get_program());
        again.args(kept).env_clear();
        again.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Outcome::of(again.output().unwrap())
    };
    let first = submit(10, &[]);
    assert_eq!(first.ended(), ("sent".to_owned(), 0), "{}", first.stderr);
    let hinted = submit(11, &[]);
    assert!(hinted.stderr.contains("--add-to-open"), "{}", hinted.stderr);
    assert_eq!(desk.tickets().len(), 2, "nobody said not to");
    let added = submit(12, &["--add-to-open"]);
    assert_eq!(added.ended(), ("sent".to_owned(), 0), "{}", added.stderr);
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 2);
    assert_eq!(added.json()["ticket"]["id"], tickets[1].id.to_string(), "the newest");
    assert_eq!(tickets[1].files.len(), 2);
}

#[test]
fn the_limit_is_for_all_files_of_a_ticket() {
    let (desk, person, ticket) = open_ticket();
    person.make_bundle_of(12_000_000);
    assert_eq!(attach(&person, &ticket).ended().0, "sent");
    person.make_bundle_of(8_000_000);
    let outcome = attach(&person, &ticket);
    assert_eq!(outcome.code, 65, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("bytes of files"), "{}", outcome.stderr);
    assert_eq!(desk.tickets()[0].files.len(), 1);
}

#[test]
fn a_lost_answer_does_not_add_it_twice() {
    for commit in [false, true] {
        let (desk, person, ticket) = open_ticket();
        desk.fail(Call::Attach, commit, Act::Drop);
        assert_eq!(attach(&person, &ticket).ended(), ("created_not_attached".to_owned(), 75));
        assert_eq!(person.send().code, 0);
        assert_eq!(desk.tickets()[0].files.len(), 1, "commit {commit}");
    }
}

#[test]
fn a_ticket_that_is_not_there_is_said_at_once() {
    let (desk, person, _) = open_ticket();
    assert_eq!(attach(&person, "4711").code, 76);
    assert_eq!(attach(&person, "../agents/me").code, 64);
    assert!(person.items().is_empty());
    assert_eq!(desk.calls(Call::Me), 0);
}

#[test]
fn a_desk_that_is_down_gets_the_bundle_later() {
    let person = Submitter::new("http://127.0.0.1:1");
    assert_eq!(attach(&person, "4711").ended(), ("created_not_attached".to_owned(), 75));
}

#[test]
fn the_desk_says_how_a_ticket_stands() {
    let (desk, person, ticket) = open_ticket();
    let outcome = person.run(&["status", &ticket, "--json"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let row = &outcome.json()["tickets"][0];
    assert_eq!((&row["id"], &row["state"]), (&ticket.as_str().into(), &"Being Processed".into()));
    assert_eq!(person.run(&["status", "4711"]).code, 76);
    assert_eq!(person.run(&["status", "--json"]).json()["tickets"].as_array().unwrap().len(), 0);
    person.submit();
    assert_eq!(person.run(&["status", "--json"]).json()["tickets"].as_array().unwrap().len(), 1);
    let stranger = Submitter::new("http://127.0.0.1:1");
    assert_eq!(stranger.run(&["status", &ticket]).code, 69);
    assert_eq!(desk.violations(), Vec::<String>::new());
}

/// Two accounts count their tickets by themselves, so that a number may be one of both.
#[test]
fn a_number_that_two_desks_have_is_not_guessed() {
    let (first, second) = (FakeFreshdesk::start(), FakeFreshdesk::start());
    let person = Submitter::at(&first);
    let other = format!(
        "[desk.other]\nkind = \"freshdesk\"\nurl = \"{}\"\nrequester = \"a@example.org\"",
        second.url()
    );
    person.configure(&first.url(), &other);
    let run = |args: &[&str]| {
        let mut command = person.command(args);
        Outcome::of(command.env("KEYCASE_OTHER_TOKEN", KEY).output().unwrap())
    };
    for desk in ["acme", "other"] {
        assert_eq!(run(&person.submit_args(&["--desk", desk])).ended().0, "sent", "{desk}");
    }
    let (ticket, bundle) = (FIRST_ID.to_string(), person.bundle.to_str().unwrap());
    let guessed = run(&["attach", &ticket, bundle, "--yes"]);
    assert_eq!(guessed.code, 64, "{}", guessed.stderr);
    assert!(guessed.stderr.contains("--desk"), "{}", guessed.stderr);
    assert_eq!(run(&["attach", &ticket, bundle, "--yes", "--desk", "other"]).code, 0);
    let both = run(&["status", &ticket, "--json"]);
    assert_eq!((both.code, both.json()["tickets"].as_array().unwrap().len()), (0, 2));

    // A desk that is no longer configured hides nothing of the others.
    person.configure(&first.url(), "");
    let rest = run(&["status", "--json"]);
    assert_eq!(rest.code, 78, "{}", rest.stderr);
    let rows = rest.json()["tickets"].clone();
    assert_eq!((&rows[0]["desk"], &rows[0]["state"]), (&json!("acme"), &json!("Being Processed")));
    assert_eq!((&rows[1]["desk"], &rows[1]["state"]), (&json!("other"), &Value::Null));
    assert!(rows[1]["error"].as_str().unwrap().contains("no desk `other`"), "{rows}");
}

/// An answer that was cut says nothing about the desk, and nothing about what is at the ticket.
#[test]
fn a_cut_answer_is_no_refusal() {
    let (desk, person, ticket) = open_ticket();
    desk.fail(Call::Attach, true, Act::Drop);
    assert_eq!(attach(&person, &ticket).ended(), ("created_not_attached".to_owned(), 75));
    desk.fail(Call::Conversations, true, Act::Truncate);
    let cut = person.send();
    assert_eq!(cut.ended(), ("created_not_attached".to_owned(), 75), "{}", cut.stderr);
    let item = cut.json()["items"][0].clone();
    assert!(item["error"].as_str().unwrap().contains("the answer was cut"), "{item}");
    assert!(item["next"].as_str().unwrap().contains("outbox send"), "{item}");
    desk.fail(Call::View, true, Act::Truncate);
    assert_eq!(person.run(&["status", &ticket]).code, 69);
    assert_eq!(person.send().code, 0);
    assert_eq!(desk.tickets()[0].files.len(), 1);
}

/// What the policy promises about the ticket is what `keycase policy` says about the same case.
#[test]
fn the_calendar_of_the_policy_says_what_comes_next() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    person.configure(&desk.url(), "policy = \"secpod\"");
    let made = person.submit().json();
    let ask = |arguments: &[&str]| {
        let command = &mut person.command_at("2026-11-23T09:00:00Z", arguments);
        Outcome::of(command.output().unwrap()).json()
    };
    let request = person.items()[0].join("request.json");
    let request: Value = serde_json::from_slice(&fs::read(request).unwrap()).unwrap();
    let severity = request["draft"]["severity"].to_string();
    let (received, solved_at) = ("2026-11-22T10:00:00Z", "2026-11-22T15:00:00Z");

    let row = ask(&["status", "--json"])["tickets"][0].clone();
    let case = ["policy", "targets", "secpod", "--severity", &severity, "--received-at", received];
    let promised = ask(&[&case[..], &["--json"]].concat());
    assert_eq!(row["targets"]["policy"], "secpod", "{row}");
    assert_eq!(row["targets"]["first_response"]["due"], promised["first_response"], "{promised}");
    assert!(row["targets"]["first_response"]["minutes_left"].is_i64(), "{row}");

    let id = made["ticket"]["id"].as_str().unwrap().parse::<u64>().unwrap();
    let solved = json!({"id": id, "status": 4, "subject": "s", "created_at": received,
        "stats": {"status_updated_at": solved_at}});
    let body = solved.to_string();
    desk.fail(Call::View, false, Act::Answer { status: 200, headers: Vec::new(), body });
    let row = ask(&["status", "--json"])["tickets"][0].clone();
    let case = ["policy", "lifecycle", "secpod", "--state", "solved", "--since", solved_at];
    let rule = ask(&[&case[..], &["--json"]].concat());
    assert_eq!((&row["phase"], &row["targets"]), (&json!("solved"), &Value::Null));
    assert_eq!(row["next"], rule["next"]);
    assert!(row["next"]["at"].is_string() && row["reopen_until"].is_string(), "{row}");
    assert_eq!(row["reopen_until"], rule["reopen_until"]);
}
