//! `keycase check` from the command line: verdicts, forms, exit codes.
#![expect(clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const GOOD: [&str; 8] = [
    "license_compliant=true",
    "account_in_good_standing=true",
    "implementation_complete=true",
    "past_end_of_life=false",
    "request_is_problem=true",
    "requester_is_admin=true",
    "installed_as_instructed=true",
    "third_party_cause=false",
];

/// A folder with a snapshot of the given drives.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new(drives: &[Value]) -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        let snapshot = json!({
            "schema": "keycase.snapshot/1",
            "taken_at": "2026-11-22T12:00:00Z",
            "tool": {"name": "keycase", "version": "0", "data": {"version": "0", "hash": "0"}},
            "host": {"os": "linux", "usb_bus": true},
            "drives": drives,
        });
        machine.write("snapshot.json", &snapshot.to_string());
        machine.write("config.toml", "");
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn check(&self, args: &[&str]) -> Output {
        run(&self.path("snapshot.json"), &self.path("config.toml"), args)
    }

    fn verdict(&self, args: &[&str]) -> (Value, i32) {
        let output = self.check(&[args, &["--json"]].concat());
        let document = serde_json::from_slice(&output.stdout).unwrap();
        (document, output.status.code().unwrap())
    }
}

fn run(snapshot: &Path, config: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keycase"))
        .args(["check", "--now", "2026-11-22T12:00:00Z"])
        .arg("--from")
        .arg(snapshot)
        .arg("--config")
        .arg(config)
        .args(args)
        .output()
        .unwrap()
}

fn drive(port: &str, ids: &str, product: &str) -> Value {
    let (vid, pid) = ids.split_once(':').unwrap();
    json!({
        "port": port,
        "usb": {"vid": vid, "pid": pid, "product": product},
        "interfaces": [{"number": 0, "class": 8}],
    })
}

fn sentry() -> Value {
    drive("1-1", "230a:1550", "Sentry ONE-M")
}

fn kingston() -> Value {
    drive("1-2", "0951:1539", "IronKey D300")
}

fn facts<'a>(facts: &[&'a str]) -> Vec<&'a str> {
    facts.iter().flat_map(|fact| ["--fact", fact]).collect()
}

#[test]
fn without_facts_the_answer_is_open_and_asks() {
    let (document, code) = Machine::new(&[sentry()]).verdict(&[]);
    assert_eq!(code, 1);
    assert_eq!(document["schema"], "keycase.eligibility/1");
    assert_eq!(document["policy"]["id"], "datalocker");
    let drive = &document["drives"][0];
    assert_eq!(drive["verdict"], "needs_information");
    assert_eq!(drive["lifecycle"]["status"], "unknown");
    assert_eq!(
        drive["lifecycle"]["note"],
        "no published end-of-life date known (checked 2026-11-22)"
    );
    let asked: Vec<&str> =
        drive["ask"].as_array().unwrap().iter().map(|row| row["fact"].as_str().unwrap()).collect();
    assert!(asked.contains(&"requester_is_admin"), "{asked:?}");
    assert!(!asked.contains(&"standalone"), "a managed model is not stand-alone: {asked:?}");
    assert!(!asked.contains(&"concerns_management_software"), "{asked:?}");
    assert_eq!(document["summary"]["needs_information"], 1);
}

#[test]
fn all_facts_good_is_eligible_and_never_called_supported_without_a_date() {
    let (document, code) = Machine::new(&[sentry()]).verdict(&facts(&GOOD));
    let drive = &document["drives"][0];
    assert_eq!((drive["verdict"].as_str(), code), (Some("eligible"), 0), "{drive:#}");
    assert_eq!(drive["contact"], "vendor");
    assert_eq!(drive["ask"], json!([]));
    assert_eq!(drive["lifecycle"]["status"], "unknown");
    let effects = drive["reasons"].as_array().unwrap().iter().map(|reason| &reason["effect"]);
    assert!(effects.clone().count() >= 9 && effects.clone().all(|e| e == "allows"));
}

