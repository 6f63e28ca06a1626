//! A desk's calendar: when it is open, and where a span of its time ends.
//!
//! Opening hours are wall-clock times of the desk's zone; what runs between them is elapsed
//! time. A day on which the clock changes is therefore an hour shorter or longer for a desk
//! that is open around the clock, and the same for one that is open from nine to five.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::holidays::Holidays;
use super::hours::Day;
use super::period::Period;

/// No span of a policy reaches further; a calendar that is never open ends here too.
const HORIZON_DAYS: usize = 5000;

/// When a desk is open.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    open_days: [bool; 7],
    business_days: [bool; 7],
    span: Option<(u16, u16)>,
    holidays: Holidays,
}

impl Calendar {
    pub(super) fn new(
        zone: TimeZone,
        open: &[Day],
        business: &[Day],
        span: Option<(u16, u16)>,
        holidays: Holidays,
    ) -> Self {
        let week = |days: &[Day]| {
            let mut week = [false; 7];
            for day in days {
                week[*day as usize] = true;
            }
            week
        };
        Self { zone, open_days: week(open), business_days: week(business), span, holidays }
    }

    /// The calendar of a policy without hours: UTC, and no day on which it is open.
    pub(super) fn unknown() -> Self {
        Self::new(TimeZone::UTC, &[], &[], None, Holidays::default())
    }

    /// The zone the desk lives in.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A period in words. Hours of a desk that is open around the clock are hours and nothing
    /// else, as its source calls them; where it closes for days, they run on business days.
    pub fn words(&self, period: Period) -> String {
        let all_day = self.span == Some((0, 1440));
        match period {
            Period::BusinessHours(hours) if all_day && self.open_days == [true; 7] => {
                Period::hours(hours)
            }
            Period::BusinessHours(hours) if all_day && self.open_days == self.business_days => {
                format!("{} on business days", Period::hours(hours))
            }
            period => period.to_string(),
        }
    }

    /// Whether a date is a business day.
    pub fn is_business_day(&self, date: Date) -> bool {
        on(&self.business_days, date) && !self.holidays.contains(date)
    }

    /// The time during which the desk is open on a date.
    fn open_on(&self, date: Date) -> Option<(Zoned, Zoned)> {
        let (open, close) = self.span?;
        if !on(&self.open_days, date) || self.holidays.contains(date) {
            return None;
        }
        let (open, close) = (self.at(date, open)?, self.at(date, close)?);
        // A clock change can swallow an opening that lies inside the skipped hour.
        (open < close).then_some((open, close))
    }

    /// A time of a date in minutes; 1440 is the next midnight. A time that the clock skips
    /// is the one an hour later, one that comes twice is the first.
    fn at(&self, date: Date, minutes: u16) -> Option<Zoned> {
        let (date, minutes) = match minutes {
            1440.. => (date.tomorrow().ok()?, 0),
            minutes => (date, minutes),
        };
        let hour = i8::try_from(minutes / 60).ok()?;
        let minute = i8::try_from(minutes % 60).ok()?;
        DateTime::from_parts(date, Time::new(hour, minute, 0, 0).ok()?)
            .to_zoned(self.zone.clone())
            .ok()
    }

    /// Where `span` of open time ends that starts at `from`, or at the next opening.
    ///
    /// `None` when the hours are not known, or the end lies beyond all reason.
    pub fn after_open_time(&self, from: Timestamp, span: SignedDuration) -> Option<Zoned> {
        let start = from.to_zoned(self.zone.clone());
        let mut left = span;
        // An opening that began the day before can reach into this one only at midnight.
        for date in days_from(start.date()) {
            let Some((open, close)) = self.open_on(date) else { continue };
            let begin = if open < start { start.clone() } else { open };
            if begin >= close {
                continue;
            }
            let lasts = begin.duration_until(&close);
            if left <= lasts {
                return begin.checked_add(left).ok();
            }
            left -= lasts;
        }
        None
    }

    /// The same local time `days` business days later.
    ///
    /// What comes in outside business days, or outside the hours of one, counts from the
    /// start of the next opening.
    pub fn after_business_days(&self, from: Timestamp, days: u16) -> Option<Zoned> {
        let start = self.counting_from(from)?;
        let later = days_from(start.date()).skip(1).filter(|date| self.is_business_day(*date));
        let date = later.take(usize::from(days)).last()?;
        date.to_datetime(start.time()).to_zoned(self.zone.clone()).ok()
    }

    /// The moment from which business days count.
    fn counting_from(&self, from: Timestamp) -> Option<Zoned> {
        let start = from.to_zoned(self.zone.clone());
        let (open, close) = self.span.unwrap_or((0, 1440));
        let opening = |date| self.at(date, open);
        let today = start.date();
        if self.is_business_day(today) {
            let (opens, closes) = (opening(today)?, self.at(today, close)?);
            if start < opens {
                return Some(opens);
            }
            if start < closes {
                return Some(start);
            }
        }
        let next = days_from(today).skip(1).find(|date| self.is_business_day(*date))?;
        opening(next)
    }

    /// The same local time some calendar days later.
    pub fn after_days(&self, from: Timestamp, days: u16) -> Option<Zoned> {
        from.to_zoned(self.zone.clone()).checked_add(i64::from(days).days()).ok()
    }
}

fn on(week: &[bool; 7], date: Date) -> bool {
    let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    week[day]
}

fn days_from(date: Date) -> impl Iterator<Item = Date> {
    date.series(1.day()).take(HORIZON_DAYS)
}
