//! Any bytes as a bundle: an answer, never a panic, and no content that lies about itself.
#![no_main]

use std::io::Cursor;

use keycase::bundle::archive::{Archive, most_unpacked};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let answer = keycase::bundle::verify_reader(Cursor::new(bytes)).expect("memory can be read");
    assert_eq!(answer.ok, answer.errors.is_empty());
    let Ok(mut archive) = Archive::open(Cursor::new(bytes)) else { return };
    let total: u64 = archive.entries().iter().map(|entry| entry.size).sum();
    assert!(total <= most_unpacked(bytes.len() as u64));
    for entry in archive.entries().to_vec() {
        if let Ok(content) = archive.bytes(&entry, 1 << 20) {
            assert_eq!(content.len() as u64, entry.size);
        }
    }
});
