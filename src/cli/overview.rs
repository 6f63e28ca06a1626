//! `keycase` without a command: one screen for a person.

mod next;

use super::diagnose::Doctor;
use super::{App, CliError, CliResult, Exit, check, output, scan};
use crate::render::overview::{self as render, Overview, SCHEMA, Support};
use crate::render::text::machines;
use crate::snapshot::Snapshot;

/// Shows each machine with what it has, what is wrong, who helps and what comes next.
pub(super) fn run(app: &App) -> CliResult {
    let doctor = Doctor::new(app, &[])?;
    let snapshots = app.snapshots(true)?;
    let overviews: CliResult<Vec<_>> =
        snapshots.iter().map(|s| overview(app, &doctor, s)).collect();
    output::answer(&show(&overviews?, app)?)?;
    if snapshots.iter().any(|snapshot| !snapshot.drives.is_empty()) {
        return Ok(Exit::Done.code());
    }
    // The screen has said so already; being refused is told as an error of its own.
    let nothing = scan::nothing_found(&snapshots);
    if nothing.exit == Exit::MissingRight {
        return Err(nothing);
    }
    Ok(nothing.exit.code())
}

fn overview(app: &App, doctor: &Doctor<'_>, snapshot: &Snapshot) -> CliResult<Overview> {
    let eligibility = check::document(app, snapshot, None, &[])?;
    let findings = doctor.findings(snapshot, &eligibility)?;
    let next = next::steps(snapshot, &eligibility, &findings);
    Ok(Overview {
        schema: SCHEMA.into(),
        tool: app.tool()?,
        as_of: app.now,
        snapshot: snapshot.clone(),
        eligibility,
        findings,
        support: Support::new(app.policy(None)?),
        next,
    })
}

fn show(overviews: &[Overview], app: &App) -> CliResult<String> {
    if !app.global.json {
        return Ok(machines(&overviews.iter().map(render::screen).collect::<Vec<_>>()));
    }
    let text = match overviews {
        [one] => crate::text::json::document(one),
        many => many.iter().map(crate::text::json::line).collect(),
    };
    text.map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}
