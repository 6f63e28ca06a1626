//! `keycase bundle`: collect, redact, write, search.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::diagnose::Doctor;
use super::redaction::{self, Redaction};
use super::units::{bytes, duration};
use super::{
    App, CliError, CliResult, Exit, Interrupt, check, io_exit, launcher, output, pseudonyms, record,
};
use crate::bundle::manifest::Consent;
use crate::bundle::{self, BundleError, Contents, Inputs, Sealer, Step, Target};
use crate::collect::{self, Asked, Clock, Context, Recording, Stop};
use crate::render::bundle::Bundled;
use crate::render::{self, progress::Progress};
use crate::snapshot::Snapshot;

/// Collect evidence, take personal data out, and write one bundle
#[derive(Debug, Args)]
pub(super) struct BundleArgs {
    /// Write to this file instead of keycase-TIME-HASH.zip in the current folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Collect and redact, show what the bundle would hold, write nothing
    #[arg(long)]
    preview: bool,
    /// Watch while you plug the drive in and do what fails; keep only what happens meanwhile
    ///
    /// Waits for Enter at a terminal; with a duration, e.g. --record=30s, it waits that long.
    /// Ctrl-C ends the recording, and the bundle is made.
    #[arg(
        long,
        value_name = "DUR",
        num_args = 0..=1,
        require_equals = true,
        value_parser = record::length
    )]
    record: Option<Option<Duration>>,
    #[command(flatten)]
    pub(super) collect: CollectArgs,
}

/// What goes into a bundle; the same for every command that makes one.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct CollectArgs {
    /// Leave out log lines older than this, e.g. 2h or 7d
    #[arg(long, value_name = "DUR", value_parser = duration)]
    since: Option<Duration>,
    /// Let logs and included files take at most this much, e.g. 20M
    #[arg(long, value_name = "N", value_parser = bytes)]
    max_bytes: Option<u64>,
    /// Encrypt the bundle to an age recipient or SSH public key (may be repeated)
    #[cfg(feature = "seal")]
    #[arg(long, value_name = "RECIPIENT")]
    seal_to: Vec<String>,
    /// Add a file, redacted like the rest (may be repeated)
    #[arg(long, value_name = "FILE")]
    include: Vec<PathBuf>,
    /// Also replace the serial numbers of the drives the bundle is about
    #[arg(long)]
    pub(super) mask_serials: bool,
    /// Read the drive's launcher CD too: file list, hashes, software version
    ///
    /// The CD is read where it is mounted, or from its read-only node. Without this option
    /// nothing at all is sent to the drive.
    #[arg(long)]
    pub(super) read_launcher: bool,
    /// Look whether this management server can be reached, and which certificates it shows
    #[cfg(feature = "submit")]
    #[arg(long, value_name = "HOST[:PORT]")]
    reach: Option<collect::Destination>,
}

/// What asking for a bundle means.
const CONSENT: &str = "A bundle was asked for with `keycase bundle`. It stays on this \
                       machine until somebody hands it on.";

pub(super) fn run(args: &BundleArgs, app: &App) -> CliResult {
    let stop = Interrupt::listen();
    let sealer = args.collect.sealer()?;
    let recording = match args.record {
        Some(length) => {
            record::conflict(args.collect.since)?;
            Some(Arc::new(record::record(app, length, &stop)?))
        }
        None => None,
    };
    let began = Instant::now();
    let progress = Progress::start(app.global.quiet, "reading this machine");
    let mut snapshot = app.snapshot(false)?;
    launcher::add_software(app, &mut snapshot, args.collect.read_launcher)?;
    let consent = Consent { text: CONSENT.to_owned(), at: app.now };
    let documents = vec![eligibility(app, &snapshot)?, findings(app, &snapshot, &stop)?];
    let job = Job { app, snapshot: &snapshot, documents, consent, stop: &stop, began, recording };
    let told = |step: Step<'_>| progress.bundle(step);
    let answer = match args.preview {
        true => {
            job.inputs(&args.collect, &told, |inputs| bundle::preview(inputs).map(Bundled::preview))
        }
        false => job.inputs(&args.collect, &told, |inputs| {
            let built = bundle::build(inputs, &args.target(), sealer.as_deref())?;
            let map = pseudonyms::keep(app, inputs.redactor);
            let map = map.map(|place| place.display().to_string());
            Ok(Bundled { map, ..Bundled::from(built) })
        }),
    };
    progress.end();
    tell(&answer?, app, &stop)
}

/// `eligibility.json` for a bundle.
pub(super) fn eligibility(app: &App, snapshot: &Snapshot) -> CliResult<bundle::Document> {
    document("eligibility.json", &check::document(app, snapshot, None, &[])?)
}

/// `findings.json` for a bundle.
fn findings(app: &App, snapshot: &Snapshot, stop: &Interrupt) -> CliResult<bundle::Document> {
    let verdicts = check::document(app, snapshot, None, &[])?;
    let findings = Doctor::beside(app, &[], None, stop)?.findings(snapshot, &verdicts)?;
    document("findings.json", &findings)
}

/// A document for a bundle.
pub(super) fn document(name: &str, value: &impl serde::Serialize) -> CliResult<bundle::Document> {
    let value = serde_json::to_value(value)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
    Ok(bundle::Document { name: name.into(), value })
}

impl BundleArgs {
    fn target(&self) -> Target {
        match &self.output {
            Some(dir) if dir.is_dir() => Target::Folder(dir.clone()),
            Some(file) => Target::File(file.clone()),
            None => Target::Folder(PathBuf::from(".")),
        }
    }
}

