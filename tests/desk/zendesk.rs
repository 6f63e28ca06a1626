//! `keycase submit` to a Zendesk, as an agent, as a requester with an account, and without.

use crate::fake_zendesk::{FakeZendesk, KEY, Trouble};
use crate::submitter::{Outcome, Submitter};

const AGENT: &str = "access = \"agent\"\nuser = \"agent@desk.example\"";
const END_USER: &str = "user = \"user@example.org\"";
const NOBODY: &str = "";

fn person(desk: &FakeZendesk, settings: &str) -> Submitter {
    let person = Submitter::new(&desk.url());
    person.configure_kind("zendesk", &desk.url(), settings);
    person
}

fn run(person: &Submitter, args: &[&str]) -> Outcome {
    Outcome::of(person.command(args).env("KEYCASE_ACME_TOKEN", KEY).output().unwrap())
}

fn submit(person: &Submitter) -> Outcome {
    run(person, &person.submit_args(&[]))
}

fn assert_one_of_each(desk: &FakeZendesk, person: &Submitter, name: &str) {
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1, "{name}");
    assert_eq!(tickets[0].files.len(), 1, "{name}");
    assert!(tickets[0].files[0].1 == person.bundle_bytes(), "{name}");
    assert_eq!(person.state(), "sent", "{name}");
    assert_eq!(desk.violations(), Vec::<String>::new(), "{name}");
}

#[test]
fn everybody_gets_one_ticket_with_the_bundle() {
    for (name, settings) in [("agent", AGENT), ("end user", END_USER), ("nobody", NOBODY)] {
        let desk = FakeZendesk::start();
        let person = person(&desk, settings);
        let outcome = submit(&person);
        assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{name}: {}", outcome.stderr);
        assert_one_of_each(&desk, &person, name);
        let ticket = &desk.tickets()[0];
        assert_eq!(ticket.by_agent, name == "agent");
        let submission = outcome.json()["submission"].clone();
        assert_eq!(ticket.key.is_some(), name == "agent", "the key is of the Tickets API");
        if name == "agent" {
            assert_eq!(ticket.body["external_id"], submission);
        }
        let text = ticket.body["comment"]["body"].as_str().unwrap();
        assert!(text.contains(submission.as_str().unwrap()));
    }
}

#[test]
fn no_fault_makes_a_second_ticket_or_file() {
    let faults = [
        ("create", Trouble::Dropped { carried_out: true }),
        ("create", Trouble::Dropped { carried_out: false }),
        ("create", Trouble::Down),
        ("upload", Trouble::Dropped { carried_out: true }),
        ("upload", Trouble::Down),
        ("comment", Trouble::Dropped { carried_out: true }),
        ("comment", Trouble::Dropped { carried_out: false }),
    ];
    for settings in [AGENT, END_USER] {
        for (what, trouble) in faults {
            let desk = FakeZendesk::start();
            let person = person(&desk, settings);
            desk.trouble(what, trouble);
            submit(&person);
            let name = format!("{settings}: {what} {trouble:?}");
            let again = run(&person, &["outbox", "send", "--json"]);
            assert_eq!(again.code, 0, "{name}: {}", again.stderr);
            assert_one_of_each(&desk, &person, &name);
        }
    }
}

#[test]
fn a_repeated_key_under_way_is_looked_for_and_not_refused() {
    let desk = FakeZendesk::start();
    let person = person(&desk, AGENT);
    desk.trouble("create", Trouble::InProgress);
    assert_eq!(submit(&person).ended(), ("sent".to_owned(), 0));
    assert_one_of_each(&desk, &person, "409");
}

#[test]
fn without_an_account_the_person_decides_what_cannot_be_looked_up() {
    let desk = FakeZendesk::start();
    let person = person(&desk, NOBODY);
    desk.trouble("create", Trouble::Dropped { carried_out: false });
    let outcome = submit(&person);
    assert_eq!(outcome.ended(), ("ambiguous".to_owned(), 75), "{}", outcome.stderr);
    let next = outcome.json()["next"].as_str().unwrap().to_owned();
    assert!(next.contains("--again") && next.contains("outbox drop"), "{next}");
    assert_eq!(run(&person, &["outbox", "send", "--json"]).ended(), ("ambiguous".to_owned(), 75));
    assert_eq!(desk.tickets().len(), 0, "it was sent again without being told to");
    let id = outcome.json()["submission"].as_str().unwrap().to_owned();
    assert_eq!(run(&person, &["outbox", "send", &id, "--again"]).code, 0);
    assert_one_of_each(&desk, &person, "again");
}

#[test]
fn the_two_kinds_of_credentials_are_told_apart() {
    let desk = FakeZendesk::start();
    for (settings, code, said) in [
        (AGENT, 0, "an agent's credential"),
        (END_USER, 0, "a requester's credential"),
        (NOBODY, 0, "no credential needed"),
        ("access = \"agent\"\nuser = \"user@example.org\"", 76, "end user's key"),
        ("access = \"agent\"", 78, "`user` is missing"),
    ] {
        let person = person(&desk, settings);
        let outcome = run(&person, &["desk", "test", "acme"]);
        assert_eq!(outcome.code, code, "{settings}: {}", outcome.stderr);
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(all.contains(said), "{said} in {all}");
        assert!(!all.contains(KEY));
    }
}

#[test]
fn fields_are_checked_and_the_status_is_read() {
    let desk = FakeZendesk::start();
    let person = person(&desk, &format!("{AGENT}\n[desk.acme.fields]\n99 = \"submission\""));
    let refused = submit(&person);
    assert_eq!(refused.code, 78, "{}", refused.stderr);
    assert!(refused.stderr.contains("no field 99"));
    person.configure_kind(
        "zendesk",
        &desk.url(),
        &format!("{AGENT}\n[desk.acme.fields]\n77 = \"submission\""),
    );
    let sent = submit(&person);
    assert_eq!(sent.ended().0, "sent", "{}", sent.stderr);
    assert_eq!(desk.tickets()[0].body["custom_fields"][0]["value"], sent.json()["submission"]);
    let status = run(&person, &["status", "--json"]);
    let row = status.json()["tickets"][0].clone();
    assert_eq!(
        (&row["state"], &row["phase"]),
        (&"awaiting your reply".into(), &"waiting_on_customer".into())
    );
}
