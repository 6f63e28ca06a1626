//! Redaction of file names. A value can stand right before an ending and be hidden by it:
//! `corp.example.de.log.1` does not end like a domain name.

use super::{RedactError, RedactedName, Redactor};

/// Endings of evidence files. They stay, also where they could be the end of a mail address.
const ENDINGS: [&str; 6] = [".log", ".txt", ".json", ".html", ".xml", ".csv"];

/// What packing and keeping a file add to its ending.
const KEPT: [&str; 6] = [".gz", ".xz", ".bz2", ".zst", ".bak", ".old"];

/// How many endings are looked behind, and how long one is without its full stop.
const MOST_ENDINGS: usize = 4;
const LONGEST_ENDING: usize = 5;

impl Redactor {
    /// Redacts a file name; folders are parted by `/`. Give it the name as the machine has it:
    /// signs that were replaced before hide what they were part of.
    pub fn name(&self, raw: &str) -> Result<RedactedName, RedactError> {
        let (stem, ending) = raw.split_at(stem(raw));
        let mut name = self.of_name(stem)?;
        let mut cut = name.len();
        for _ in 0..MOST_ENDINGS {
            let Some(dot) = before_ending(&name[..cut]) else { break };
            let head = self.of_name(&name[..dot])?;
            cut = head.len();
            name = head + &name[dot..];
        }
        Ok(RedactedName(name + ending))
    }

    fn of_name(&self, part: &str) -> Result<String, RedactError> {
        Ok(String::from_utf8_lossy(self.text(part.as_bytes())?.bytes()).into_owned())
    }
}

/// The length of a name without the endings that are known. A number is part of them only
/// behind another: `10.1.2.3` is no rotated file.
fn stem(name: &str) -> usize {
    let (mut rest, mut sure) = (name, name);
    loop {
        if let Some(stem) = without(rest, &ENDINGS) {
            return stem.len();
        }
        match without(rest, &KEPT) {
            Some(head) => (rest, sure) = (head, head),
            None => match before_ending(rest) {
                Some(dot) if rest[dot + 1..].bytes().all(|b| b.is_ascii_digit()) => {
                    rest = &rest[..dot];
                }
                _ => return sure.len(),
            },
        }
    }
}

fn without<'a>(name: &'a str, endings: &[&str]) -> Option<&'a str> {
    endings.iter().find_map(|ending| {
        let (head, tail) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
        tail.eq_ignore_ascii_case(ending).then_some(head)
    })
}

/// Where the full stop of a short ending stands.
fn before_ending(name: &str) -> Option<usize> {
    let dot = name.rfind('.').filter(|&dot| dot > 0)?;
    let ending = &name[dot + 1..];
    let is_one = (1..=LONGEST_ENDING).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then_some(dot)
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn known_endings_are_told_from_the_parts_of_an_address() {
        for (name, expected) in [
            ("kernel.log", "kernel"),
            ("Kernel.LOG.1.gz", "Kernel"),
            ("a.de.csv.bak", "a.de"),
            ("nas.corp.de.gz", "nas.corp.de"),
            ("net-10.1.2.3", "net-10.1.2.3"),
            ("net-10.1.2.3.old", "net-10.1.2.3"),
            ("syslog.1", "syslog.1"),
            ("x.7z", "x.7z"),
            ("é.", "é."),
        ] {
            assert_eq!(&name[..stem(name)], expected, "{name}");
        }
    }
}
