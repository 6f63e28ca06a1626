//! Values of a form that identifies nobody, whatever their digits: too many for a list.

use super::Class;

/// Digits of an HTTP status, a sense code, a step: no code that opens anything is so short.
const MOST_CODE_DIGITS: usize = 3;

/// What the kernel and setserial(8) call the chips of serial ports.
const UARTS: [&[u8]; 5] = [b"16450", b"16550", b"16550A", b"16650", b"16750"];

/// The device setup classes of Windows differ in two digits (Microsoft, system-defined device
/// setup classes).
const SETUP_CLASS: (&[u8], &[u8]) = (b"4d36e9", b"-e325-11ce-bfc1-08002be10318");

/// Whether a value of a class has such a form.
pub(super) fn is_ordinary(class: Class, value: &[u8]) -> bool {
    match class {
        Class::Serial => is_pci_address(value) || is_any(&UARTS, value),
        Class::RecoveryCode => is_error_code(value) || is_short_number(value),
        Class::Uuid => is_setup_class(value),
        _ => false,
    }
}

fn is_any(all: &[&[u8]], value: &[u8]) -> bool {
    all.iter().any(|one| one.eq_ignore_ascii_case(value))
}

/// `0000:00:14.0`, which the kernel gives root hubs for a serial number.
fn is_pci_address(value: &[u8]) -> bool {
    let signs = [(4, b':'), (7, b':'), (10, b'.')];
    let fits = |(at, byte): (usize, &u8)| match signs.iter().find(|sign| sign.0 == at) {
        Some((_, sign)) => byte == sign,
        None => byte.is_ascii_hexdigit(),
    };
    value.len() == 12 && value.iter().enumerate().all(fits)
}

/// `0x80072EE7`.
fn is_error_code(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").or_else(|| value.strip_prefix(b"0X"));
    digits.is_some_and(|digits| {
        (1..=8).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit)
    })
}

fn is_short_number(value: &[u8]) -> bool {
    value.len() <= MOST_CODE_DIGITS && value.iter().all(u8::is_ascii_digit)
}

fn is_setup_class(value: &[u8]) -> bool {
    let (head, tail) = SETUP_CLASS;
    let Some((start, rest)) = value.split_at_checked(head.len()) else { return false };
    start.eq_ignore_ascii_case(head) && rest.len() == tail.len() + 2 && {
        let (digits, end) = rest.split_at(2);
        digits.iter().all(u8::is_ascii_hexdigit) && end.eq_ignore_ascii_case(tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_from_values() {
        for (class, value) in [
            (Class::Serial, "0000:00:14.0"),
            (Class::Serial, "16550A"),
            (Class::RecoveryCode, "0x80072EE7"),
            (Class::RecoveryCode, "511"),
            (Class::Uuid, "4D36E97E-e325-11ce-bfc1-08002be10318"),
        ] {
            assert!(is_ordinary(class, value.as_bytes()), "{value}");
        }
        for (class, value) in [
            (Class::Serial, "0000:00:14:0"),
            (Class::Serial, "16550B"),
            (Class::RecoveryCode, "1234"),
            (Class::RecoveryCode, "0x80072EE7F"),
            (Class::Uuid, "4d36e97e-e325-11ce-bfc1-08002be10319"),
            (Class::Password, "511"),
        ] {
            assert!(!is_ordinary(class, value.as_bytes()), "{value}");
        }
    }
}
