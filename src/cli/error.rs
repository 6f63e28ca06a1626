//! The one error of the shell, and the one printer: `error:` / `caused by:` / `hint:`.

use std::error::Error;
use std::fmt::Display;
use std::io::Write;

use super::exit::Exit;
use crate::text::visible;

/// An error on its way to the person: what happened, why, and what to do next.
#[derive(Debug)]
pub struct CliError {
    /// The exit code it ends with.
    pub exit: Exit,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
}

/// What a command returns: how the program ends.
pub type CliResult<T = u8> = Result<T, CliError>;

impl CliError {
    /// An error without a cause.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    /// An error from a cause; the cause's own chain is kept.
    pub fn caused_by(exit: Exit, message: impl Into<String>, cause: &dyn Error) -> Self {
        let mut this = Self::new(exit, message);
        let mut next = Some(cause);
        while let Some(error) = next {
            let text = error.to_string();
            // Wrappers that repeat their source word for word would print it twice.
            if this.causes.last() != Some(&text) {
                this.causes.push(text);
            }
            next = error.source();
        }
        this
    }

    /// Wraps an error whose own message says what happened and to what.
    pub fn from_error(exit: Exit, error: &dyn Error) -> Self {
        let mut this = Self::caused_by(exit, error.to_string(), error);
        this.causes.remove(0);
        this
    }

    /// Adds one more cause, where several things are wrong at once.
    #[must_use]
    pub fn because(mut self, cause: impl Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds what the person can do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// The first line, without the heading.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What led to it, the nearest first.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// The next steps offered.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Prints to stderr. Outside text is made visible: no control character survives.
    pub fn print(&self) {
        let bold = anstyle::Style::new().bold();
        let red = bold.fg_color(Some(anstyle::AnsiColor::Red.into()));
        let cyan = bold.fg_color(Some(anstyle::AnsiColor::Cyan.into()));
        let mut err = anstream::stderr().lock();
        // Nothing is left to try when stderr itself is gone.
        let _ = writeln!(err, "{red}error:{red:#} {}", visible(&self.message));
        for cause in &self.causes {
            let _ = writeln!(err, "  {bold}caused by:{bold:#} {}", visible(cause));
        }
        for hint in &self.hints {
            let _ = writeln!(err, "  {cyan}hint:{cyan:#} {}", visible(hint));
        }
    }
}

/// The exit code for an I/O error: a missing right is told apart from the rest.
pub fn io_exit(error: &std::io::Error) -> Exit {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => Exit::MissingRight,
        _ => Exit::Io,
    }
}
