//! Holidays: the federal ones of the United States by rule, or a list.
//!
//! The rules are those of 5 U.S.C. 6103: a fixed date that falls on a Saturday is observed
//! on the Friday before, one that falls on a Sunday on the Monday after. The day itself
//! stays a holiday, which matters to a desk that is open at weekends.

use jiff::civil::{Date, Weekday, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schema::IsoDate;

/// Days on which a desk is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    /// Holidays by rule.
    #[serde(default)]
    pub rule: Option<HolidayRule>,
    /// Holidays by date.
    #[serde(default)]
    #[schemars(with = "Vec<IsoDate>")]
    pub dates: Vec<Date>,
}

/// Sets of holidays that follow from the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolidayRule {
    /// The federal holidays of the United States.
    UsFederal,
}

impl Holidays {
    /// Whether `day` is a holiday, or the day on which one is observed.
    pub fn contains(&self, day: Date) -> bool {
        self.dates.contains(&day) || (self.rule == Some(HolidayRule::UsFederal) && us_federal(day))
    }
}

fn us_federal(day: Date) -> bool {
    by_weekday(day) || fixed(day) || observed(day)
}

/// A fixed date on a weekend is kept on the nearest working day.
fn observed(day: Date) -> bool {
    match day.weekday() {
        Weekday::Friday => day.tomorrow().is_ok_and(fixed),
        Weekday::Monday => day.yesterday().is_ok_and(fixed),
        _ => false,
    }
}

fn fixed(day: Date) -> bool {
    match (day.month(), day.day()) {
        (1, 1) | (7, 4) | (11, 11) | (12, 25) => true,
        // Public Law 117-17.
        (6, 19) => day.year() >= 2021,
        _ => false,
    }
}

fn by_weekday(day: Date) -> bool {
    let nth = (day.day() - 1) / 7 + 1;
    match (day.month(), day.weekday()) {
        (1 | 2, Weekday::Monday) => nth == 3,
        (5, Weekday::Monday) => day.day() > 24,
        (9, Weekday::Monday) => nth == 1,
        (10, Weekday::Monday) => nth == 2,
        (11, Weekday::Thursday) => nth == 4,
        _ => false,
    }
}

/// The federal holidays of a year, observed days included, in order.
pub fn us_federal_days(year: i16) -> Vec<Date> {
    let first = date(year.clamp(1900, 9998), 1, 1);
    first
        .series(jiff::Span::new().days(1))
        .take_while(|d| d.year() == first.year())
        .filter(|d| us_federal(*d))
        .collect()
}
