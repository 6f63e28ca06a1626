//! Values that are known by their shape alone: addresses, UUIDs, mail, domain names.
//!
//! Belongs here: finding the shapes around the few bytes that give them away (`:`, `.`,
//! `@`, `-`). Does not belong here: values that need a word before them (the rules of the
//! packs). A shape is only looked for when a pack has a row for it.

mod colon;
mod dash;
mod dot;
mod header;
mod kind;
mod mail;
mod recovery;
mod signs;
mod version;

use super::known::ends_colour;
use super::rules::Rules;
use super::span::Span;
use super::words::Words;
use signs::Signs;

/// The shapes the packs ask for.
pub(super) struct Shapes {
    ipv4: bool,
    ipv6: bool,
    mac: bool,
    uuid: bool,
    email: bool,
    fqdn: bool,
    bitlocker: bool,
    header: bool,
    /// Top-level domains.
    tlds: Words,
    /// Endings that make `name@1.service` a unit and not an address.
    units: Words,
    versions: version::Clues,
    /// Words before the GUID of a class.
    guid_names: Words,
}

/// The names a pack may give in `shape`.
const NAMES: [&str; 9] =
    ["ipv4", "ipv6", "mac", "uuid", "email", "fqdn", "bitlocker", "syslog-host", "pem"];

impl Shapes {
    /// Switches on what the packs name; an unknown name is returned as the error.
    pub(super) fn new(rules: &Rules) -> Result<Self, String> {
        let unknown = rules.shapes.iter().find(|name| !NAMES.contains(&name.as_str()));
        if let Some(name) = unknown {
            return Err(name.clone());
        }
        let on = |name: &str| rules.shapes.contains(name);
        Ok(Self {
            ipv4: on("ipv4"),
            ipv6: on("ipv6"),
            mac: on("mac"),
            uuid: on("uuid"),
            email: on("email"),
            fqdn: on("fqdn"),
            bitlocker: on("bitlocker"),
            header: on("syslog-host"),
            tlds: rules.words("top-level-domains"),
            units: rules.words("unit-types"),
            versions: version::Clues::new(rules),
            guid_names: rules.words("class-guid-names"),
        })
    }

    /// Adds all finds in `text`.
    pub(super) fn scan(&self, rules: &Rules, text: &[u8], out: &mut Vec<Span>) {
        // Groups with dashes overlap with nothing that the other signs give away.
        let (mut done, mut dashed) = (0, 0);
        for at in Signs::new(text) {
            match text[at] {
                b'-' if at >= dashed => dashed = self.dash(rules, text, at, out),
                b':' if at >= done => done = self.colon(text, at, done, out),
                b'.' if at >= done => done = self.dot(rules, text, at, out),
                b'@' if at >= done => done = self.mail(rules, text, at, out),
                _ => {}
            }
        }
        if self.bitlocker {
            recovery::scan(text, out);
        }
        if self.header {
            header::scan(rules, text, out);
        }
    }
}

/// The byte before `at`; a line break at the start of the text and after a terminal's colour
/// sequence, which ends in a letter.
#[inline]
fn before(text: &[u8], at: usize) -> u8 {
    let Some(last) = at.checked_sub(1) else { return b'\n' };
    let byte = text[last];
    match byte {
        b'm' | b'K' if ends_colour(&text[..at]) => b'\n',
        _ => byte,
    }
}

/// Where a name that was found by its letters begins: not inside a colour sequence, whose last
/// letters it seems to have.
fn past_colour(text: &[u8], start: usize, end: usize) -> usize {
    if !matches!(start.checked_sub(1).map(|at| text[at]), Some(b'[' | b';')) {
        return start;
    }
    let digits = text[start..end].iter().take_while(|b| b.is_ascii_digit()).count();
    let past = start + digits + 1;
    if past <= end && ends_colour(&text[..past]) { past } else { start }
}

/// The byte at `at`, or a line break past the end of the text.
fn after(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(b'\n')
}