/// One bad answer at a time: its clause excludes, and names whom to turn to.
#[test]
fn each_exclusion_wins_over_everything_that_is_open() {
    for (fact, clause, contact) in [
        ("license_compliant=false", "license_terms", "licensing"),
        ("account_in_good_standing=no", "account_standing", "licensing"),
        ("implementation_complete=false", "pre_implementation", "sales"),
        ("past_end_of_life=true", "end_of_life", "none"),
        ("request_is_problem=false", "not_a_problem", "none"),
        ("requester_is_admin=false", "not_designated_admin", "organisation_admin"),
        ("installed_as_instructed=false", "not_per_instructions", "none"),
        ("third_party_cause=true", "third_party", "none"),
    ] {
        let (document, code) = Machine::new(&[sentry()]).verdict(&["--fact", fact]);
        let drive = &document["drives"][0];
        assert_eq!((drive["verdict"].as_str(), code), (Some("not_eligible"), 2), "{fact}");
        assert_eq!(drive["contact"], contact, "{fact}");
        assert_eq!(drive["ask"], json!([]), "answers would change nothing: {fact}");
        let excludes: Vec<&Value> = drive["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|reason| reason["effect"] == "excludes")
            .collect();
        assert_eq!(excludes.len(), 1, "{fact}");
        assert_eq!(excludes[0]["clause"], clause);
        assert!(excludes[0]["evidence"].as_str().unwrap().contains("(--fact)"), "{fact}");
    }
}

#[test]
fn a_kingston_drive_is_kingstons_unless_management_software_is_concerned() {
    let machine = Machine::new(&[kingston()]);
    let mut args = facts(&GOOD);
    let (document, code) = machine.verdict(&args);
    assert_eq!(code, 1);
    assert_eq!(document["drives"][0]["ask"][0]["fact"], "concerns_management_software");
    args.extend(["--fact", "concerns_management_software=false"]);
    let (document, code) = machine.verdict(&args);
    assert_eq!((document["drives"][0]["contact"].as_str(), code), (Some("manufacturer"), 2));
    args.extend(["--fact", "concerns_management_software=true"]);
    assert_eq!(machine.verdict(&args).1, 0, "the last word counts");
}

#[test]
fn a_drive_of_unknown_model_is_not_placed() {
    let machine = Machine::new(&[drive("1-4", "1953:9999", "")]);
    let (document, code) = machine.verdict(&facts(&GOOD));
    let drive = &document["drives"][0];
    assert_eq!((drive["verdict"].as_str(), code), (Some("unknown"), 3));
    assert_eq!(drive["reasons"][0]["clause"], "product_scope");
    assert_eq!(drive["reasons"][0]["effect"], "unknown");
    assert!(drive["reasons"][0]["evidence"].as_str().unwrap().contains("would settle it"));
}

#[test]
fn a_policy_about_software_is_about_no_drive() {
    let machine = Machine::new(&[sentry()]);
    for policy in ["lockthreat", "data-dynamics", "secpod"] {
        let (document, code) = machine.verdict(&["--policy", policy]);
        let drive = &document["drives"][0];
        assert_eq!((drive["verdict"].as_str(), code), (Some("not_eligible"), 2), "{policy}");
        assert_eq!(drive["reasons"][0]["effect"], "excludes");
        assert_eq!(drive["contact"], "manufacturer");
    }
}

#[test]
fn one_excluded_drive_outweighs_the_others() {
    let machine = Machine::new(&[sentry(), kingston(), drive("1-4", "1953:9999", "")]);
    let args = [facts(&GOOD), vec!["--fact", "concerns_management_software=false"]].concat();
    let (document, code) = machine.verdict(&args);
    assert_eq!(code, 2);
    assert_eq!(
        document["summary"],
        json!({"eligible": 1, "not_eligible": 1, "needs_information": 0, "unknown": 1})
    );
}

#[test]
fn no_drive_is_a_document_without_drives() {
    let (document, code) = Machine::new(&[]).verdict(&[]);
    assert_eq!((document["drives"].clone(), code), (json!([]), 3));
}

/// Published dates come from an overlay of the catalog; the last day is included.
#[test]
fn a_dated_end_of_life_decides() {
    let machine = Machine::new(&[sentry()]);
    let overlay = |end: &str| {
        format!(
            "extends = \"datalocker-sentry-one-m\"\n[lifecycle]\nchecked = \"2026-11-01\"\n\
             end_of_life = \"{end}\"\nsource = \"our contract\"\n"
        )
    };
    let data = machine.path("data");
    let data = data.to_str().unwrap();
    let good = [facts(&GOOD[..3]), facts(&GOOD[4..])].concat();
    for (end, status, code) in
        [("2026-11-21", "ended", 2), ("2026-11-22", "supported", 0), ("2027-01-01", "supported", 0)]
    {
        machine.write("data/devices/ours.toml", &overlay(end));
        let (document, found) = machine.verdict(&[good.clone(), vec!["--data", data]].concat());
        let life = &document["drives"][0]["lifecycle"];
        assert_eq!((life["status"].as_str(), found), (Some(status), code), "{end}");
        assert_eq!(life["ends"], end);
        assert!(life["source"].as_str().unwrap().contains("ours.toml: our contract"));
    }
}

/// An end of support ends support too; the answer says which end it is.
#[test]
fn a_dated_end_of_support_decides_and_is_named() {
    let machine = Machine::new(&[sentry()]);
    let overlay = |end: &str| {
        format!(
            "extends = \"datalocker-sentry-one-m\"\n[lifecycle]\nchecked = \"2026-11-01\"\n\
             end_of_life = \"2028-01-01\"\nend_of_support = \"{end}\"\n"
        )
    };
    let data = machine.path("data");
    let data = data.to_str().unwrap();
    for (end, status, note, code) in [
        ("2026-11-21", "ended", "end of support was 2026-11-21", 2),
        ("2026-11-22", "supported", "end of support is 2026-11-22", 0),
    ] {
        machine.write("data/devices/ours.toml", &overlay(end));
        let (document, found) = machine.verdict(&[facts(&GOOD), vec!["--data", data]].concat());
        let drive = &document["drives"][0];
        let life = &drive["lifecycle"];
        assert_eq!((life["status"].as_str(), found), (Some(status), code), "{end}");
        assert_eq!((&life["ends"], &life["ending"]), (&json!(end), &json!("support")));
        assert_eq!(life["note"], note);
        assert!(drive["reasons"].to_string().contains(note), "{drive:#}");
    }
}

/// The device's date says nothing about the software; the vendor's word does.
#[test]
fn what_the_vendor_told_excludes_whatever_the_devices_date_is() {
    let machine = Machine::new(&[sentry()]);
    machine.write(
        "data/devices/ours.toml",
        "extends = \"datalocker-sentry-one-m\"\n[lifecycle]\nchecked = \"2026-11-01\"\n\
         end_of_life = \"2028-01-01\"\n",
    );
    let data = machine.path("data");
    let args = [facts(&GOOD), vec!["--data", data.to_str().unwrap()]].concat();
    assert_eq!(machine.verdict(&args).1, 0);
    let (document, code) =
        machine.verdict(&[args, vec!["--fact", "past_end_of_life=true"]].concat());
    assert_eq!(code, 2, "{document:#}");
}

/// Advice is no verdict, but something to settle: an older software, if it is known.
#[test]
fn an_old_software_is_advised_to_be_updated() {
    let software = |version: Option<&str>, firmware: Option<&str>| {
        let mut drive = drive("1-1", "230a:1550", "Sentry ONE-M");
        drive["software"] = json!({"version": version, "from": "autorun.exe"});
        drive["firmware"] = json!({"version": firmware, "from": "the label"});
        Machine::new(&[drive])
    };
    let overlay = "extends = \"datalocker-sentry-one-m\"\n[software]\nadvised = \"4.8.25\"\n\
                   reason = \"The server wants it.\"\nsource = \"our handbook\"\n\
                   confidence = \"inference\"\n";
    for (version, firmware, is_advised) in [
        (Some("4.8.24.9"), None, true),
        (Some("4.7"), None, true),
        (Some("3"), None, true),
        (Some("4.8.25"), None, false),
        (Some("6.0"), None, false),
        // What is left out, or not a number, could be anything.
        (Some("4.8"), None, false),
        (Some("4.8.25-rc1"), None, false),
        // A firmware is something else.
        (None, Some("1.0"), false),
        (None, None, false),
    ] {
        let machine = software(version, firmware);
        machine.write("data/devices/ours.toml", overlay);
        let data = machine.path("data");
        let args = [facts(&GOOD), vec!["--data", data.to_str().unwrap()]].concat();
        let (document, code) = machine.verdict(&args);
        let drive = &document["drives"][0];
        assert_eq!(drive["verdict"], "eligible", "{version:?}");
        assert_eq!(code, i32::from(is_advised), "{version:?} {firmware:?}");
        let advice = drive["advice"].as_array().unwrap();
        assert_eq!(advice.len(), usize::from(is_advised), "{version:?}");
        if let Some(advice) = advice.first() {
            assert_eq!(advice["id"], "update_software");
            let message = advice["message"].as_str().unwrap();
            assert!(message.contains("update it to 4.8.25 or later. The server"), "{message}");
            let source = advice["source"].as_str().unwrap();
            assert!(source.ends_with("ours.toml: our handbook"), "{source}");
        }
        let form = |name: &str| {
            let output = machine.check(&[&args[..], &["--format", name]].concat());
            assert_eq!(output.status.code(), Some(code), "{name}");
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(form("table").contains("advised    The drive's software is"), is_advised);
        assert_eq!(form("csv").contains(",update_software,"), is_advised);
        assert_eq!(form("nagios").starts_with("KEYCASE WARNING"), is_advised);
        let said = "1 eligible, 1 advised to update, 1-1 DataLocker Sentry ONE Managed: update";
        assert_eq!(form("nagios").contains(said), is_advised);
    }
    // An exclusion outweighs it.
    let machine = software(Some("4.7"), None);
    machine.write("data/devices/ours.toml", overlay);
    let data = machine.path("data");
    let args = ["--data", data.to_str().unwrap(), "--fact", "license_compliant=false"];
    assert_eq!(machine.verdict(&args).1, 2);
}

#[test]
fn the_configuration_states_facts_and_the_command_line_overrides_them() {
    let machine = Machine::new(&[sentry()]);
    machine.write("config.toml", "[facts]\nrequester_is_admin = false\ncost_center = \"7\"\n");
    let (document, code) = machine.verdict(&[]);
    assert_eq!(code, 2);
    let excluded = document["drives"][0]["reasons"].to_string();
    assert!(excluded.contains("requester_is_admin = false (the configuration)"), "{excluded}");
    assert_eq!(machine.verdict(&["--fact", "requester_is_admin=true"]).1, 1);
    machine.write("config.toml", "[facts]\nrequester_is_admin = \"perhaps\"\n");
    let output = machine.check(&[]);
    assert_eq!(output.status.code(), Some(3));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("`requester_is_admin` takes true or false"), "{message}");
}

#[test]
fn failures_of_the_check_are_unknown_to_monitoring() {
    let machine = Machine::new(&[sentry()]);
    for (args, said) in [
        (&["--fact", "nothing=1"][..], "its facts are: license_compliant"),
        (&["--fact", "requester_is_admin"], "NAME=VALUE"),
        (&["--fact", "requester_is_admin=maybe"], "`maybe` is not true or false"),
        (&["--policy", "nowhere"], "the policies are: "),
        (&["--nonsense"], "unexpected argument"),
        (&["--json", "--format", "csv"], "two forms"),
    ] {
        let output = machine.check(args);
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(said), "{args:?}: {message}");
    }
}

