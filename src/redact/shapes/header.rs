//! The host name in the header of a syslog line: after the time, before `program[pid]:`.

use super::super::Class;
use super::super::rules::Rules;
use super::super::span::Span;

/// Adds the host of every line that has such a header, unless it has been found already.
pub(super) fn scan(rules: &Rules, text: &[u8], out: &mut Vec<Span>) {
    let (mut start, mut found, known) = (0, 0, out.len());
    // Most lines name the same host as the one before.
    let mut last: (&[u8], bool) = (b"", false);
    while start < text.len() {
        // A line inside a string begins after its quote.
        let quote = text[start..].iter().take(4).take_while(|b| b"\"'\\ ".contains(b)).count();
        if let Some((from, to)) = host(&text[start + quote..]) {
            let (from, to) = (start + quote + from, start + quote + to);
            while found < known && out[found].start < from {
                found += 1;
            }
            let name = &text[from..to];
            let new = found == known || out[found].start > from || out[found].end < to;
            if new && last.0 != name {
                last = (name, !rules.is_ordinary(Class::Host, name));
            }
            if new && last.1 {
                let class = if name.contains(&b'.') { Class::Domain } else { Class::Host };
                out.push(Span { from: start, ..Span::value(class, from, to) });
            }
        }
        start = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |i| start + i + 1);
    }
}

fn host(line: &[u8]) -> Option<(usize, usize)> {
    let from = after_time(line)?;
    let rest = line.get(from..)?;
    let length = memchr::memchr(b' ', &rest[..rest.len().min(254)])?;
    let name = &rest[..length];
    let is_name = name.iter().all(|&b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        && name.first().is_some_and(u8::is_ascii_alphanumeric);
    (is_name && is_program(&rest[length + 1..])).then_some((from, from + length))
}

/// The end of `2024-06-01T00:00:00.123+02:00 ` or `Jun  1 00:00:00 `.
fn after_time(line: &[u8]) -> Option<usize> {
    let at = |i: usize| line.get(i).copied().unwrap_or(0);
    if at(4) == b'-' && at(7) == b'-' && at(10) == b'T' && at(13) == b':' {
        let space = memchr::memchr(b' ', &line[..line.len().min(40)])?;
        return Some(space + 1);
    }
    let month = at(0).is_ascii_uppercase() && at(3) == b' ' && at(6) == b' ';
    let clock = at(9) == b':' && at(12) == b':' && at(15) == b' ';
    (month && clock).then_some(16)
}

/// `kernel:` or `name[123]:`; a bare `word:` also follows the time in logs without a host.
fn is_program(rest: &[u8]) -> bool {
    if rest.starts_with(b"kernel:") {
        return true;
    }
    let head = &rest[..rest.len().min(80)];
    let Some(open) = memchr::memchr(b'[', head) else { return false };
    let name_ok =
        head[..open].iter().all(|&b| b.is_ascii_alphanumeric() || b"-._/@()".contains(&b));
    let digits = head[open + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    open > 0 && name_ok && digits > 0 && head[open + 1 + digits..].starts_with(b"]:")
}
