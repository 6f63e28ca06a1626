//! How programs write a value: a table of spellings, each written out.

use std::fmt;
use std::fmt::Write as _;

use super::Class;

/// A way to write a value. The case of letters is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    /// As the machine writes it, or with other separators.
    Plain,
    /// `\x2d`: systemd unit names, udev.
    Hex,
    /// `%2d`: addresses.
    Percent,
    /// `\u002d`, `\"`: JSON.
    Json,
    /// `\\x2d`: an escape inside JSON.
    HexInJson,
    /// `\040`: mount tables.
    Octal,
    /// `&#45;`, `&amp;`: XML and HTML.
    Entity,
    /// Two bytes for a character, low byte first.
    Utf16Le,
    /// Two bytes for a character, high byte first.
    Utf16Be,
}

impl Spelling {
    /// Every spelling that is searched for.
    pub const ALL: [Self; 9] = [
        Self::Plain,
        Self::Hex,
        Self::Percent,
        Self::Json,
        Self::HexInJson,
        Self::Octal,
        Self::Entity,
        Self::Utf16Le,
        Self::Utf16Be,
    ];

    /// Whether the text has to be decoded to read the value.
    pub(super) fn is_escaped(self) -> bool {
        !matches!(self, Self::Plain | Self::Utf16Le | Self::Utf16Be)
    }

    pub(super) fn is_wide(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Hex => "\\x-escaped",
            Self::Percent => "percent-encoded",
            Self::Json => "JSON-escaped",
            Self::HexInJson => "\\x-escaped in JSON",
            Self::Octal => "octal-escaped",
            Self::Entity => "XML-escaped",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        })
    }
}

/// A value written out.
pub(super) struct Spelled {
    pub(super) spelling: Spelling,
    pub(super) text: Vec<u8>,
    /// What is spelled: the value as it is, or with other separators.
    pub(super) plain: String,
}

/// All spellings of a value that differ from each other in more than the case of letters.
pub(super) fn all(class: Class, value: &str) -> Vec<Spelled> {
    let mut out: Vec<Spelled> = Vec::new();
    for plain in plain(class, value) {
        let mut add = |spelling, text| out.push(Spelled { spelling, text, plain: plain.clone() });
        add(Spelling::Plain, plain.clone().into_bytes());
        add(Spelling::Utf16Le, plain.encode_utf16().flat_map(u16::to_le_bytes).collect());
        add(Spelling::Utf16Be, plain.encode_utf16().flat_map(u16::to_be_bytes).collect());
        for (spelling, text) in escaped(&plain) {
            add(spelling, text.into_bytes());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|spelled| seen.insert(spelled.text.to_ascii_lowercase()));
    out
}

fn plain(class: Class, value: &str) -> Vec<String> {
    let mut all = vec![value.to_owned(), value.to_lowercase(), value.to_uppercase()];
    let digits: Vec<char> = value.chars().filter(char::is_ascii_hexdigit).collect();
    let join = |sizes: &[usize], separator: &str| {
        let mut rest = digits.as_slice();
        let mut groups = Vec::new();
        for &size in sizes {
            let (group, tail) = rest.split_at(size.min(rest.len()));
            groups.push(group.iter().collect::<String>());
            rest = tail;
        }
        groups.join(separator)
    };
    match (class, digits.len()) {
        (Class::Mac, 12) => {
            for separator in [":", "-", "_", ""] {
                all.push(join(&[2; 6], separator));
            }
            all.push(join(&[4; 3], "."));
            let colons = format!(":{}", join(&[2; 6], ":"));
            all.push(colons.replace(":0", ":").trim_start_matches(':').to_owned());
        }
        (Class::Uuid, 32) => {
            all.push(join(&[32], ""));
            all.push(join(&[8, 4, 4, 4, 12], "-"));
        }
        (Class::Uuid, 8) if value.len() == 9 => all.push(join(&[8], "")),
        (Class::Serial | Class::VolumeLabel, _) => all.push(value.replace(' ', "_")),
        _ => {}
    }
    all.extend(all.clone().iter().filter_map(|text| in_name(text)));
    all
}

/// As the names of files in a bundle hold it: other signs are underscores there.
fn in_name(value: &str) -> Option<String> {
    let mut out = String::new();
    for c in value.chars() {
        let fits = c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@');
        out.push(if fits { c } else { '_' });
    }
    let ends = |text: &str| (text.chars().next(), text.chars().next_back());
    (ends(value) == ends(&out)).then_some(out)
}

/// Escapes of the characters that need it in some format, and of every character.
fn escaped(value: &str) -> Vec<(Spelling, String)> {
    let unit = |byte: u8| byte.is_ascii_alphanumeric() || b":_.".contains(&byte);
    let udev = |byte: u8| byte.is_ascii_alphanumeric() || b"#+-.:=@_/".contains(&byte);
    let reserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    let never = |_: u8| false;
    let hex = |byte: u8| format!("\\x{byte:02x}");
    let percent = |byte: u8| format!("%{byte:02X}");
    let octal = |byte: u8| format!("\\{byte:03o}");
    let blank = |byte: u8| !b" \t\n\\".contains(&byte);
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let unit_name = bytes(value, &unit, &hex);
    vec![
        (Spelling::HexInJson, unit_name.replace('\\', "\\\\")),
        (Spelling::Hex, unit_name),
        (Spelling::Hex, bytes(value, &udev, &hex)),
        (Spelling::HexInJson, bytes(value, &plain, &hex).replace('\\', "\\\\")),
        (Spelling::Hex, bytes(value, &plain, &hex)),
        (Spelling::Hex, bytes(value, &never, &hex)),
        (Spelling::Percent, bytes(value, &reserved, &percent)),
        (Spelling::Percent, bytes(value, &plain, &percent)),
        (Spelling::Percent, bytes(value, &never, &percent)),
        (Spelling::Json, json.replace('/', "\\/")),
        (Spelling::Json, json),
        (Spelling::Json, units(value, &|c| c.is_ascii() && c != '"' && c != '\\')),
        (Spelling::Json, units(value, &|c| c.is_ascii_alphanumeric())),
        (Spelling::Json, units(value, &|_| false)),
        (Spelling::Octal, bytes(value, &blank, &octal)),
        (Spelling::Entity, entities(value, &|c| !"&<>\"'".contains(c))),
        (Spelling::Entity, entities(value, &|c| c.is_ascii_alphanumeric())),
    ]
}

fn bytes(value: &str, stays: &dyn Fn(u8) -> bool, escape: &dyn Fn(u8) -> String) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if stays(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&escape(byte));
        }
    }
    out
}

