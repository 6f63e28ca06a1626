//! `keycase` without a command: one screen, and one document.
#![cfg(unix)]

pub mod support;

use std::fs;

use serde_json::Value;
use support::keycase::{Keycase, Ran};
use support::machine::Machine;

fn overview(arguments: &str, machine: &str) -> Ran {
    let root = Machine::named(machine).unpack();
    Keycase::new(arguments).sysroot(root.path()).run()
}

#[test]
fn a_person_sees_drive_state_eligibility_finding_remedy_contact_and_next_command() {
    let ran = overview("", "locked-sentry-one");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for part in [
        "One drive\n",
        "\nDataLocker Sentry ONE Managed\n",
        "state      locked\n",
        "support    open, questions decide",
        "lifecycle  no published end-of-life date known (checked 2026-11-22)\n",
        "\nWhat shows\n",
        "do first   ",
        "\nWho helps\n",
        "DataLocker technical support",
        "phone",
        "\nNext\n",
        "    keycase check\n",
        "    keycase submit\n",
    ] {
        assert!(ran.stdout.contains(part), "{part:?} is missing:\n{}", ran.stdout);
    }
}

#[test]
fn what_must_not_be_done_stands_with_the_finding() {
    let ran = overview("", "locked-sentry-one");
    assert!(ran.stdout.contains("careful    Do not let the system format"), "{}", ran.stdout);
}

#[test]
fn every_machine_fits_a_screen_without_colour_or_signs() {
    for machine in Machine::all() {
        let ran = overview("", &machine.name);
        assert!(matches!(ran.code, Some(0 | 66)), "{}: {}", machine.name, ran.stderr);
        for line in ran.stdout.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", machine.name);
            // A screen reader spells out lines drawn with characters.
            let drawn = |c: char| matches!(c, '─'..='╿' | '█'..='▟' | '✓' | '✗' | '•' | '\u{1b}');
            assert!(!line.contains(drawn), "{}: {line}", machine.name);
        }
    }
}

#[test]
fn no_drive_says_so_and_what_to_try() {
    let ran = overview("", "no-drive");
    assert_eq!(ran.code, Some(66));
    assert!(ran.stdout.contains("No IronKey, Kingston or DataLocker drive found"));
    assert!(ran.stdout.contains("without a hub"), "{}", ran.stdout);
    assert!(ran.stdout.contains("keycase scan --all"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("keycase submit"), "{}", ran.stdout);
    let bus = overview("", "no-usb-bus");
    assert_eq!(bus.code, Some(66));
    assert!(bus.stdout.contains("no USB bus"), "{}", bus.stdout);
}

#[test]
fn the_document_holds_what_the_commands_say() {
    let root = Machine::named("locked-sentry-one").unpack();
    let json =
        |arguments: &str| -> Value { Keycase::new(arguments).sysroot(root.path()).run().json() };
    let all = json("--json");
    assert_eq!(all["schema"], "keycase.overview/1");
    assert_eq!(all["eligibility"], json("check --json"));
    assert_eq!(all["findings"], json("diagnose --json"));
    assert_eq!(all["snapshot"]["drives"], json("scan --json")["drives"]);
    assert_eq!(all["support"]["policy"]["id"], "datalocker");
    let ids: Vec<&str> = all["support"]["channels"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["id"].as_str())
        .collect();
    assert_eq!(ids, ["website", "freshdesk", "phone"], "no email: the policy lists none");
    assert_eq!(all["next"][0]["command"], "keycase diagnose");
    let none = overview("--json", "no-drive");
    assert_eq!((none.code, &none.json()["snapshot"]["drives"]), (Some(66), &Value::Array(vec![])));
}

/// A telephone for critical issues is never named without that condition.
#[test]
fn a_channel_with_a_condition_is_shown_with_it() {
    let root = Machine::named("locked-sentry-one").unpack();
    let run = Keycase::new("").sysroot(root.path());
    fs::create_dir_all(run.home().join("config/keycase")).unwrap_or_default();
    let config =
        "default-desk = \"d\"\n[desk.d]\nkind = \"outbox-only\"\npolicy = \"lockthreat\"\n";
    let file = run.home().join("config.toml");
    fs::write(&file, config).unwrap_or_default();
    let ran = run.arg("--config").arg(&file).arg("--json").run();
    let phone = ran.json()["support"]["channels"][2].clone();
    assert_eq!(phone["id"], "phone");
    assert_eq!(phone["condition"], "critical issues only");
}

#[test]
fn answers_in_the_configuration_settle_the_screen() {
    let root = Machine::named("locked-sentry-one").unpack();
    let run = Keycase::new("").sysroot(root.path());
    let file = run.home().join("config.toml");
    fs::write(&file, "[facts]\nrequester_is_admin = false\n").unwrap_or_default();
    let ran = run.arg("--config").arg(&file).run();
    assert!(ran.stdout.contains("not eligible for support"), "{}", ran.stdout);
    assert!(ran.stdout.contains("the administrator of your organisation"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("keycase submit"), "{}", ran.stdout);
    assert!(ran.stdout.contains("keycase bundle"), "{}", ran.stdout);
}
