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
        "how        website https://support.datalocker.com\n",
        "\nNext\n",
        "    keycase check\n",
        "    keycase submit\n",
    ] {
        assert!(ran.stdout.contains(part), "{part:?} is missing:\n{}", ran.stdout);
    }
}

/// One line, however the screen breaks it.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Kingston answers for its drives, and the vendor's desk for its own software on them.
#[test]
fn every_command_names_the_same_for_a_drive_that_the_desk_may_not_support() {
    let whom =
        "Kingston, the maker of the drive, unless the issue is about EMS or SafeConsole: then";
    for (arguments, desk) in [
        ("", "DataLocker technical support how website"),
        ("check", "the vendor's support desk"),
        ("diagnose --fact update_stalled=yes", "the vendor's support (`keycase submit`)"),
        ("submit -q --yes --describe slow", "open a ticket with DataLocker technical support"),
    ] {
        let ran = joined(&overview(arguments, "lp50-g2-locked").stdout);
        assert!(ran.contains(&format!("{whom} {desk}")), "{arguments}: {ran}");
    }
    let settled = "diagnose --json --fact update_stalled=yes";
    let finding = overview(settled, "lp50-g2-locked").json()["findings"].clone();
    let finding = finding.as_array().into_iter().flatten();
    let stalled: Vec<&Value> = finding.filter(|f| f["id"] == "update-interrupted").collect();
    assert_eq!(stalled[0]["contact"], "manufacturer");
    assert_eq!(stalled[0]["unless"], "the issue is about EMS or SafeConsole");
}

/// Two machines have the same ports.
#[test]
fn several_machines_are_told_apart_and_one_is_not_numbered() {
    let snapshot = |machine: &str| {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machines");
        let text = fs::read_to_string(format!("{root}/{machine}/snapshot.json"));
        let value: Value = serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default();
        format!("{value}\n")
    };
    let two = snapshot("locked-sentry-one") + &snapshot("lp50-g2-locked");
    let ask = |arguments: &str, stream: &str| {
        Keycase::new(&format!("{arguments} --from -")).stdin(stream).run().stdout
    };
    for arguments in ["", "scan", "check", "diagnose"] {
        let both = ask(arguments, &two);
        assert!(both.starts_with("machine 1\n\n"), "{arguments}: {both}");
        assert!(both.contains("\nmachine 2\n\n"), "{arguments}: {both}");
        let one = ask(arguments, &snapshot("locked-sentry-one"));
        assert!(!one.contains("machine 1"), "{arguments}: {one}");
    }
    let csv = ask("check --format csv", &two);
    assert!(csv.starts_with("machine,port,") && csv.contains("\n2,2-2,"), "{csv}");
    let nagios = ask("check --format nagios", &two);
    assert!(nagios.contains("machine 1 2-1 ") && nagios.contains("machine 2 2-2 "), "{nagios}");
    let lines = ask("check --format ndjson", &two);
    assert!(lines.lines().nth(1).unwrap_or_default().starts_with("{\"machine\":2,"), "{lines}");
}

/// The first to ask is named first, and only what can be reached is a way.
#[test]
fn whom_to_ask_first_comes_first_and_a_way_has_an_address() {
    let screen = overview("", "locked-sentry-one").stdout;
    let helps = screen.split("Who helps\n").nth(1).unwrap_or_default();
    assert!(helps.starts_with("    first      the administrator"), "{helps}");
    assert!(!helps.contains("gives no"), "{helps}");
    let stick = overview("", "consumer-stick").stdout;
    let nothing_above = !stick.contains("What shows");
    assert!(!(nothing_above && stick.contains("nothing above")), "{stick}");
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
