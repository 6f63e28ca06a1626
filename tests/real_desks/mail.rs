//! A real mail server in front of a real Request Tracker.

use crate::submitter::{Outcome, Submitter};
use crate::{ask, files_of, set, sha256};

fn person(url: &str, settings: &str) -> Submitter {
    let person = Submitter::new("http://127.0.0.1:1");
    let ca = set("DESKS_CA");
    person.configure_kind("email", url, &format!("ca-file = \"{ca}\"\n{settings}"));
    person
}

fn submit(person: &Submitter, password: &str) -> Outcome {
    let mut command = person.command(&person.submit_args(&[]));
    Outcome::of(command.env("KEYCASE_ACME_TOKEN", password).output().unwrap())
}

/// The ticket that a submission became.
fn ticket(outcome: &Outcome) -> String {
    assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{} {}", outcome.stdout, outcome.stderr);
    let submission = outcome.json()["submission"].as_str().unwrap().to_owned();
    let mark = &submission.replace('-', "")[..8];
    let found = ask(&format!("tickets?query=Subject%20LIKE%20'{mark}'"));
    assert_eq!(found["total"], 1, "{found}");
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_mail_becomes_a_ticket_with_the_bundle() {
    let login = format!("to = \"mail@desk.test\"\nuser = \"{}\"", set("DESKS_MAIL_USER"));
    let password = set("DESKS_MAIL_PASSWORD");
    let starttls = person(&set("DESKS_SMTP_URL"), &login);
    let implicit = person(&set("DESKS_SMTPS_URL"), "to = \"mail@desk.test\"");
    for person in [starttls, implicit] {
        let id = ticket(&submit(&person, &password));
        let name = person.bundle.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(files_of(&id), [(name, sha256(&person.bundle_bytes()))]);
    }
}

#[test]
#[ignore = "needs tests/desks/run"]
fn refusals_of_a_mail_server_are_told_apart() {
    let user = set("DESKS_MAIL_USER");
    let login = format!("to = \"mail@desk.test\"\nuser = \"{user}\"");
    let wrong = submit(&person(&set("DESKS_SMTP_URL"), &login), "wrong-password-3");
    assert_eq!(wrong.ended(), ("rejected".to_owned(), 76), "{}", wrong.stderr);
    assert!(!format!("{}{}", wrong.stdout, wrong.stderr).contains("wrong-password-3"));
    let stranger = person(&set("DESKS_SMTPS_URL"), "to = \"nobody@desk.test\"");
    let refused = submit(&stranger, "");
    assert_eq!(refused.ended(), ("rejected".to_owned(), 76), "{}", refused.stderr);
    assert!(refused.json()["error"].as_str().unwrap().contains("550"), "{}", refused.stdout);
    let large =
        person(&set("DESKS_SMTPS_URL"), "to = \"mail@desk.test\"\nattachment-bytes = 30000000");
    large.make_bundle_of(18_000_000);
    let refused = submit(&large, "");
    assert_eq!(refused.ended(), ("rejected".to_owned(), 76), "{}", refused.stderr);
    let unknown_ca = Submitter::new("http://127.0.0.1:1");
    unknown_ca.configure_kind("email", &set("DESKS_SMTPS_URL"), "to = \"mail@desk.test\"");
    let refused = submit(&unknown_ca, "");
    assert_eq!(refused.ended(), ("queued".to_owned(), 75), "{}", refused.stderr);
    assert!(
        refused.json()["error"].as_str().unwrap().contains("issuer not trusted"),
        "{}",
        refused.stdout
    );
}
