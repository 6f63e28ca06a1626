//! `keycase diagnose` on recorded machines, on bundles, and as a pure function.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test says what it expected")]

pub mod support;

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use support::keycase::{Keycase, Ran};
use support::machine::Machine;

fn diagnose(arguments: &str, machine: &str) -> Ran {
    let root = Machine::named(machine).unpack();
    Keycase::new(arguments).sysroot(root.path()).run()
}

/// The findings of a machine; each as `severity confidence id port`.
fn findings(document: &Value) -> Vec<String> {
    let rows = document["findings"].as_array().expect("findings");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    rows.iter()
        .map(|row| ["severity", "confidence", "id", "port"].map(|key| text(row, key)).join(" "))
        .collect()
}

fn finding<'d>(document: &'d Value, id: &str) -> &'d Value {
    let rows = document["findings"].as_array().expect("findings");
    rows.iter().find(|row| row["id"] == id).expect(id)
}

#[test]
fn every_machine_is_diagnosed() {
    for (machine, code, want) in [
        ("unauthorized", 0, vec!["error certain device-not-authorized 1-1"]),
        ("unlocked-behind-hub", 0, vec!["warning certain slow-link 1-2.4"]),
        (
            "locked-sentry-one",
            0,
            vec![
                "info likely locked-drive-looks-empty 2-1",
                "info likely unlocker-not-started 2-1",
            ],
        ),
        ("no-usb-bus", 66, vec!["error certain no-usb-bus -"]),
        ("no-drive", 66, vec![]),
    ] {
        let ran = diagnose("diagnose --json", machine);
        assert_eq!(ran.code, Some(code), "{machine}: {}", ran.stderr);
        assert_eq!(findings(&ran.json()), want, "{machine}");
    }
}

#[test]
fn the_document_has_the_published_shape() {
    let document = diagnose("diagnose --json", "unlocked-behind-hub").json();
    assert_eq!(document["schema"], "keycase.findings/1");
    assert_eq!(document["drives"][0]["port"], "1-2.4");
    assert_eq!(document["drives"][0]["model"], "Vault Privacy 50");
    let slow = finding(&document, "slow-link");
    let evidence = slow["evidence"].as_array().expect("evidence");
    assert!(evidence.iter().all(|e| e["what"].is_string() && e["where"].is_string()));
    let lines: Vec<&Value> = evidence.iter().filter_map(|e| e["lines"].get(0)).collect();
    assert_eq!(lines, ["usb 1-2.4: not running at top speed; connect to a high speed hub"]);
    assert!(slow["remedy"].as_array().is_some_and(|steps| !steps.is_empty()));
    for key in ["title", "severity", "confidence", "category", "contact", "source"] {
        assert!(slow[key].is_string(), "{key}");
    }
    let open = document["not_evaluated"].as_array().expect("not_evaluated");
    assert!(open.iter().all(|row| row["id"].is_string() && row["missing"].is_array()));
    let asked: Vec<&str> = document["ask"]
        .as_array()
        .expect("ask")
        .iter()
        .filter_map(|a| a["fact"].as_str())
        .collect();
    assert!(asked.contains(&"password_forgotten"));
}

#[test]
fn a_size_is_told_as_everywhere_else() {
    let recorded = fs::read(Machine::named("unlocked-behind-hub").snapshot()).expect("JSON");
    let mut snapshot: Value = serde_json::from_slice(&recorded).expect("JSON");
    for lun in snapshot["drives"][0]["luns"].as_array_mut().expect("units") {
        if lun["role"] == "data" {
            lun["size_bytes"] = 1_073_741_824_u64.into();
            (lun["filesystem"], lun["mounts"]) = (Value::Null, serde_json::json!([]));
        }
    }
    let ran = Keycase::new("diagnose --json --from -").stdin(snapshot.to_string()).run();
    let document = ran.json();
    let what = &finding(&document, "unlocked-volume-unreadable")["evidence"][0]["what"];
    assert_eq!(what, "the data unit has 1.0 GB and no file system that the system knows");
}

#[test]
fn what_the_person_states_decides() {
    let ran = diagnose("diagnose --json --fact password_forgotten=yes", "locked-sentry-one");
    let document = ran.json();
    let finding = finding(&document, "password-forgotten");
    assert_eq!(finding["severity"], "error");
    assert!(finding["evidence"][0]["what"].as_str().expect("what").contains("after 10 wrong"));
    assert_eq!(findings(&document)[0], "error certain password-forgotten 2-1", "errors come first");
    let unknown = diagnose("diagnose --fact pasword_forgotten=yes", "locked-sentry-one");
    assert_eq!(unknown.code, Some(64));
    assert!(unknown.stderr.contains("is it `password_forgotten`?"), "{}", unknown.stderr);
    let wrong = diagnose("diagnose --fact password_forgotten=perhaps", "locked-sentry-one");
    assert_eq!(wrong.code, Some(64), "{}", wrong.stderr);
}

#[test]
fn two_drives_of_a_model_are_told_apart() {
    let document = diagnose("diagnose --json", "two-identical").json();
    let ports: Vec<&str> = document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|row| row["port"].as_str())
        .collect();
    assert!(ports.contains(&"2-1"), "the locked one");
    assert!(!ports.contains(&"2-2"), "nothing is wrong with the other");
}

