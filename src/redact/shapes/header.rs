//! The host name in the header of a syslog line: after the time, before `program[pid]:`.
//!
//! A `word:` or anything else follows the time in logs without a host, too (`time ERROR main:
//! …`). There the word after the time counts as a host only when another line says that it
//! is one.

use super::super::Class;
use super::super::rules::Rules;
use super::super::span::Span;
use super::kind::{DASH, DIGIT, DOT, LETTER, UNDERSCORE, is};

/// Adds the host of every line that has such a header, unless it has been found already.
pub(super) fn scan(rules: &Rules, text: &[u8], out: &mut Vec<Span>) {
    let (mut start, mut found, known) = (0, 0, out.len());
    // Most lines name the same host as the one before.
    let mut last: (&[u8], bool) = (b"", false);
    let mut unsure: Vec<(usize, usize, usize)> = Vec::new();
    let mut sure: Vec<&[u8]> = Vec::new();
    while start < text.len() {
        // A line inside a string begins after its quote.
        let quote = text[start..].iter().take(4).take_while(|b| b"\"'\\ ".contains(b)).count();
        let host = host(&text[start + quote..], last.0);
        if let Some((from, to, false)) = host {
            unsure.push((start, start + quote + from, start + quote + to));
        }
        if let Some((from, to, true)) = host {
            let (from, to) = (start + quote + from, start + quote + to);
            while found < known && out[found].start < from {
                found += 1;
            }
            let name = &text[from..to];
            let new = found == known || out[found].start > from || out[found].end < to;
            if new && last.0 != name {
                last = (name, !rules.is_ordinary(Class::Host, name));
                if last.1 && sure.len() < MOST_HOSTS && !sure.contains(&name) {
                    sure.push(name);
                }
            }
            if new && last.1 {
                out.push(Span { from: start, ..Span::value(class(name), from, to) });
            }
        }
        start = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |i| start + i + 1);
    }
    for (line, from, to) in unsure {
        let name = &text[from..to];
        if sure.contains(&name) {
            out.push(Span { from: line, ..Span::value(class(name), from, to) });
        }
    }
}

/// Hosts remembered of one stretch of a log; a log server's has many.
const MOST_HOSTS: usize = 16;

fn class(name: &[u8]) -> Class {
    if name.contains(&b'.') { Class::Domain } else { Class::Host }
}

/// Where the host stands, and whether what follows it leaves no doubt that it is one; `last` is
/// the one before.
fn host(line: &[u8], last: &[u8]) -> Option<(usize, usize, bool)> {
    let (from, must_follow) = after_time(line)?;
    let rest = line.get(from..)?;
    let is_last = !last.is_empty() && rest.strip_prefix(last).is_some_and(|r| r.starts_with(b" "));
    let length = if is_last { last.len() } else { name(rest)? };
    Some((from, from + length, must_follow || is_program(&rest[length + 1..])))
}

/// The length of the name that a text begins with and a space ends.
fn name(text: &[u8]) -> Option<usize> {
    let length = memchr::memchr(b' ', &text[..text.len().min(254)])?;
    let name = &text[..length];
    let is_name = name.first().is_some_and(|first| is(*first, DIGIT | LETTER))
        && name.iter().all(|byte| is(*byte, DIGIT | LETTER | DOT | DASH | UNDERSCORE));
    is_name.then_some(length)
}

/// The end of the time, and whether the format wants a host to follow it.
///
/// `2024-06-01T00:00:00.123+02:00 `, `2024-06-01 00:00:00 `, `Jun  1 00:00:00 ` and journalctl's
/// `Sat 2024-06-01 00:00:00 CEST `, each with or without the priority that stands before it
/// where a log server wrote it (`<30>`; `<165>1 ` by RFC 5424).
fn after_time(line: &[u8]) -> Option<(usize, bool)> {
    let (priority, is_5424) = priority(line);
    let line = line.get(priority..)?;
    let weekday = if is_weekday(line) { 4 } else { 0 };
    let end = after_date(line.get(weekday..)?)?;
    let zone = if weekday > 0 { zone(line.get(weekday + end..)?) } else { 0 };
    Some((priority + weekday + end + zone, is_5424))
}

