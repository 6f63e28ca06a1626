//! What kind of byte a byte is, from a table: shapes ask for every byte around the ones that give
//! them away.

/// `0` to `9`.
pub(super) const DIGIT: u8 = 1;
/// `a` to `f` and `A` to `F`.
pub(super) const HEX_LETTER: u8 = 2;
/// `a` to `z` and `A` to `Z`.
pub(super) const LETTER: u8 = 4;
pub(super) const DOT: u8 = 8;
pub(super) const DASH: u8 = 16;
pub(super) const COLON: u8 = 32;
pub(super) const UNDERSCORE: u8 = 64;
/// Part of a character that is not ASCII.
pub(super) const HIGH: u8 = 128;

/// A hex digit.
pub(super) const HEX: u8 = DIGIT | HEX_LETTER;
/// A part of a domain name.
pub(super) const NAME: u8 = DIGIT | LETTER | DOT | DASH;

const KINDS: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => LETTER | HEX_LETTER,
            b'g'..=b'z' | b'G'..=b'Z' => LETTER,
            b'.' => DOT,
            b'-' => DASH,
            b':' => COLON,
            b'_' => UNDERSCORE,
            0x80.. => HIGH,
            _ => 0,
        };
        byte += 1;
    }
    kinds
}

/// Whether a byte is of one of these kinds.
#[inline]
pub(super) fn is(byte: u8, kinds: u8) -> bool {
    KINDS[usize::from(byte)] & kinds != 0
}

/// Where the run of bytes of these kinds begins that ends before `at`, not before `floor`.
#[inline]
pub(super) fn run_start(text: &[u8], floor: usize, at: usize, kinds: u8) -> usize {
    let run = text[floor..at].iter().rev().take_while(|byte| is(**byte, kinds));
    at - run.count()
}

/// Where the run of bytes of these kinds ends that begins at `at`.
#[inline]
pub(super) fn run_end(text: &[u8], at: usize, kinds: u8) -> usize {
    at + text[at..].iter().take_while(|byte| is(**byte, kinds)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_of_the_kinds_that_the_language_says() {
        for byte in 0..=255_u8 {
            assert_eq!(is(byte, DIGIT), byte.is_ascii_digit(), "{byte}");
            assert_eq!(is(byte, LETTER), byte.is_ascii_alphabetic(), "{byte}");
            assert_eq!(is(byte, HEX), byte.is_ascii_hexdigit(), "{byte}");
            assert_eq!(is(byte, HIGH), !byte.is_ascii(), "{byte}");
            let signs = DOT | DASH | COLON | UNDERSCORE;
            assert_eq!(is(byte, signs), b".-:_".contains(&byte), "{byte}");
        }
    }

    #[test]
    fn a_run_ends_at_the_text_the_floor_and_the_first_other_byte() {
        let text = b"x12:34y";
        assert_eq!((run_start(text, 0, 5, DIGIT), run_start(text, 0, 3, DIGIT)), (4, 1));
        assert_eq!((run_start(text, 2, 3, DIGIT), run_start(text, 3, 3, DIGIT)), (2, 3));
        assert_eq!((run_end(text, 4, DIGIT), run_end(text, 4, DIGIT | LETTER)), (6, 7));
        assert_eq!(run_end(text, 7, DIGIT), 7);
    }
}
