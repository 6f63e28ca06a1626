//! What must hold for everything that is shown.

use keycase::text::is_steering;

/// Nothing but line breaks steers the terminal.
pub fn check(text: &str) {
    let steers = |c: char| c != '\n' && is_steering(c);
    assert!(!text.contains(steers), "it steers the terminal: {text:?}");
}

/// Nothing steers the terminal, and it is one line.
pub fn check_line(text: &str) {
    assert!(!text.contains(is_steering), "it steers the terminal: {text:?}");
}
