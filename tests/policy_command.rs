//! `keycase policy` and `keycase explain` from the command line.
#![expect(clippy::unwrap_used)]

use std::process::{Command, Output};

use serde_json::Value;

fn keycase(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keycase"))
        .args(["--now", "2026-11-22T12:00:00Z", "--config"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/empty.toml"))
        .args(args)
        .output()
        .unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = keycase(&[args, &["--json"]].concat());
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(args: &[&str]) -> String {
    let output = keycase(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    text
}

const POLICIES: [&str; 4] = ["datalocker", "lockthreat", "data-dynamics", "secpod"];

#[test]
fn all_policies_are_listed_and_shown() {
    let list = json(&["policy", "list"]);
    let ids: Vec<&str> = list["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    for id in POLICIES {
        assert!(ids.contains(&id), "{ids:?}");
        assert!(text(&["policy", "list"]).contains(id));
        let shown = text(&["policy", "show", id]);
        assert!(shown.contains("First response (target)"), "{shown}");
        let document = json(&["policy", "show", id]);
        assert_eq!(document["schema"], "keycase.policy/1");
        assert_eq!(document["policy"]["id"], id);
        assert!(document["policy"]["severity"].as_array().unwrap().len() >= 4);
    }
    let clauses = &json(&["policy", "show", "datalocker"])["policy"]["clause"];
    assert_eq!(clauses.as_array().unwrap().len(), 9);
    assert_eq!(clauses[3]["id"], "end_of_life");
}

#[test]
fn due_times_are_printed_as_targets() {
    let args = ["policy", "targets", "datalocker", "--severity", "1"];
    let args = [&args[..], &["--received-at", "2026-11-20T16:00:00-06:00"]].concat();
    let document = json(&args);
    assert_eq!(document["schema"], "keycase.targets/1");
    assert_eq!(document["policy"], "datalocker");
    assert_eq!(document["severity"], 1);
    assert_eq!(document["first_response"], "2026-11-23T16:00:00-06:00");
    assert_eq!(document["resolution"], "2026-11-21T16:00:00-06:00");
    assert!(document["notes"].to_string().contains("target"));
    assert!(!document["assumptions"].as_array().unwrap().is_empty());
    let shown = text(&args);
    assert!(shown.contains("target 2026-11-23T16:00:00-06:00 (8 business hours)"), "{shown}");
    let lockthreat = ["policy", "targets", "lockthreat", "--severity", "critical"];
    let lockthreat = [&lockthreat[..], &["--received-at", "2026-11-20T16:00:00Z"]].concat();
    assert_eq!(json(&lockthreat)["first_response"], Value::Null);
    assert!(text(&lockthreat).contains("no target published"));
    assert!(!text(&lockthreat).contains("not promises"), "there is none to speak of");
}

/// Only the source of `datalocker` calls its hours business hours.
#[test]
fn hours_around_the_clock_are_not_called_business_hours() {
    let targets = |policy, severity| {
        let args = ["policy", "targets", policy, "--severity", severity];
        let args = [&args[..], &["--received-at", "2026-11-21T10:00:00Z"]].concat();
        json(&args)["periods"]["first_response"].clone()
    };
    assert_eq!(targets("data-dynamics", "1"), "4 hours");
    assert_eq!(targets("secpod", "critical"), "2 hours");
    assert_eq!(targets("secpod", "high"), "6 hours on business days");
    assert_eq!(targets("datalocker", "1"), "8 business hours");
    for policy in ["data-dynamics", "secpod"] {
        assert!(!text(&["policy", "show", policy]).contains("business hour"), "{policy}");
    }
    assert!(text(&["policy", "show", "data-dynamics"]).contains(" 4 hours ["));
}

#[test]
fn tickets_and_versions_are_answered() {
    let args = ["policy", "lifecycle", "secpod", "--state", "resolved"];
    let document = json(&[&args[..], &["--since", "2026-11-18T10:00:00+05:30"]].concat());
    assert_eq!(document["schema"], "keycase.lifecycle/1");
    assert_eq!(document["state"], "solved");
    assert_eq!(document["next"]["state"], "closed");
    assert_eq!(document["next"]["at"], "2026-11-21T10:00:00+05:30");
    assert_eq!(document["reopen_until"], "2026-11-21T10:00:00+05:30");
    let args = ["policy", "lifecycle", "datalocker", "--state", "closed"];
    let document = json(&[&args[..], &["--since", "2026-11-18T10:00:00Z"]].concat());
    assert_eq!((&document["next"], &document["reopen_until"]), (&Value::Null, &Value::Null));
    assert!(document["notes"][0].as_str().unwrap().contains("publishes no rule"));
    let args = ["policy", "support", "data-dynamics", "--product", "StorageX"];
    let document = json(&[&args[..], &["--version", "7.7.0"]].concat());
    assert_eq!(document["schema"], "keycase.version-support/1");
    assert_eq!(document["status"], "ended");
    assert_eq!(document["ends"], "2017-05-31");
    text(&[&args[..], &["--version", "7.8.0", "--latest", "7.8.0"]].concat());
}

#[test]
fn a_clause_is_explained_with_source_and_examples() {
    let shown = text(&["explain", "datalocker.end_of_life"]);
    assert!(shown.contains("without obligation, item 2"), "{shown}");
    assert!(shown.contains("past_end_of_life = true"), "{shown}");
    let document = json(&["explain", "kingston_not_management"]);
    assert_eq!(document["id"], "datalocker.kingston_not_management");
    assert_eq!(document["contact"], "manufacturer");
    assert!(document["examples"].as_array().unwrap().len() >= 3);
}

#[test]
fn wrong_packs_are_refused_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ours.toml");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "extends = \"datalocker\"\n[hours]\nzone = \"Europe/Berlin\"\n").unwrap();
    assert_eq!(text(&["policy", "lint", path]), "1 pack: no problem found\n");
    assert_eq!(json(&["policy", "lint", path])["ok"], true);
    std::fs::write(&file, "extends = \"datalocker\"\n[hours]\nzone = \"Berlin\"\n").unwrap();
    let output = keycase(&["policy", "lint", path]);
    assert_eq!(output.status.code(), Some(78));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: 1 problem in policy packs\n"), "{message}");
    assert!(message.contains("ours.toml:3:8: `Berlin` is not a time zone"), "{message}");
    let output = keycase(&["policy", "lint", path, "--json"]);
    assert_eq!(output.status.code(), Some(78));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["ok"], &document["errors"][0]["line"]), (&false.into(), &3.into()));
}

