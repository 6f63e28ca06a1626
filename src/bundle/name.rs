//! Names: of entries inside a bundle, and of the bundle itself.

use jiff::Timestamp;

/// The longest entry name in bytes; deep enough for `logs/…`, short enough for any system.
pub(super) const LONGEST: usize = 200;

/// Whether an entry name is relative, without `..`, and the same file on every system.
///
/// Letters and digits of any script, spaces and harmless ASCII signs: nothing that steers
/// a terminal or hides what a name says.
pub(super) fn is_safe(name: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.ends_with(['.', ' ']);
    let fits = |c: char| {
        c.is_alphanumeric() || c == ' ' || c.is_ascii_graphic() && !r#"\:*?"<>|"#.contains(c)
    };
    !name.is_empty()
        && name.len() <= LONGEST
        && name.chars().all(fits)
        && !name.chars().any(crate::text::is_steering)
        && name.split('/').all(plain)
}

/// Turns a file's own name into one part of a safe entry name; the ending is kept.
pub(super) fn safe_part(raw: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@');
    let mut part: String = raw.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    while part.len() > LONGEST / 2 {
        part.remove(0);
    }
    let part = part.trim_end_matches('.');
    if part.trim_start_matches('.').is_empty() { "file".to_owned() } else { part.to_owned() }
}

/// Puts `-n` before the last ending: `logs/a.log` becomes `logs/a-2.log`.
pub(super) fn numbered(name: &str, n: usize) -> String {
    let file_at = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[file_at..].rfind('.').filter(|&dot| dot > 0) {
        Some(dot) => {
            let (stem, ending) = name.split_at(file_at + dot);
            format!("{stem}-{n}{ending}")
        }
        None => format!("{name}-{n}"),
    }
}

/// The bundle's own name: time and the start of its content hash, nothing of the machine.
pub(super) fn bundle(now: Timestamp, sha256: &str) -> String {
    let start = sha256.get(..8).unwrap_or(sha256);
    format!("keycase-{}-{start}.zip", now.strftime("%Y%m%dT%H%M%SZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_escape_or_differ_between_systems_are_not_safe() {
        for name in ["a", "logs/kernel.log", "logs/Grüße.log", ".hidden"] {
            assert!(is_safe(name), "{name}");
        }
        let long = "a".repeat(LONGEST + 1);
        for name in [
            "",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/../b",
            "a/.",
            "C:/a",
            "a\\b",
            "a\nb",
            "a\u{202e}b",
            "a.",
            "a ",
            &long,
        ] {
            assert!(!is_safe(name), "{name:?}");
        }
    }

    #[test]
    fn any_raw_name_becomes_a_safe_part() {
        for raw in ["app.log", "a b\n\u{1b}[2J.log", "..", ".", "", "x.", "C:\\x", &"ü".repeat(900)]
        {
            let part = safe_part(raw);
            assert!(is_safe(&format!("logs/{part}")), "{raw:?} became {part:?}");
        }
        assert_eq!(safe_part("app.log"), "app.log");
    }

    #[test]
    fn a_number_goes_before_the_ending() {
        assert_eq!(numbered("logs/a.log", 2), "logs/a-2.log");
        assert_eq!(numbered("l.d/a", 3), "l.d/a-3");
        assert_eq!(numbered("logs/.a", 3), "logs/.a-3");
    }

    #[test]
    fn the_bundle_name_is_time_and_content() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(bundle(now, "0123456789ab"), "keycase-19700101T000000Z-01234567.zip");
    }
}
