//! `keycase check`: does the support policy cover the drives that are attached?

mod facts;
mod inventory;
mod questions;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{App, CheckExit, CliError, CliResult, Exit, output, scan};
use crate::condition::Facts;
use crate::policy::{Policy, Verdict, eligibility};
use crate::render::eligibility::{self as render, DriveVerdict, EligibilityDocument, Summary};
use crate::render::text::machines;
use crate::snapshot::Snapshot;

/// Say whether each attached drive is eligible for support, and why
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The support policy to apply [default: the default desk's, or datalocker]
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// State what the machine cannot know, e.g. requester_is_admin=true (may be repeated)
    #[arg(long = "fact", value_name = "NAME=VALUE")]
    facts: Vec<String>,
    /// Check the drives of a list, CSV or NDJSON, instead of this machine's (`-` for stdin)
    #[arg(long, value_name = "FILE|-")]
    inventory: Option<PathBuf>,
    /// How to print the verdicts [default: table]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// Forms of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One JSON document (the same as --json).
    Json,
    /// Comma-separated values.
    Csv,
    /// One JSON object a line and drive.
    Ndjson,
    /// Prometheus text format.
    Prometheus,
    /// One line for a monitoring plugin.
    Nagios,
}

/// Runs the check; every failure is "unknown" to a monitoring system.
pub(super) fn run(args: &CheckArgs, app: &App) -> CliResult {
    match check(args, app) {
        Ok(exit) => Ok(exit.code()),
        Err(error) => {
            // A monitoring plugin is heard by the first line of its stdout.
            if args.format == Some(Format::Nagios) {
                // Where stdout takes nothing, the exit code still says "unknown".
                let _ = output::answer(&render::nagios_unknown(error.message()));
            }
            error.print();
            Ok(CheckExit::Unknown.code())
        }
    }
}

fn check(args: &CheckArgs, app: &App) -> CliResult<CheckExit> {
    let format = format(args, app)?;
    let policy = app.policy(args.policy.as_deref())?;
    let facts = facts::gather(policy, &args.facts, app.config()?)?;
    if let Some(list) = &args.inventory {
        return inventory::check(list, format, policy, &facts, app);
    }
    let snapshots = app.snapshots(false)?;
    let mut documents = judge(app, policy, &snapshots, &facts)?;
    if format == Format::Table && app.may_ask() && !app.global.quiet {
        let answers = questions::settle(policy, &facts, &documents, |facts| {
            judge(app, policy, &snapshots, facts)
        })?;
        documents = answers.unwrap_or(documents);
    }
    let drives = documents.iter().flat_map(|document| &document.drives);
    let exit = exit(Summary::of(drives.map(|drive| drive.verdict)), advised(&documents));
    output::answer(&show(&documents, format, exit)?)?;
    if documents.iter().all(|document| document.drives.is_empty()) {
        scan::nothing_found(&snapshots).print();
    }
    Ok(exit)
}

/// The verdicts for one machine, as a bundle and a ticket carry them.
pub(super) fn document(
    app: &App,
    snapshot: &Snapshot,
    policy: Option<&str>,
    stated: &[String],
) -> CliResult<EligibilityDocument> {
    let policy = app.policy(policy)?;
    let facts = facts::gather(policy, stated, app.config()?)?;
    verdicts(app, policy, snapshot, &facts)
}

fn format(args: &CheckArgs, app: &App) -> CliResult<Format> {
    match (args.format, app.global.json) {
        (Some(format), true) if format != Format::Json => {
            Err(App::usage("--json and --format ask for two forms of the answer")
                .hint("leave one of them out"))
        }
        (_, true) => Ok(Format::Json),
        (format, false) => Ok(format.unwrap_or(Format::Table)),
    }
}

/// The verdicts for every machine.
fn judge(
    app: &App,
    policy: &Policy,
    snapshots: &[Snapshot],
    facts: &Facts<'_>,
) -> CliResult<Vec<EligibilityDocument>> {
    let several = snapshots.len() > 1;
    let judged = snapshots.iter().enumerate().map(|(at, snapshot)| {
        let document = verdicts(app, policy, snapshot, facts)?;
        Ok(if several { document.of_machine(at + 1) } else { document })
    });
    judged.collect()
}

fn verdicts(
    app: &App,
    policy: &Policy,
    snapshot: &Snapshot,
    facts: &Facts<'_>,
) -> CliResult<EligibilityDocument> {
    let catalog = app.catalog()?;
    let today = policy.today(app.now);
    let verdicts = snapshot.drives.iter().map(|drive| {
        let life = catalog.lifecycle(&drive.identity);
        let answer = eligibility(policy, drive, &life, facts, today);
        DriveVerdict::new(drive, &answer, catalog, today)
    });
    Ok(EligibilityDocument::new(app.tool()?, app.now, policy, verdicts.collect()))
}

/// A drive that is not eligible outweighs one that is not known; both outweigh a question, and
/// an advice.
fn exit(all: Summary, advised: usize) -> CheckExit {
    match all {
        _ if all.total() == 0 => CheckExit::Unknown,
        _ if all.not_eligible > 0 => CheckExit::NotEligible,
        _ if all.unknown > 0 => CheckExit::Unknown,
        _ if all.needs_information > 0 || advised > 0 => CheckExit::Settle,
        _ => CheckExit::Eligible,
    }
}

fn show(documents: &[EligibilityDocument], format: Format, exit: CheckExit) -> CliResult<String> {
    let json = crate::text::json::line::<DriveVerdict>;
    let text = match format {
        Format::Table => {
            return Ok(machines(&documents.iter().map(render::table).collect::<Vec<_>>()));
        }
        Format::Csv => return Ok(render::csv(documents)),
        Format::Prometheus => return Ok(render::prometheus(documents)),
        Format::Nagios => return Ok(render::nagios(documents, advised(documents), status(exit))),
        Format::Ndjson => documents.iter().flat_map(|d| &d.drives).map(json).collect(),
        Format::Json => match documents {
            [one] => crate::text::json::document(one),
            many => many.iter().map(crate::text::json::line).collect(),
        },
    };
    text.map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}

fn status(exit: CheckExit) -> &'static str {
    match exit {
        CheckExit::Eligible => "OK",
        CheckExit::Settle => "WARNING",
        CheckExit::NotEligible => "CRITICAL",
        CheckExit::Unknown => "UNKNOWN",
    }
}

/// How many drives something is advised for.
fn advised(documents: &[EligibilityDocument]) -> usize {
    let drives = documents.iter().flat_map(|document| &document.drives);
    drives.filter(|drive| !drive.advice.is_empty()).count()
}

/// Whether any drive waits for an answer.
fn waits(documents: &[EligibilityDocument]) -> bool {
    let mut drives = documents.iter().flat_map(|document| &document.drives);
    drives.any(|drive| drive.verdict == Verdict::NeedsInformation)
}
