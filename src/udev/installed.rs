//! Whether the file that udev reads is the one the catalog asks for.

use std::collections::BTreeSet;

use super::lint::{self, Fault};

/// A rules file of our name in one of udev's folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path.
    pub path: String,
    /// Its text; `None` when it cannot be read.
    pub text: Option<String>,
    /// Whether it is a link to `/dev/null` or empty, which switches the rules off.
    pub masked: bool,
}

/// How the rules stand on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There are none, which is fine.
    Absent,
    /// udev reads the right ones.
    Installed,
    /// udev reads others: of another release, or changed by hand.
    Stale,
    /// The right ones are there, and a file in a stronger folder hides them.
    Shadowed,
}

/// What was found, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The verdict.
    pub state: State,
    /// The file that udev reads.
    pub file: Option<String>,
    /// Files of the same name that udev does not read because of it.
    pub hidden: Vec<String>,
    /// Whether the file that udev reads switches the rules off.
    pub masked: bool,
    /// Products that should be in the file and are not.
    pub missing: Vec<String>,
    /// Products in the file that should not be.
    pub extra: Vec<String>,
    /// Faults of the file.
    pub faults: Vec<Fault>,
}

/// Judges the files of our name, the strongest folder first, against the right text.
pub fn status(found: &[Found], right: &str) -> Installed {
    let Some((effective, hidden)) = found.split_first() else {
        return Installed::without_file();
    };
    let state = match is_right(effective, right) {
        true => State::Installed,
        false if effective.masked || hidden.iter().any(|f| is_right(f, right)) => State::Shadowed,
        false => State::Stale,
    };
    let text = effective.text.as_deref().unwrap_or_default();
    let (wanted, there) = (products(right), products(text));
    Installed {
        state,
        file: Some(effective.path.clone()),
        hidden: hidden.iter().map(|file| file.path.clone()).collect(),
        masked: effective.masked,
        missing: wanted.difference(&there).cloned().collect(),
        extra: there.difference(&wanted).cloned().collect(),
        faults: lint::lint(text),
    }
}

impl Installed {
    fn without_file() -> Self {
        Self {
            state: State::Absent,
            file: None,
            hidden: Vec::new(),
            masked: false,
            missing: Vec::new(),
            extra: Vec::new(),
            faults: Vec::new(),
        }
    }
}

/// The same rights and no fault; comments and order may differ.
fn is_right(file: &Found, right: &str) -> bool {
    let Some(text) = &file.text else { return false };
    let rights = |text| lint::granted(text).into_iter().collect::<BTreeSet<_>>();
    !file.masked && rights(text) == rights(right) && lint::lint(text).is_empty()
}

/// `1953:0202 usb`, `1953:0202 hidraw`, …
fn products(text: &str) -> BTreeSet<String> {
    let granted = lint::granted(text).into_iter();
    granted.map(|(grant, subsystem)| format!("{grant} {subsystem}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pid: &str) -> String {
        format!(
            "SUBSYSTEM==\"hidraw\", ATTRS{{idVendor}}==\"1953\", ATTRS{{idProduct}}==\"{pid}\", TAG+=\"uaccess\"\n"
        )
    }

    fn file(path: &str, text: &str) -> Found {
        Found { path: path.into(), text: Some(text.into()), masked: text.is_empty() }
    }

    #[test]
    fn the_strongest_file_decides() {
        let right = rule("0202") + &rule("0203");
        let old = rule("0202") + &rule("0201");
        let changed = right.clone() + "KERNEL==\"sg*\", MODE=\"0666\"\n";
        let commented = format!("# mine\n{}{}", rule("0203"), rule("0202"));
        let cases: &[(&[Found], State)] = &[
            (&[], State::Absent),
            (&[file("etc", &right)], State::Installed),
            (&[file("etc", &commented)], State::Installed),
            (&[file("etc", &right), file("usr", &old)], State::Installed),
            (&[file("etc", &old)], State::Stale),
            (&[file("etc", &changed)], State::Stale),
            (&[file("etc", &old), file("usr", &right)], State::Shadowed),
            (&[file("etc", ""), file("usr", &right)], State::Shadowed),
            (&[file("etc", "")], State::Shadowed),
        ];
        for (found, want) in cases {
            assert_eq!(status(found, &right).state, *want, "{found:?}");
        }
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_named() {
        let right = rule("0202") + &rule("0203");
        let status = status(&[file("etc", &(rule("0202") + &rule("0201")))], &right);
        assert_eq!(status.missing, ["1953:0203 hidraw"]);
        assert_eq!(status.extra, ["1953:0201 hidraw"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_the_right_one() {
        let dark = Found { path: "etc".into(), text: None, masked: false };
        assert_eq!(status(&[dark], &rule("0202")).state, State::Stale);
    }
}
