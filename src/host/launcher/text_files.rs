//! Versions in the small text files of a launcher: `Info.plist`, `autorun.inf`, readme.

use super::bytes::one_line;

/// A stated version is short.
const LONGEST: usize = 64;

/// Characters of a line that are shown.
const LONGEST_LINE: usize = 120;

/// `CFBundleShortVersionString` of a property list in XML, or else `CFBundleVersion`
/// (Information Property List Key Reference); `None` for anything else.
pub fn plist_version(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let value = |key: &str| {
        let (_, rest) = text.split_once(&format!("<key>{key}</key>"))?;
        let (between, rest) = rest.split_once("<string>")?;
        let (value, _) = rest.split_once("</string>")?;
        // Another element in between is the key's value, and no text.
        let value = one_line(&unescape(value));
        (between.trim().is_empty() && is_version(&value)).then_some(value)
    };
    value("CFBundleShortVersionString").or_else(|| value("CFBundleVersion"))
}

fn unescape(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

fn is_version(text: &str) -> bool {
    text.len() <= LONGEST && text.starts_with(|c: char| c.is_ascii_digit())
}

/// The program that `autorun.inf` names by `open=`, with `/` between folders.
pub fn autorun_program(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut here = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            here = line.eq_ignore_ascii_case("[autorun]");
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| here) else { continue };
        if key.trim().eq_ignore_ascii_case("open") {
            return program(value.trim());
        }
    }
    None
}

/// The program of a command line: quoted, or up to the first space.
fn program(command: &str) -> Option<String> {
    let program = match command.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => command.split_whitespace().next()?,
    };
    let path = program.replace('\\', "/");
    let path = path.trim_start_matches("./").trim_start_matches('/');
    (!path.is_empty()).then(|| path.to_owned())
}

/// The first line of a readme that names a version, e.g. `Unlocker version 4.8.25`; of a long
/// one the part with the version.
pub fn readme_version(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().find_map(|line| {
        let line = one_line(line);
        let before = line[..version_at(&line)?].chars().count();
        let is_long = line.chars().count() > LONGEST_LINE;
        let skipped = if is_long { before.saturating_sub(LONGEST_LINE / 2) } else { 0 };
        Some(line.chars().skip(skipped).take(LONGEST_LINE).collect())
    })
}

/// Where `version` stands in a line with a number behind it.
fn version_at(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let mut places = lower.match_indices("version");
    let is_followed = |(at, word): &(usize, &str)| {
        let rest = lower.get(at + word.len()..).unwrap_or("");
        rest.trim_start_matches([' ', ':', '.', '=', 'v']).starts_with(|c: char| c.is_ascii_digit())
    };
    places.find(is_followed).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_list_states_its_short_version() {
        let plist =
            |body: &str| plist_version(format!("<plist><dict>{body}</dict></plist>").as_bytes());
        let both = "<key>CFBundleVersion</key><string>900</string>\n\
                    <key>CFBundleShortVersionString</key>\n\t<string> 4.8.25 </string>";
        assert_eq!(plist(both).as_deref(), Some("4.8.25"));
        assert_eq!(plist("<key>CFBundleVersion</key><string>900</string>").as_deref(), Some("900"));
        for none in [
            "",
            "<key>CFBundleVersion</key><dict><key>x</key><string>1</string></dict>",
            "<key>CFBundleVersion</key><string>${VERSION}</string>",
            "<key>CFBundleVersion</key><string>1",
        ] {
            assert_eq!(plist(none), None, "{none}");
        }
        assert_eq!(plist_version(b"bplist00\xd1\x01\x02"), None);
    }

    #[test]
    fn autorun_names_a_program() {
        for (text, wanted) in [
            ("[AutoRun]\r\nicon=x.ico\r\nOPEN=Unlocker.exe -auto\r\n", Some("Unlocker.exe")),
            ("[autorun]\nopen=\"windows\\Iron Key.exe\" /x", Some("windows/Iron Key.exe")),
            ("[autorun.arm]\nopen=no.exe\n[autorun]\nopen=.\\yes.exe", Some("yes.exe")),
            ("open=no.exe", None),
            ("[autorun]\nopen=\n", None),
            ("", None),
        ] {
            assert_eq!(autorun_program(text.as_bytes()).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_readme_states_a_version_or_nothing() {
        let text = b"Read me\nThis version is for Linux.\nUnlocker Version: 4.8.25 (Linux)\n";
        assert_eq!(readme_version(text).as_deref(), Some("Unlocker Version: 4.8.25 (Linux)"));
        assert_eq!(readme_version(b"version of today"), None);
        // The version once stood behind what was shown of a long line.
        let long =
            format!("Unlock{} reVersion: 3.8 (Linux){}", "\u{fffd}".repeat(200), "x".repeat(200));
        let shown = readme_version(long.as_bytes()).unwrap();
        assert!(shown.contains("reVersion: 3.8") && shown.chars().count() == 120, "{shown}");
        assert_eq!(readme_version(b"\xff\xfeversion"), None);
    }
}
