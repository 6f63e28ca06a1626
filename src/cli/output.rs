//! Writing the answer to stdout, and clap's own messages.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Command, CommandFactory as _};

use super::{CheckExit, Cli, CliError, CliResult, Exit};
use crate::text::visible;

/// Writes the answer to stdout in one piece.
///
/// A reader that went away (`keycase scan | head -1`) has what it wanted: that is no
/// error. Any other failure, a full disk behind a redirection for example, is.
pub(crate) fn answer(text: &str) -> CliResult<()> {
    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritten(&error)),
        _ => Ok(()),
    }
}

/// Writes the answer to stdout as one JSON document.
pub(crate) fn document<T: serde::Serialize>(document: &T) -> CliResult<()> {
    let text = crate::text::json::document(document)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
    answer(&text)
}

/// An answer that is written piece by piece, as it comes.
pub(crate) struct Stream {
    out: io::StdoutLock<'static>,
    is_gone: bool,
}

impl Stream {
    /// The answer's pieces go to stdout.
    pub(crate) fn stdout() -> Self {
        Self { out: io::stdout().lock(), is_gone: false }
    }

    /// Whether nobody reads any more (`| head`): the rest need not be worked out.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Writes a piece; nothing when nobody reads any more.
    pub(crate) fn write(&mut self, text: &str) -> CliResult<()> {
        if self.is_gone {
            return Ok(());
        }
        let written = self.out.write_all(text.as_bytes());
        self.outcome(written)
    }

    /// Hands over what is still held back.
    pub(crate) fn flush(&mut self) -> CliResult<()> {
        let flushed = if self.is_gone { Ok(()) } else { self.out.flush() };
        self.outcome(flushed)
    }

    fn outcome(&mut self, result: io::Result<()>) -> CliResult<()> {
        self.is_gone |= matches!(&result, Err(e) if e.kind() == io::ErrorKind::BrokenPipe);
        match result {
            Err(error) if !self.is_gone => Err(unwritten(&error)),
            _ => Ok(()),
        }
    }
}

fn unwritten(error: &io::Error) -> CliError {
    CliError::caused_by(Exit::Io, "can't write the answer to stdout", error)
        .hint("the answer is incomplete; make room or redirect it elsewhere")
}

/// Prints what clap has to say; returns the exit code.
///
/// `check` follows the convention of monitoring plugins, where a wrong command line is
/// "unknown" (3).
pub(crate) fn usage(error: &clap::Error, args: &[OsString]) -> u8 {
    // Help and version go to stdout and are no error; a closed pipe is not one either.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Done.code();
    }
    match command_word(args, &Cli::command()).is_some_and(|word| word == "check") {
        true => CheckExit::Unknown.code(),
        false => Exit::Usage.code(),
    }
}

/// The word that stands where a command does: the first that is no option and no value of one.
/// clap does not tell, since it refused the line.
fn command_word<'a>(args: &'a [OsString], program: &Command) -> Option<&'a OsString> {
    let takes_next = |word: &OsString| {
        let name = word.to_str().and_then(|word| word.strip_prefix("--"));
        program
            .get_arguments()
            .any(|arg| arg.get_action().takes_values() && arg.get_long() == name && name.is_some())
    };
    let mut words = args.iter().skip(1);
    while let Some(word) = words.next() {
        if !word.as_encoded_bytes().starts_with(b"-") {
            return Some(word);
        }
        if takes_next(word) {
            words.next();
        }
    }
    None
}

/// Says something the person should know, on stderr.
pub(crate) fn warning(text: &str) {
    let yellow = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Yellow.into()));
    aside(yellow, "warning:", text);
}

/// Says what the person can do next, on stderr.
pub(crate) fn hint(text: &str) {
    let cyan = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Cyan.into()));
    aside(cyan, "hint:", text);
}

fn aside(style: anstyle::Style, heading: &str, text: &str) {
    // Nothing is left to try when stderr itself is gone.
    let _ = writeln!(anstream::stderr().lock(), "{style}{heading}{style:#} {}", visible(text));
}

/// Writes one line about what is going on to stderr.
pub(crate) fn tell(line: &str) {
    // Nothing is left to try when stderr itself is gone.
    let _ = writeln!(anstream::stderr().lock(), "{}", visible(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_the_first_word_that_belongs_to_no_option() {
        let program = Cli::command();
        for (line, command) in [
            ("check --nonsense", Some("check")),
            ("-q --from - check --nonsense", Some("check")),
            ("--from=x --now yesterday check", Some("check")),
            ("--nonsense check", Some("check")),
            ("--from check scan --nonsense", Some("scan")),
            ("submit --describe check", Some("submit")),
            ("--color check", None),
            ("", None),
        ] {
            let words = ["keycase"].into_iter().chain(line.split_whitespace());
            let words: Vec<OsString> = words.map(OsString::from).collect();
            let found = command_word(&words, &program);
            assert_eq!(found.and_then(|word| word.to_str()), command, "{line}");
        }
    }
}
