//! Lengths of time as policies state them: business hours, clock hours, business days, days.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text;

/// A length of time, in the unit the policy uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "PeriodRow", into = "PeriodRow")]
pub enum Period {
    /// Hours that run only while the desk is open.
    BusinessHours(u16),
    /// Elapsed hours.
    ClockHours(u16),
    /// Business days; the policy may give a range.
    BusinessDays {
        /// The sooner bound.
        from: u16,
        /// The later bound; the same when there is no range.
        to: u16,
    },
    /// Calendar days.
    Days(u16),
}

/// No policy reaches further than a year.
const MOST_HOURS: u16 = 8784;
const MOST_DAYS: u16 = 366;

/// The form in a pack: exactly one key, `{ business_hours = 8 }`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
struct PeriodRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    business_hours: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_hours: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_days: Option<u16>,
    /// `[2, 3]` is "2 to 3".
    #[serde(skip_serializing_if = "Option::is_none")]
    business_days_range: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u16>,
}

impl TryFrom<PeriodRow> for Period {
    type Error = String;

    fn try_from(row: PeriodRow) -> Result<Self, String> {
        let given = [
            row.business_hours.map(Self::BusinessHours),
            row.clock_hours.map(Self::ClockHours),
            row.business_days.map(|days| Self::BusinessDays { from: days, to: days }),
            row.business_days_range.map(|[from, to]| Self::BusinessDays { from, to }),
            row.days.map(Self::Days),
        ];
        let mut given = given.into_iter().flatten();
        let (Some(period), None) = (given.next(), given.next()) else {
            return Err("a period has one unit, like { business_hours = 8 }".into());
        };
        let (from, to, most) = match period {
            Self::BusinessHours(hours) | Self::ClockHours(hours) => (hours, hours, MOST_HOURS),
            Self::BusinessDays { from, to } => (from, to, MOST_DAYS),
            Self::Days(days) => (days, days, MOST_DAYS),
        };
        if from == 0 || to < from || to > most {
            return Err(format!("a period goes from 1 to {most}, a range from less to more"));
        }
        Ok(period)
    }
}

impl From<Period> for PeriodRow {
    fn from(period: Period) -> Self {
        let mut row = Self::default();
        match period {
            Period::BusinessHours(hours) => row.business_hours = Some(hours),
            Period::ClockHours(hours) => row.clock_hours = Some(hours),
            Period::BusinessDays { from, to } if from == to => row.business_days = Some(to),
            Period::BusinessDays { from, to } => row.business_days_range = Some([from, to]),
            Period::Days(days) => row.days = Some(days),
        }
        row
    }
}

impl Period {
    /// A number of hours in words.
    pub(super) fn hours(count: u16) -> String {
        text::count(count, "hour")
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: u16, thing| text::count(number, thing);
        f.write_str(&match *self {
            Self::BusinessHours(hours) => count(hours, "business hour"),
            Self::ClockHours(hours) => count(hours, "clock hour"),
            Self::BusinessDays { from, to } if from == to => count(to, "business day"),
            Self::BusinessDays { from, to } => format!("{from} to {}", count(to, "business day")),
            Self::Days(days) => count(days, "day"),
        })
    }
}
