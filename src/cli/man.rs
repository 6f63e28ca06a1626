//! `keycase man`: manual pages, made from the command line's own description.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory, ValueHint};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{App, CheckExit, Cli, CliError, CliResult, Exit, io_exit, output};

/// What a page's footer says it is taken from.
const SOURCE: &str = concat!("keycase ", env!("CARGO_PKG_VERSION"));

/// Files a person may look for, with what each is for.
const FILES: [(&str, &str); 4] = [
    ("/etc/keycase/config.toml", "configuration of the machine"),
    ("$XDG_CONFIG_HOME/keycase/config.toml", "configuration of the person, laid over it"),
    ("$XDG_CONFIG_HOME/keycase/data/", "packs that add to the built-in ones"),
    ("$XDG_STATE_HOME/keycase/outbox/", "tickets and bundles that wait to be sent"),
];

/// Variables that change what the program does.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("KEYCASE_<DESK>_TOKEN", "key of a desk, where no file holds it"),
    ("CREDENTIALS_DIRECTORY", "folder with one file per desk, as systemd gives to a service"),
    ("XDG_CONFIG_HOME", "where configuration is kept; ~/.config when not set"),
    ("XDG_STATE_HOME", "where the outbox is kept; ~/.local/state when not set"),
    ("NO_COLOR", "no colour, whatever its value"),
];

/// Print the manual page, or write one for every command
///
/// Read the page with "keycase man | man -l -".
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write keycase.1 and one page for every command into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs, app: &App) -> CliResult {
    app.refuse_json("a manual page is for `man`")?;
    let mut root = Cli::command();
    root.build();
    match &args.out {
        Some(dir) => write_all(&root, dir, app)?,
        None => output::answer(&page(&root, None).map_err(|error| not_made(&error))?)?,
    }
    Ok(Exit::Done.code())
}

fn write_all(root: &Command, dir: &Path, app: &App) -> CliResult<()> {
    std::fs::create_dir_all(dir).map_err(|error| not_written(dir, &error))?;
    let mut pages = Vec::new();
    add_pages(root, None, &mut pages).map_err(|error| not_made(&error))?;
    for (name, text) in &pages {
        let file = dir.join(name);
        std::fs::write(&file, text).map_err(|error| not_written(&file, &error))?;
    }
    if !app.global.quiet {
        output::tell(&format!("wrote {} manual pages to {}", pages.len(), dir.display()));
    }
    Ok(())
}

/// The page of `command`, then those of the commands below it.
fn add_pages(
    command: &Command,
    above: Option<&Command>,
    pages: &mut Vec<(String, String)>,
) -> io::Result<()> {
    pages.push((format!("{}.1", name(command)), page(command, above)?));
    for below in command.get_subcommands() {
        add_pages(below, Some(command), pages)?;
    }
    Ok(())
}

/// What the options say, and what they cannot say.
fn page(command: &Command, above: Option<&Command>) -> io::Result<String> {
    let mut text = Vec::new();
    let man = Man::new(command.clone()).source(SOURCE).manual("keycase");
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    synopsis(command).to_writer(&mut text)?;
    man.render_description_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    man.render_options_section(&mut text)?;
    let mut more = Roff::default();
    match above {
        None => general(&mut more),
        Some(_) if name(command) == "keycase-check" => check_exits(&mut more),
        Some(_) => {}
    }
    if let Some(above) = above {
        see_also(above, &mut more);
    }
    more.to_writer(&mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// The usage line of --help; the options that every command takes would drown it.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let mut roff = Roff::default();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold(usage.trim_start_matches("Usage: "))]);
    roff
}

/// Sections that hold for the whole program.
fn general(roff: &mut Roff) {
    roff.control("SH", ["EXIT STATUS"]);
    roff.text([roman("Of every command but "), bold("check"), roman(", which has its own page:")]);
    list(roff, Exit::ALL.map(|(exit, what)| (exit.code().to_string(), what)));
    roff.control("SH", ["ENVIRONMENT"]);
    list(roff, ENVIRONMENT);
    roff.control("SH", ["FILES"]);
    list(roff, FILES);
}

fn check_exits(roff: &mut Roff) {
    roff.control("SH", ["EXIT STATUS"]);
    list(roff, CheckExit::ALL.map(|(exit, what)| (exit.code().to_string(), what)));
}

/// A list of terms, each with its meaning.
fn list<T: Into<String>>(roff: &mut Roff, rows: impl IntoIterator<Item = (T, &'static str)>) {
    for (term, meaning) in rows {
        roff.control("TP", []);
        roff.text([bold(term.into())]);
        roff.text([roman(meaning)]);
    }
}

/// The page above.
fn see_also(above: &Command, roff: &mut Roff) {
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold(name(above)), roman("(1)")]);
}

/// The name of a page: `keycase-policy-targets`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn not_made(error: &io::Error) -> CliError {
    CliError::caused_by(Exit::Failed, "can't make the manual page", error)
}

fn not_written(path: &Path, error: &io::Error) -> CliError {
    CliError::caused_by(io_exit(error), format!("can't write {}", path.display()), error)
        .hint("name a folder you can write to with --out")
}
