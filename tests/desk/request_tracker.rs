//! A real Request Tracker 5: `RT_URL`, `RT_TOKEN` and `RT_QUEUE` name it.
//!
//! Ignored by default because it needs one running:
//! `RT_URL=http://127.0.0.1:8888 RT_TOKEN=… RT_QUEUE=Support cargo test --test desk -- --ignored`

use std::fs;

use crate::submitter::{Outcome, Submitter};

fn person() -> Submitter {
    let [url, queue] = ["RT_URL", "RT_QUEUE"].map(|name| std::env::var(name).unwrap());
    let person = Submitter::new(&url);
    let file = person.dir.path().join("config/keycase/config.toml");
    let config = fs::read_to_string(&file).unwrap().replace("freshdesk", "request-tracker");
    fs::write(&file, format!("{config}queue = \"{queue}\"\n")).unwrap();
    person
}

fn run(person: &Submitter, args: &[&str]) -> Outcome {
    let mut command = person.command(args);
    let token = std::env::var("RT_TOKEN").unwrap();
    Outcome::of(command.env("KEYCASE_ACME_TOKEN", token).output().unwrap())
}

#[test]
#[ignore = "needs a running Request Tracker"]
fn a_real_desk_takes_ticket_and_bundle() {
    let person = person();
    let tested = run(&person, &["desk", "test", "acme"]);
    assert_eq!(tested.code, 0, "{}", tested.stderr);
    let outcome = run(&person, &person.submit_args(&[]));
    assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{} {}", outcome.stdout, outcome.stderr);
    let ticket = outcome.json()["ticket"]["id"].as_str().unwrap().to_owned();
    let status = run(&person, &["status", "--json"]);
    assert_eq!(status.json()["tickets"][0]["id"], ticket.as_str());
    assert!(status.json()["tickets"][0]["state"].is_string());

    // As if the answer had been lost: the desk is asked, and has it.
    let state = person.items()[0].join("state.json");
    let lost = fs::read_to_string(&state).unwrap().replace("\"sent\"", "\"sending\"");
    fs::write(&state, lost).unwrap();
    let settled = run(&person, &["outbox", "send", "--json"]);
    assert_eq!(settled.ended(), ("sent".to_owned(), 0), "{}", settled.stderr);
    assert_eq!(settled.json()["items"][0]["ticket"]["id"], ticket.as_str());

    let bundle = person.bundle.to_str().unwrap();
    let attached = run(&person, &["attach", &ticket, bundle, "--yes", "--json"]);
    assert_eq!(attached.ended(), ("sent".to_owned(), 0), "{}", attached.stderr);
    assert_eq!(run(&person, &["status", "999999"]).code, 76);
}
