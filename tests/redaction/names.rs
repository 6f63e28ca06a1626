//! Names of files: as the machine has them, and as a bundle does.

use super::{Class, audit, redactor};

const KNOWN: [(&str, Class); 4] = [
    ("John Smith", Class::User),
    ("jdoe.smith", Class::User),
    ("52:54:00:ab:cd:ef", Class::Mac),
    ("wks-finance-07", Class::Host),
];

#[test]
fn known_values_go_from_names_in_every_spelling() {
    let redactor = redactor(&KNOWN);
    let gone = ["mith", "ohn", "ab_cd", "ab:cd", "finance", "db8:1:", "akowalski", "corp", "nas7"];
    for name in [
        "John Smith.log",
        "John_Smith.log",
        "52:54:00:ab:cd:ef.log",
        "52_54_00_ab_cd_ef.log",
        "jdoe%2Esmith.log",
        r"wks\x2dfinance\x2d07.log",
        "2001:db8:1::77.log",
        "akowalski@corp.acme.de.log.1",
        "akowalski@corp.acme.de.7z",
        "nas7.corp.acme.de.csv.bak",
        "nas7.corp.acme.de.gz",
        "nas7.corp.acme.de.1",
    ] {
        let redacted = redactor.name(name).unwrap();
        let redacted = redacted.as_str();
        let left = gone.iter().find(|part| redacted.contains(**part));
        assert_eq!(left, None, "{name} became {redacted}");
        assert_ne!(redacted, name);
        let ending = name.rsplit_once('.').unwrap().1;
        assert!(redacted.ends_with(ending), "{name} became {redacted}");
    }
}

#[test]
fn names_of_logs_stay() {
    let redactor = redactor(&KNOWN);
    for name in [
        "logs/kernel.log",
        "logs/setupapi.dev.log",
        "logs/syslog.1",
        "logs/unlocker-8.5.1.2.exe.log",
        "logs/Unlocker_Win.2024-06-01.log.gz",
        "logs/a.b.c.d.e",
    ] {
        assert_eq!(redactor.name(name).unwrap().as_str(), name);
    }
}

#[test]
fn a_value_is_seen_in_the_name_that_was_made_safe() {
    let audit = audit(&KNOWN);
    for name in ["logs/John_Smith.log", "logs/52_54_00_ab_cd_ef.log"] {
        assert_eq!(audit.name(name).len(), 1, "{name}");
    }
}

#[test]
fn the_name_and_the_text_have_one_stand_in() {
    let redactor = redactor(&KNOWN);
    let in_text = super::text(&redactor, "of John Smith");
    let name = redactor.name("John_Smith.log").unwrap();
    assert_eq!(format!("{}.log", &in_text[3..]), name.as_str());
}
