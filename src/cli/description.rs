//! The person's words: from the command line, a file, or stdin.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{App, CliError, CliResult, Exit, io_exit};

/// A person describes a problem in a page, not in a book; in bytes.
const LONGEST: u64 = 64 * 1024;

/// Where the description comes from.
#[derive(Debug, Args)]
pub(super) struct DescriptionArgs {
    /// What happened, in your own words
    #[arg(long, value_name = "TEXT", conflicts_with = "describe_file")]
    describe: Option<String>,
    /// Read the description from a file (- for stdin)
    #[arg(long, value_name = "FILE")]
    describe_file: Option<PathBuf>,
}

impl DescriptionArgs {
    /// The file that was named, `-` for stdin.
    pub(super) fn file(&self) -> Option<&Path> {
        self.describe_file.as_deref()
    }

    /// The words; `None` when neither option was given.
    pub(super) fn words(&self) -> CliResult<Option<String>> {
        let words = match (&self.describe, &self.describe_file) {
            (Some(text), _) => given(text)?,
            (None, Some(file)) => read(file)?,
            (None, None) => return Ok(None),
        };
        not_empty(words).map(Some)
    }
}

/// Refuses a description without a word in it.
pub(super) fn not_empty(words: String) -> CliResult<String> {
    if words.trim().is_empty() {
        return Err(App::usage("the description is empty")
            .hint("say what happened, what you expected, how many people and drives it concerns"));
    }
    Ok(words)
}

fn given(text: &str) -> CliResult<String> {
    if text.trim() == "-" {
        return Err(App::usage("`--describe -` describes nothing")
            .hint("`--describe-file -` reads the description from stdin"));
    }
    short_enough(text.len() as u64, "the description")?;
    Ok(text.to_owned())
}

fn read(file: &Path) -> CliResult<String> {
    let name = format!("the description {}", file.display());
    let fail = |error: io::Error| {
        let exit = match error.kind() {
            io::ErrorKind::NotFound => Exit::NoInput,
            _ => io_exit(&error),
        };
        CliError::caused_by(exit, format!("can't read {name}"), &error)
            .hint("--describe-file takes a text file, or - for stdin")
    };
    let source: Box<dyn Read> = match file == Path::new("-") {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(file).map_err(fail)?),
    };
    let mut bytes = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut bytes).map_err(fail)?;
    short_enough(bytes.len() as u64, &name)?;
    String::from_utf8(bytes).map_err(|error| {
        CliError::caused_by(Exit::BadData, format!("{name} is not UTF-8 text"), &error)
            .hint("save it as plain text in UTF-8")
    })
}

fn short_enough(bytes: u64, name: &str) -> CliResult<()> {
    if bytes > LONGEST {
        let what = format!("{name} is longer than {} KiB", LONGEST / 1024);
        return Err(CliError::new(Exit::BadData, what)
            .hint("describe the problem in a page; logs belong into the bundle"));
    }
    Ok(())
}
