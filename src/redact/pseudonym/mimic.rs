//! Pseudonyms of the same length and alphabet: serial numbers, UUIDs, MAC addresses.
//!
//! The last characters are a keyed check over the first ones where the value is long
//! enough, so that a second pass, even of another process, knows its own work.

use super::Class;
use super::prf::{Prf, Purpose};

/// Characters a position may take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Hex,
    Digit,
    Letter,
    /// One of `89ab`: the variant of a UUID.
    Variant,
    /// Stays as it is.
    Fixed(u8),
}

impl Alphabet {
    fn bits(self) -> f32 {
        match self {
            Self::Hex => 4.0,
            Self::Digit => 3.3,
            Self::Letter => 4.7,
            Self::Variant | Self::Fixed(_) => 0.0,
        }
    }

    /// A character from a random byte, in lower case.
    fn pick(self, byte: u8) -> u8 {
        match self {
            Self::Hex => b"0123456789abcdef"[usize::from(byte & 15)],
            Self::Digit => b'0' + byte % 10,
            Self::Letter => b'a' + byte % 26,
            Self::Variant => b"89ab"[usize::from(byte & 3)],
            Self::Fixed(byte) => byte,
        }
    }
}

/// Bits a value must offer before some are spent on the check.
const ENOUGH_BITS: f32 = 40.0;

/// The form of one value: what every position may be.
pub(super) struct Form {
    class: Class,
    places: Vec<Alphabet>,
    upper: bool,
    /// Indices of the places that carry the check, at the end.
    tag_from: Option<usize>,
}

impl Form {
    /// Reads the form of a value.
    pub(super) fn of(class: Class, text: &[u8]) -> Self {
        let hex = text.iter().all(|b| b.is_ascii_hexdigit() || !b.is_ascii_alphanumeric())
            && text.iter().any(u8::is_ascii_alphabetic);
        let hex = hex || matches!(class, Class::Uuid | Class::Mac);
        let upper = !text.iter().any(u8::is_ascii_lowercase);
        let mut places: Vec<Alphabet> = text.iter().map(|&b| alphabet(b, hex)).collect();
        fix_places(class, &mut places, text);
        let tag_from = tag_start(class, &places);
        Self { class, places, upper, tag_from }
    }

    /// A pseudonym of this form.
    pub(super) fn make(&self, prf: &Prf, canonical: &[u8], round: u8) -> Vec<u8> {
        let bytes = prf.bytes(Purpose::Value, self.class, canonical, round, self.places.len());
        // Bytes are taken in the order of the varying places, so that a UUID with dashes
        // and one without get the same digits.
        let mut next = bytes.into_iter();
        let mut out: Vec<u8> = Vec::with_capacity(self.places.len());
        for &place in &self.places {
            let byte = match place {
                Alphabet::Fixed(byte) => byte,
                _ => place.pick(next.next().unwrap_or(0)),
            };
            out.push(byte);
        }
        self.write_tag(prf, &mut out);
        if self.upper {
            out.make_ascii_uppercase();
        }
        out
    }

    /// Whether `text`, which has this form, is one of our own pseudonyms.
    pub(super) fn is_own(&self, prf: &Prf, text: &[u8]) -> bool {
        if self.tag_from.is_none() || !self.is_shaped(text) {
            return false;
        }
        let mut expected = text.to_ascii_lowercase();
        self.write_tag(prf, &mut expected);
        expected.eq_ignore_ascii_case(text)
    }

    /// Whether a text has what every pseudonym has at the places that do not vary. The check of
    /// an address alone would let one in 65,536 of other makers' through.
    fn is_shaped(&self, text: &[u8]) -> bool {
        self.places.iter().zip(text).all(|(place, byte)| match place {
            Alphabet::Fixed(fixed) => fixed.eq_ignore_ascii_case(byte),
            Alphabet::Variant => b"89ab".contains(&byte.to_ascii_lowercase()),
            _ => true,
        })
    }

    fn write_tag(&self, prf: &Prf, text: &mut [u8]) {
        let Some(from) = self.tag_from else { return };
        let head: Vec<u8> =
            text[..from].iter().filter(|b| b.is_ascii_alphanumeric()).copied().collect();
        let tag = prf.bytes(Purpose::Tag, self.class, &head, 0, text.len() - from);
        let mut tag = tag.into_iter();
        for (byte, &place) in text[from..].iter_mut().zip(&self.places[from..]) {
            if !matches!(place, Alphabet::Fixed(_)) {
                *byte = place.pick(tag.next().unwrap_or(0));
            }
        }
    }
}

fn alphabet(byte: u8, hex: bool) -> Alphabet {
    match byte {
        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' if hex => Alphabet::Hex,
        b'0'..=b'9' => Alphabet::Digit,
        b'a'..=b'z' | b'A'..=b'Z' => Alphabet::Letter,
        b'-' | b'_' | b'.' | b':' | b' ' | b'{' | b'}' | b'&' => Alphabet::Fixed(byte),
        _ => Alphabet::Fixed(b'x'),
    }
}

/// Sets the places that make a value valid: version and variant of a UUID, the locally
/// administered first octet of a MAC address (IEEE 802, bit 1 set and bit 0 clear).
fn fix_places(class: Class, places: &mut [Alphabet], text: &[u8]) {
    let digits: Vec<usize> = (0..text.len()).filter(|&i| text[i].is_ascii_hexdigit()).collect();
    match class {
        Class::Uuid if digits.len() == 32 => {
            let version = text[digits[12]].to_ascii_lowercase();
            places[digits[12]] =
                Alphabet::Fixed(if version.is_ascii_digit() { version } else { b'4' });
            places[digits[16]] = Alphabet::Variant;
        }
        Class::Mac if digits.len() >= 12 => {
            places[digits[0]] = Alphabet::Fixed(b'0');
            places[digits[1]] = Alphabet::Fixed(b'2');
        }
        _ => {}
    }
}

/// Where the check begins: 24 bits from the end, 16 for the short MAC addresses.
fn tag_start(class: Class, places: &[Alphabet]) -> Option<usize> {
    let total: f32 = places.iter().map(|place| place.bits()).sum();
    if total < ENOUGH_BITS {
        return None;
    }
    let wanted = if class == Class::Mac { 16.0 } else { 24.0 };
    let mut bits = 0.0;
    for (index, place) in places.iter().enumerate().rev() {
        bits += place.bits();
        if bits >= wanted {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Key;

    #[test]
    fn a_value_is_own_only_with_check_and_shape() {
        let prf = Prf::new(&Key([7; 32]));
        for (class, foreign, shape) in [
            (Class::Mac, "ca:4a:77:00:00:01", 0..2),
            (Class::Uuid, "ca4a77aa-0001-4001-8001-ca4a77000001", 19..20),
        ] {
            let form = Form::of(class, foreign.as_bytes());
            let own = form.make(&prf, foreign.as_bytes(), 0);
            assert!(Form::of(class, &own).is_own(&prf, &own), "{foreign}");
            // A value of another maker whose last digits happen to be the check.
            let mut lucky = own.clone();
            lucky[shape].fill(b'c');
            Form::of(class, &lucky).write_tag(&prf, &mut lucky);
            assert!(!Form::of(class, &lucky).is_own(&prf, &lucky), "{foreign}");
        }
    }
}
