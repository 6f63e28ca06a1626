//! Escapes of two kinds on one line, and UTF-16 of any script.

use super::{Class, redactor, text};

#[test]
fn a_path_in_xml_keeps_no_serial_number_that_begins_like_an_escape() {
    let redactor = redactor(&[]);
    for line in [
        r"USB\VID_0951&amp;PID_1666\001A92053B6ABCA131550D3F",
        r"USBSTOR\Disk&amp;Ven_K&amp;Prod_DT&amp;Rev_PMAP\001A92053B6ABCA131550D3F&amp;0",
        r"USB%5CVID_0951%26PID_1666%5C001A92053B6ABCA131550D3F",
        r#"{"id":"USB\\VID_0951&amp;PID_1666\\001A92053B6ABCA131550D3F"}"#,
        r"<x>USB\VID_0951&amp;PID_1666\x41A92053B6ABCA131550D3F</x>",
    ] {
        let out = text(&redactor, line);
        assert!(!out.contains("A92053B6ABCA131550D3F"), "{out}");
        assert!(out.contains("PID_1666") || out.contains("Rev_PMAP"), "{out}");
    }
}

#[test]
fn escapes_of_both_kinds_are_still_decoded_together() {
    let redactor = redactor(&[("wks-ledger-07", Class::Host)]);
    for line in [
        r"a wks%2dledger\x2d07 b",
        r"a wks\u002dledger&#45;07 b",
        r"a wks\u00252dledger%5cx2d07 b",
        r#""{\"h\":\"wks%2dledger&#45;07\"}""#,
    ] {
        let out = text(&redactor, line);
        assert!(!out.contains("ledger"), "{line} became {out}");
    }
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

fn from_utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks(2).map(|unit| order([unit[0], *unit.get(1).unwrap_or(&0)]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

type Order = (fn(u16) -> [u8; 2], fn([u8; 2]) -> u16);

const LOW_FIRST: Order = (u16::to_le_bytes, u16::from_le_bytes);
const HIGH_FIRST: Order = (u16::to_be_bytes, u16::from_be_bytes);

const WIDE: &str = "at C:\\Users\\Łukasz Nowak\\AppData\r\nVolume Name: \"Рабочий стол\"\r\n\
                    password=Hunter2ł!tail ok\r\nC:\\Users\\山田太郎\\x 一二\r\nLABEL=\"Łódź tax\" \
                    end\r\nС новой строки, 😀\r\n";

#[test]
fn utf16_of_any_script_is_redacted_and_stays_utf16() {
    let redactor = redactor(&[]);
    let with_mark = format!("\u{feff}{WIDE}");
    for (raw, order) in [
        (utf16(&with_mark, LOW_FIRST.0), LOW_FIRST),
        (utf16(&with_mark, HIGH_FIRST.0), HIGH_FIRST),
        (utf16(WIDE, LOW_FIRST.0), LOW_FIRST),
        (utf16(WIDE, HIGH_FIRST.0), HIGH_FIRST),
    ] {
        let out = from_utf16(redactor.text(&raw).unwrap().bytes(), order.1);
        for gone in ["ukasz", "Nowak", "Рабочий", "стол", "tail", "Hunter2", "山田", "tax"]
        {
            assert!(!out.contains(gone), "{gone} in {out:?}");
        }
        for kept in
            ["\\AppData\r\n", "Name: \"", "\"\r\npassword=", " ok\r\nC:\\Users\\", "\\x 一二"]
        {
            assert!(out.contains(kept), "{kept:?} in {out:?}");
        }
        assert!(out.ends_with(" end\r\nС новой строки, 😀\r\n"), "{out:?}");
    }
}

#[test]
fn utf16_without_a_mark_is_found_between_other_bytes() {
    let redactor = redactor(&[("okaf", Class::User)]);
    let wide = utf16("at C:\\Users\\Łukasz Nowak\\AppData\r\n", LOW_FIRST.0);
    let raw = [b"an odd start: ".as_slice(), &wide, b"and an end"].concat();
    let out = redactor.text(&raw).unwrap();
    let narrow: Vec<u8> = out.bytes().iter().copied().filter(|b| *b != 0).collect();
    let narrow = String::from_utf8_lossy(&narrow);
    assert!(!narrow.contains("ukasz") && narrow.contains(r"\AppData"), "{narrow}");
    assert!(narrow.starts_with("an odd start: at C:") && narrow.ends_with("and an end"));
    // A known value goes in whichever order its neighbours are read.
    for raw in [&b"o\0k\0a\0fxy\0z\0"[..], b"z\0yx\0o\0k\0a\0f\0", b"\0o\0k\0a\0fxy\0z\0"] {
        let out = redactor.text(raw).unwrap();
        let left = out.bytes().windows(7).any(|part| part == b"o\0k\0a\0f");
        assert!(!left, "{}", out.bytes().escape_ascii());
    }
}

/// Decoded it is part of a word on its right, as it stands of one on its left.
#[test]
fn a_name_between_two_escapes_goes_where_either_reading_leaves_it_alone() {
    let redactor = redactor(&[("okaf", Class::User)]);
    for line in ["a%2Dokaf%6Fkaf b", r"a\x2dokaf\x6fkaf b", r"a\nokaf\u006f b"] {
        let out = text(&redactor, line);
        assert!(!out.contains("okaf"), "{out}");
    }
    assert_eq!(text(&redactor, "a%6Fokaf b"), "a%6Fokaf b");
}

/// Every other of them begins at an odd place.
#[test]
fn lines_of_utf16_with_single_bytes_between_them_are_read_line_by_line() {
    let redactor = redactor(&[("okafor", Class::User)]);
    for order in [LOW_FIRST.0, HIGH_FIRST.0] {
        for lines in 1..6 {
            let line = utf16("by okafor", order);
            let raw = vec![line; lines].join(&b'\n');
            let out = redactor.text(&raw).unwrap();
            let narrow: Vec<u8> = out.bytes().iter().copied().filter(|b| *b != 0).collect();
            let narrow = String::from_utf8_lossy(&narrow).to_lowercase();
            assert!(!narrow.contains("okafor"), "{lines}: {narrow}");
            assert_eq!(narrow.matches("by user-").count(), lines, "{narrow}");
        }
    }
}

#[test]
fn a_line_of_utf16_may_end_anywhere_in_a_window() {
    let redactor = redactor(&[]);
    for (order, pad) in [(LOW_FIRST, 1), (HIGH_FIRST, 2)] {
        for shift in (0..400).step_by(19) {
            // Ċ has the byte of a line break.
            let padding = "Ċ x\r\n".repeat(128 * 1024 / 10 - shift * pad);
            let all = format!("\u{feff}{padding}{}", WIDE.repeat(20));
            let out = redactor.text(&utf16(&all, order.0)).unwrap();
            let out = from_utf16(out.bytes(), order.1);
            assert!(!out.contains("Nowak") && !out.contains("Рабочий"), "{shift}");
            assert!(out.ends_with(" end\r\nС новой строки, 😀\r\n"), "{shift}");
        }
    }
}

#[test]
fn a_key_in_utf16_goes_across_windows() {
    let redactor = redactor(&[]);
    let lines: Vec<String> =
        (0..26).map(|n| format!("MIIEvQIBADANBgkqhkiG{n:02}AQEFAASC")).collect();
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\r\n{}\r\n-----END PRIVATE KEY-----\r\n",
        lines.join("\r\n")
    );
    let line = format!("{}\r\n", "x y ".repeat(15));
    for lines_before in [1040, 1048, 1052, 1056] {
        let text = line.repeat(lines_before) + &key + &line.repeat(10);
        for raw in [utf16(&text, LOW_FIRST.0), utf16(&format!("\u{feff}{text}"), HIGH_FIRST.0)] {
            let out = redactor.text(&raw).unwrap();
            let narrow: Vec<u8> = out.bytes().iter().copied().filter(|b| *b != 0).collect();
            let narrow = String::from_utf8_lossy(&narrow);
            assert!(!narrow.contains("MIIEvQ") && !narrow.contains("AQEFAASC"), "{lines_before}");
            assert!(narrow.ends_with(&line.repeat(10)));
        }
    }
}
