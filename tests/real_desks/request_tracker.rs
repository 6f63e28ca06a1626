//! A real Request Tracker 5.

use std::fs;

use crate::submitter::{Outcome, Submitter};
use crate::{ask, files_of, set, sha256};

pub(crate) fn person(url: &str, settings: &str) -> Submitter {
    let person = Submitter::new(url);
    person.configure_kind("request-tracker", url, settings);
    person
}

pub(crate) fn run(person: &Submitter, token: &str, args: &[&str]) -> Outcome {
    let mut command = person.command(args);
    command.env("PATH", "/usr/bin:/bin");
    Outcome::of(command.env("KEYCASE_ACME_TOKEN", token).output().unwrap())
}

fn queue() -> String {
    format!("queue = \"{}\"", set("RT_QUEUE"))
}

fn submit(person: &Submitter) -> Outcome {
    run(person, &set("RT_TOKEN"), &person.submit_args(&[]))
}

/// How often a ticket was replied to, for the requester to see.
fn replies(id: &str) -> usize {
    let history = ask(&format!("ticket/{id}/history?fields=Type&per_page=100"));
    let items = history["items"].as_array().unwrap();
    items.iter().filter(|item| item["Type"] == "Correspond").count()
}

fn ticket(outcome: &Outcome) -> String {
    assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{} {}", outcome.stdout, outcome.stderr);
    outcome.json()["ticket"]["id"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_ticket_and_its_bundle_of_every_size_come_back_as_sent() {
    for bytes in [64_000, 1_000_000, 9_000_000, 48_000_000] {
        let person = person(&set("RT_URL"), &queue());
        person.make_bundle_of(bytes);
        let id = ticket(&submit(&person));
        let name = person.bundle.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(files_of(&id), [(name, sha256(&person.bundle_bytes()))], "{bytes} bytes");
        let shown = ask(&format!("ticket/{id}"));
        assert!(shown["Subject"].as_str().unwrap().starts_with("encrypted USB drive not seen"));
    }
}

#[test]
#[ignore = "needs tests/desks/run"]
fn names_in_any_script_come_back_as_sent() {
    let person = person(&set("RT_URL"), &queue());
    let id = ticket(&submit(&person));
    for (name, stored) in [
        ("gerät ü.zip", "gerät ü.zip"),
        ("日本.zip", "日本.zip"),
        // Escaped quotes come back with their escapes, so others are sent.
        ("a \"quoted\" name.zip", "a 'quoted' name.zip"),
    ] {
        let bundle = person.dir.path().join(name);
        fs::copy(&person.bundle, &bundle).unwrap();
        let args = ["attach", &id, bundle.to_str().unwrap(), "--yes", "--json"];
        let outcome = run(&person, &set("RT_TOKEN"), &args);
        assert_eq!(
            outcome.ended(),
            ("sent".to_owned(), 0),
            "{name}: {} {}",
            outcome.stdout,
            outcome.stderr
        );
        let found = files_of(&id).into_iter().find(|(found, _)| found == stored);
        assert_eq!(found.map(|(_, hash)| hash), Some(sha256(&person.bundle_bytes())), "{name}");
    }
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_lost_answer_is_settled_by_asking() {
    let person = person(&set("RT_URL"), &queue());
    let bundle = person.bundle_bytes();
    let id = ticket(&submit(&person));
    // As if the program had died before the answer, with the bundle still here.
    let item = person.items()[0].clone();
    let state = fs::read_to_string(item.join("state.json")).unwrap();
    fs::write(item.join("state.json"), state.replace("\"sent\"", "\"sending\"")).unwrap();
    fs::write(item.join("bundle.zip"), bundle).unwrap();
    let settled = run(&person, &set("RT_TOKEN"), &["outbox", "send", "--json"]);
    assert_eq!(settled.ended(), ("sent".to_owned(), 0), "{}", settled.stderr);
    assert_eq!(settled.json()["items"][0]["ticket"]["id"], id.as_str());
    assert_eq!(files_of(&id).len(), 1, "the bundle is there once");
}

#[test]
#[ignore = "needs tests/desks/run"]
fn status_and_note_of_a_real_ticket() {
    let person = person(&set("RT_URL"), &queue());
    let id = ticket(&submit(&person));
    let status = run(&person, &set("RT_TOKEN"), &["status", "--json"]);
    let row = status.json()["tickets"][0].clone();
    assert_eq!((&row["id"], &row["phase"]), (&id.as_str().into(), &"open".into()), "{row}");
    // The bundle came as a reply that the requester sees.
    assert_eq!(replies(&id), 1);
    assert_eq!(run(&person, &set("RT_TOKEN"), &["status", "999999"]).code, 76);
}

#[test]
#[ignore = "needs tests/desks/run"]
fn fields_are_stored_and_what_the_queue_does_not_know_is_said_before() {
    let fields = |rows: &str| format!("{}\n[desk.acme.fields]\n{rows}", queue());
    let stored = person(&set("RT_URL"), &fields("Serial = \"submission\""));
    let id = ticket(&submit(&stored));
    let shown = ask(&format!("ticket/{id}"));
    let serial = shown["CustomFields"].as_array().unwrap().iter().find(|f| f["name"] == "Serial");
    assert_eq!(serial.unwrap()["values"][0].as_str().map(str::len), Some(36));
    // A value that the field's pattern refuses is dropped by the desk, which says 201.
    let dropped = person(&set("RT_URL"), &fields("Numbers = \"submission\""));
    let outcome = submit(&dropped);
    let id = ticket(&outcome);
    assert_eq!(replies(&id), 2, "the dropped value went as a note, and the bundle");
    let unknown = person(&set("RT_URL"), &fields("Unheard = \"submission\""));
    let refused = submit(&unknown);
    assert_eq!(refused.code, 78, "{} {}", refused.stdout, refused.stderr);
    assert!(refused.stderr.contains("Unheard"));
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_wrong_token_a_missing_right_and_an_unknown_queue_are_refusals() {
    let person = person(&set("RT_URL"), &queue());
    let wrong = run(&person, "1-14-00000000000000000000000000000000", &["desk", "test", "acme"]);
    assert_eq!(wrong.code, 76, "{}", wrong.stderr);
    assert!(wrong.stderr.contains("401"), "{}", wrong.stderr);
    let stranger = run(&person, &set("RT_TOKEN_STRANGER"), &person.submit_args(&[]));
    assert_eq!(stranger.ended(), ("rejected".to_owned(), 76), "{}", stranger.stderr);
    assert!(
        stranger.json()["error"].as_str().unwrap().contains("ermission"),
        "{}",
        stranger.stdout
    );
    let nowhere = self::person(&set("RT_URL"), "queue = \"Nowhere\"");
    let outcome = submit(&nowhere);
    assert_eq!(outcome.ended(), ("rejected".to_owned(), 76), "{}", outcome.stderr);
    assert!(outcome.json()["error"].as_str().unwrap().contains("Nowhere"), "{}", outcome.stdout);
}