/// What would fail only when a ticket comes in is told when the pack is checked.
#[test]
fn times_and_products_that_a_policy_cannot_use_are_refused_when_it_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let policies = folder.path().join("policies");
    std::fs::create_dir(&policies).unwrap();
    let file = policies.join("ours.toml");
    for (pack, said) in [
        (
            "extends = \"lockthreat\"\n[[target]]\nseverity = 1\n\
             first_response = { business_hours = 4 }\nsource = \"our contract\"\n",
            "ours.toml:3:12: `first_response` counts business hours",
        ),
        (
            "extends = \"lockthreat\"\n[[release]]\nproduct = \"LockTreat\"\nversion = \"3.1\"\n\
             ends = \"2026-12-31\"\nsource = \"our contract\"\n",
            "ours.toml:3:11: the policy has no product `LockTreat`, only LockThreat",
        ),
    ] {
        std::fs::write(&file, pack).unwrap();
        let data = folder.path().to_str().unwrap();
        for args in [
            vec!["policy", "lint", file.to_str().unwrap()],
            vec!["data", "lint", data],
            vec!["policy", "list", "--data", data],
        ] {
            let output = keycase(&args);
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(78), "{args:?}: {message}");
            assert!(message.contains(said), "{args:?}: {message}");
        }
    }
}

/// Whoever writes a clause tests it by its examples, without Rust.
#[test]
fn lint_runs_the_examples_of_clauses() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ours.toml");
    let clause = "extends = \"datalocker\"\n[[clause]]\nid = \"weekend\"\ntext = \"No drives of Kingston.\"\n\
        excludes_when = 'drive.vendor == \"Kingston\"'\ncontact = \"none\"\nsource = \"house rule 3\"\n\
        [[clause.example]]\nfacts = { \"drive.vendor\" = \"Kingston\" }\noutcome = \"allows\"\n";
    std::fs::write(&file, clause).unwrap();
    let output = keycase(&["policy", "lint", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(78));
    let message = String::from_utf8(output.stderr).unwrap();
    let wanted = "ours.toml:9:9: on this example `weekend` excludes, not allows";
    assert!(message.contains(wanted), "{message}");
    std::fs::write(&file, clause.replace("\"allows\"", "\"excludes\"")).unwrap();
    assert!(text(&["policy", "lint", file.to_str().unwrap()]).contains("no problem found"));
    let data = folder.path().join("policies");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("ours.toml"), clause).unwrap();
    let output = keycase(&["data", "lint", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(78));
}

#[test]
fn wrong_command_lines_are_usage_errors() {
    let received = ["--received-at", "2026-11-20T16:00:00Z"];
    for (args, said) in [
        (vec!["policy", "show", "nowhere"], "the policies are: "),
        (
            [&["policy", "targets", "secpod", "--severity", "9"][..], &received].concat(),
            "1 Critical",
        ),
        (
            vec!["policy", "targets", "secpod", "--severity", "1", "--received-at", "yesterday"],
            "invalid value",
        ),
        (
            [&["policy", "targets", "secpod", "--severity", "1", "--type", "wish"][..], &received]
                .concat(),
            "feature_request",
        ),
        (
            [
                &["policy", "targets", "data-dynamics", "--severity", "1", "--priority", "x"][..],
                &received,
            ]
            .concat(),
            "high, normal, low",
        ),
        (
            vec![
                "policy",
                "lifecycle",
                "secpod",
                "--state",
                "gone",
                "--since",
                "2026-11-20T16:00:00Z",
            ],
            "waiting_on_customer",
        ),
        (vec!["explain", "datalocker.nothing"], "no rule"),
    ] {
        let output = keycase(&args);
        assert_eq!(output.status.code(), Some(64), "{args:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(said), "{args:?}: {message}");
    }
}

/// Times at the edge of what can be computed are an error, not a crash.
#[test]
fn far_away_times_are_bad_data() {
    for time in ["9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z"] {
        let received = format!("--received-at={time}");
        for policy in POLICIES {
            let output = keycase(&["policy", "targets", policy, "--severity", "4", &received]);
            assert!(matches!(output.status.code(), Some(0 | 65)), "{policy} {time}");
            let state = format!("--since={time}");
            let output = keycase(&["policy", "lifecycle", policy, "--state", "solved", &state]);
            assert!(matches!(output.status.code(), Some(0 | 65)), "{policy} {time}");
        }
    }
}
