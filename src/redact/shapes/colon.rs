//! Around a colon: IPv6 addresses, MAC addresses, EUI-64 — and clock times, PCI addresses
//! and SCSI paths, which are none of these.

use core::net::Ipv6Addr;

use super::super::Class;
use super::super::pseudonym::v6_is_plain;
use super::super::span::Span;
use super::kind::{self, COLON, DIGIT, DOT, HEX, LETTER, is};
use super::{Shapes, after, before};

/// The longest text looked at: an IPv6 address with an IPv4 tail has 45 characters, a
/// packet filter's `MAC=` field 41.
const LONGEST: usize = 64;

/// Hex groups between colons, as offsets into the text.
type Groups = Vec<(usize, usize)>;

impl Shapes {
    /// Looks at the run of hex digits and colons around `at`; `done` is where the last
    /// find ended. Returns where the run ends.
    pub(super) fn colon(&self, text: &[u8], at: usize, done: usize, out: &mut Vec<Span>) -> usize {
        // A colon inside an address is followed by a digit or another colon.
        let next = after(text, at + 1);
        if !is_part(next) {
            return at + 1;
        }
        if is_clock(text, at) {
            return at + 6;
        }
        let (start, end) = run(text, at, done);
        if !worth_a_look(text, start, end) {
            return end;
        }
        let tainted = is(before(text, start), DIGIT | LETTER);
        if self.ipv6
            && !tainted
            && let Some(found) = ipv6(text, start, end)
        {
            out.extend(found);
            return end;
        }
        if self.mac {
            mac(text, start, end, tainted, out);
        }
        end
    }
}

/// `12:34:56`, with `at` at the first colon and no address around it.
fn is_clock(text: &[u8], at: usize) -> bool {
    let digit = |at: usize| is(after(text, at), DIGIT);
    after(text, at + 3) == b':'
        && !is_part(after(text, at + 6))
        && digit(at + 1)
        && digit(at + 2)
        && digit(at + 4)
        && digit(at + 5)
        && at >= 2
        && digit(at - 1)
        && digit(at - 2)
        && !is_part(before(text, at - 2))
}

fn is_part(byte: u8) -> bool {
    is(byte, HEX | COLON)
}

fn run(text: &[u8], at: usize, done: usize) -> (usize, usize) {
    let floor = at.saturating_sub(LONGEST).max(done);
    let start = kind::run_start(text, floor, at, HEX | COLON);
    let mut end = kind::run_end(text, at, HEX | COLON);
    // The dotted tail of ::ffff:192.0.2.1 belongs to the address.
    if after(text, end) == b'.' && dotted_tail(text, start, end) {
        end = kind::run_end(text, end, DIGIT | DOT);
        while text[end - 1] == b'.' {
            end -= 1;
        }
    }
    (start, end)
}

fn dotted_tail(text: &[u8], start: usize, end: usize) -> bool {
    let run = &text[start..end];
    run.starts_with(b"::") || run.windows(2).any(|pair| pair == b"::")
}

/// Clock times and plain `name:` are nearly all colons of a log; they leave here.
fn worth_a_look(text: &[u8], start: usize, end: usize) -> bool {
    let run = &text[start..end];
    if !(3..=LONGEST).contains(&run.len()) {
        return false;
    }
    let colons = run.iter().filter(|&&b| b == b':').count();
    colons >= 5 || (colons >= 2 && run.windows(2).any(|pair| pair == b"::"))
}

/// `Some` when the run is an IPv6 address: with a span, or without one for addresses that
/// say nothing.
fn ipv6(text: &[u8], mut start: usize, mut end: usize) -> Option<Option<Span>> {
    // `addr:fe80::1: up` has single colons that belong to the sentence.
    if text[start] == b':' && after(text, start + 1) != b':' {
        start += 1;
    }
    if text[end - 1] == b':' && before(text, end - 1) != b':' {
        end -= 1;
    }
    let run = std::str::from_utf8(text.get(start..end)?).ok()?;
    // `abc::def` is a name in a program more often than an address.
    if !run.bytes().any(|b| b.is_ascii_digit()) || all_pairs(run) {
        return None;
    }
    if after(text, end).is_ascii_alphanumeric() {
        return None;
    }
    let address: Ipv6Addr = run.parse().ok()?;
    let span = Span::value(Class::Ipv6, start, end);
    Some((!v6_is_plain(address)).then_some(span))
}

/// Eight groups of two digits are an EUI-64, not an IPv6 address.
fn all_pairs(run: &str) -> bool {
    run.split(':').all(|group| group.len() == 2)
}

fn mac(text: &[u8], start: usize, end: usize, tainted: bool, out: &mut Vec<Span>) {
    let mut groups = groups(text, start, end);
    if !tainted && is_short_mac(text, &groups) && !after(text, end).is_ascii_alphanumeric() {
        out.push(Span::value(Class::Mac, start, end));
        return;
    }
    if tainted || groups.first().is_some_and(|&(a, b)| b - a != 2) {
        groups.remove(0);
    }
    let last_is_cut = after(text, end).is_ascii_alphanumeric();
    if last_is_cut || groups.last().is_some_and(|&(a, b)| b - a != 2) {
        groups.pop();
    }
    if groups.iter().any(|&(a, b)| b - a != 2) {
        return;
    }
    let is_duid = |text: &[u8]| text.starts_with(b"00:01:00:01:");
    let pick: &[(usize, usize)] = match groups.len() {
        6 => &[(0, 6)],
        // A DHCP client id: hardware type 1, then the address.
        7 if &text[groups[0].0..groups[0].1] == b"01" => &[(1, 7)],
        8 => &[(0, 8)],
        // A DHCP unique identifier of the first type: hardware type, time, address.
        14 if is_duid(&text[groups[0].0..]) => &[(8, 14)],
        // A packet filter's log: destination, source, EtherType.
        14 => &[(0, 6), (6, 12)],
        _ => return,
    };
    for &(first, past) in pick {
        let (from, to) = (groups[first].0, groups[past - 1].1);
        if !is_plain_mac(&text[from..to]) {
            out.push(Span::value(Class::Mac, from, to));
        }
    }
}

/// `0:1b:63:84:45:e6`, as arp(8) of macOS writes it: no zeros in front. It has a letter, and more
/// long groups than short ones, unlike other numbers with colons.
fn is_short_mac(text: &[u8], groups: &[(usize, usize)]) -> bool {
    let lengths = groups.iter().map(|&(from, to)| to - from);
    let short = lengths.clone().filter(|&length| length == 1).count();
    groups.len() == 6
        && (1..=3).contains(&short)
        && lengths.clone().all(|length| length == 1 || length == 2)
        && text[groups[0].0..groups[5].1].iter().any(u8::is_ascii_alphabetic)
}

fn groups(text: &[u8], start: usize, end: usize) -> Groups {
    let mut groups = Vec::with_capacity(16);
    let mut from = start;
    for group in text[start..end].split(|&byte| byte == b':') {
        groups.push((from, from + group.len()));
        from += group.len() + 1;
    }
    groups
}

/// The null address and broadcast.
pub(super) fn is_plain_mac(text: &[u8]) -> bool {
    let mut digits = text.iter().filter(|b| b.is_ascii_hexdigit());
    digits.clone().all(|&b| b == b'0') || digits.all(|b| b.eq_ignore_ascii_case(&b'f'))
}
