//! Any bytes, with known values sown in: none comes through in any spelling, what is
//! protected stays as it is, the output is bounded, and a second pass changes nothing more.
//!
//!     cargo fuzz run redaction fuzz/corpus/redaction fuzz/seeds/redaction
#![no_main]

use std::sync::LazyLock;

use keycase::packs::embedded;
use keycase::redact::audit::{Audit, Spelling};
use keycase::redact::{Class, Key, Redactor, Seed, Seeds};
use keycase_fuzz::canary;
use libfuzzer_sys::fuzz_target;

/// Values that the machine knows. The byte 0x01 to 0x06 of an input stands for one of them.
const KNOWN: [(Class, &str); 6] = [
    (Class::User, "okaf"),
    (Class::Host, "wks-ledger-07"),
    (Class::Domain, "corp.sample-works.test"),
    (Class::Mac, "5a:4e:1a:77:f3:0d"),
    (Class::Serial, "CA4A7700F3EE1D0044E1"),
    (Class::VolumeLabel, "LEDGER_Q9"),
];

/// A line that must come out as it went in, whatever follows it.
const PROTECTED: &str = "usb 1-2.3.4: New USB device found, idVendor=0951, idProduct=1551, \
                         bcdDevice= 1.10, GUID {36fc9e60-c465-11cf-8056-444553540000}\n";

/// The longest stand-in of the shortest value, each sign of it escaped.
const MOST_GROWTH: usize = 64;

static PARTS: LazyLock<(Redactor, Audit)> = LazyLock::new(|| {
    let secret = KNOWN.map(|(class, value)| Seed { class, value: value.into() }).to_vec();
    let seeds = Seeds { secret, keep: Vec::new() };
    let packs = embedded();
    let redactor = Redactor::new(&packs, &seeds, Key([3; 32])).expect("the embedded rules");
    (redactor, Audit::new(&packs, &seeds).expect("the embedded rules"))
});

fuzz_target!(|bytes: &[u8]| {
    let (redactor, audit) = &*PARTS;
    let raw = sown(bytes, None);
    if canary::holds_one(&raw) {
        return;
    }
    let out = redactor.text(&raw).expect("memory can be read");
    assert!(out.bytes().starts_with(PROTECTED.as_bytes()), "a protected line was changed");
    assert!(out.bytes().len() <= raw.len() * MOST_GROWTH + 4096, "the output grew");
    let mut hits = audit.content("out", &mut out.bytes()).expect("memory can be read");
    hits.retain(|hit| !is_chance(bytes, hit.class));
    assert!(hits.is_empty(), "{hits:?}");
});

/// The protected line and an input with its known values, but for those of the class `without`.
fn sown(bytes: &[u8], without: Option<Class>) -> Vec<u8> {
    let mut raw = PROTECTED.as_bytes().to_vec();
    for &byte in bytes {
        match usize::from(byte).checked_sub(1).and_then(|index| KNOWN.get(index)) {
            Some((class, _)) if without == Some(*class) => raw.push(b'?'),
            Some((_, value)) => raw.extend_from_slice(value.as_bytes()),
            None => raw.push(byte),
        }
    }
    raw
}

/// Whether a value is seen in what came out though it was not in what went in: when the text
/// before a stand-in and its first letter are one, `…:f3:0` and `domain-…`. That tells nothing.
fn is_chance(bytes: &[u8], class: Class) -> bool {
    let (redactor, audit) = &*PARTS;
    let raw = sown(bytes, Some(class));
    let joined = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let text = joined(&raw);
    let mut values =
        KNOWN.iter().filter(|known| known.0 == class).map(|known| joined(known.1.as_bytes()));
    let was_there = values.any(|value| text.windows(value.len()).any(|part| part == value));
    let out = redactor.text(&raw).expect("memory can be read");
    let hits = audit.content("out", &mut out.bytes()).expect("memory can be read");
    !was_there && hits.iter().any(|hit| hit.class == class && hit.spelling == Spelling::Plain)
}
