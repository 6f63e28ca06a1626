//! Where the bytes stand that give shapes away. There are several on every line, so that the
//! start of a vector search for each costs more than a look at eight bytes at a time.

use super::super::literals::eight;

/// The places of all `-`, `.`, `:` and `@` of a text, in order.
pub(super) struct Signs<'a> {
    text: &'a [u8],
    /// Where the eight bytes begin that are looked at.
    block: usize,
    /// The highest bit of each of these bytes that is a sign still to be told.
    marks: u64,
}

impl<'a> Signs<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, block: 0, marks: marks(eight(text)) }
    }
}

impl Iterator for Signs<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.marks == 0 {
            self.block += 8;
            self.marks = marks(eight(self.text.get(self.block..)?));
        }
        let byte = self.marks.trailing_zeros() / 8;
        self.marks &= self.marks - 1;
        Some(self.block + byte as usize)
    }
}

/// Everything but the highest bit of each byte.
const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// The highest bit of each byte that is a sign.
#[inline]
fn marks(word: u64) -> u64 {
    let others = |sign: u8| {
        let other = word ^ u64::from_le_bytes([sign; 8]);
        ((other & LOW) + LOW) | other
    };
    !((others(b'-') & others(b'.') & others(b':') & others(b'@')) | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_told_wherever_it_stands_and_nothing_else() {
        let all: Vec<u8> = (0..=255).collect();
        for shift in 0..17 {
            let texts = [&all[..], b"", b"-", b"2026-11-26T10:00:00 a.b@c-d.", b":::::::::"];
            for text in texts.map(|text| [&b"x".repeat(shift), text].concat()) {
                let plain = text.iter().enumerate().filter(|(_, byte)| b"-.:@".contains(byte));
                let plain: Vec<usize> = plain.map(|(at, _)| at).collect();
                assert_eq!(Signs::new(&text).collect::<Vec<_>>(), plain, "{shift}");
            }
        }
    }
}
