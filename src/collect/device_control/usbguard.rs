//! USBGuard's rule language, as far as it has to be read to take serial numbers out.
//!
//! Source: usbguard-rules.conf(5). A rule is a target and attributes; `serial`, `name`,
//! `hash` and `parent-hash` tell one device from another, and none of them is needed.

use crate::collect::Target;

/// What is shown of a line.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::collect) enum Rule {
    /// A rule for everything, or for a drive; without what identifies a single device.
    Shown(String),
    /// A rule about another device.
    OtherDevice,
    /// No rule.
    None,
}

const TARGETS: &[&str] = &["allow", "block", "reject", "match", "device"];
const IDENTIFYING: &[&str] = &["serial", "name", "hash", "parent-hash", "label"];

/// Reads one line.
pub(in crate::collect) fn rule(line: &str, target: &Target) -> Rule {
    let words = words(line);
    if !words.first().is_some_and(|first| TARGETS.contains(&first.as_str())) {
        return Rule::None;
    }
    let ids: Vec<&String> = words.iter().filter(|word| is_id(word)).collect();
    let is_ours = |id: &&&String| target.ids.iter().any(|own| fits(id, own));
    if !ids.is_empty() && !ids.iter().any(|id| is_ours(&id)) {
        return Rule::OtherDevice;
    }
    // A rule that names a device by nothing but its serial number or hash is somebody's.
    let names_device = words.iter().any(|word| IDENTIFYING.contains(&word.as_str()));
    if ids.is_empty() && names_device {
        return Rule::OtherDevice;
    }
    Rule::Shown(without_identity(words))
}

/// Words, quoted texts and braced sets, each one item.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' => quoted_end(rest),
            '{' => rest.find('}').map_or(rest.len(), |at| at + 1),
            _ => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(end);
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

fn quoted_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `0951:1576`, `0951:*`, `*:*`.
fn is_id(word: &str) -> bool {
    let part = |part: &str| {
        part == "*" || (part.len() == 4 && part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    word.split_once(':').is_some_and(|(vid, pid)| part(vid) && part(pid))
}

fn fits(pattern: &str, own: &str) -> bool {
    let pairs = pattern.split(':').zip(own.split(':'));
    pairs.into_iter().all(|(pattern, own)| pattern == "*" || pattern.eq_ignore_ascii_case(own))
}

/// Leaves out identifying attributes with their operator (`one-of`, `equals`, …) and value.
fn without_identity(words: Vec<String>) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut skipping = false;
    for word in words {
        let is_value = word.starts_with(['"', '{']);
        if IDENTIFYING.contains(&word.as_str()) {
            skipping = true;
        } else if skipping {
            // The value ends the attribute; an operator stands before it.
            skipping = !is_value;
        } else {
            shown.push(word);
        }
    }
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Rule {
        rule(line, &Target { ids: ["1953:0202".into()].into(), ..Target::default() })
    }

    #[test]
    fn identity_is_taken_out_in_every_form() {
        for (line, wanted) in [
            (
                r#"block id 1953:0202 serial "00\"42" name "A b" via-port "1-1" with-interface { 08:06:50 03:00:00 }"#,
                r#"block id 1953:0202 via-port "1-1" with-interface { 08:06:50 03:00:00 }"#,
            ),
            (r#"allow id 1953:* serial one-of { "A" "B" } if !x"#, "allow id 1953:* if !x"),
            ("reject", "reject"),
            ("allow id *:*", "allow id *:*"),
        ] {
            assert_eq!(shown(line), Rule::Shown(wanted.into()), "{line}");
        }
    }

    #[test]
    fn other_devices_and_other_lines_are_not_shown() {
        assert_eq!(shown("allow id 046d:c31c"), Rule::OtherDevice);
        assert_eq!(shown(r#"allow serial "X""#), Rule::OtherDevice);
        for line in ["", "# allow", "IPCAllowedUsers=eva", "\"allow\"", "allow\u{e9}"] {
            assert_eq!(shown(line), Rule::None, "{line}");
        }
        // Broken quoting never shows what might be a serial number.
        assert_eq!(
            shown(r#"allow id 1953:0202 serial "X"#),
            Rule::Shown("allow id 1953:0202".into())
        );
    }
}
