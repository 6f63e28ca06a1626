//! Numbers of things and sizes, as people write them.

use std::fmt::Display;

/// A number of things: `1 drive`, `2 drives`.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, thing: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// A size as people write it: `62.1 GB`, decimal as on the drive's case.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if size < 1000 {
        return format!("{size} bytes");
    }
    let (mut whole, mut tenths, mut unit) = (size, 0, "");
    for next in UNITS {
        if whole < 1000 {
            break;
        }
        tenths = whole % 1000 / 100;
        whole /= 1000;
        unit = next;
    }
    format!("{whole}.{tenths} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_no_plural() {
        assert_eq!([count(0_u64, "drive"), count(1_usize, "drive")], ["0 drives", "1 drive"]);
    }

    #[test]
    fn sizes_are_decimal() {
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(300_000_000), "300.0 MB");
        assert_eq!(bytes(62_109_253_632), "62.1 GB");
        assert_eq!(bytes(u64::MAX), "18446.7 PB");
    }
}
