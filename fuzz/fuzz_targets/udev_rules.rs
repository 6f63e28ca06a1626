//! Any text as an installed rules file: a verdict, and never "installed" with a fault.
//!
//!     cargo fuzz run udev_rules fuzz/seeds/udev_rules
#![no_main]

use keycase::udev::{Found, State, lint, status};

const RIGHT: &str = include_str!("../../udev/70-keycase.rules");

libfuzzer_sys::fuzz_target!(|text: &str| {
    let found = Found { path: "/etc".into(), text: Some(text.into()), masked: text.is_empty() };
    let installed = status(&[found], RIGHT);
    if installed.state == State::Installed {
        assert_eq!(lint(text), []);
        assert!(installed.missing.is_empty() && installed.extra.is_empty());
    }
});
