//! Around a dash: UUIDs, MAC addresses as Windows writes them, BitLocker recovery keys.

use super::super::Class;
use super::super::rules::Rules;
use super::super::span::Span;
use super::colon::is_plain_mac;
use super::{Shapes, after, before};

impl Shapes {
    /// Looks at the dash at `at` as the first one of a value. Returns where to go on.
    pub(super) fn dash(&self, rules: &Rules, text: &[u8], at: usize, out: &mut Vec<Span>) -> usize {
        let dash = |offset: usize| text.get(at + offset) == Some(&b'-');
        if !dash(5) && !dash(3) && !dash(7) {
            return at + 1;
        }
        if self.uuid
            && has_dashes(text, at, &[5, 10, 15])
            && let Some(span) = uuid(text, at)
        {
            if !self.is_class_guid(rules, text, span) {
                out.push(span);
            }
            return span.end;
        }
        if self.mac
            && has_dashes(text, at, &[3, 6, 9, 12])
            && let Some(span) = dashed_mac(text, at).or_else(|| duid(text, at))
        {
            out.push(span);
            return span.end;
        }
        if self.bitlocker
            && has_dashes(text, at, &[7, 14, 21, 28, 35, 42])
            && let Some(span) = recovery_key(text, at)
        {
            out.push(span);
            return span.end;
        }
        at + 1
    }
}

fn has_dashes(text: &[u8], at: usize, offsets: &[usize]) -> bool {
    offsets.iter().all(|offset| text.get(at + offset) == Some(&b'-'))
}

/// [`groups`] with no such byte next to them.
fn grouped(
    text: &[u8],
    at: usize,
    lengths: &[usize],
    ok: fn(&u8) -> bool,
) -> Option<(usize, usize)> {
    let (start, end) = groups(text, at, lengths, ok)?;
    let alone = !ok(&before(text, start)) && !ok(&after(text, end));
    alone.then_some((start, end))
}

/// Groups of these lengths of bytes of a kind, with the first dash at `at`.
fn groups(
    text: &[u8],
    at: usize,
    lengths: &[usize],
    ok: fn(&u8) -> bool,
) -> Option<(usize, usize)> {
    let start = at.checked_sub(lengths[0])?;
    let mut from = start;
    for length in lengths {
        if !text.get(from..from + length)?.iter().all(ok) {
            return None;
        }
        from += length + 1;
    }
    Some((start, from - 1))
}

fn uuid(text: &[u8], at: usize) -> Option<Span> {
    let (start, end) = grouped(text, at, &[8, 4, 4, 4, 12], u8::is_ascii_hexdigit)?;
    Some(Span::value(Class::Uuid, start, end))
}

fn dashed_mac(text: &[u8], at: usize) -> Option<Span> {
    let (start, end) = grouped(text, at, &[2; 6], u8::is_ascii_hexdigit)?;
    let alone = before(text, start) != b'-' && after(text, end) != b'-';
    let alone = alone && !before(text, start).is_ascii_alphanumeric();
    let mac = &text[start..end];
    // `24-06-01-12-30-45` is a time unless something calls it an address.
    let is_one = mac.iter().any(u8::is_ascii_alphabetic) || is_called_address(&text[..start]);
    (alone && is_one && !is_plain_mac(mac)).then(|| Span::value(Class::Mac, start, end))
}

/// The address in a DHCP unique identifier (RFC 8415 section 11): type 1 has a hardware type and
/// a time before it, type 3 a hardware type.
fn duid(text: &[u8], at: usize) -> Option<Span> {
    let identifier = text.get(at.checked_sub(2)?..)?;
    let (lengths, before_it): (&[usize], usize) = match identifier {
        [b'0', b'0', b'-', b'0', b'1', b'-', ..] => (&[2; 14], 8),
        [b'0', b'0', b'-', b'0', b'3', b'-', ..] => (&[2; 10], 4),
        _ => return None,
    };
    let (start, end) = grouped(text, at, lengths, u8::is_ascii_hexdigit)?;
    let alone = before(text, start) != b'-' && after(text, end) != b'-';
    alone.then(|| Span::value(Class::Mac, start + 3 * before_it, end))
}

/// Words that say what digits with dashes are.
const ADDRESS_WORDS: [&str; 7] = ["address", "addr", "mac", "hwaddr", "ether", "lladdr", "bssid"];

fn is_called_address(head: &[u8]) -> bool {
    let head = &head[head.len().saturating_sub(48)..];
    let end = head.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |i| i + 1);
    let from = head[..end].iter().rposition(|b| !b.is_ascii_alphabetic()).map_or(0, |i| i + 1);
    let signs = head[end..].iter().all(|b| b" .:=\t\"'(".contains(b));
    signs && ADDRESS_WORDS.iter().any(|word| head[from..end].eq_ignore_ascii_case(word.as_bytes()))
}

/// 48 digits in eight groups of six. They open a drive, so they are taken out of a longer run of
/// digits too; nothing else looks like this.
fn recovery_key(text: &[u8], at: usize) -> Option<Span> {
    let (start, end) = groups(text, at, &[6; 8], u8::is_ascii_digit)?;
    Some(Span::value(Class::BitlockerKey, start, end))
}

impl Shapes {
    /// Classes of devices and interfaces, providers and partition types have GUIDs that
    /// are the same on every machine.
    fn is_class_guid(&self, rules: &Rules, text: &[u8], span: Span) -> bool {
        if rules.is_ordinary(Class::Uuid, &text[span.start..span.end]) {
            return true;
        }
        let mut head = &text[span.start.saturating_sub(LONGEST_PATH)..span.start];
        if let Some(path) = head.strip_suffix(b"#{") {
            return ends_interface_path(path, &text[span.end..]);
        }
        for _ in 0..MOST_STEPS {
            let end = head.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1);
            head = &head[..end];
            if self.guid_names.end_of(head) {
                return true;
            }
            let from = head.iter().rposition(|b| !b.is_ascii_alphabetic()).map_or(0, |i| i + 1);
            if !BETWEEN.iter().any(|word| head[from..].eq_ignore_ascii_case(word.as_bytes())) {
                return false;
            }
            head = &head[..from];
        }
        false
    }
}

/// The longest path of a device that is looked at, as Windows limits it.
const LONGEST_PATH: usize = 200;

/// `Class GUID of device changed to: {…}`, as setupapi.dev.log has it: words that may stand
/// between a class and its GUID, and how many of them.
const BETWEEN: [&str; 7] = ["of", "device", "changed", "to", "from", "is", "for"];
const MOST_STEPS: usize = 6;

/// Whether `#{GUID}` is the interface class at the end of a device interface path. Its parts are
/// enumerator, device, instance and class: with fewer, or with more after it, the GUID is that of
/// an instance, which names one volume.
fn ends_interface_path(path: &[u8], rest: &[u8]) -> bool {
    let is_part = |b: &u8| b.is_ascii_graphic() && !b"\"'<>|,;".contains(b);
    let start = path.iter().rposition(|b| !is_part(b)).map_or(0, |i| i + 1);
    memchr::memchr_iter(b'#', &path[start..]).count() >= 2 && !rest.starts_with(b"}#")
}