/// The length of `<30>` or `<165>1 `, and whether it was the latter.
fn priority(line: &[u8]) -> (usize, bool) {
    let Some(rest) = line.strip_prefix(b"<") else { return (0, false) };
    match rest.iter().take(4).position(|byte| *byte == b'>') {
        Some(end) if end > 0 && rest[..end].iter().all(u8::is_ascii_digit) => {
            let is_5424 = rest[end + 1..].starts_with(b"1 ");
            (end + if is_5424 { 4 } else { 2 }, is_5424)
        }
        _ => (0, false),
    }
}

/// Whether a text begins like `Sat 2024-`.
fn is_weekday(line: &[u8]) -> bool {
    let [first, _, _, b' ', year @ .., b'-'] = line.get(..9).unwrap_or_default() else {
        return false;
    };
    first.is_ascii_uppercase() && year.iter().all(u8::is_ascii_digit)
}

/// The end of date and time.
fn after_date(line: &[u8]) -> Option<usize> {
    let at = |i: usize| line.get(i).copied().unwrap_or(0);
    if at(4) == b'-' && at(7) == b'-' && matches!(at(10), b'T' | b' ') && at(13) == b':' {
        let space = memchr::memchr(b' ', line.get(11..line.len().min(40))?)?;
        return Some(11 + space + 1);
    }
    let month = at(0).is_ascii_uppercase() && at(3) == b' ' && at(6) == b' ';
    let clock = at(9) == b':' && at(12) == b':' && at(15) == b' ';
    (month && clock).then_some(16)
}

/// The length of `CEST `, or 0.
fn zone(line: &[u8]) -> usize {
    let letters = line.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    if letters > 0 && line.get(letters) == Some(&b' ') { letters + 1 } else { 0 }
}

/// `kernel:` or `name[123]:`; a bare `word:` also follows the time in logs without a host.
fn is_program(rest: &[u8]) -> bool {
    if rest.starts_with(b"kernel:") {
        return true;
    }
    let head = &rest[..rest.len().min(80)];
    let Some(open) = memchr::memchr(b'[', head) else { return false };
    let name_ok = head[..open].iter().all(|&b| {
        is(b, DIGIT | LETTER | DOT | DASH | UNDERSCORE) || matches!(b, b'/' | b'@' | b'(' | b')')
    });
    let digits = head[open + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    open > 0 && name_ok && digits > 0 && head[open + 1 + digits..].starts_with(b"]:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_program_after_it_makes_a_word_a_host_for_sure() {
        let host = |line: &str| {
            host(line.as_bytes(), b"").map(|(from, to, sure)| (line[from..to].to_owned(), sure))
        };
        let at = "2026-11-22T10:00:00Z ";
        assert_eq!(host(&format!("{at}pc-7 sshd[12]: x")), Some(("pc-7".into(), true)));
        assert_eq!(host(&format!("{at}pc-7 kernel: x")), Some(("pc-7".into(), true)));
        assert_eq!(host(&format!("{at}pc-7 dhclient: x")), Some(("pc-7".into(), false)));
        assert_eq!(host(&format!("{at}ERROR main: x")), Some(("ERROR".into(), false)));
        assert_eq!(host(&format!("{at}pc-7 wrote a line")), Some(("pc-7".into(), false)));
        assert_eq!(host(&format!("{at}(pc-7) x")), None);
        // RFC 5424 has a host in every line, whatever follows it.
        let text = "<165>1 2026-11-22T10:00:00Z pc-7 app 1 - - x";
        assert_eq!(host(text), Some(("pc-7".into(), true)));
        assert_eq!(host("<30>Nov 22 10:00:00 pc-7 cron[1]: x"), Some(("pc-7".into(), true)));
        assert_eq!(host("Sun 2026-11-22 10:00:00 CET pc-7 kernel: x"), Some(("pc-7".into(), true)));
        assert_eq!(host("<1234>Nov 22 10:00:00 pc-7 kernel: x"), None);
    }

    #[test]
    fn the_host_of_the_line_before_is_known_as_a_whole_word_only() {
        let line = b"2026-11-22T10:00:00Z pc-77 kernel: x";
        for last in [&b""[..], b"pc-7", b"pc-77", b"pc-778"] {
            assert_eq!(host(line, last), Some((21, 26, true)));
        }
    }
}
