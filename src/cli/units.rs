//! Sizes and durations as people type them.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// More than a bundle can hold.
const MOST_BYTES: u64 = 4_000_000_000;

/// `500`, `20M`, `1.5G` is not accepted: whole numbers with k, M or G, decimal.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not a size like 500k, 20M or 1G");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    match number.checked_mul(factor) {
        Some(bytes) if bytes <= MOST_BYTES => Ok(bytes),
        _ => Err(format!("a bundle holds at most {MOST_BYTES} bytes")),
    }
}

/// `90s`, `2h`, `7d`, `1d 12h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = |_| format!("`{text}` is not a duration like 90s, 2h or 7d");
    let span: Span = text.parse().map_err(wrong)?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(wrong)?;
    Duration::try_from(duration).map_err(|_| "a duration is not negative".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal() {
        for (text, size) in [("0", 0), ("500", 500), ("20M", 20_000_000), ("1G", 1_000_000_000)] {
            assert_eq!(bytes(text), Ok(size));
        }
        for text in ["", "M", "-1", "1.5G", "5G", "99999999999999999999", "10T", "ü"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("7d"), Ok(Duration::from_secs(7 * 86400)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for text in ["", "2", "soon", "-2h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
