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
/// Attributes that tell one device from another; they go with their values.
const IDENTIFYING: &[&str] = &["serial", "name", "hash", "parent-hash", "label"];
const OPERATORS: &[&str] =
    &["all-of", "one-of", "none-of", "equals", "equals-ordered", "match-all", "{", "}"];
const CONNECT_TYPES: &[&str] = &["hotplug", "hardwired", "not used", "unknown"];
const CONDITIONS: &[&str] =
    &["localtime", "allowed-matches", "rule-applied", "rule-evaluated", "random", "true", "false"];

/// An attribute whose values may be shown, as far as they are what it takes.
#[derive(Clone, Copy)]
enum Attribute {
    Id,
    Port,
    Interface,
    ConnectType,
    Condition,
}

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

/// Words, quoted texts and braces, each one item.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let ends = |c: char| c.is_whitespace() || "\"{}".contains(c);
        let end = match first {
            '"' => quoted_end(rest),
            '{' | '}' => 1,
            _ => rest.find(ends).unwrap_or(rest.len()),
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

/// Keeps the attributes that are known not to tell one device from another, with values as
/// they take them, and leaves out everything else: a serial number may stand anywhere in a
/// line that is not as the manual has it.
fn without_identity(words: Vec<String>) -> String {
    let mut shown: Vec<String> = Vec::new();
    // Old rules have the ids right after the target.
    let mut attribute = Some(Attribute::Id);
    for (at, word) in words.into_iter().enumerate() {
        let next = Attribute::named(&word);
        let begins = at == 0 || next.is_some();
        if next.is_some() {
            attribute = next;
        }
        let takes = attribute.is_some_and(|own| own.takes(&word));
        if begins || takes {
            shown.push(word);
        } else if !word.starts_with('"') {
            attribute = None;
        }
    }
    shown.join(" ")
}

impl Attribute {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "id" => Self::Id,
            "via-port" => Self::Port,
            "with-interface" => Self::Interface,
            "with-connect-type" => Self::ConnectType,
            "if" => Self::Condition,
            _ => return None,
        })
    }

    /// Whether a word is an operator or a value of the attribute.
    fn takes(self, word: &str) -> bool {
        let quoted = || word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
        OPERATORS.contains(&word)
            || match self {
                Self::Id => is_id(word),
                Self::Port => quoted().is_some_and(is_port),
                Self::Interface => is_interface(word),
                Self::ConnectType => quoted().is_some_and(|kind| CONNECT_TYPES.contains(&kind)),
                Self::Condition => is_condition(word),
            }
    }
}

/// `1-1.4`, `usb1`.
fn is_port(text: &str) -> bool {
    let path = text.strip_prefix("usb").unwrap_or(text);
    !path.is_empty() && path.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b))
}

/// `08:06:50`, `08:*:*`.
fn is_interface(word: &str) -> bool {
    let part = |part: &str| {
        part == "*" || (part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    word.split(':').count() == 3 && word.split(':').all(part)
}

/// `!rule-applied(5s)`, `localtime(08:00-18:00)`. A query may hold whole rules, so only a plain
/// argument is shown.
fn is_condition(word: &str) -> bool {
    let word = word.strip_prefix('!').unwrap_or(word);
    let (name, argument) = word.split_once('(').unwrap_or((word, ")"));
    let plain = |b: u8| b.is_ascii_digit() || b":-.smhd".contains(&b);
    let argument = argument.strip_suffix(')');
    CONDITIONS.contains(&name) && argument.is_some_and(|argument| argument.bytes().all(plain))
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
            (
                r#"allow id 1953:* serial one-of { "A" "B" } if !rule-applied(5s)"#,
                "allow id 1953:* if !rule-applied(5s)",
            ),
            ("reject", "reject"),
            ("allow id *:*", "allow id *:*"),
            ("allow 1953:0202 serial \"X\"", "allow 1953:0202"),
            (
                r#"allow id one-of { 1953:0202 } via-port one-of { "1-1" "usb2" } with-connect-type "not used""#,
                r#"allow id one-of { 1953:0202 } via-port one-of { "1-1" "usb2" } with-connect-type "not used""#,
            ),
            ("allow id 1953:0202 if allowed-matches(query)", "allow id 1953:0202 if"),
        ] {
            assert_eq!(shown(line), Rule::Shown(wanted.into()), "{line}");
        }
    }

    /// The serial number of each of these lines came through once.
    #[test]
    fn what_stands_in_no_known_place_is_not_shown() {
        for line in [
            r#"block id 1953:0202 serial one-of { "a}b" "S3CRET" }"#,
            r#"block id 1953:0202 serial"S3CRET""#,
            r#"block id 1953:0202 serial one-of{ "a" "S3CRET" }"#,
            r#"block id 1953:0202 serial { "a" "S3CRET""#,
            r#"block id 1953:0202 new-attribute "S3CRET""#,
            r#"block id 1953:0202 serial S3CRET via-port "S3CRET""#,
            r#"block id 1953:0202 if allowed-matches(serial "S3CRET")"#,
        ] {
            let Rule::Shown(shown) = shown(line) else { panic!("{line} is about the drive") };
            assert!(!shown.contains("S3CRET"), "{line}: {shown}");
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
