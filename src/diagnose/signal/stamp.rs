//! When a line was written, as far as it says so.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The times that lines are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When the log was read.
    pub now: Timestamp,
    /// When the machine started, for stamps that count from there.
    pub boot: Option<Timestamp>,
}

impl Clock {
    /// Whether a time lies more than some days back.
    pub(super) fn is_older(&self, at: Timestamp, days: u16) -> bool {
        let age = self.now.duration_since(at);
        age > SignedDuration::from_hours(i64::from(days) * 24)
    }
}

/// Stamps stand in the first bytes of a line; an exported event has its time inside.
const START: usize = 64;

/// The time of a log's line. A stamp without a zone is taken as UTC, which is exact enough for
/// limits in days.
pub fn written_at(line: &[u8], clock: Clock) -> Option<Timestamp> {
    let text = String::from_utf8_lossy(&line[..line.len().min(START)]);
    iso(&text)
        .or_else(|| since_boot(&text, clock))
        .or_else(|| bracketed_date(&text))
        .or_else(|| syslog(&text, clock.now))
        .or_else(|| event(line))
}

/// `2026-11-22T08:14:03.0+00:00`, `2026-11-22 08:14:03.1+0100`, with or without a zone.
fn iso(text: &str) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let first = words.next()?;
    if !first.starts_with(|c: char| c.is_ascii_digit()) || first.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    if first.len() > 10 {
        return zoned_or_not(first);
    }
    zoned_or_not(&format!("{first}T{}", words.next()?))
}

fn zoned_or_not(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| utc(text.parse().ok()?))
}

fn utc(time: DateTime) -> Option<Timestamp> {
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// `[  515.150000]` of dmesg, `6,339,5140900,-;` of /dev/kmsg.
fn since_boot(text: &str, clock: Clock) -> Option<Timestamp> {
    let micros = match text.strip_prefix('[') {
        Some(rest) => {
            let (seconds, fraction) = rest.split_once(']')?.0.trim().split_once('.')?;
            let fraction: i64 = fraction.parse().ok().filter(|_| fraction.len() == 6)?;
            seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(fraction)?
        }
        None => {
            let (head, _) = text.split_once(';')?;
            head.split(',').nth(2)?.parse().ok()?
        }
    };
    clock.boot?.checked_add(SignedDuration::from_micros(micros)).ok()
}

/// `[Sun Nov 22 08:14:03 2026]` of `dmesg -T`.
fn bracketed_date(text: &str) -> Option<Timestamp> {
    let inside = text.strip_prefix('[')?.split_once(']')?.0;
    let words: Vec<&str> = inside.split_ascii_whitespace().collect();
    let [_, month, day, time, year] = words.as_slice() else { return None };
    civil(month, day, time, year.parse().ok()?)
}

/// `Nov 22 08:14:03`: the year is the one that does not lie in the future.
fn syslog(text: &str, now: Timestamp) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let (month, day, time) = (words.next()?, words.next()?, words.next()?);
    let year = now.to_zoned(TimeZone::UTC).year();
    let at = civil(month, day, time, year)?;
    let tomorrow = now.checked_add(SignedDuration::from_hours(24)).ok()?;
    if at > tomorrow { civil(month, day, time, year - 1) } else { Some(at) }
}

fn civil(month: &str, day: &str, time: &str, year: i16) -> Option<Timestamp> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.iter().position(|name| *name == month)?;
    let date = Date::new(year, i8::try_from(month + 1).ok()?, day.parse().ok()?).ok()?;
    utc(date.to_datetime(time.parse().ok()?))
}

/// `<TimeCreated …='2026-11-22T08:14:03.1Z'/>` of an exported event: the quoted value.
fn event(line: &[u8]) -> Option<Timestamp> {
    const NAME: &[u8] = b"<TimeCreated ";
    let is_quote = |byte: &u8| matches!(byte, b'\'' | b'"');
    let at = line.windows(NAME.len()).position(|window| window == NAME)?;
    let rest = line.get(at + NAME.len()..)?;
    let open = rest.iter().take(START).position(is_quote)?;
    let value = &rest[open + 1..];
    let end = value.iter().take(START).position(is_quote)?;
    std::str::from_utf8(&value[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock {
            now: "2026-11-22T12:00:00Z".parse().unwrap(),
            boot: "2026-11-22T08:00:00Z".parse().ok(),
        }
    }

    #[test]
    fn the_usual_stamps_are_read() {
        for (line, want) in [
            ("2026-11-22T08:14:03.5+00:00 pc kernel: x", "2026-11-22T08:14:03.5Z"),
            ("2026-11-22T08:14:03+0100 pc kernel: x", "2026-11-22T07:14:03Z"),
            ("2026-11-22 08:14:03.123456+0100 0x1 Default", "2026-11-22T07:14:03.123456Z"),
            ("2026-11-22 08:14:03 x", "2026-11-22T08:14:03Z"),
            ("[  515.150000] usb 1-1: x", "2026-11-22T08:08:35.15Z"),
            ("6,339,5140900,-;usb 1-1: x", "2026-11-22T08:00:05.1409Z"),
            ("[Sun Nov 22 08:14:03 2026] usb", "2026-11-22T08:14:03Z"),
            ("Nov 22 08:14:03 pc kernel: x", "2026-11-22T08:14:03Z"),
            ("Dec  1 08:14:03 pc kernel: x", "2025-12-01T08:14:03Z"),
            (
                "<Event><System><TimeCreated SystemTime='2026-11-22T08:14:03Z'/>",
                "2026-11-22T08:14:03Z",
            ),
        ] {
            let want: Timestamp = want.parse().unwrap();
            assert_eq!(written_at(line.as_bytes(), clock()), Some(want), "{line}");
        }
    }

    #[test]
    fn other_lines_have_no_time() {
        for line in ["", "x", "[abc] y", "2026", "Nov 99 08:14:03 x", "Nov 22 99:99:99", ";", ",,;"]
        {
            assert_eq!(written_at(line.as_bytes(), clock()), None, "{line}");
        }
        let no_boot = Clock { boot: None, ..clock() };
        assert_eq!(written_at(b"[  515.150000] usb 1-1: x", no_boot), None);
    }

    #[test]
    fn age_is_counted_in_days() {
        let at = |text: &str| text.parse().unwrap();
        assert!(!clock().is_older(at("2026-11-15T13:00:00Z"), 7));
        assert!(clock().is_older(at("2026-11-15T11:00:00Z"), 7));
        assert!(!clock().is_older(at("2027-01-01T00:00:00Z"), 7), "a clock that is ahead");
    }
}
