//! Makes pseudonyms, and knows its own again.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::addresses::{self, v4_is_plain, v6_is_plain};
use super::map::PseudonymMap;
use super::mimic::Form;
use super::prf::{Prf, Purpose};
use crate::redact::{Class, Key};
use crate::text::hex;

/// How often another pseudonym is tried when one happens to hold a value of this machine.
const MOST_ROUNDS: u8 = 100;

/// How pseudonyms of names begin.
const PREFIXES: [&str; 5] = ["user-", "host-", "vol", "file-", "redacted-"];

/// What is left of a line of a PEM block.
const PEM_LINE: &[u8] = b"REDACTED";

/// Makes and remembers pseudonyms.
pub(in crate::redact) struct Pseudonyms {
    prf: Prf,
    /// Domains the machine knows, in lower case, longest first.
    domains: Vec<String>,
    issued: Mutex<PseudonymMap>,
    /// What earlier runs issued: known, and not counted again.
    remembered: OnceLock<PseudonymMap>,
}

impl Pseudonyms {
    pub(in crate::redact) fn new(key: &Key, mut domains: Vec<String>) -> Self {
        domains.sort_by_key(|domain| std::cmp::Reverse(domain.len()));
        let (issued, remembered) = Default::default();
        Self { prf: Prf::new(key), domains, issued, remembered }
    }

    /// A name of the key that tells nothing about it.
    pub(in crate::redact) fn key_id(&self) -> String {
        let id = self.prf.bytes(Purpose::KeyId, Class::User, b"", 0, 4);
        hex(&id)
    }

    /// What has been replaced so far.
    pub(in crate::redact) fn map(&self) -> PseudonymMap {
        self.issued().clone()
    }

    /// Takes over what earlier runs issued, so that its pseudonyms are known again; once.
    pub(in crate::redact) fn remember(&self, map: PseudonymMap) {
        let _ = self.remembered.set(map);
    }

    fn issued(&self) -> MutexGuard<'_, PseudonymMap> {
        // The map is only ever added to: it is whole even after a panic elsewhere.
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pseudonym of a value, or `None` when the text is itself a pseudonym of ours.
    /// `clashes` says whether a text holds a value of this machine; such a pseudonym is
    /// not used.
    pub(in crate::redact) fn replace(
        &self,
        class: Class,
        text: &[u8],
        clashes: &dyn Fn(&[u8]) -> bool,
    ) -> Option<Vec<u8>> {
        if class == Class::Pem {
            // One word for every line: nothing about a key is worth telling apart.
            return (text != PEM_LINE).then(|| PEM_LINE.to_vec());
        }
        if is_plain(class, text) {
            return None;
        }
        let padded = if class == Class::Mac { padded_mac(text) } else { None };
        let text = padded.as_deref().unwrap_or(text);
        if self.is_own(class, text) && !clashes(text) {
            return None;
        }
        let canonical = canonical(class, text);
        let fits = |made: &Vec<u8>| !made.eq_ignore_ascii_case(text) && !clashes(made);
        let made = (0..MOST_ROUNDS)
            .map(|round| self.make(class, text, &canonical, round))
            .find(fits)
            // Every try held a value of this machine: say nothing at all instead.
            .unwrap_or_default();
        self.record(class, text, &made);
        Some(made)
    }

    fn record(&self, class: Class, text: &[u8], made: &[u8]) {
        if class.is_secret() || made.is_empty() {
            return;
        }
        let (value, made) = (String::from_utf8_lossy(text), String::from_utf8_lossy(made));
        self.issued().add(&made, class, &value);
    }

    fn make(&self, class: Class, text: &[u8], canonical: &[u8], round: u8) -> Vec<u8> {
        let made = match class {
            Class::User => self.tagged("user-", class, canonical, round),
            Class::Host => self.tagged("host-", class, canonical, round),
            Class::VolumeLabel => self.tagged("VOL", class, canonical, round),
            Class::FileName => self.tagged("file-", class, canonical, round),
            Class::Email => self.tagged("user-", class, canonical, round) + "@example.invalid",
            Class::Domain => self.domain(canonical, round),
            Class::Ipv4 => self.ipv4(text, round),
            Class::Ipv6 => self.ipv6(text, round),
            Class::Sid => self.sid(text, canonical, round),
            Class::Uuid | Class::Serial | Class::Mac => {
                return Form::of(class, text).make(&self.prf, canonical, round);
            }
            _ => self.tagged("redacted-", class, canonical, round),
        };
        let shout = text.iter().any(u8::is_ascii_uppercase)
            && !text.iter().any(u8::is_ascii_lowercase)
            && !class.is_secret();
        let made = if shout { made.to_ascii_uppercase() } else { made };
        made.into_bytes()
    }

