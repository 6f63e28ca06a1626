//! When a log line was written, as far as it says so.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

/// Time zones differ from UTC by at most this; a stamp without a zone may be off by it.
const WIDEST_ZONE: SignedDuration = SignedDuration::from_hours(14);

/// Decides which lines are new enough.
pub(super) struct Since {
    /// The oldest time kept.
    oldest: Option<Timestamp>,
    now: Timestamp,
    /// When the machine started, for stamps that count from there.
    boot: Option<Timestamp>,
    last: bool,
    past: bool,
}

impl Since {
    /// Keeps what is at most `since` old; everything without a bound.
    pub(super) fn new(now: Timestamp, since: Option<Duration>, uptime: Option<Duration>) -> Self {
        let before = |duration: Duration| {
            SignedDuration::try_from(duration).ok().and_then(|d| now.checked_sub(d).ok())
        };
        let (oldest, boot) = (since.and_then(before), uptime.and_then(before));
        Self { oldest, now, boot, last: true, past: false }
    }

    /// Whether a line is new enough. A line without a stamp goes with the line before it.
    pub(super) fn keeps(&mut self, line: &[u8]) -> bool {
        let Some(oldest) = self.oldest else { return true };
        let start = &line[..line.len().min(40)];
        if let Some(written) = std::str::from_utf8(start).ok().and_then(|s| self.latest(s)) {
            self.last = written >= oldest;
            self.past |= !self.last;
        }
        self.last
    }

    /// Forgets the line before: what follows comes from another place.
    pub(super) fn restart(&mut self) {
        self.last = true;
    }

    /// Whether a line was too old.
    pub(super) fn is_past(&self) -> bool {
        self.past
    }

    /// The latest time at which a line starting like this can have been written.
    fn latest(&self, start: &str) -> Option<Timestamp> {
        since_boot(start)
            .and_then(|since| self.boot?.checked_add(since).ok())
            .or_else(|| iso(start))
            .or_else(|| self.traditional(start))
    }

    /// `Nov 22 10:00:00`, which has neither a year nor a zone (RFC 3164 §4.1.2).
    fn traditional(&self, start: &str) -> Option<Timestamp> {
        let year = self.now.strftime("%Y").to_string().parse::<i16>().ok()?;
        let stamp = start.get(..15)?;
        let in_year = |year: i16| {
            let text = format!("{year} {stamp}");
            let civil = DateTime::strptime("%Y %b %e %H:%M:%S", text).ok()?;
            civil.in_tz("UTC").ok()?.timestamp().checked_add(WIDEST_ZONE).ok()
        };
        let latest_possible = self.now.checked_add(WIDEST_ZONE * 2).ok()?;
        in_year(year).filter(|at| *at <= latest_possible).or_else(|| in_year(year - 1))
    }
}

/// `[   12.345678]`, seconds since the start.
fn since_boot(start: &str) -> Option<SignedDuration> {
    let inner = start.strip_prefix('[')?.split_once(']')?.0.trim();
    let seconds: f64 = inner.parse().ok()?;
    SignedDuration::try_from_secs_f64(seconds).ok()
}

/// `2026-11-22T10:00:00.123456+00:00`.
fn iso(start: &str) -> Option<Timestamp> {
    start.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(line: &str, hours: u64) -> bool {
        let now = "2026-01-02T12:00:00Z".parse().unwrap();
        let hours = Duration::from_secs(hours * 3600);
        let uptime = Some(Duration::from_secs(10 * 3600));
        Since::new(now, Some(hours), uptime).keeps(line.as_bytes())
    }

    #[test]
    fn every_kind_of_stamp_is_read() {
        assert!(kept("2026-01-02T11:00:00.5+00:00 host kernel: usb", 2));
        assert!(!kept("2026-01-02T11:00:00.5+02:00 host kernel: usb", 2));
        assert!(kept("[32400.000001] usb 1-1: new", 2), "nine hours after the start");
        assert!(!kept("[   12.345678] usb 1-1: new", 2));
    }

    #[test]
    fn a_stamp_without_zone_is_given_the_benefit_of_the_doubt() {
        assert!(kept("Jan  2 00:00:00 host kernel: usb", 2));
        assert!(!kept("Jan  1 00:00:00 host kernel: usb", 2));
        assert!(!kept("Dec 31 23:59:59 host kernel: usb", 2), "that was last year");
    }

    #[test]
    fn a_line_without_stamp_goes_with_the_one_before() {
        let now = "2026-01-02T12:00:00Z".parse().unwrap();
        let mut since = Since::new(now, Some(Duration::from_secs(3600)), None);
        assert!(!since.keeps(b"2026-01-01T00:00:00Z old"));
        assert!(!since.keeps(b"  continued"));
        assert!(since.keeps(b"2026-01-02T11:30:00Z new"));
        assert!(since.keeps(b"  continued"));
        assert!(since.keeps(b"\xff\xfe"));
    }
}
