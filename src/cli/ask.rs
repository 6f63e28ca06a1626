//! Putting a question to the person at the terminal.

mod drawn;
mod plain;

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use dialoguer::console::Term;

use super::{CliError, CliResult, Exit, Interrupt};
use crate::condition::{FactType, FactValue};

/// How often a question that waits for its answer looks for Ctrl-C: too short for a person to
/// notice, and nothing for the processor.
const LOOK: Duration = Duration::from_millis(50);

/// Asks for a fact, as the question `number` of `of`; `None` when the person does not know.
pub(super) fn fact(
    text: &str,
    kind: FactType,
    number: usize,
    of: usize,
) -> CliResult<Option<FactValue>> {
    let text = text.to_owned();
    let place = format!("question {number} of {of}");
    question(move || match plain::is_wanted() {
        true => plain::fact(&text, kind, &place),
        false => drawn::fact(&text, kind),
    })
}

/// Asks for a yes or a no; Enter means `default`.
pub(super) fn confirm(text: String, default: bool) -> CliResult<bool> {
    question(move || match plain::is_wanted() {
        true => plain::confirm(&text, default),
        false => drawn::confirm(&text, default),
    })
}

/// Asks for a line of the person's own words.
pub(super) fn words(prompt: &'static str) -> CliResult<String> {
    question(move || match plain::is_wanted() {
        true => plain::words(prompt),
        false => drawn::words(prompt),
    })
}

/// Asks for a line that does not show while it is typed.
pub(super) fn secret(prompt: String) -> CliResult<String> {
    question(move || match plain::is_wanted() {
        true => plain::secret(&prompt),
        false => drawn::secret(&prompt),
    })
}

/// Puts a question. Ctrl-C is an answer too: it ends the program in order, with the terminal
/// as it was before.
///
/// The question waits in a thread of its own: a Ctrl-C that comes before it listens for keys
/// is a signal, and a signal does not end its wait.
fn question<T: Send + 'static>(
    put: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> CliResult<T> {
    let stop = Interrupt::listen();
    let terminal = Terminal::remember();
    let (answers, answer) = channel();
    thread::spawn(move || answers.send(put()));
    let answer = loop {
        match answer.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) if !stop.is_set() => {}
            other => break other,
        }
    };
    if let Ok(Ok(answer)) = answer {
        return Ok(answer);
    }
    terminal.restore();
    // The keys' own Ctrl-C arrives as an error before its signal does.
    let by_key = |error: &dialoguer::Error| {
        let dialoguer::Error::IO(error) = error;
        error.kind() == std::io::ErrorKind::Interrupted
    };
    Err(match answer {
        Ok(Err(error)) if by_key(&error) => CliError::new(Exit::Interrupted, "interrupted"),
        _ if stop.is_set() => CliError::new(Exit::Interrupted, "interrupted"),
        Ok(Err(error)) => CliError::caused_by(Exit::Io, "can't ask on this terminal", &error),
        _ => CliError::new(Exit::Io, "can't ask on this terminal"),
    })
}

/// What a question changes about the terminal.
struct Terminal {
    #[cfg(unix)]
    modes: Option<rustix::termios::Termios>,
}

impl Terminal {
    fn remember() -> Self {
        Self {
            #[cfg(unix)]
            modes: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }

    /// Nothing is left to try when the terminal itself is gone.
    fn restore(&self) {
        #[cfg(unix)]
        if let Some(modes) = &self.modes {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(std::io::stdin(), now, modes);
        }
        if !plain::is_wanted() {
            let _ = Term::stderr().show_cursor();
        }
    }
}
