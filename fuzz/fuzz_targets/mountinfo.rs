//! Any text as a mount table: mounts, at most one for each line.
//!
//!     cargo fuzz run mountinfo fuzz/seeds/mountinfo
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mounts = keycase::host::mounts::parse(text);
    assert!(mounts.len() <= text.lines().count());
});
