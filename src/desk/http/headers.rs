//! What a desk says in the headers of its answers.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// `Retry-After`: seconds (Freshdesk writes decimals elsewhere), or a date that is
/// measured against the answer's own `Date`.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let seconds = if seconds < 0.0 { 0.0 } else { seconds };
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = http_date(text)?;
    let now = http_date(headers.get("date")?.to_str().ok()?)?;
    Duration::try_from(until.duration_since(now)).ok()
}

/// A header that holds a number; Freshdesk writes counts as decimals ("50.0").
pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn wait(pairs: &[(&'static str, &str)]) -> Option<u64> {
        retry_after(&headers(pairs)).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_read_in_every_form_and_never_trusted() {
        assert_eq!(wait(&[("retry-after", "35")]), Some(35));
        assert_eq!(wait(&[("retry-after", "8.0")]), Some(8));
        assert_eq!(wait(&[("retry-after", "-5")]), Some(0));
        for odd in ["soon", "1e400", "NaN", ""] {
            assert_eq!(wait(&[("retry-after", odd)]), None, "{odd}");
        }
        let date = ("date", "Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(wait(&[("retry-after", "Sun, 22 Nov 2026 10:01:30 GMT"), date]), Some(90));
        assert_eq!(wait(&[("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT"), date]), None);
    }

    #[test]
    fn counts_are_read_as_the_decimals_they_are() {
        let left =
            |text| number(&headers(&[("x-ratelimit-remaining", text)]), "x-ratelimit-remaining");
        assert_eq!(left("8.0"), Some(8.0));
        assert_eq!(left("50"), Some(50.0));
        assert_eq!(left("many"), None);
    }
}
