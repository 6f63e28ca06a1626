//! What is given as a list and is none.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::reader::InventoryError;

/// What the start of a list is instead of one: `line` is its first line, `more` as much of the
/// rest as is at hand.
pub(super) fn of_a_list(line: &[u8], more: &[u8]) -> Option<InventoryError> {
    match line.first() {
        Some(b'[') => {
            let next = line[1..].trim_ascii_start().first();
            matches!(next, None | Some(b'{' | b'[' | b']')).then_some(InventoryError::Array)
        }
        Some(b'{') => match schema(&[line, more].concat()) {
            Some(schema) if schema.starts_with("keycase.") => {
                Some(InventoryError::Document(schema))
            }
            _ => is_spread(line, more).then_some(InventoryError::Spread),
        },
        _ => None,
    }
}

/// Whether an object goes on in the next line. A line that somebody cut is followed by another
/// object, not by a key.
fn is_spread(line: &[u8], more: &[u8]) -> bool {
    let ends_early = |error: serde_json::Error| error.is_eof();
    line.ends_with(b"\n")
        && serde_json::from_slice::<IgnoredAny>(line).is_err_and(ends_early)
        && more.trim_ascii_start().first() == Some(&b'"')
}

/// The schema that the object at the start of a text names; the text may end inside of it.
fn schema(text: &[u8]) -> Option<String> {
    let mut named = None;
    // What comes after the schema does not count, so neither does how the text ends.
    let _ = serde_json::Deserializer::from_slice(text).deserialize_map(Schema(&mut named));
    named
}

struct Schema<'n>(&'n mut Option<String>);

impl<'de> Visitor<'de> for Schema<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "schema" {
                *self.0 = Some(map.next_value()?);
                return Ok(());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_a_text_that_ends_too_soon() {
        let schema = |text: &str| schema(text.as_bytes());
        assert_eq!(
            schema(r#"{"a": [1], "schema": "keycase.snapshot/1", "dr"#).as_deref(),
            Some("keycase.snapshot/1")
        );
        assert_eq!(schema(r#"{"drive": {"schema": "keycase.snapshot/1"}}"#), None);
        assert_eq!(schema(r#"{"schema": 7}"#), None);
    }

    #[test]
    fn an_object_that_goes_on_is_told_from_one_that_was_cut() {
        assert!(is_spread(b"{\n", b"  \"model\": 1"));
        assert!(is_spread(b"{ \"a\": 1,\n", b"\"b\": 2}"));
        assert!(!is_spread(b"{\"model\": \n", b"{\"model\": 1}"));
        assert!(!is_spread(b"{\"model\": 1}\n", b"\"b\""));
    }
}