    /// A prefix, three keyed bytes for the value (two for labels, which FAT limits to
    /// eleven characters) and two by which the pseudonym is known again.
    fn tagged(&self, prefix: &str, class: Class, canonical: &[u8], round: u8) -> String {
        let id = self.prf.bytes(Purpose::Value, class, canonical, round, id_bytes(class));
        let tag = self.tag(&id);
        let hex = hex(&id) + &hex(&tag);
        let hex = if prefix == "VOL" { hex.to_ascii_uppercase() } else { hex };
        format!("{prefix}{hex}")
    }

    /// A host part before a domain keeps its own pseudonym, so that the full name and the
    /// short one can be seen to be the same machine.
    fn domain(&self, canonical: &[u8], round: u8) -> String {
        let name = String::from_utf8_lossy(canonical);
        let name = name.trim_end_matches('.');
        let known = self.domains.iter().find_map(|domain| {
            let rest = name.strip_suffix(domain.as_str())?;
            (rest.is_empty() || rest.ends_with('.')).then(|| rest.trim_end_matches('.'))
        });
        let host = match known {
            Some(rest) => rest,
            None if name.matches('.').count() >= 2 => name.split('.').next().unwrap_or(""),
            None => "",
        };
        let rest = name[host.len()..].trim_start_matches('.');
        let domain = self.tagged("domain-", Class::Domain, rest.as_bytes(), round) + ".invalid";
        match host {
            "" => domain,
            _ => self.tagged("host-", Class::Host, host.as_bytes(), round) + "." + &domain,
        }
    }

    fn ipv4(&self, text: &[u8], round: u8) -> String {
        match parse_v4(text) {
            Some(address) => addresses::v4(&self.prf, address, round).to_string(),
            None => "198.18.0.0".to_owned(),
        }
    }

    fn ipv6(&self, text: &[u8], round: u8) -> String {
        match parse_v6(text) {
            Some(address) => addresses::v6(&self.prf, address, round).to_string(),
            None => "2001:db8::".to_owned(),
        }
    }

    /// The machine part of a security identifier: as many 32-bit numbers, the last a check.
    fn sid(&self, text: &[u8], canonical: &[u8], round: u8) -> String {
        let parts = text.split(|&b| b == b'-').count().max(2);
        let bytes = self.prf.bytes(Purpose::Value, Class::Sid, canonical, round, 4 * parts);
        let head: Vec<String> =
            bytes.chunks_exact(4).take(parts - 1).map(|b| word(b).to_string()).collect();
        let head = head.join("-");
        format!("{head}-{}", self.sid_check(head.as_bytes()))
    }

    fn sid_check(&self, head: &[u8]) -> u32 {
        word(&self.prf.bytes(Purpose::Tag, Class::Sid, head, 0, 4))
    }

    /// Whether a text is a pseudonym made under this key.
    fn is_own(&self, class: Class, text: &[u8]) -> bool {
        let lower = text.to_ascii_lowercase();
        let own = match class {
            Class::Ipv6 => {
                parse_v6(text).is_some_and(|address| addresses::v6_is_own(&self.prf, address))
            }
            Class::Sid => lower.iter().rposition(|&b| b == b'-').is_some_and(|dash| {
                lower[dash + 1..] == *self.sid_check(&lower[..dash]).to_string().as_bytes()
            }),
            Class::Uuid | Class::Serial | Class::Mac => {
                Form::of(class, text).is_own(&self.prf, text)
            }
            Class::Ipv4 => false,
            // A rule may take one kind of name for another: a mail address for a user.
            _ => self.is_own_name(&lower),
        };
        own || self.is_issued(&lower)
    }

