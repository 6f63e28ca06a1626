//! Rows as one JSON object a line: flat ones, or the drives of `scan`'s document.

use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::LONGEST_ROW;
use super::columns::Columns;
use super::row::Row;

/// Objects inside objects that are looked into.
const DEEPEST: usize = 2;

/// Reads lines into a buffer of a fixed size.
#[derive(Default)]
pub(super) struct NdJson {
    line: Vec<u8>,
    number: u64,
}

impl NdJson {
    /// Reads the next row; false at the end.
    pub(super) fn read(
        &mut self,
        input: &mut impl BufRead,
        columns: &Columns<'_>,
        row: &mut Row,
    ) -> io::Result<bool> {
        self.number += 1;
        row.clear(self.number);
        self.line.clear();
        let most = LONGEST_ROW as u64;
        if input.by_ref().take(most).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(false);
        }
        if self.line.len() == LONGEST_ROW && !self.line.ends_with(b"\n") {
            drop_rest_of_line(input)?;
            row.flaw = Some(format!("the line has more than {LONGEST_ROW} bytes"));
            return Ok(true);
        }
        let text = self.line.trim_ascii();
        if text.is_empty() {
            return Ok(true);
        }
        let mut json = serde_json::Deserializer::from_slice(text);
        let seed = Object { columns, row, prefix: "", depth: 0 };
        if let Err(error) = seed.deserialize(&mut json).and_then(|()| json.end()) {
            row.clear(self.number);
            row.flaw = Some(format!("no JSON object: {error}"));
        }
        Ok(true)
    }
}

fn drop_rest_of_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let available = input.fill_buf()?;
        let (length, found) = match memchr::memchr(b'\n', available) {
            Some(at) => (at + 1, true),
            None => (available.len(), available.is_empty()),
        };
        input.consume(length);
        if found {
            return Ok(());
        }
    }
}

/// An object whose values go to the row's columns; `prefix` are the names of the objects around.
struct Object<'r, 'c, 'p> {
    columns: &'c Columns<'p>,
    row: &'r mut Row,
    prefix: &'r str,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { columns, row, prefix, depth } = self;
        let mut path = String::new();
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            path.clear();
            path.push_str(prefix);
            path.push_str(&key);
            let place = columns.place(&path);
            map.next_value_seed(Value { columns, row: &mut *row, place, path: &path, depth })?;
        }
        Ok(())
    }
}

/// A value: a text for its column, or an object to look into.
struct Value<'r, 'c, 'p> {
    columns: &'c Columns<'p>,
    row: &'r mut Row,
    place: Option<usize>,
    path: &'r str,
    depth: usize,
}

impl Value<'_, '_, '_> {
    fn set(self, text: &str) {
        if let Some(value) = self.place.and_then(|place| self.row.values.get_mut(place)) {
            value.clear();
            value.extend_from_slice(text.as_bytes());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.set(text);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.set(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.set(&value.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.set(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.set(&value.to_string());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.depth >= DEEPEST {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        let prefix = format!("{}.", self.path);
        let Self { columns, row, depth, .. } = self;
        Object { columns, row, prefix: &prefix, depth: depth + 1 }.visit_map(map)
    }
}
