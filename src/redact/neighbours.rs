//! What stands next to a find, read as it was meant: the `n` before `\nanna` is a line break.

/// The character that an escape at the end of a text stands for; [`FOREIGN`] for one that is
/// not ASCII.
pub(super) fn escape_before(text: &[u8]) -> Option<u8> {
    let tail = |length: usize| text.len().checked_sub(length).and_then(|at| text.get(at..));
    let one = |length| tail(length).and_then(|tail| escape(tail).filter(|e| e.1 == length));
    let entity = || (4..=10).find_map(one);
    let found = [6, 4, 3, 2].into_iter().find_map(one).or_else(entity);
    let (c, length) = found?;
    let head = &text[..text.len() - length];
    let is_buried = head.len() >= MOST_BACKSLASHES
        && head[head.len() - MOST_BACKSLASHES..].iter().all(|&byte| byte == b'\\');
    (!is_buried).then_some(c)
}

/// Behind so many more an escape is one only to who decodes again and again.
const MOST_BACKSLASHES: usize = 8;

/// The same for an escape that a text begins with.
pub(super) fn escape_after(text: &[u8]) -> Option<u8> {
    escape(text).map(|(c, _)| c)
}

/// Stands for every character that is not ASCII.
const FOREIGN: u8 = 0x80;

fn escape(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', digits @ ..] => Some((number(digits, 2, 16)?, 3)),
        [b'\\', b'x' | b'X', digits @ ..] => Some((number(digits, 2, 16)?, 4)),
        [b'\\', b'u' | b'U', digits @ ..] => Some((number(digits, 4, 16)?, 6)),
        [b'\\', b'0'..=b'3', ..] => Some((number(&text[1..], 3, 8)?, 4)),
        [b'\\', c @ (b'n' | b'r' | b't'), ..] => Some((if *c == b't' { b'\t' } else { b'\n' }, 2)),
        [b'&', b'#', digits @ ..] => {
            let length = digits.iter().position(|&b| b == b';').filter(|&n| n <= 7)?;
            let c = match digits {
                [b'x' | b'X', digits @ ..] => number(digits, length.checked_sub(1)?, 16)?,
                _ => number(digits, length, 10)?,
            };
            Some((c, length + 3))
        }
        _ => None,
    }
}

/// The number that so many digits are.
fn number(digits: &[u8], length: usize, base: u32) -> Option<u8> {
    let digits = std::str::from_utf8(digits.get(..length)?).ok()?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let number = u32::from_str_radix(digits, base).ok().filter(|_| plain)?;
    Some(u8::try_from(number).map_or(FOREIGN, |byte| byte.min(FOREIGN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_on_both_sides() {
        for (text, c) in [
            (r"a\n", b'\n'),
            (r"a\x2d", b'-'),
            ("a%41", b'A'),
            (r"\u0020", b' '),
            (r"\u0142", FOREIGN),
            (r"a\040", b' '),
            ("&#65;", b'A'),
            ("&#x2d;", b'-'),
        ] {
            assert_eq!(escape_before(text.as_bytes()), Some(c), "{text}");
        }
        for text in [r"\x2dd", "%4", "n", "x41", "&amp;", "", r"\\\\\\\\\n"] {
            assert_eq!(escape_before(text.as_bytes()), None, "{text}");
        }
        assert_eq!(escape_after(b"%2Dx"), Some(b'-'));
        assert_eq!(escape_after(b"x%2D"), None);
    }
}
