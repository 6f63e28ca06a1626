//! Made-up values of every class, in every spelling and container, cut at every place:
//! none may come through, and nothing protected may change.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::io::Read;

use keycase::packs::{Origin, Pack, PackSet, embedded};
use keycase::redact::{Class, Key, Redactor, Seed, Seeds, audit, rows};
use proptest::prelude::*;

/// Values the machine knows.
const KNOWN: &[(Class, &str)] = &[
    (Class::User, "t.lindqvist"),
    (Class::User, "okaf"),
    (Class::User, "Nørgård Søren"),
    (Class::Host, "wks-ledger-07"),
    (Class::Domain, "corp.sample-works.test"),
    (Class::Uuid, "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
    (Class::Uuid, "4E1A-77F3"),
    (Class::Mac, "5a:4e:1a:77:f3:0d"),
    (Class::Serial, "CA4A7700F3EE1D0044E1"),
    (Class::Serial, "WD-WX11 A77F30"),
    (Class::VolumeLabel, "Payroll \"Q3\" & tax"),
    (Class::VolumeLabel, "Отчёты 2025"),
    (Class::VolumeLabel, "LEDGER_Q9"),
    (Class::Email, "svc-backup@sample-works.test"),
];

/// Values only a rule can find: the rule, the line with the value at `{}`, the value.
const CAUGHT: &[(&str, &str, &str)] = &[
    ("ipv4", "bound to {} -- renewal in 5 seconds", "203.0.113.77"),
    ("ipv6", "dhcp6 address {} on eth0", "2001:db8:4e1a:77f3::9d"),
    ("mac", "arp: gateway is-at {}", "5a:77:f3:00:4e:1a"),
    ("email", "mail to {} bounced", "anna.k+x@other-works.example"),
    ("fqdn", "lookup of {} timed out", "nas4.floor-two.lan"),
    ("syslog-host", "2026-11-22T10:00:00+01:00 {} systemd[1]: Started x.", "lt-4e1a77"),
    ("url-host", "GET https://{}/connect", "console.bank.zone-b"),
    ("url-single-host", "proxy http://{}:3128/", "squidbox77"),
    ("named-host", "Static hostname: {}", "anna-laptop77"),
    ("host-setting", "api host={}", "wks-ledger-4e77"),
    ("header-host", "Host: {}", "wks-acc-4e1a77"),
    ("file-server", "open \\\\{}\\share\\x failed", "FILESRV77"),
    ("event-computer", "<Computer>{}</Computer>", "DESKTOP-4E1A77F"),
    ("cloud-host", "node {} ready", "ip-10-77-3-17"),
    ("home-unix", "open(\"/home/{}/x\") failed", "bkowalczyk"),
    ("home-windows", "at C:\\Users\\{}\\AppData\\x", "bkowalczyk"),
    ("media-mount", "mounted /run/media/root/{} ok", "MERGER_4E1A"),
    ("media-unit", "systemd[1]: run-media-root-{}.mount: done", "MERGER_4E1A"),
    ("media-single", "mount /dev/sdb1 /media/{} ok", "MERGER_4E1A"),
    ("named-user", "Account Name:\t\t{}", "bkowalczyk"),
    ("user-field", "sshd: ruser={} rhost", "bkowalczyk"),
    ("user-for", "Accepted publickey for {} from somewhere port 22", "bkowalczyk"),
    ("user-word", "New session 3 of user {}.", "bkowalczyk"),
    ("session-for", "Starting session: shell on pts/0 for {} from there", "bkowalczyk"),
    ("cron", "CRON[12]: ({}) CMD (x)", "bkowalczyk"),
    ("sudo", "sudo:  {} : TTY=pts/0 ; COMMAND=/bin/x", "bkowalczyk"),
    ("uid-name", "uid=1000({}) gid=1000", "bkowalczyk"),
    ("sid", "S-1-5-21-{}-1013 logged on", "3474747471-1474747472-2474747473"),
    ("domain-account", "Account Domain:\t\t{}", "SAMPLEBANK77"),
    ("serial-number", "usb 2-1: SerialNumber: {}", "4E1A77F3CA4A00D1"),
    ("serial-field", "serial={} ok", "4E1A77F3CA4A00D1"),
    ("iserial", "  iSerial   3 {}", "4E1A77F3CA4A00D1"),
    ("serial-word", "serial {} attached", "AA7700004E1A77"),
    ("udev-serial", "E: ID_SERIAL=Kingston_IronKey_{}", "4E1A77F3CA4A00D1"),
    ("udev-serial-short", "E: ID_SERIAL_SHORT={}", "4E1A77F3CA4A00D1"),
    ("by-id-usb", "/dev/disk/by-id/usb-Kingston_IronKey_{}-0:0", "4E1A77F3CA4A00D1"),
    ("usbstor-path", "USBSTOR\\Disk&Ven_K&Prod_D&Rev_1\\{}&0", "4E1A77F3CA4A00D1"),
    ("wwn", "naa.{}", "5004e1a77f3ca4a0"),
    ("uuid", "fs {} clean", "4e1a77f3-ca4a-40d1-8e1a-77f3ca4a00d1"),
    ("machine-id", "Machine ID: {}", "4e1a77f3ca4a40d18e1a77f3ca4a00d1"),
    ("volume-id", " Volume Serial Number is {}", "4E1A-F377"),
    ("volume-label", "E: ID_FS_LABEL={}", "MERGER_4E1A"),
    ("volume-in-drive", "Volume in drive E is {}", "Merger 4E1A"),
    ("volumes", "open /Volumes/VAULT/{}", "merger-plan.docx"),
    ("drive-letter-files", "open E:\\Merger\\{} failed", "plan4e1a77.docx"),
    ("device-mapper", "dm-uuid-CRYPT-LUKS2-{}-luks", "4e1a77f3ca4a40d18e1a77f3ca4a00d1"),
    ("lvm-uuid", "sda2: UUID={} TYPE=x", "Zx1fVb-aB3d-Qw9x-LmNo-P4rS-tUv7-Xy1ZaB"),
    (
        "pem",
        "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----",
        "NEUxYTc3ZjNjYTRhMDBkMQ",
    ),
    ("bitlocker", "key {}", "474747-104747-474747-474747-474747-474747-474747-474747"),
    ("url-credentials", "via http://{}@localhost/", "svc:seedmix77"),
    ("url-user", "ssh://{}@localhost/", "bkowalczyk"),
    ("jwt", "seen {} there", "eyJjYW5hcnkiOjF9.eyJjYW5hcnkiOjJ9.Y2FuYXJ5"),
    ("authorization", "Authorization: Bearer {}", "c4n4ry.T0ken_0123456789"),
    ("cookie", "Cookie: lang=en; a={}", "c4n4ry0123456789"),
    ("digest", "Digest qop=auth, response=\"{}\"", "4e1a77f3ca4a00d14e1a"),
    ("ssh-key", "ssh-ed25519 {} x", "AAAAC3NzaC1lZDI1NTE5AAAAIKc4n4ry0123"),
    ("named-token", "agent: api_key={} ok", "c4n4ryT0ken0123456789"),
    ("known-token", "using {} now", "ghp_c4n4ry0123456789abcdefABCDEF0123"),
    ("aws-key", "using {} now", "AKIAC4N4RY7EXAMPLE99"),
    ("password", "password={}", "seedmix!77"),
    ("pin-word", "unlock with PIN {}", "483920477"),
    ("option-password", "unlock --password {} /dev/sdb", "seedmix!77"),
    ("safeconsole-token", "registration token is {}", "c4n4ry-0123-4567"),
    ("recovery-code", "recovery code: {}", "4E1A-77F3-CA4A"),
];

fn seeds() -> Seeds {
    let secret = KNOWN.iter().map(|&(class, value)| Seed { class, value: value.into() });
    Seeds { secret: secret.collect(), keep: vec!["AA00000000004711".into()] }
}

fn redactor() -> Redactor {
    Redactor::new(&embedded(), &seeds(), Key([3; 32])).unwrap()
}

/// The spellings, written here once more and independently of the program's.
fn spellings(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = |keep: fn(u8) -> bool, escape: fn(u8) -> String| -> Vec<u8> {
        let byte = |b: u8| if keep(b) { vec![b] } else { escape(b).into_bytes() };
        value.bytes().flat_map(byte).collect()
    };
    let alphanumeric = |b: u8| b.is_ascii_alphanumeric();
    let json = serde_json::to_string(value).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let units: String = value.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    vec![
        ("plain", value.as_bytes().to_vec()),
        ("lower", value.to_lowercase().into_bytes()),
        ("upper", value.to_uppercase().into_bytes()),
        ("hex", bytes(alphanumeric, |b| format!("\\x{b:02x}"))),
        ("hex-all", bytes(|_| false, |b| format!("\\x{b:02X}"))),
        ("hex-in-json", bytes(alphanumeric, |b| format!("\\\\x{b:02x}"))),
        ("percent", bytes(alphanumeric, |b| format!("%{b:02X}"))),
        ("percent-lower", bytes(alphanumeric, |b| format!("%{b:02x}"))),
        ("percent-all", bytes(|_| false, |b| format!("%{b:02X}"))),
        ("json", json.clone().into_bytes()),
        ("json-slash", json.replace('/', "\\/").into_bytes()),
        ("json-units", units.into_bytes()),
        ("utf16le", value.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("utf16be", value.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ]
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    let (text, part) = (text.to_ascii_lowercase(), part.to_ascii_lowercase());
    memchr::memmem::find(&text, &part).is_some()
}

/// Every spelling of the value that the redacted text still holds.
fn left(text: &[u8], value: &str) -> Vec<&'static str> {
    let all = spellings(value).into_iter();
    all.filter(|(_, spelling)| holds(text, spelling)).map(|(name, _)| name).collect()
}

#[test]
fn known_values_go_in_every_spelling_and_neighbourhood() {
    let redactor = redactor();
    let around: [(&[u8], &[u8]); 9] = [
        (b"", b""),
        (b"at ", b" now\n"),
        (b"(", b")"),
        (b"a=", b","),
        (b"\"x\": \"", b"\"}"),
        (b"<v>", b"</v>"),
        (b"/", b"/x"),
        (b"\x00\xff\x01", b"\xfe\x00"),
        (b"\x1b[0;31m", b"\x1b[0m"),
    ];
    let mut wrong = Vec::new();
    for (_, value) in KNOWN {
        for (name, spelling) in spellings(value) {
            for (before, after) in around {
                let raw = [before, &spelling, after].concat();
                let out = redactor.text(&raw).unwrap();
                for kind in left(out.bytes(), value) {
                    wrong.push(format!(
                        "`{value}` as {name}: {kind} is left in {:?}",
                        show(out.bytes())
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of them:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

fn show(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}

#[test]
fn rules_catch_values_in_every_container() {
    let redactor = redactor();
    let mut wrong = Vec::new();
    for (rule, line, value) in CAUGHT {
        let plain = line.replace("\\n", "\n").replace("{}", value);
        let json = serde_json::to_string(&plain).unwrap();
        let twice = serde_json::to_string(&json).unwrap();
        let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            plain.encode_utf16().flat_map(order).collect()
        };
        let containers: Vec<(&str, Vec<u8>)> = vec![
            ("text", plain.clone().into_bytes()),
            ("upper", plain.to_uppercase().into_bytes()),
            ("crlf", (plain.clone() + "\r\n").into_bytes()),
            ("json", json.into_bytes()),
            ("json in json", twice.into_bytes()),
            ("utf-16le", wide(u16::to_le_bytes)),
            ("utf-16be", wide(u16::to_be_bytes)),
            ("noise", [b"\x00\x01\xff ", plain.as_bytes(), b"\xfe\x00"].concat()),
        ];
        for (container, raw) in containers {
            // `noise` puts bytes where the header of a system log would begin.
            if *rule == "syslog-host" && matches!(container, "noise" | "upper") {
                continue;
            }
            // Known beginnings of tokens are tied to their case.
            let out = redactor.text(&raw).unwrap();
            for kind in left(out.bytes(), value) {
                wrong.push(format!("{rule} in {container}: {kind} left in {}", show(out.bytes())));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rules_catch_values_whose_own_characters_are_escaped() {
    let redactor = redactor();
    let shapes = [
        "ipv6",
        "mac",
        "email",
        "uuid",
        "sid",
        "bitlocker",
        "volume-label",
        "known-token",
        "home-unix",
    ];
    for (rule, line, value) in CAUGHT.iter().filter(|row| shapes.contains(&row.0)) {
        for (name, spelling) in spellings(value) {
            if name.starts_with("utf16") || name == "upper" {
                continue;
            }
            let (head, tail) = line.split_once("{}").unwrap();
            let raw = [head.as_bytes(), &spelling, tail.as_bytes()].concat();
            let out = redactor.text(&raw).unwrap();
            assert_eq!(
                left(out.bytes(), value),
                [""; 0],
                "{rule} as {name}: {}",
                show(out.bytes())
            );
        }
    }
}

#[test]
fn every_rule_has_a_canary_and_is_needed() {
    let packs = embedded();
    let rows = rows(&packs).unwrap();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let canaries: BTreeSet<&str> = CAUGHT.iter().map(|row| row.0).collect();
    assert_eq!(ids, canaries, "a rule without canary, or a canary whose rule is gone");
    for row in &rows {
        let without =
            Redactor::new(&without(&packs, &row.id), &Seeds::default(), Key([3; 32])).unwrap();
        let needed = row.redacts.iter().any(|example| {
            let out = without.text(example.text.as_bytes()).unwrap();
            example.values.iter().any(|value| holds(out.bytes(), value.as_bytes()))
        });
        assert!(needed, "without `{}` the other rules catch all its examples", row.id);
    }
}

/// The redaction packs without one rule.
fn without(packs: &PackSet, id: &str) -> PackSet {
    let pack = |pack: &Pack| {
        let mut table: toml::Table = toml::from_str(&pack.text).unwrap();
        if let Some(rules) = table.get_mut("rule").and_then(toml::Value::as_array_mut) {
            rules.retain(|rule| rule["id"].as_str() != Some(id));
        }
        let text = toml::to_string(&table).unwrap();
        Pack { path: pack.path.clone(), text: text.into(), origin: Origin::Embedded }
    };
    PackSet::new(packs.of("redaction").map(pack).collect())
}

#[test]
fn names_are_redacted_like_contents() {
    let redactor = redactor();
    for (_, value) in KNOWN.iter().filter(|(_, value)| !value.contains(['"', '&'])) {
        let name = redactor.name(&format!("logs/{value}/journal-{value}.log")).unwrap();
        assert_eq!(left(name.as_str().as_bytes(), value), [""; 0], "{}", name.as_str());
        let kept = name.as_str().starts_with("logs/") && name.as_str().ends_with(".log");
        assert!(kept, "{}", name.as_str());
    }
    let name = redactor.name("logs/203.0.113.77/anna@x-works.example.txt").unwrap();
    assert!(!name.as_str().contains("203.0.113.77") && !name.as_str().contains("anna"));
    assert_eq!(redactor.name("logs/kernel.log").unwrap().as_str(), "logs/kernel.log");
}

#[test]
fn protected_lines_do_not_change() {
    let protected = include_str!("redaction/protected.txt");
    let redactor = redactor();
    for line in protected.lines() {
        let out = redactor.text(line.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(out.bytes()), line);
        assert!(out.counts().is_empty());
    }
    assert_eq!(redactor.text(protected.as_bytes()).unwrap().bytes(), protected.as_bytes());
    let wide: Vec<u8> = protected.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(redactor.text(&wide).unwrap().bytes(), wide);
}

/// A reader that gives its bytes in pieces of the given sizes, over and over.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: Vec<usize>,
    next: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes[self.next % self.sizes.len()].max(1);
        self.next += 1;
        let count = size.min(out.len()).min(self.bytes.len());
        out[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

fn read_in_pieces(redactor: &Redactor, bytes: &[u8], sizes: Vec<usize>) -> Vec<u8> {
    let mut out = Vec::new();
    redactor.reader(Box::new(Pieces { bytes, sizes, next: 0 })).read_to_end(&mut out).unwrap();
    out
}

/// Every canary once, as a log.
fn document(newline: &str) -> String {
    let known = KNOWN.iter().map(|(_, value)| format!("value {value} seen"));
    let caught = CAUGHT.iter().filter(|row| row.0 != "pem" && row.0 != "syslog-host");
    let caught = caught.map(|(_, line, value)| line.replace("{}", value));
    known.chain(caught).collect::<Vec<_>>().join(newline)
}

fn nothing_left(out: &[u8], newline: &str) {
    for (_, value) in KNOWN {
        assert!(!holds(out, value.as_bytes()), "{value}");
    }
    for (rule, _, value) in CAUGHT.iter().filter(|row| document(newline).contains(row.2)) {
        assert!(!holds(out, value.as_bytes()), "{rule}: {value}");
    }
}

#[test]
fn it_makes_no_difference_where_reads_end() {
    let redactor = redactor();
    let text = document("\n");
    let whole = redactor.text(text.as_bytes()).unwrap();
    nothing_left(whole.bytes(), "\n");
    for border in (1..text.len()).step_by(7) {
        let out = read_in_pieces(&redactor, text.as_bytes(), vec![border, text.len()]);
        assert!(out == whole.bytes(), "border at {border}");
    }
}

/// Puts every byte of the document at the places where a window of the stream may end.
#[test]
fn nothing_survives_the_border_of_a_window() {
    let redactor = redactor();
    for (newline, step) in [("\n", 211), (" ; ", 53)] {
        let text = document(newline);
        for place in [112 * 1024, 128 * 1024] {
            for shift in (0..text.len()).step_by(step) {
                let padding = "word ".repeat(place / 5 + 1);
                let raw = format!(
                    "{}{newline}{text}{newline}{}",
                    &padding[..place - shift],
                    &padding[..40_000]
                );
                let out = redactor.text(raw.as_bytes()).unwrap();
                nothing_left(out.bytes(), newline);
            }
        }
    }
}

#[test]
fn a_secret_longer_than_a_window_is_dropped_whole() {
    let redactor = redactor();
    let raw = format!("x api_key={} done\n", "s3cr3t".repeat(100_000));
    let out = redactor.text(raw.as_bytes()).unwrap();
    assert!(!holds(out.bytes(), b"s3cr3t"), "{}", out.bytes().len());
    assert!(out.bytes().ends_with(b" done\n"));
}

#[test]
fn the_audit_sees_what_redaction_would_have_missed_and_nothing_else() {
    let packs = embedded();
    let audit = audit::Audit::new(&packs, &seeds()).unwrap();
    let redactor = redactor();
    for (class, value) in KNOWN {
        for (name, spelling) in spellings(value) {
            let raw = [b"x ".as_slice(), &spelling, b" y"].concat();
            let hits = audit.content("f", &mut raw.as_slice()).unwrap();
            assert!(hits.iter().any(|hit| hit.class == *class), "{value} as {name}");
            let clean = redactor.text(&raw).unwrap();
            let hits = audit.content("f", &mut clean.bytes()).unwrap();
            assert!(hits.is_empty(), "{value} as {name}: {hits:?} in {}", show(clean.bytes()));
        }
    }
    assert!(audit.name("logs/okaf.txt").len() == 1 && audit.name("logs/okafor.txt").is_empty());
    audit::self_test(&redactor).unwrap();
    let rest = audit::self_test(
        &Redactor::new(&without(&packs, "password"), &seeds(), Key([0; 32])).unwrap(),
    );
    assert_eq!(
        rest.unwrap_err().to_string(),
        "the redaction rules let a password through; no file may leave"
    );
}

#[test]
fn the_audit_finds_values_at_the_borders_of_its_windows() {
    let audit = audit::Audit::new(&embedded(), &seeds()).unwrap();
    for shift in 0..20 {
        let mut raw = vec![b' '; 128 * 1024 - shift];
        raw.extend_from_slice(b"wks-ledger-07");
        raw.resize(400_000, b' ');
        assert_eq!(audit.content("f", &mut raw.as_slice()).unwrap().len(), 1, "{shift}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    /// Any mixture of canaries, noise and protected lines, read in any pieces.
    #[test]
    fn any_mixture_in_any_pieces(
        parts in prop::collection::vec((0..KNOWN.len(), 0..12usize, 0..4usize), 1..40),
        sizes in prop::collection::vec(1..5000usize, 1..6),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let redactor = redactor();
        let mut raw = Vec::new();
        for (value, spelling, gap) in &parts {
            raw.extend_from_slice(&spellings(KNOWN[*value].1)[*spelling].1);
            raw.extend_from_slice([b"\n".as_slice(), b" ", b"\t(", &[b"\n".as_slice(), &noise, b"\n"].concat()][*gap]);
        }
        let out = read_in_pieces(&redactor, &raw, sizes);
        for (value, ..) in &parts {
            prop_assert_eq!(left(&out, KNOWN[*value].1), [""; 0]);
        }
        let again = redactor.text(&out).unwrap();
        prop_assert!(again.bytes() == out, "a second pass changes the text");
    }
}
