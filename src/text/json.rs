//! Writing JSON documents so that they are safe to show on a terminal.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};

use super::is_steering;

/// Serializes a document with indentation and a final line break.
///
/// JSON escapes ASCII control characters only. Device strings can hold others that steer
/// a terminal (C1 controls, bidirectional overrides), so those are escaped as well; a
/// parser reads the same value back.
pub fn document<T: Serialize>(value: &T) -> serde_json::Result<String> {
    to_string(value, Safe { inner: Some(PrettyFormatter::new()) }).map(|text| text + "\n")
}

/// Serializes a document to one line with a final line break, for streams.
pub fn line<T: Serialize>(value: &T) -> serde_json::Result<String> {
    to_string(value, Safe { inner: None }).map(|text| text + "\n")
}

fn to_string<T: Serialize>(value: &T, format: Safe<'_>) -> serde_json::Result<String> {
    let mut bytes = Vec::with_capacity(1024);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, format))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// The pretty or compact format with more characters escaped.
struct Safe<'a> {
    inner: Option<PrettyFormatter<'a>>,
}

macro_rules! forward {
    ($($method:ident($($arg:ident: $type:ty),*)),* $(,)?) => {
        $(fn $method<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $arg: $type)*)
            -> io::Result<()> {
            match &mut self.inner {
                Some(pretty) => pretty.$method(writer $(, $arg)*),
                None => serde_json::ser::CompactFormatter.$method(writer $(, $arg)*),
            }
        })*
    };
}

impl Formatter for Safe<'_> {
    forward!(
        begin_array(),
        end_array(),
        begin_array_value(first: bool),
        end_array_value(),
        begin_object(),
        end_object(),
        begin_object_key(first: bool),
        begin_object_value(),
        end_object_value(),
    );

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, steering)) = rest.char_indices().find(|(_, c)| is_steering(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in steering.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + steering.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn steering_characters_are_escaped_and_read_back() {
        let value = serde_json::json!({"a\u{9b}": ["\u{202e}x\u{1b}", "plain ü 日本"]});
        for text in [document(&value).unwrap(), line(&value).unwrap()] {
            assert!(!text.trim_end().chars().any(|c| c != '\n' && is_steering(c)), "{text}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        }
    }

    #[test]
    fn a_line_is_one_line() {
        let text = line(&serde_json::json!({"a": [1, {"b": "x\ny"}]})).unwrap();
        assert_eq!(text.matches('\n').count(), 1);
    }
}