#[test]
fn every_form_says_the_same() {
    let hostile = drive("1-1", "230a:1550", "Sentry ONE-M");
    let mut hostile = hostile;
    hostile["usb"]["serial"] = json!("=1+1|\u{1b}[31m\"");
    let machine = Machine::new(&[hostile, kingston()]);
    let form = |name: &str| {
        let output = machine.check(&["--format", name]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains('\u{1b}'), "{name}: {text}");
        text
    };
    let table = form("table");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains("requester_is_admin: Are you the designated"), "{table}");
    let csv = form("csv");
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("port,model,name,serial,verdict,"));
    assert!(lines[1].contains(",\"'=1+1|\\u{1b}[31m\"\"\",needs_information,"), "{csv}");
    let rows: Vec<Value> =
        form("ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.len() == 2 && rows.iter().all(|row| row["verdict"] == "needs_information"));
    let metrics = form("prometheus");
    assert!(metrics.contains("keycase_drives{verdict=\"needs_information\"} 2\n"), "{metrics}");
    let nagios = form("nagios");
    assert!(nagios.starts_with("KEYCASE WARNING - 2 needs information, "), "{nagios}");
    assert_eq!(nagios.lines().count(), 1);
    let json: Value = serde_json::from_str(&form("json")).unwrap();
    assert_eq!(json["drives"].as_array().unwrap().len(), 2);
}