    fn is_issued(&self, lower: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(lower) else { return false };
        let remembered = self.remembered.get().is_some_and(|map| map.get(text).is_some());
        remembered || self.issued().get(text).is_some()
    }

    fn is_own_name(&self, lower: &[u8]) -> bool {
        let name = lower.strip_suffix(b"@example.invalid").unwrap_or(lower);
        let tagged = PREFIXES.iter().any(|prefix| self.is_tagged(prefix, name));
        tagged || self.is_own_domain(lower)
    }

    fn is_own_domain(&self, lower: &[u8]) -> bool {
        let Some(name) = lower.strip_suffix(b".invalid") else { return false };
        let split = name.iter().rposition(|&b| b == b'.').map_or(0, |dot| dot + 1);
        let host = name[..split].strip_suffix(b".");
        self.is_tagged("domain-", &name[split..])
            && host.is_none_or(|host| self.is_tagged("host-", host))
    }

    fn is_tagged(&self, prefix: &str, lower: &[u8]) -> bool {
        let Some(hex) = lower.strip_prefix(prefix.as_bytes()) else { return false };
        let Some(bytes) = from_hex(hex).filter(|bytes| bytes.len() >= 4) else { return false };
        let (id, tag) = bytes.split_at(bytes.len() - 2);
        self.tag(id) == tag
    }

    /// The check is the same for all kinds of names.
    fn tag(&self, id: &[u8]) -> Vec<u8> {
        self.prf.bytes(Purpose::Tag, Class::User, id, 0, 2)
    }
}

fn id_bytes(class: Class) -> usize {
    if class == Class::VolumeLabel { 2 } else { 3 }
}

fn word(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |word, &byte| word << 8 | u32::from(byte))
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    text.chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// Whether an address says nothing about anybody.
fn is_plain(class: Class, text: &[u8]) -> bool {
    match class {
        Class::Ipv4 => parse_v4(text).is_some_and(v4_is_plain),
        Class::Ipv6 => parse_v6(text).is_some_and(v6_is_plain),
        _ => false,
    }
}

fn parse_v6(text: &[u8]) -> Option<Ipv6Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Four decimal numbers; leading zeros are read as decimal, as log writers mean them.
pub(in crate::redact) fn parse_v4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0u8; 4];
    let mut parts = text.split(|&b| b == b'.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| (1..=3).contains(&part.len()))?;
        let mut value = 0;
        for digit in part {
            value = value * 10 + u16::from(digit.checked_sub(b'0').filter(|&d| d < 10)?);
        }
        *octet = u8::try_from(value).ok()?;
    }
    parts.next().is_none().then(|| octets.into())
}

/// An address with the zeros that macOS leaves out, so that its stand-in is the same as elsewhere.
fn padded_mac(text: &[u8]) -> Option<Vec<u8>> {
    let groups: Vec<&[u8]> = text.split(|&byte| byte == b':').collect();
    let is_short = groups.len() == 6 && groups.iter().any(|group| group.len() == 1);
    let pad = |group: &&[u8]| [if group.len() == 1 { &b"0"[..] } else { b"" }, *group].concat();
    is_short.then(|| groups.iter().map(pad).collect::<Vec<Vec<u8>>>().join(&b':'))
}

/// The spelling under which a value is keyed, so that all its spellings meet.
fn canonical(class: Class, text: &[u8]) -> Vec<u8> {
    match class {
        Class::Uuid | Class::Mac => {
            text.iter().filter(|b| b.is_ascii_hexdigit()).map(u8::to_ascii_lowercase).collect()
        }
        _ if class.is_secret() => text.to_vec(),
        // Names of files, and udev, have an underscore for many signs.
        Class::User | Class::Serial | Class::VolumeLabel => {
            let in_name =
                |b: u8| !b.is_ascii() || b.is_ascii_alphanumeric() || b".-_+@".contains(&b);
            lowercase(text).into_iter().map(|b| if in_name(b) { b } else { b'_' }).collect()
        }
        _ => lowercase(text),
    }
}

fn lowercase(text: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(text) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(_) => text.to_ascii_lowercase(),
    }
}