#[test]
fn hostile_strings_steer_no_terminal() {
    for arguments in ["diagnose -v", "diagnose --json"] {
        let ran = diagnose(arguments, "hostile-strings");
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let steering = |c: char| c != '\n' && keycase::text::is_steering(c);
        assert!(!ran.stdout.contains(steering), "{arguments}");
    }
}

#[test]
fn the_table_fits_eighty_columns() {
    for machine in Machine::all() {
        let ran = diagnose("diagnose -v", &machine.name);
        let wide = ran.stdout.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{}", machine.name);
    }
}

#[test]
fn a_bundle_is_diagnosed_with_its_own_logs() {
    let root = Machine::named("unlocked-behind-hub").unpack();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("b.zip");
    let bundled = Keycase::new("bundle").arg("-o").arg(&file).sysroot(root.path()).run();
    assert_eq!(bundled.code, Some(0), "{}", bundled.stderr);
    let document = Keycase::new("diagnose --json").arg("--from").arg(&file).run().json();
    assert_eq!(findings(&document), ["warning certain slow-link 1-2.4"]);
    let place = &finding(&document, "slow-link")["evidence"];
    assert!(place.to_string().contains("logs/kernel.log"), "{place}");
}

/// An added log is read to its end, in blocks.
#[test]
fn a_log_added_to_a_bundle_counts() {
    let root = Machine::named("unlocked-behind-hub").unpack();
    let folder = tempfile::tempdir().expect("a folder");
    let (log, zip) = (folder.path().join("kern.log"), folder.path().join("b.zip"));
    let mut text: String =
        (0..4000).map(|number| format!("pc kernel: [{number}.000000] perf: too long\n")).collect();
    for second in 1..=3 {
        let reset = "usb 1-2.4: reset high-speed USB device number 5 using xhci_hcd";
        writeln!(text, "pc kernel: [500{second}.000000] {reset}").expect("a string");
    }
    fs::write(&log, text).expect("a log is written");
    let bundle = Keycase::new("bundle").arg("-o").arg(&zip).arg("--include").arg(&log);
    let ran = bundle.sysroot(root.path()).run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ran = Keycase::new("diagnose --json").arg("--from").arg(&zip).run();
    let seen = finding(&ran.json(), "usb-reset-under-load")["evidence"].to_string();
    assert!(seen.contains("logs/kern.log"), "{seen}");
}

/// What was found goes along: in the bundle, and in the ticket that a technician reads.
#[test]
fn findings_stand_in_the_bundle_and_in_the_ticket() {
    let root = Machine::named("unlocked-behind-hub").unpack();
    let ran = Keycase::new("submit --describe slow --dry-run").sysroot(root.path()).run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let heading = "Known problems that show\n  warning, certain: The drive runs at a lower speed";
    assert!(ran.stdout.contains(heading), "{}", ran.stdout);
    assert!(ran.stdout.contains("(slow-link, port 1-2.4)\n    "), "{}", ran.stdout);
    let none = Machine::named("no-drive").unpack();
    let ran = Keycase::new("submit --describe lost --dry-run").sysroot(none.path()).run();
    assert!(ran.stdout.contains("Known problems that show\n  none\n"), "{}", ran.stdout);
}

#[test]
fn a_recorded_snapshot_has_no_log_and_says_so() {
    let machine = Machine::named("unlocked-behind-hub");
    let ran = Keycase::new("diagnose --json").arg("--from").arg(machine.snapshot()).run();
    let document = ran.json();
    assert_eq!(findings(&document), ["warning possible slow-link 1-2.4"]);
    let open = document["not_evaluated"].to_string();
    assert!(open.contains("log.kernel"), "{open}");
}

#[test]
fn several_snapshots_are_one_document_a_line() {
    let one = fs::read_to_string(Machine::named("unauthorized").snapshot()).expect("a snapshot");
    let ran = Keycase::new("diagnose --json --from -").stdin(format!("{one}\n{one}")).run();
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line["schema"] == "keycase.findings/1"));
}

#[test]
fn a_problem_is_explained_by_its_id() {
    let ran = Keycase::new("explain slow-link").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("drive.speed_mbps < 480.0"), "{}", ran.stdout);
    let document = Keycase::new("explain slow-link --json").run().json();
    assert_eq!(document["kind"], "problem");
    assert_eq!(Keycase::new("explain no-such-thing").run().code, Some(64));
}

#[test]
fn a_wrong_overlay_is_refused_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let problems = folder.path().join("problems");
    fs::create_dir(&problems).expect("a folder");
    let text = fs::read_to_string("data/problems/slow-link.toml").expect("a pack");
    let text = text.replace("Plug the drive directly", "Format the drive and plug it");
    fs::write(problems.join("slow-link.toml"), text).expect("a pack is written");
    let ran = Keycase::new("diagnose").arg("--data").arg(folder.path()).run();
    assert_eq!(ran.code, Some(78));
    assert!(ran.stderr.contains("slow-link.toml:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("no advice"), "{}", ran.stderr);
    let lint = Keycase::new("data lint").arg(folder.path()).run();
    assert_eq!(lint.code, Some(78), "{}", lint.stdout);
}