/// A certificate's state is a fact of its own, whatever the lifecycle and the verdict are.
#[test]
fn fips_certificates_are_shown_beside_the_lifecycle() {
    let machine = Machine::new(&[kingston()]);
    let (document, _) = machine.verdict(&[]);
    let drive = &document["drives"][0];
    let fips = &drive["fips"][0];
    assert_eq!((&fips["certificate"], &fips["status"]), (&json!(2731), &json!("historical")));
    assert_eq!(drive["lifecycle"]["status"], "unknown", "historical is not end of life");
    assert!(!drive["lifecycle"].to_string().contains("FIPS"));
    assert!(!drive["reasons"].to_string().contains("2731"), "no clause rests on it");
    let table = String::from_utf8(machine.check(&[]).stdout).unwrap();
    let table: String = table.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = "fips 2731 (IronKey D300, FIPS 140-2, level 3): historical on 2026-04-15";
    assert!(table.contains(words), "{table}");
}

/// Monitoring reads the first line of stdout, also when the check could not run.
#[test]
fn a_failed_plugin_says_why_on_its_only_line() {
    let output = Machine::new(&[sentry()]).check(&["--format", "nagios", "--policy", "nowhere"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"KEYCASE UNKNOWN - no policy `nowhere`\n");
    let none = Machine::new(&[]).check(&["--format", "nagios"]);
    let line = String::from_utf8(none.stdout).unwrap();
    assert!(line.starts_with("KEYCASE UNKNOWN - no drive found | eligible=0 "), "{line}");
}

/// No two series of the exposition have the same labels.
#[test]
fn machines_are_told_apart_in_metrics() {
    let machine = Machine::new(&[sentry()]);
    let one = std::fs::read_to_string(machine.path("snapshot.json")).unwrap();
    machine.write("snapshot.json", &format!("{one}\n{one}\n"));
    let output = machine.check(&["--format", "prometheus"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let series: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let distinct: std::collections::BTreeSet<&str> =
        series.iter().filter_map(|line| line.rsplit_once(' ')).map(|(labels, _)| labels).collect();
    assert_eq!(distinct.len(), series.len(), "{text}");
    for (line, next) in text.lines().zip(text.lines().skip(1)) {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let name = help.split(' ').next().unwrap();
            assert_eq!(next, format!("# TYPE {name} gauge"));
        }
    }
}

/// The person's own packs stand in `data/` of the configuration folder.
#[test]
fn packs_in_the_configuration_folder_are_used_and_named() {
    let machine = Machine::new(&[sentry()]);
    machine.write(
        "config/keycase/data/policies/contract.toml",
        "extends = \"datalocker\"\nsource = \"our contract\"\n[facts]\naccount_in_good_standing = false\n",
    );
    let own = include_str!("../data/policies/secpod.toml")
        .replacen("id = \"secpod\"", "id = \"ours\"", 1)
        .replacen("products and services: answers", "drives: answers", 1)
        .replacen("[[scope.product]]", "drive_vendors = [\"DataLocker\"]\n[[scope.product]]", 1);
    // The key of `[scope]` has to stand before its products.
    machine.write("config/keycase/data/policies/ours.toml", &own);
    let check = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_keycase"))
            .env("XDG_CONFIG_HOME", machine.path("config"))
            .args(["check", "--json", "--now", "2026-11-22T12:00:00Z", "--from"])
            .arg(machine.path("snapshot.json"))
            .args(args)
            .output()
            .unwrap();
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (document, output.status.code())
    };
    let (document, code) = check(&[]);
    assert_eq!(code, Some(2));
    let policy = document["policy"]["source"].as_str().unwrap();
    assert!(policy.ends_with("contract.toml (our contract)"), "{policy}");
    let reason = document["drives"][0]["reasons"].to_string();
    assert!(reason.contains("contract.toml (our contract)"), "{reason}");
    let (document, code) = check(&["--policy", "ours"]);
    assert_eq!((document["policy"]["id"].as_str(), code), (Some("ours"), Some(0)));
}
