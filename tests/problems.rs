//! The problem packs: every example of every pack, safe advice, and the generated page.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keycase::catalog::Catalog;
use keycase::condition::{Condition, Truth};
use keycase::diagnose::{Basis, Certainty, Outcome, Problems, System, forbidden, run_example};
use keycase::packs::{Origin, Pack, PackSet, embedded};

fn problems() -> Problems {
    Problems::load(&embedded()).unwrap_or_else(|errors| {
        let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    })
}

fn catalog() -> Catalog {
    Catalog::load(&embedded()).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn now() -> jiff::Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// What people bring to support desks: the sign, the problems it can be, and the systems on
/// which it is met (Linux, Windows, macOS).
#[rustfmt::skip]
const MET: [(&str, &str, &str); 62] = [
    ("a keypad drive that nobody unlocked", "keypad-drive-locked-unseen", "lwm"),
    ("dead after months in a drawer", "keypad-drive-discharged", "lwm"),
    ("a light that turns red and stays red", "crypto-self-test-failed", "lwm"),
    ("a descriptor that cannot be read", "device-descriptor-failed usb-device-not-enumerated", "lw"),
    ("works in the laptop, not in a hub", "trouble-behind-hub", "lwm"),
    ("code 10", "device-cannot-start", "w"),
    ("code 19", "class-filter-broken", "w"),
    ("code 28", "driver-not-installed", "w"),
    ("code 32, a device that is silent", "storage-service-disabled", "w"),
    ("code 45, a greyed device", "past-connection-shown", "w"),
    ("codes 22, 48 and 52", "driver-blocked", "w"),
    ("a Mac notebook that does not react", "accessory-not-allowed", "m"),
    ("lsusb shows it, no block device", "device-not-authorized storage-driver-missing", "l"),
    ("a virtual machine took it", "drive-taken-by-virtual-machine", "lw"),
    ("a keypad drive locks when handed on", "keypad-drive-relocks", "lwm"),
    ("installation forbidden by policy", "install-forbidden-by-policy", "w"),
    ("a CD without a letter", "launcher-without-letter", "w"),
    ("a CD that denies access", "launcher-access-denied", "w"),
    ("an unlocker that does not start by itself", "unlocker-not-started", "lwm"),
    ("Symantec ends the unlocker", "symantec-stops-unlocker", "w"),
    ("a Defender rule blocks it", "attack-surface-rule-blocks-unlocker", "w"),
    ("application control blocks it", "application-control-blocks-unlocker", "w"),
    ("device control takes one half", "device-control-splits-drive", "wm"),
    ("an allow list of one vendor id", "allow-list-misses-vendor-id", "lwm"),
    ("PortBlocker", "portblocker-blocks-drive", "wm"),
    ("please insert a disk", "locked-drive-looks-empty", "lwm"),
    ("two drive letters needed", "too-few-drive-letters", "w"),
    ("a letter that a share has", "letter-used-by-network-drive", "w"),
    ("a letter that a policy hides", "letter-hidden-by-policy", "w"),
    ("you need to format the disk", "unlocked-volume-unreadable", "lwm"),
    ("removable disks denied", "removable-disk-read-denied", "w"),
    ("nothing in Finder", "mac-mount-blocked", "m"),
    ("an unlocker of 32 bits", "mac-unlocker-32-bit", "m"),
    ("a program that may not see volumes", "mac-removable-volume-permission", "m"),
    ("no Linux program on the CD", "no-linux-unlocker", "l"),
    ("permission denied on the CD", "linux-launcher-not-executable", "l"),
    ("how many attempts are left", "password-forgotten", "lwm"),
    ("Kingston, ten wrong passwords", "kingston-emptied-after-ten-attempts", "lwm"),
    ("legacy IronKey, ten wrong passwords", "ironkey-self-destructed", "lwm"),
    ("self-destruction chosen at setup", "self-destruct-chosen", "lwm"),
    ("a response code that is refused", "response-code-refused", "lwm"),
    ("a DL3 that refuses its default", "factory-password-refused", "lwm"),
    ("no password help offered", "password-help-missing", "lwm"),
    ("requires an active server", "management-server-required", "lwm"),
    ("a server that cannot be reached", "management-server-unreachable", "lwm"),
    ("all fail after a certificate change", "certificate-changed", "lwm"),
    ("an expired licence", "management-license-expired", "lwm"),
    ("registers to the wrong account", "registered-to-wrong-account", "lwm"),
    ("denied, disabled, lost", "drive-denied-by-administrator", "lwm"),
    ("a restrictive default policy", "restrictive-default-policy", "lwm"),
    ("stuck in audit mode", "audit-mode", "lwm"),
    ("an import from EMS that gives nothing", "ems-import-empty", "lwm"),
    ("read-only", "data-read-only", "lwm"),
    ("a file over 4 GB", "file-over-4-gb", "lwm"),
    ("a Mac that reads but cannot write", "mac-cannot-write-ntfs", "m"),
    ("disconnects after idle", "disconnects-after-idle", "lwm"),
    ("resets under load", "usb-reset-under-load", "l"),
    ("slow", "slow-link", "lwm"),
    ("damage after pulling", "removed-without-ejecting", "lw"),
    ("fake or failed capacity", "capacity-wrong", "lwm"),
    ("an update that stalls", "update-interrupted", "lwm"),
    ("a recalled model", "recalled-model", "lwm"),
];

#[test]
fn every_problem_that_is_met_is_known_on_its_systems() {
    let problems = problems();
    let mut missing = Vec::new();
    for (sign, ids, systems) in MET {
        let packs: Vec<_> = ids.split(' ').map(|id| problems.get(id).expect(id)).collect();
        let rules = || packs.iter().flat_map(|problem| &problem.evidence);
        for system in systems.chars() {
            let is_it = |known: &System| known.id().starts_with(system);
            if !rules().any(|rule| rule.systems.iter().any(is_it)) {
                missing.push(format!("{sign}: {ids} on {system}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_example_says_what_it_promises() {
    let (problems, catalog) = (problems(), catalog());
    let mut wrong = Vec::new();
    for problem in problems.iter() {
        for example in &problem.examples {
            match run_example(problem, example, &problems, &catalog, now()) {
                Ok(ran) if ran.outcome == example.says => {}
                Ok(ran) => wrong.push(format!(
                    "{}: `{}` says {:?}, not {:?}",
                    problem.id, example.name, ran.outcome, example.says
                )),
                Err(what) => wrong.push(format!("{}: `{}`: {what}", problem.id, example.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_of_evidence_shows_in_an_example() {
    let (problems, catalog) = (problems(), catalog());
    let mut silent = Vec::new();
    for problem in problems.iter() {
        let mut shown = BTreeSet::new();
        for example in problem.examples.iter().filter(|e| e.says == Outcome::Matches) {
            let ran = run_example(problem, example, &problems, &catalog, now()).unwrap();
            let own = ran.diagnosis.findings.iter().filter(|finding| finding.id == problem.id);
            shown.extend(own.flat_map(|finding| &finding.evidence).map(|e| e.what.clone()));
        }
        for rule in &problem.evidence {
            // A text with values in it is compared up to the first of them.
            let start = rule.what.split('{').next().unwrap();
            if !shown.iter().any(|what| what.starts_with(start)) {
                silent.push(format!("{}: {}", problem.id, rule.what));
            }
        }
    }
    assert!(silent.is_empty(), "no example shows:\n{}", silent.join("\n"));
}

#[test]
fn no_remedy_endangers_data() {
    for problem in problems().iter() {
        let steps = problem.evidence.iter().flat_map(|rule| &rule.remedy).chain(&problem.remedy);
        for step in steps {
            assert_eq!(forbidden(step), None, "{}: {step}", problem.id);
        }
        for warning in &problem.never {
            let forbids = warning.starts_with("Do not ") || warning.starts_with("Never ");
            assert!(forbids, "{}: {warning}", problem.id);
        }
    }
}

#[test]
fn general_knowledge_is_never_more_than_possible() {
    for problem in problems().iter() {
        for rule in &problem.evidence {
            let general = rule.basis == Basis::GeneralKnowledge;
            assert!(!general || rule.confidence == Certainty::Possible, "{}", problem.id);
        }
    }
}

#[test]
fn nothing_is_claimed_about_a_machine_that_says_nothing() {
    let problems = problems();
    for problem in problems.iter() {
        let facts = keycase::condition::Facts::default();
        for rule in &problem.evidence {
            let truth = rule.when.evaluate(&facts);
            assert!(truth != Truth::True, "{}: {}", problem.id, rule.when.text());
        }
    }
}

#[test]
fn the_page_of_problems_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/problems.md");
    let page = keycase::render::problem::page(&problems());
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &page).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "docs/problems.md differs from data/problems; run with UPDATE=1");
}

const GOOD: &str = r#"id = "some-problem"
title = "A title"
seen = "What is seen."
about = "drive"
category = "how_to"
severity = "info"
contact = "none"
remedy = ["Plug it in."]
never = ["Do not format it."]
source = "somewhere"
checked = "2026-11-22"

[[signal]]
id = "odd"
log = "kernel"
means = "something odd"
words = ["odd thing"]
pattern = 'odd thing'

[[evidence]]
systems = ["linux"]
when = "drive.authorized == false"
confidence = "certain"
basis = "source"
what = "at {drive.port}"
where = "there"

[[example]]
name = "yes"
says = "matches"
host = { os = "linux" }

[[example]]
name = "no"
says = "silent"
host = { os = "linux" }
"#;

fn load(text: &str) -> Result<Problems, Vec<String>> {
    let path = "problems/some-problem.toml".to_owned();
    let pack = Pack { path, text: text.to_owned().into(), origin: Origin::Overlay };
    let mut set = PackSet::new(vec![]);
    set.add("problems", pack);
    Problems::load(&set).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

#[test]
fn a_good_pack_loads_and_each_mistake_is_named_with_its_line() {
    assert!(load(GOOD).is_ok(), "{:?}", load(GOOD).err());
    for (old, new, place, what) in [
        ("title", "titel", ":2:", "unknown field `titel`"),
        ("id = \"some-problem\"", "id = \"other\"", ":1:", "not the file's name"),
        ("Plug it in.", "Format the drive.", ":8:", "no advice"),
        ("Plug it in.", "Try another password.", ":8:", "no advice"),
        ("Do not format it.", "Format it.", ":9:", "a warning begins"),
        ("drive.authorized", "drive.authorised", ":22:", "is it `drive.authorized`?"),
        ("{drive.port}", "{drive.prot}", ":25:", "no fact `drive.prot`"),
        ("basis = \"source\"", "basis = \"general_knowledge\"", ":23:", "no more than `possible`"),
        ("'odd thing'", "'odd ('", ":18:", "not a regular expression"),
        ("'odd thing'", "'(?P<serial>odd)'", ":18:", "not `serial`"),
        ("[\"odd thing\"]", "[\"odd\"]", ":17:", "at least 5 bytes"),
        ("says = \"silent\"", "says = \"matches\"", ":1:", "one that is silent"),
        ("systems = [\"linux\"]", "systems = []", ":21:", "a system"),
    ] {
        let text = GOOD.replacen(old, new, 1);
        assert_ne!(text, GOOD, "{old} is not in the pack");
        let errors = load(&text).expect_err(new).join("\n");
        assert!(errors.contains(what) && errors.contains(place), "{new}: {errors}");
    }
}

#[test]
fn a_pack_of_an_overlay_takes_the_place_of_an_embedded_one() {
    let mut set = embedded();
    let text = GOOD.replace("some-problem", "no-usb-bus");
    let path = "overlay/no-usb-bus.toml".to_owned();
    set.add("problems", Pack { path, text: text.into(), origin: Origin::Overlay });
    let loaded = Problems::load(&set).unwrap();
    assert_eq!(loaded.get("no-usb-bus").unwrap().title, "A title");
    assert_eq!(loaded.iter().count(), problems().iter().count());
}

#[test]
fn conditions_of_packs_compile_again_from_their_text() {
    let problems = problems();
    for rule in problems.iter().flat_map(|problem| &problem.evidence) {
        assert!(Condition::compile(rule.when.text(), problems.names()).is_ok());
    }
}
