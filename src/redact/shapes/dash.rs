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
            && let Some(span) = dashed_mac(text, at)
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
    (alone && !is_plain_mac(&text[start..end])).then(|| Span::value(Class::Mac, start, end))
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
        // A device interface path ends in `#{interface class}`; `Volume#{…}` is a volume.
        let head = &text[span.start.saturating_sub(32)..span.start];
        if let Some(path) = head.strip_suffix(b"#{") {
            return !path.to_ascii_lowercase().ends_with(b"volume");
        }
        let end = head.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1);
        self.guid_names.end_of(&head[..end])
    }
}
