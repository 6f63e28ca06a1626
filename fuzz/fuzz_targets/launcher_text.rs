//! Any bytes as a small text file of a launcher: a short version, a path inside the medium, one
//! plain line, or nothing.
#![no_main]

use keycase::host::launcher::text_files::{autorun_program, plist_version, readme_version};
use keycase_fuzz::shown;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(version) = plist_version(bytes) {
        assert!(version.len() <= 64 && version.starts_with(|c: char| c.is_ascii_digit()));
        assert!(!version.chars().any(char::is_control));
    }
    if let Some(program) = autorun_program(bytes) {
        assert!(!program.is_empty() && !program.starts_with('/') && !program.contains('\\'));
    }
    if let Some(line) = readme_version(bytes) {
        assert!(line.chars().count() <= 120 && !line.chars().any(char::is_control));
        assert!(line.to_ascii_lowercase().contains("version"));
        shown::check(&keycase::text::visible(&line));
    }
});