impl CollectArgs {
    /// The same with so little of logs that the bundle stays below `limit`; `None` when the
    /// person has set a limit, which then counts.
    pub(super) fn within(&self, limit: u64) -> Option<Self> {
        // A twentieth is left for the report, the documents and the archive itself.
        let logs = limit - limit / 20;
        self.max_bytes.is_none().then(|| Self { max_bytes: Some(logs), ..self.clone() })
    }

    /// Who encrypts the bundle, if anybody.
    #[cfg(feature = "seal")]
    pub(super) fn sealer(&self) -> CliResult<Option<Box<dyn Sealer>>> {
        if self.seal_to.is_empty() {
            return Ok(None);
        }
        let recipients = bundle::Recipients::parse(&self.seal_to)
            .map_err(|error| CliError::from_error(Exit::Usage, &error))?;
        Ok(Some(Box::new(recipients)))
    }

    /// Who encrypts the bundle: nobody, in a build without `seal`.
    #[cfg(not(feature = "seal"))]
    pub(super) fn sealer(&self) -> CliResult<Option<Box<dyn Sealer>>> {
        Ok(None)
    }
}

/// One bundle to be made, for any command.
pub(super) struct Job<'a> {
    pub(super) app: &'a App,
    pub(super) snapshot: &'a Snapshot,
    /// What goes in beside the snapshot, e.g. `eligibility.json`.
    pub(super) documents: Vec<bundle::Document>,
    pub(super) consent: Consent,
    pub(super) stop: &'a Interrupt,
    /// When the run began: reading the machine is a part of its budget.
    pub(super) began: Instant,
    /// What was recorded before, if anything.
    pub(super) recording: Option<Arc<Recording>>,
}

impl Job<'_> {
    /// Prepares everything a bundle is made from and calls `make` with it.
    pub(super) fn inputs<T>(
        self,
        args: &CollectArgs,
        progress: &dyn Fn(Step<'_>),
        make: impl FnOnce(&Inputs<'_>) -> Result<T, BundleError>,
    ) -> CliResult<T> {
        let Redaction { redactor, auditor } =
            redaction::load(self.app, self.snapshot, args.mask_serials)?;
        let includes = args.include.iter().map(|path| redaction::open_include(path));
        // Stamps that count from the machine's start are related to the end of a recording.
        let now = self.recording.as_ref().map_or(self.app.now, |recording| recording.until);
        let asked = Asked {
            launcher: args.read_launcher,
            recording: self.recording,
            #[cfg(feature = "submit")]
            reach: args.reach.clone(),
            log: self.app.log.clone(),
        };
        let collectors = collect::wanted(&asked);
        let inputs = Inputs {
            snapshot: self.snapshot,
            documents: self.documents,
            tool: self.app.tool()?,
            now: self.app.now,
            consent: Some(self.consent),
            context: Context {
                root: self.app.root()?,
                target: collect::Target::of(self.snapshot),
                now,
                since: args.since,
                stop: Stop::new(self.stop.flag(), left(self.began)),
                asked,
            },
            collectors,
            clock: clock(self.app),
            bytes: args.max_bytes.unwrap_or(bundle::USUAL_BYTES),
            includes: includes.collect::<CliResult<_>>()?,
            redactor: &redactor,
            auditor: auditor.as_ref(),
            report: &|contents: &Contents<'_>| render::report::report(contents),
            progress,
        };
        make(&inputs).map_err(|error| failed(&error))
    }
}

/// How much of the run's time is left.
fn left(began: Instant) -> Duration {
    Duration::from_secs(bundle::SECONDS).saturating_sub(began.elapsed())
}

/// Measures time, unless the run's time is given or the input recorded: then the same
/// input gives the same bytes.
fn clock(app: &App) -> Clock {
    if app.global.now.is_some() || app.global.from.is_some() {
        return Arc::new(|| Duration::ZERO);
    }
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}

fn tell(answer: &Bundled, app: &App, stop: &Interrupt) -> CliResult {
    let text = match app.global.json {
        true => crate::text::json::document(answer)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => answer.text(std::io::stdout().is_terminal()),
    };
    output::answer(&text)?;
    if stop.is_set() {
        let what = "the bundle holds what had been collected until then";
        return stop.check(what).map(|()| Exit::Interrupted.code());
    }
    if let (Some(file), false) = (&answer.bundle, app.global.quiet) {
        output::hint(&format!("nothing has been sent; `keycase show {}` shows it", file.file));
    }
    Ok(Exit::Done.code())
}

/// A bundle that was not made; nothing is left behind.
pub(super) fn failed(error: &BundleError) -> CliError {
    let (exit, hint) = match error {
        BundleError::Write { source, .. } => {
            (io_exit(source), "nothing was left behind; make room, or choose a folder with -o")
        }
        BundleError::InTheWay(_) => (Exit::Io, "choose another file with -o"),
        BundleError::Leak { .. } | BundleError::ReadBack(_) => {
            (Exit::Failed, "report this, please; the bundle is gone and nothing was sent")
        }
        BundleError::Redact { .. } => (Exit::Failed, "nothing leaves without redaction"),
        BundleError::Seal(_) => (Exit::Failed, "check the recipients given by --seal-to"),
        BundleError::Name(_) | BundleError::TooMany => {
            (Exit::BadData, "include fewer files, or rename the one named above")
        }
        BundleError::Document { .. } | BundleError::Worker => {
            (Exit::Failed, "report this, please; nothing was left behind")
        }
    };
    CliError::from_error(exit, error).hint(hint)
}
