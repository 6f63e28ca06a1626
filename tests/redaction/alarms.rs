//! The search in the finished bundle: what it must not take for a known value, and what it must.

use super::{Class, audit, redactor};

#[test]
fn a_value_inside_a_word_is_no_hit_in_any_spelling() {
    for (class, value, line) in [
        (Class::Host, "vm-1", r"systemd[1]: system-lvm\x2d1.slice started"),
        (Class::User, "a-b", r"dev-disk-by\x2dda\x2db.device"),
        (Class::VolumeLabel, "R&D", "<a>HR&amp;DEV</a>"),
        (Class::VolumeLabel, "P 1", "GET /Step%201/ MAP%201"),
        (Class::Uuid, "2024-0601", "log-20240601T120000 20240601120000 done"),
        (Class::Mac, "52:54:00:12:34:56", "id 9525400123456 b"),
    ] {
        let out = redactor(&[(value, class)]).text(line.as_bytes()).unwrap();
        let hits = audit(&[(value, class)]).content("f", &mut out.bytes()).unwrap();
        assert!(hits.is_empty(), "{value} in {line}: {hits:?}");
    }
}

#[test]
fn a_value_that_is_a_word_is_a_hit_in_every_spelling() {
    let known = [
        ("vm-1", Class::Host),
        ("anna", Class::User),
        ("R&D", Class::VolumeLabel),
        ("52:54:00:12:34:56", Class::Mac),
    ];
    let audit = audit(&known);
    for line in [
        r"at vm\x2d1.slice",
        r"dev\x2dvm\x2d1\x2dx",
        r#"{"a":"x\nvm-1"}"#,
        r"a\nvm\x2d1\n",
        r"x%20anna%20",
        r"\x20anna",
        r"\u0020anna",
        "\u{1b}[0;31manna\u{1b}[0m",
        "<a>R&amp;D</a>",
        "5254.0012.3456",
    ] {
        let hits = audit.content("f", &mut line.as_bytes()).unwrap();
        assert_eq!(hits.len(), 1, "{line}");
        let out = redactor(&known).text(line.as_bytes()).unwrap();
        let hits = audit.content("f", &mut out.bytes()).unwrap();
        assert!(hits.is_empty(), "{line} became {}", out.bytes().escape_ascii());
    }
}
