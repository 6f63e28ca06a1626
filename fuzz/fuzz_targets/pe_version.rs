//! Any bytes as a program, and as a version resource: an answer with bounded texts.
#![no_main]

use keycase::host::launcher::pe_version::{self, PeVersion};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    check(&pe_version::parse(bytes));
    let found = pe_version::read(&mut &bytes[..]).expect("reading memory does not fail");
    if let Some(version) = found {
        check(&version);
    }
});

fn check(version: &PeVersion) {
    for (name, value) in &version.strings {
        assert!(name.len() <= 64 && value.chars().count() <= 200);
        assert!(!value.chars().any(char::is_control));
    }
    if let Some((stated, _)) = version.stated() {
        assert!(stated.starts_with(|c: char| c.is_ascii_digit()));
    }
}
