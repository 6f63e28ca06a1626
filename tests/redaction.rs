//! Redaction through its public surface: every rule's own examples, pseudonyms, streams,
//! JSON, names.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::error::Error as _;

use keycase::packs::embedded;
use keycase::redact::audit::Audit;
use keycase::redact::{Class, Key, Redactor, Seed, Seeds, rows};

#[path = "redaction/alarms.rs"]
mod alarms;
#[path = "redaction/encodings.rs"]
mod encodings;
#[path = "redaction/lines.rs"]
mod lines;
#[path = "redaction/names.rs"]
mod names;
#[path = "redaction/versions.rs"]
mod versions;

fn known(seeds: &[(&str, Class)]) -> Seeds {
    let secret = seeds.iter().map(|&(value, class)| Seed { value: value.into(), class }).collect();
    Seeds { secret, keep: vec!["0123FEEDC0DE4567".into()] }
}

fn redactor(seeds: &[(&str, Class)]) -> Redactor {
    Redactor::new(&embedded(), &known(seeds), Key([7; 32])).unwrap()
}

fn audit(seeds: &[(&str, Class)]) -> Audit {
    Audit::new(&embedded(), &known(seeds)).unwrap()
}

fn text(redactor: &Redactor, raw: &str) -> String {
    String::from_utf8_lossy(redactor.text(raw.as_bytes()).unwrap().bytes()).into_owned()
}

