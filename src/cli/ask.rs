//! Putting a question to the person at the terminal.

use dialoguer::console::Term;

use super::{CliError, CliResult, Exit, Interrupt};

/// Puts a question. Ctrl-C is an answer too: it ends the program in order, with the cursor
/// that the question had hidden.
pub(super) fn question<T>(put: impl FnOnce() -> dialoguer::Result<T>) -> CliResult<T> {
    let stop = Interrupt::listen();
    put().map_err(|error| {
        // Nothing is left to try when the terminal itself is gone.
        let _ = Term::stderr().show_cursor();
        match stop.is_set() {
            true => CliError::new(Exit::Interrupted, "interrupted"),
            false => CliError::caused_by(Exit::Io, "can't ask on this terminal", &error),
        }
    })
}
