//! Around a colon: IPv6 addresses, MAC addresses, EUI-64 — and clock times, PCI addresses
//! and SCSI paths, which are none of these.

use core::net::Ipv6Addr;

use super::super::Class;
use super::super::pseudonym::v6_is_plain;
use super::super::span::Span;
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
        let (start, end) = run(text, at, done);
        if !worth_a_look(text, start, end) {
            return end;
        }
        let tainted = before(text, start).is_ascii_alphanumeric();
        if self.ipv6 && !tainted {
            if let Some(found) = ipv6(text, start, end) {
                out.extend(found);
                return end;
            }
        }
        if self.mac {
            mac(text, start, end, tainted, out);
        }
        end
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':'
}

fn run(text: &[u8], at: usize, done: usize) -> (usize, usize) {
    let floor = at.saturating_sub(LONGEST).max(done);
    let mut start = at;
    while start > floor && is_part(text[start - 1]) {
        start -= 1;
    }
    let mut end = at;
    while end < text.len() && is_part(text[end]) {
        end += 1;
    }
    // The dotted tail of ::ffff:192.0.2.1 belongs to the address.
    if after(text, end) == b'.' && dotted_tail(text, start, end) {
        while end < text.len() && (text[end].is_ascii_digit() || text[end] == b'.') {
            end += 1;
        }
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
    let pick: &[(usize, usize)] = match groups.len() {
        6 => &[(0, 6)],
        // A DHCP client id: hardware type 1, then the address.
        7 if &text[groups[0].0..groups[0].1] == b"01" => &[(1, 7)],
        8 => &[(0, 8)],
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

fn groups(text: &[u8], start: usize, end: usize) -> Groups {
    let mut groups = Vec::with_capacity(16);
    let mut from = start;
    for at in start..=end {
        if at == end || text[at] == b':' {
            groups.push((from, at));
            from = at + 1;
        }
    }
    groups
}

/// The null address and broadcast.
pub(super) fn is_plain_mac(text: &[u8]) -> bool {
    let mut digits = text.iter().filter(|b| b.is_ascii_hexdigit());
    digits.clone().all(|&b| b == b'0') || digits.all(|b| b.eq_ignore_ascii_case(&b'f'))
}