#[test]
fn every_rule_passes_its_own_examples() {
    let redactor = redactor(&[]);
    let mut wrong = Vec::new();
    for row in rows(&embedded()).unwrap() {
        for example in &row.redacts {
            let out = text(&redactor, &example.text);
            for value in example.values.iter().filter(|value| out.contains(value.as_str())) {
                wrong.push(format!("{}: `{value}` is left in `{out}`", row.id));
            }
        }
        for kept in &row.keeps {
            let out = text(&redactor, kept);
            if out != *kept {
                wrong.push(format!("{}: `{kept}` became `{out}`", row.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What packs say is public, and stands in every bundle as it is.
#[test]
fn the_packs_own_words_pass_unchanged() {
    let redactor = redactor(&[]);
    let mut changed = Vec::new();
    let packs = embedded();
    let kinds = ["devices", "policies", "problems", "triage", "desks"];
    for pack in kinds.into_iter().flat_map(|kind| packs.of(kind)) {
        // A policy's mail address is a person's as far as a rule can see.
        let words = ["source = ", "question = ", "title = ", "fact = ", "id = ", "url = "];
        for line in pack.text.lines().filter(|line| words.iter().any(|w| line.starts_with(w))) {
            let out = text(&redactor, line);
            if out != line {
                changed.push(format!("{}: `{line}` became `{out}`", pack.path));
            }
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn pseudonyms_are_of_the_same_type() {
    let redactor = redactor(&[]);
    let of = |class, value: &str| redactor.pseudonym(class, value);
    let v4 = |value: &str| of(Class::Ipv4, value).parse::<std::net::Ipv4Addr>().unwrap();
    assert!(v4("192.168.1.77").is_private() && v4("10.9.8.7").is_private());
    assert!(v4("169.254.3.4").is_link_local());
    let [a, b, ..] = v4("203.0.113.9").octets();
    assert!(a == 198 && (b == 18 || b == 19), "public addresses move to 198.18/15");
    assert_eq!(of(Class::Ipv4, "127.0.0.1"), "127.0.0.1");
    let v6 = |value: &str| of(Class::Ipv6, value).parse::<std::net::Ipv6Addr>().unwrap();
    assert_eq!(v6("2a00:1450::5").segments()[..2], [0x2001, 0xdb8]);
    assert!(v6("fe80::1:2").is_unicast_link_local());
    let mac = of(Class::Mac, "B8-27-EB-12-34-56");
    assert!(mac.starts_with("02-") && mac.len() == 17 && mac == mac.to_uppercase(), "{mac}");
    let uuid = of(Class::Uuid, "6a513cec-d034-4e0b-a512-2e049cc0ead6");
    let parsed: uuid::Uuid = uuid.parse().unwrap();
    assert_eq!(parsed.get_version_num(), 4);
    assert_eq!(parsed.get_variant(), uuid::Variant::RFC4122);
    let serial = of(Class::Serial, "S3Z1NB0K123456A");
    let class = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_digit() { '0' } else { 'A' }).collect()
    };
    assert_eq!(class(&serial), class("S3Z1NB0K123456A"));
    assert!(of(Class::Email, "a@b.example").ends_with("@example.invalid"));
    assert!(of(Class::VolumeLabel, "PAYROLL").len() <= 11, "FAT allows eleven characters");
    assert!(of(Class::Host, "wks-07").starts_with("host-"));
}

#[test]
fn the_same_value_has_one_pseudonym_in_every_spelling_and_bundle() {
    let known = [("wks-ledger-07", Class::Host), ("corp.works.test", Class::Domain)];
    let (first, second) = (redactor(&known), redactor(&known));
    let host = text(&first, "wks-ledger-07");
    assert_eq!(text(&second, "WKS-LEDGER-07"), host.to_uppercase());
    let full = text(&second, "at wks-ledger-07.corp.works.test now");
    assert!(full.starts_with(&format!("at {host}.domain-")) && full.ends_with(".invalid now"));
    let escaped = text(&first, r"x wks\x2dledger\x2d07 y");
    assert_eq!(escaped, format!("x {} y", host.replace('-', r"\x2d")));
    let mac = text(&first, "b8:27:eb:12:34:56");
    assert_eq!(text(&first, "b8-27-eb-12-34-56"), mac.replace(':', "-"));
    assert_eq!(text(&first, "b827.eb12.3456").replace('.', ""), mac.replace(':', ""));
    let uuid = text(&first, "6a513cec-d034-4e0b-a512-2e049cc0ead6");
    let joined = text(&first, "machine-id 6a513cecd0344e0ba5122e049cc0ead6");
    assert_eq!(joined, format!("machine-id {}", uuid.replace('-', "")));
}

#[test]
fn another_key_gives_other_pseudonyms() {
    let seeds = Seeds::default();
    let other = Redactor::new(&embedded(), &seeds, Key([8; 32])).unwrap();
    for (class, value) in
        [(Class::Host, "wks-07"), (Class::Ipv4, "10.1.2.3"), (Class::User, "anna")]
    {
        assert_ne!(redactor(&[]).pseudonym(class, value), other.pseudonym(class, value));
    }
}

#[test]
fn a_second_pass_changes_nothing() {
    let known = [("wks-ledger-07", Class::Host), ("al", Class::User), ("abe", Class::User)];
    let first = redactor(&known);
    let mut all = String::new();
    for row in rows(&embedded()).unwrap() {
        for example in &row.redacts {
            all += &example.text;
            all.push('\n');
        }
    }
    all += "al and abe on wks-ledger-07, also\n";
    let once = text(&first, &all);
    for (was, is) in once.lines().zip(text(&first, &once).lines()) {
        assert_eq!(is, was);
    }
    // Another process knows its pseudonyms of addresses by the map of the first.
    let second = redactor(&known);
    second.remember(first.map());
    assert_eq!(text(&second, &once), once);
    assert!(once.contains(", also"));
}

#[test]
fn the_map_reads_pseudonyms_back_and_holds_no_secret() {
    let redactor = redactor(&[("wks-ledger-07", Class::Host)]);
    let out = text(&redactor, "wks-ledger-07 10.9.8.7 password=Hunter2! pin: 483920");
    let map = redactor.map();
    let (back, _) = map.unmask(&out);
    assert!(back.starts_with("wks-ledger-07 10.9.8.7 password=redacted-"), "{back}");
    assert!(!serde_json::to_string(&map).unwrap().contains("Hunter2"));
}

#[test]
fn serials_of_the_tickets_drives_stay() {
    let redactor = redactor(&[("0123FEEDC0DE4567", Class::Serial)]);
    let line = "SerialNumber: 0123FEEDC0DE4567 by-id/usb-K_D_0123FEEDC0DE4567-0:0";
    assert_eq!(text(&redactor, line), line);
    let other = text(&redactor, "SerialNumber: 0123FEEDC0DE4568");
    assert!(!other.contains("4568"));
}

#[test]
fn json_is_redacted_by_what_its_fields_mean() {
    let redactor = redactor(&[("jdoe", Class::User)]);
    let document = serde_json::json!({
        "drives": [{
            "usb": {"vid": "0951", "serial": "0123FEEDC0DE4567", "product": "IronKey jdoe"},
            "luns": [{"label": "MERGER", "node": "/dev/sdb", "mounts": ["/mnt/merger", "/"]},
                     {"label": "UNLOCKER", "revision": "1.2.3.4"}],
            "firmware": {"version": "3.6.0.12", "from": "scsi 10.0.0.1"},
        }],
        "others": [{"serial": "77AA77AA77AA77AA", "pin": 483920, "note": "user: anna.k"}],
        "wks\u{2d}07 10.9.8.7": 1,
    });
    let out = redactor.json(&document).unwrap();
    let value: serde_json::Value = serde_json::from_slice(out.bytes()).unwrap();
    let drive = &value["drives"][0];
    assert_eq!(drive["usb"]["serial"], "0123FEEDC0DE4567");
    assert_eq!(drive["firmware"]["version"], "3.6.0.12");
    assert_eq!(drive["luns"][0]["node"], "/dev/sdb");
    assert_eq!(drive["luns"][0]["mounts"][1], "/");
    assert_eq!(drive["luns"][1], document["drives"][0]["luns"][1]);
    let left = String::from_utf8_lossy(out.bytes()).into_owned();
    for gone in ["jdoe", "MERGER", "merger", "10.0.0.1", "77AA77AA", "483920", "anna.k", "10.9.8.7"]
    {
        assert!(!left.contains(gone), "{gone} in {left}");
    }
    let deep = (0..200).fold(serde_json::json!("x"), |inner, _| serde_json::json!([inner]));
    assert!(redactor.json(&deep).is_err());
}

#[test]
fn short_names_are_words_and_technical_ones_only_go_where_they_are_named() {
    let redactor = redactor(&[("al", Class::User), ("usb", Class::User), ("data", Class::Host)]);
    assert_eq!(text(&redactor, "also usb 1-2: data al2"), "also usb 1-2: data al2");
    let out = text(&redactor, "al said: user=usb, /home/usb/x \\nal");
    assert!(!out.contains("al ") && !out.contains("=usb") && !out.contains("/usb"), "{out}");
}

#[test]
fn a_reader_that_fails_gives_nothing_more() {
    struct Broken(usize);
    impl Read for Broken {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            out[0] = b'x';
            if self.0 > 3 { Err(std::io::Error::other("gone")) } else { Ok(1) }
        }
    }
    use std::io::Read;
    let redactor = redactor(&[]);
    let mut reader = redactor.reader(Box::new(Broken(0)));
    let mut out = Vec::new();
    assert!(reader.read_to_end(&mut out).is_err() && out.is_empty());
    assert!(reader.read(&mut [0; 8]).is_err());
}

#[test]
fn a_pack_without_rules_or_with_a_broken_one_is_refused() {
    use keycase::packs::{Origin, Pack, PackSet};
    let refused = |text: &'static str| {
        let pack =
            Pack { path: "redaction/x.toml".into(), text: text.into(), origin: Origin::Overlay };
        let result = Redactor::new(&PackSet::new(vec![pack]), &Seeds::default(), Key([0; 32]));
        result.err().map(|error| format!("{error}: {:?}", error.source().map(ToString::to_string)))
    };
    assert!(refused("").unwrap().contains("no redaction rule"));
    let row = "[[rule]]\nid = \"a\"\nclass = \"user\"\nwhy = \"w\"\nsource = \"s\"\nchecked = \"2026-11-22\"\n";
    let examples = "redacts = [{ text = \"x\", values = [\"x\"] }]\nkeeps = [\"y\"]\n";
    let rule = |rest: &str| -> &'static str {
        Box::leak(format!("{row}{rest}\n{examples}").into_boxed_str())
    };
    assert!(refused(rule("shape = \"none\"")).unwrap().contains("shape `none`"));
    assert!(refused(rule("prefilter = [\"ab\"]\npattern = \"ab\"")).unwrap().contains("no group"));
    assert!(
        refused(rule("prefilter = [\"a\"]\npattern = \"(?<value>a)\""))
            .unwrap()
            .contains("two bytes")
    );
    assert!(refused(rule("pattern = \"(?<value>a)\"")).unwrap().contains("prefilter"));
    assert!(
        refused(rule("prefilter = [\"ab\"]\npattern = \"(?<value>a\""))
            .unwrap()
            .contains("x.toml:2")
    );
}

/// What fuzzing found: texts through which a known value came once.
#[test]
fn a_known_value_stays_in_no_text_that_fuzzing_found() {
    let known = [
        ("okaf", Class::User),
        ("wks-ledger-07", Class::Host),
        ("corp.sample-works.test", Class::Domain),
        ("5a:4e:1a:77:f3:0d", Class::Mac),
        ("CA4A7700F3EE1D0044E1", Class::Serial),
        ("LEDGER_Q9", Class::VolumeLabel),
    ];
    let secret = known.map(|(value, class)| Seed { value: value.into(), class }).to_vec();
    let seeds = Seeds { secret, keep: Vec::new() };
    let audit = Audit::new(&embedded(), &seeds).unwrap();
    for key in 0..8 {
        let redactor = Redactor::new(&embedded(), &seeds, Key([key; 32])).unwrap();
        for raw in FOUND {
            let out = redactor.text(raw).unwrap();
            let hits = audit.content("out", &mut out.bytes()).unwrap();
            let (raw, out) = (raw.escape_ascii(), out.bytes().escape_ascii());
            assert!(hits.is_empty(), "{raw} became {out}: {hits:?}");
        }
    }
}

const FOUND: &[&[u8]] = &[
    // Part of a longer word until what stands next to it was replaced.
    b"5a:4e:1a:77:f3:0dokaf",
    b"okaf5a:4e:1a:77:f3:0d",
    b"5a:4e:1a:77:f3:0dokaf5a:4e:1a:77:f3:0d",
    b"5a%3a4e:1a:77:f3:0dokaf",
    b"5a:4e:1a:77:f3:0dok%61f",
    b"okaf5a\\x3a4e:1a:77:f3:0d",
    b"5\x00a\x00:\x004\x00e\x00:\x001\x00a\x00:\x007\x007\x00:\x00f\x003\x00:\x000\x00dokaf",
    // UTF-16 next to a character that begins, or ends, like a letter.
    b"o\0k\0a\0f\0a\x01",
    b"\x01a\0o\0k\0a\0f",
    b"w\0k\0S\0-\0o\0k\0a\0f\0e\x81\0\0r\0-\x000\x007\0",
    b"o\0k\0a\0f\0y",
    b"y\0o\0k\0a\0f",
    // Escapes that are written in capitals.
    b"wks\\U002dledger\\U002d07",
    b"wks\\U0000002dledger\\U0000002d07",
];
