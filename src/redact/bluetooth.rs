//! Addresses in the names that BlueZ gives devices on D-Bus: `dev_4C_87_5D_11_22_33` (BlueZ
//! doc/org.bluez.Device.rst).

use super::Class;
use super::span::Span;

/// How such a name starts.
pub(super) const BEGIN: &[u8] = b"dev_";

/// Six pairs of hex digits and the underscores between them.
const LENGTH: usize = 17;

/// The address after the start of a name.
pub(super) fn at(text: &[u8], start: usize) -> Option<Span> {
    let end = start + LENGTH;
    let address = text.get(start..end)?;
    let fits = |(at, byte): (usize, &u8)| match at % 3 {
        2 => *byte == b'_',
        _ => byte.is_ascii_hexdigit(),
    };
    let alone = text.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let is_one = alone && address.iter().enumerate().all(fits);
    is_one.then(|| Span::value(Class::Mac, start, end))
}
