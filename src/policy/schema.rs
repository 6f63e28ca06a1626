//! How the texts of a pack look in its JSON Schema: patterns for what is read from a string.
//!
//! An editor that knows the schema marks a wrong date or time while it is typed; whether a
//! time zone exists only the program can tell.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Words;
use super::hours::{TimeOfDay, Zone};
use super::release::DayOrMonth;
use super::rows::SeverityRef;
use crate::snapshot::ReleaseNumber;

/// A date in quotes, `2026-11-22`; stands for the type that reads it.
pub(super) struct IsoDate;

/// Gives types the schema of a string.
macro_rules! text {
    ($($name:ty, $id:literal, $pattern:literal, $says:literal;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $id.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $says })
            }
        }
    )*};
}

text! {
    Words, "Words", r"\S", "A text that says something.";
    IsoDate, "Date", r"^\d{4}-\d{2}-\d{2}$", "A day, like 2026-11-22.";
    DayOrMonth, "DayOrMonth", r"^\d{4}-\d{2}(-\d{2})?$", "A day, or a month, which lasts to its last day.";
    ReleaseNumber, "Version", r"^[vV]?\d{1,9}(\.\d{1,9}){0,3}$", "A version of up to four numbers.";
    TimeOfDay, "TimeOfDay", r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", "A time from 00:00 to 24:00.";
    Zone, "TimeZone", r"^[A-Za-z0-9_+/-]+$", "A time zone of the tz database, like America/Chicago.";
}

impl JsonSchema for SeverityRef {
    fn schema_name() -> Cow<'static, str> {
        "SeverityRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "description": "A severity by its number, 1 for the first row, or by its name.",
        })
    }
}
