//! Any bytes of a drive as a HID report descriptor: usages, never more than there are bytes.
//!
//!     cargo fuzz run report_descriptor fuzz/seeds/report_descriptor
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let usages = keycase::host::report_descriptor::usages(bytes);
    // A collection takes a byte, and each usage found opened one.
    assert!(usages.len() <= bytes.len());
});
