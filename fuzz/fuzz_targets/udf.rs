//! Any bytes as a medium: an answer, in bounded time, with nothing outside its own bounds.
#![no_main]

use keycase::host::launcher::udf;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let found = udf::read(&mut &bytes[..]).expect("reading memory does not fail");
    let Some(volume) = found else { return };
    assert!(volume.files.len() <= 5000);
    for file in &volume.files {
        assert!(!file.path.is_empty() && !file.path.starts_with('/'));
        assert!(file.path.split('/').all(|part| !matches!(part, "" | "." | "..")));
        assert!(!file.path.chars().any(char::is_control));
    }
});
