//! When a desk works, as the pack states it: `[hours]`.

use std::fmt;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Words;
use super::assumed::{Assumed, AssumedDays};
use super::calendar::Calendar;
use super::holidays::Holidays;
use super::rows::SeverityRef;

/// The hours of a desk, and what had to be assumed about them.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// What the source says, in words.
    pub text: Words,
    /// Time zone of the desk.
    pub zone: Zone,
    /// Why this zone, when the source does not name it.
    pub zone_assumed: Option<Words>,
    /// Days on which the desk is open.
    pub days: Vec<Day>,
    /// When it opens; absent when the source does not say.
    pub open: Option<TimeOfDay>,
    /// When it closes; `24:00` is midnight.
    pub close: Option<TimeOfDay>,
    /// Days that count as business days; `days` when absent.
    pub business_days: Option<Vec<Day>>,
    /// Why these days, when the source does not name them.
    pub days_assumed: Option<Words>,
    /// Days on which the desk is closed.
    #[serde(default)]
    pub holidays: Holidays,
    /// Why these holidays, when the source does not list them.
    pub holidays_assumed: Option<Words>,
    /// Other hours for some severities.
    #[serde(default, rename = "exception")]
    pub exceptions: Vec<HoursException>,
    /// Section of the source.
    pub source: Words,
    /// The overlay that changed the hours.
    #[serde(skip)]
    pub overlaid_by: Option<String>,
    /// Whether an overlay states `business_days`; `days_assumed` is not about them then.
    #[serde(skip)]
    pub(super) business_days_overlaid: bool,
}

/// Hours that hold for some severities only; the desk ignores holidays then.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursException {
    /// The severities.
    #[schemars(with = "Vec<SeverityRef>")]
    pub severities: Vec<toml::Spanned<SeverityRef>>,
    /// What the source says, in words.
    pub text: Words,
    /// Days on which the desk is open for them.
    pub days: Vec<Day>,
    /// When it opens.
    pub open: TimeOfDay,
    /// When it closes.
    pub close: TimeOfDay,
    /// Section of the source.
    pub source: Words,
}

impl Hours {
    /// What is wrong with the hours as a whole, if anything.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let spans = self.exceptions.iter().map(|other| (other.open, other.close));
        let own = self.open.zip(self.close);
        match () {
            () if self.open.is_some() != self.close.is_some() => {
                Some("`open` and `close` go together")
            }
            () if own.into_iter().chain(spans).any(|(open, close)| open >= close) => {
                Some("a desk opens before it closes")
            }
            () if self.days.is_empty()
                || self.business_days.as_ref().is_some_and(Vec::is_empty) =>
            {
                Some("a desk is open on some day")
            }
            () if self.exceptions.iter().any(|other| other.days.is_empty()) => {
                Some("an exception names its days")
            }
            () => None,
        }
    }

    /// The calendar that governs a severity, given by its position.
    pub fn calendar(&self, exception: Option<&HoursException>) -> Calendar {
        let business = self.business_days.as_ref().unwrap_or(&self.days);
        let (days, open, close, holidays) = match exception {
            Some(other) => (&other.days, Some(other.open), Some(other.close), Holidays::default()),
            None => (&self.days, self.open, self.close, self.holidays.clone()),
        };
        let span = open.zip(close).map(|(open, close)| (open.minutes(), close.minutes()));
        Calendar::new(self.zone.get().clone(), days, business, span, holidays)
    }

    /// What due times rest on beyond the source's own words.
    pub fn assumptions(&self) -> impl Iterator<Item = String> + '_ {
        self.assumed()
            .filter_map(|(what, why)| Some(format!("{}: {}", what.words(), why.as_ref()?)))
    }

    /// Which days `days_assumed` is about: a pack that tells business days from the days on
    /// which the desk is open has assumed the former, the latter stand in its source.
    pub(super) fn assumed_days(&self) -> AssumedDays {
        match (&self.business_days, self.business_days_overlaid) {
            (None, _) => AssumedDays::Both,
            (Some(_), false) => AssumedDays::Business,
            (Some(_), true) => AssumedDays::Open,
        }
    }

    /// The same, with what each is about.
    pub(super) fn assumed(&self) -> impl Iterator<Item = (Assumed, &Option<Words>)> {
        [
            (Assumed::Zone, &self.zone_assumed),
            (Assumed::Days, &self.days_assumed),
            (Assumed::Holidays, &self.holidays_assumed),
        ]
        .into_iter()
    }
}

/// A time zone of the tz database, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone itself.
    pub fn get(&self) -> &TimeZone {
        &self.0
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        TimeZone::get(&name).map(Self).map_err(|_| {
            serde::de::Error::custom(format!(
                "`{name}` is not a time zone of the tz database, like America/Chicago"
            ))
        })
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// Whether a date's weekday is this one.
    pub fn is(self, weekday: Weekday) -> bool {
        weekday.to_monday_zero_offset() == self as i8
    }
}

/// A time of the day, `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Minutes since midnight, up to 1440.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = |part: &str| {
            let plain = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten()
        };
        let parts = text.split_once(':').and_then(|(h, m)| digits(h).zip(digits(m)));
        parts
            .filter(|(hours, minutes)| *minutes < 60 && hours * 60 + minutes <= 24 * 60)
            .map(|(hours, minutes)| Self(hours * 60 + minutes))
            .ok_or_else(|| {
                serde::de::Error::custom(format!("`{text}` is not a time from 00:00 to 24:00"))
            })
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