fn units(value: &str, stays: &dyn Fn(char) -> bool) -> String {
    let mut out = String::new();
    for c in value.chars() {
        if stays(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

fn entities(value: &str, stays: &dyn Fn(char) -> bool) -> String {
    let mut out = String::new();
    for c in value.chars() {
        match c {
            _ if stays(c) => out.push(c),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by hand from the documents of each format, not by the code above.
    const TABLE: &[(&str, Spelling, &str)] = &[
        ("wks-07", Spelling::Hex, r"wks\x2d07"),
        ("wks-07", Spelling::HexInJson, r"wks\\x2d07"),
        ("a b", Spelling::Hex, r"a\x20b"),
        ("a b", Spelling::Percent, "a%20b"),
        ("a b", Spelling::Octal, r"a\040b"),
        ("wks-07", Spelling::Percent, "wks%2D07"),
        ("ab", Spelling::Percent, "%61%62"),
        ("ab", Spelling::Hex, r"\x61\x62"),
        ("é/", Spelling::Json, r"\u00e9/"),
        ("é/", Spelling::Percent, "%C3%A9%2F"),
        ("é/", Spelling::Json, r"é\/"),
        ("a\"b", Spelling::Json, "a\\\"b"),
        ("😀", Spelling::Json, r"\ud83d\ude00"),
        ("a-b", Spelling::Json, r"a\u002db"),
        ("a&b", Spelling::Entity, "a&amp;b"),
        ("a-b", Spelling::Entity, "a&#45;b"),
        ("ab", Spelling::Utf16Le, "a\0b\0"),
        ("ab", Spelling::Utf16Be, "\0a\0b"),
    ];

    #[test]
    fn spellings_are_those_of_the_formats() {
        for &(value, spelling, text) in TABLE {
            let all = all(Class::Host, value);
            let found = all.iter().any(|s| s.spelling == spelling && s.text == text.as_bytes());
            assert!(found, "{value} as {spelling} is not {text}");
        }
    }

    #[test]
    fn separators_differ_between_programs() {
        let mac = all(Class::Mac, "02:1a:2b:3c:4d:5e");
        for text in ["02-1a-2b-3c-4d-5e", "021a2b3c4d5e", "021a.2b3c.4d5e", "2:1a:2b:3c:4d:5e"] {
            assert!(mac.iter().any(|s| s.text == text.as_bytes()), "{text}");
        }
        let id = all(Class::Uuid, "0123456789abcdef0123456789abcdef");
        let dashed = b"01234567-89ab-cdef-0123-456789abcdef";
        assert!(id.iter().any(|s| s.text == dashed));
    }
}
