//! Values that stand on another line than their names.

use super::{redactor, text};

/// A window holds 128 KiB and ends after a whole line; a name must not be its last.
#[test]
fn a_value_on_the_line_after_its_name_goes_wherever_a_window_ends() {
    let redactor = redactor(&[]);
    let entry = "\t<key>serial_num</key>\n\t<string>001A92053B6ABCA131550D3E</string>\n";
    let padding = "\t<true/>\n".repeat(128 * 1024 / 9 - 20);
    for shift in 0..200 {
        let all = format!("{padding}{}\n{entry}\t<false/>\n", "x".repeat(shift));
        let out = text(&redactor, &all);
        assert!(!out.contains("A92053B6ABCA131550D3E"), "{shift}");
        assert!(out.contains("<key>serial_num</key>\n\t<string>") && out.ends_with("<false/>\n"));
    }
}

#[test]
fn nothing_but_names_is_text_like_any_other() {
    let all = "<key>serial_num</key>\n".repeat(20_000);
    assert_eq!(text(&redactor(&[]), &all), all);
}
