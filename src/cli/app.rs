//! What every command starts from: the global options, the clock, configuration and packs.

use std::cell::OnceCell;
use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::{CliError, CliResult, Config, Exit, Interrupt, log, packs};
use crate::bundle::Bundle;
use crate::catalog::Catalog;
use crate::collect::OwnLog;
use crate::packs::PackSet;
use crate::policy::Policies;
use crate::redact::Key;
use crate::snapshot::Tool;

/// Options that every command takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Print one JSON document to stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Use a recorded snapshot, a stream of snapshots or a bundle instead of this machine
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "sysroot")]
    pub from: Option<PathBuf>,
    /// Read DIR/sys, DIR/proc, DIR/etc … instead of this machine's (Linux)
    #[arg(long, global = true, value_name = "DIR")]
    pub sysroot: Option<PathBuf>,
    /// Use this time instead of the clock's
    #[arg(long, global = true, value_name = "RFC3339")]
    pub now: Option<Timestamp>,
    /// Add packs from a folder (may be repeated)
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Vec<PathBuf>,
    /// Read the configuration from this file only
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Leave out progress and hints beside an answer; an error still says what to do next
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more about what is done (repeat for more)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The state of one run.
#[derive(Debug)]
pub struct App {
    /// The global options.
    pub global: Global,
    /// The time of this run: `--now` or the clock, read once.
    pub now: Timestamp,
    /// Set by Ctrl-C.
    pub interrupt: Interrupt,
    /// What the program notes about its run.
    pub log: OwnLog,
    config: OnceCell<Config>,
    packs: OnceCell<PackSet>,
    catalog: OnceCell<Catalog>,
    policies: OnceCell<Policies>,
    redaction_key: OnceCell<Key>,
    bundle: OnceCell<File>,
}

impl App {
    /// Reads the clock once and sets the colour choice.
    pub fn new(global: Global) -> CliResult<Self> {
        let choice = match global.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        let now = global.now.unwrap_or_else(Timestamp::now);
        // Nothing here happens at a finer grain, and documents read better without it.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let interrupt = Interrupt::default();
        let log = log::start(global.verbose);
        Ok(Self {
            global,
            now,
            interrupt,
            log,
            config: OnceCell::new(),
            packs: OnceCell::new(),
            catalog: OnceCell::new(),
            policies: OnceCell::new(),
            redaction_key: OnceCell::new(),
            bundle: OnceCell::new(),
        })
    }

    /// The configuration, read on first use.
    pub fn config(&self) -> CliResult<&Config> {
        once(&self.config, || Config::load(self.global.config.as_deref()))
    }

    /// The packs, read on first use.
    pub fn packs(&self) -> CliResult<&PackSet> {
        once(&self.packs, || packs::load(&self.global.data))
    }

    /// The catalog, made by `load` on first use.
    pub(super) fn catalog_once(
        &self,
        load: impl FnOnce() -> CliResult<Catalog>,
    ) -> CliResult<&Catalog> {
        once(&self.catalog, load)
    }

    /// The policies, made by `load` on first use.
    pub(super) fn policies_once(
        &self,
        load: impl FnOnce() -> CliResult<Policies>,
    ) -> CliResult<&Policies> {
        once(&self.policies, load)
    }

    /// The key of pseudonyms, read or made by `load` on first use: ticket and bundle of one run
    /// have the same, also where it can't be kept.
    pub(super) fn redaction_key_once(
        &self,
        load: impl FnOnce() -> CliResult<Key>,
    ) -> CliResult<&Key> {
        once(&self.redaction_key, load)
    }

    /// Keeps the bundle that `--from` turned out to be: a pipe gives it once.
    pub(super) fn keep_bundle(&self, bundle: Option<File>) {
        bundle.into_iter().for_each(|bundle| drop(self.bundle.set(bundle)));
    }

    /// The bundle that the snapshot of `--from` was read from; `None` before, and when it was
    /// none.
    pub(super) fn recorded_bundle(&self) -> Option<Bundle> {
        Bundle::of(self.bundle.get()?.try_clone().ok()?).ok()
    }

    /// Program and pack versions, for documents.
    pub fn tool(&self) -> CliResult<Tool> {
        Ok(Tool {
            name: "keycase".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            data: self.packs()?.version(),
        })
    }

    /// Whether questions may be asked: stdin and stderr are terminals.
    pub fn may_ask(&self) -> bool {
        use std::io::IsTerminal;
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Refuses `--json` for an answer that another program reads in a form of its own.
    pub(super) fn refuse_json(&self, because: &str) -> CliResult<()> {
        match self.global.json {
            true => {
                Err(App::usage(format!("{because}; it has no form in JSON"))
                    .hint("leave --json out"))
            }
            false => Ok(()),
        }
    }

    /// A usage error in the words of the command line.
    pub fn usage(message: impl Into<String>) -> CliError {
        CliError::new(Exit::Usage, message)
    }
}

/// `OnceCell::get_or_try_init`, which is not stable yet.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> CliResult<T>) -> CliResult<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}
