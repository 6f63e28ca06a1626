//! `keycase triage` as it is called: documents, exit codes, 80 columns.
#![expect(clippy::unwrap_used, reason = "a test")]

pub mod support;

use serde_json::{Value, json};
use support::keycase::Keycase;
use support::machine::Machine;

fn document(arguments: &str, description: &str) -> Value {
    let ran = Keycase::new(&format!("triage --json {arguments}"))
        .arg("--describe")
        .arg(description)
        .run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn a_document_has_every_part_of_the_contract() {
    let got = document("", "About 600 of our users can't unlock their Sentry drives.");
    let keys = [
        "schema",
        "tool",
        "policy",
        "type",
        "severity",
        "priority",
        "category",
        "scope",
        "targets",
        "contact",
        "confidence",
        "reasons",
        "ask",
    ];
    for key in keys {
        assert!(got.get(key).is_some(), "no {key}");
    }
    assert_eq!(got["schema"], "keycase.triage/1");
    assert_eq!(got["severity"], json!({"level": 1, "name": "Urgent"}));
    assert_eq!(got["scope"], json!({"verdict": "in_scope", "exclusion": null}));
    assert!(got["reasons"].as_array().unwrap().len() > 2);
    assert!(got["ask"].as_array().unwrap().len() <= 3);
}

#[test]
fn targets_follow_the_policy_and_the_time_of_receipt() {
    let got = document(
        "--received-at 2026-11-20T22:00:00Z",
        "About 600 of our users can't unlock their Sentry drives.",
    );
    // Friday 16:00 in Chicago: eight business hours later is Monday 16:00.
    assert_eq!(got["targets"]["first_response"], "2026-11-23T16:00:00-06:00");
    assert_eq!(got["targets"]["resolution"], "2026-11-21T16:00:00-06:00");
    let none = document("--policy lockthreat", "The LockThreat console is down for all users.");
    assert_eq!(none["targets"]["first_response"], Value::Null);
    assert_eq!(none["severity"]["name"], "Critical");
}

#[test]
fn every_policy_has_its_severities_in_triage_as_in_its_own_pack() {
    for policy in ["datalocker", "lockthreat", "data-dynamics", "secpod"] {
        for description in ["How do I log in?", "It is slow", "Please add dark mode"] {
            // Unknown severities and priorities end with 78.
            document(&format!("--policy {policy}"), description);
        }
    }
}

#[test]
fn a_stated_fact_settles_what_was_open() {
    let open = document("", "My H300 is not recognised any more.");
    assert_eq!(open["severity"]["level"], 3);
    let told = document("--fact only_copy=true", "My H300 is not recognised any more.");
    assert_eq!(told["severity"]["level"], 1);
}

#[test]
fn the_attached_drive_says_what_the_words_leave_open() {
    let machine = "tests/machines/lp50-g2-locked/snapshot.json";
    let got = document(&format!("--from {machine}"), "It is very slow.");
    assert_eq!(got["scope"]["exclusion"], "kingston_not_management");
    assert_eq!(got["contact"], "manufacturer");
    assert_eq!(got["targets"]["first_response"], Value::Null, "a promise to nobody");
}

/// A managed drive's user is turned to his own administrator, so it matters who asks.
#[test]
fn whoever_has_a_managed_drive_is_asked_who_they_are() {
    let machine = "tests/machines/locked-sentry-one/snapshot.json";
    let open = document(&format!("--from {machine}"), "I forgot my password");
    assert_eq!(open["ask"][0]["fact"], "requester_is_admin", "{open}");
    let options = format!("--from {machine} --fact requester_is_admin=false");
    let user = document(&options, "I forgot my password");
    assert_eq!(user["contact"], "organisation_admin", "{user}");
    assert_eq!(user["ask"], Value::Array(vec![]), "{user}");
}

#[test]
fn mistakes_of_the_caller_have_their_exit_codes() {
    let code = |arguments: &str| Keycase::new(&format!("triage {arguments}")).run().code;
    assert_eq!(code(""), Some(64), "no description");
    assert_eq!(code("--describe x --policy none"), Some(64));
    assert_eq!(code("--describe x --fact nothing=1"), Some(64));
    assert_eq!(code("--describe x --fact only_copy=perhaps"), Some(64));
    assert_eq!(code("--describe x --describe-file y"), Some(64));
    assert_eq!(code("--describe-file /no/such/file"), Some(66));
    assert_eq!(code("--describe-file Cargo.toml"), Some(0));
    let latin = Keycase::new("triage --describe-file -").stdin(b"ge\xe4rgert".to_vec()).run();
    assert_eq!(latin.code, Some(65));
    let empty = Keycase::new("triage --describe-file -").stdin(b" \n".to_vec()).run();
    assert_eq!(empty.code, Some(64));
    let long = Keycase::new("triage --describe-file -").stdin(vec![b'a'; 64 * 1024 + 1]).run();
    assert_eq!(long.code, Some(65), "nothing is cut off in silence");
}

#[test]
fn stdin_is_read_by_the_option_for_files_and_the_other_says_so() {
    let read =
        Keycase::new("triage --json --describe-file -").stdin(b"The stick is slow.".to_vec());
    assert_eq!(read.run().expect(0).json()["category"], "performance");
    for command in ["triage --describe -", "submit --dry-run --describe -"] {
        let ran = Keycase::new(command).stdin(b"The stick is slow.".to_vec()).run();
        assert_eq!(ran.code, Some(64), "{command}");
        assert!(ran.stderr.contains("`--describe-file -` reads"), "{}", ran.stderr);
    }
}

#[test]
fn people_read_it_in_80_columns_and_nothing_steers_their_terminal() {
    let ran = Keycase::new("triage")
        .arg("--describe")
        .arg(
            "My \u{1b}[31mKingston\u{9b} D500S is slow and the only copy is on it, nobody can help",
        )
        .run();
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    assert!(!ran.stdout.chars().any(|c| c.is_control() && c != '\n'), "{}", ran.stdout);
    assert!(ran.stdout.contains("kingston_not_management"));
}

#[test]
fn a_ticket_and_its_bundle_carry_the_triage() {
    let root = Machine::named("locked-sentry-one").unpack();
    let ran = Keycase::new("submit --dry-run --fact only_copy=true")
        .arg("--describe")
        .arg("My Sentry ONE is no longer recognised by any computer.")
        .sysroot(root.path())
        .run()
        .expect(0);
    let ticket = &ran.stdout;
    for part in [
        "Classification",
        "Type: problem",
        "Severity: 1 Urgent",
        "Category: ",
        "Scope: nothing in the description stands against support (in_scope)",
        "open, questions decide (needs_information)",
        "Policy: DataLocker technical support (datalocker)",
        "Whom to ask: not decided yet",
        "First response target: ",
        "Resolution target: ",
        "these are targets, not promises",
    ] {
        assert!(ticket.contains(part), "no {part}:\n{ticket}");
    }
    assert!(ran.stderr.contains("triage.json"), "{}", ran.stderr);
    let open = Keycase::new("submit --dry-run --describe broken").sysroot(root.path()).run();
    assert!(open.stdout.contains("Still open\n  ? "), "{}", open.stdout);
}

#[test]
fn whoever_has_few_tries_left_is_told_to_stop() {
    let words = "I forgot my password and have only 2 attempts left.";
    let got = document("", words);
    let careful = got["careful"][0].as_str().unwrap();
    assert!(careful.starts_with("Stop trying passwords"), "{careful}");
    assert_eq!(document("", "My drive is slow.")["careful"], json!([]));
    let people = Keycase::new("triage --describe").arg(words).run().expect(0);
    assert!(people.stdout.contains("careful    Stop trying passwords"), "{}", people.stdout);
    let root = Machine::named("locked-sentry-one").unpack();
    let ran = Keycase::new("submit --dry-run --describe").arg(words).sysroot(root.path());
    let ran = ran.run().expect(0);
    assert!(ran.stderr.contains("careful: Stop trying passwords"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("\\u{a}"), "a line ends once: {}", ran.stderr);
    let never = "  careful: Do not let the system format";
    assert!(ran.stdout.contains(never), "the ticket says what not to do:\n{}", ran.stdout);
}

/// Three days around the clock end before 24 business hours do.
#[test]
fn a_ticket_and_the_page_say_why_the_resolution_comes_before_the_first_response() {
    let root = Machine::named("locked-sentry-one").unpack();
    let note = "the resolution target (72 clock hours) falls before the first-response target";
    let state = tempfile::TempDir::new().unwrap();
    let ran = Keycase::new("submit --yes --policy datalocker --describe")
        .arg("My drive is slow.")
        .env("XDG_STATE_HOME", state.path())
        .sysroot(root.path())
        .run()
        .expect(0);
    let ticket = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(ticket.contains("Severity: 3") && ticket.contains(note), "{ticket}");

    let kept = std::fs::read_dir(state.path().join("keycase/outbox")).unwrap();
    let kept = kept.map(|entry| entry.unwrap().path().join("bundle.zip"));
    let bundle = kept.into_iter().find(|path| path.exists()).expect("a bundle in the outbox");
    let page = state.path().join("page.html");
    Keycase::new("show -q").arg(bundle).arg("--html").arg(&page).run().expect(0);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("Resolution target") && page.contains(note), "{page}");
}

#[test]
fn the_rules_of_an_answer_can_be_asked_for() {
    let got = document("", "My drive is dead and it had the only copy of our payroll.");
    let ids: Vec<&str> =
        got["reasons"].as_array().unwrap().iter().filter_map(|r| r["rule"].as_str()).collect();
    assert!(ids.len() > 2, "{ids:?}");
    for id in ids {
        let explained = Keycase::new("explain --json").arg(id).run().expect(0).json();
        assert_eq!(
            (&explained["schema"], &explained["id"]),
            (&"keycase.explanation/1".into(), &id.into())
        );
        assert!(explained["source"].is_string() && explained["checked"].is_string(), "{explained}");
        let shown = Keycase::new("explain").arg(id).run().expect(0).stdout;
        assert!(shown.starts_with(&format!("{id}: ")), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    }
    let learned = Keycase::new("explain learned.type").run().expect(0).stdout;
    assert!(learned.contains("labelled descriptions"), "{learned}");
    Keycase::new("explain learned.mood").run().expect(64);
    Keycase::new("explain severity.mood").run().expect(64);
}

/// `script` gives the program a terminal.
#[cfg(target_os = "linux")]
#[test]
fn at_a_terminal_questions_are_put_and_their_answers_count() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let home = tempfile::TempDir::new().unwrap();
    let describe = "\"My H300 is not recognised any more.\"";
    let exe = support::keycase::EXE;
    let now = support::keycase::NOW;
    let run = |keys: &[u8]| {
        let mut script = Command::new("script");
        support::keycase::clean(&mut script, home.path());
        let command = format!("{exe} triage --now {now} --describe {describe}");
        script.args(["-qec", &command, "/dev/null"]).env("TERM", "xterm");
        let mut child =
            script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script runs");
        child.stdin.take().unwrap().write_all(keys).unwrap();
        String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
    };
    // The first question is about the only copy: two up is "yes", the rest stays open.
    let told = run(b"kk\r\r\r\r\r");
    assert!(told.contains("only copy of data") && told.contains("severity 1 Urgent"), "{told}");
    let open = run(b"\r\r\r\r\r");
    assert!(open.contains("severity 3 Moderate"), "{open}");
}
