//! `keycase diagnose`: what is wrong, by what evidence, and what to do.

mod logs;

use clap::Args;

use super::{App, CliError, CliResult, Exit, output, redaction, scan};
use crate::condition::{Facts, Origin};
use crate::diagnose::{Case, Diagnosis, Observed, Problems, Refusal, diagnose, rights};
use crate::redact::Redactor;
use crate::render::findings::{self as render, FindingsDocument};
use crate::snapshot::Snapshot;

/// Say what is wrong with the attached drives, and what to do about it
#[derive(Debug, Args)]
pub(super) struct DiagnoseArgs {
    /// State what the machine cannot know, e.g. led_stays_red=yes (may be repeated)
    #[arg(long = "fact", value_name = "NAME=VALUE")]
    facts: Vec<String>,
}

/// Prints the findings; that there are some is no failure.
pub(super) fn run(args: &DiagnoseArgs, app: &App) -> CliResult {
    let problems = load(app)?;
    let stated = stated(app, &problems, &args.facts)?;
    let snapshots = app.snapshots(true)?;
    let mut documents = Vec::with_capacity(snapshots.len());
    for snapshot in &snapshots {
        let (observed, refused) = logs::observe(app, &problems, snapshot)?;
        documents.push(document(app, snapshot, &problems, &observed, &refused, &stated)?);
    }
    output::answer(&show(&documents, app)?)?;
    if snapshots.iter().all(|snapshot| snapshot.drives.is_empty()) {
        return Err(scan::nothing_found(&snapshots));
    }
    Ok(Exit::Done.code())
}

/// The problem packs in use.
pub(super) fn load(app: &App) -> CliResult<Problems> {
    Problems::load(app.packs()?).map_err(|errors| {
        let mut error = CliError::new(Exit::Config, "the problem packs are not usable");
        for problem in errors {
            error = error.because(&problem);
        }
        error.hint("`keycase data lint` checks overlay packs")
    })
}

/// What the person stated: `--fact` over `[facts]` of the configuration.
fn stated(app: &App, problems: &Problems, options: &[String]) -> CliResult<Facts<'static>> {
    let mut facts = Facts::default();
    for (name, value) in &app.config()?.facts {
        // A configuration serves policies too: what is no fact of a problem is passed over.
        let Some(kind) = problems.names().get(name) else { continue };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = kind.parse(&text).map_err(|error| {
            CliError::new(Exit::Config, format!("the fact {name} of the configuration: {error}"))
                .hint("correct it below [facts] in the configuration")
        })?;
        facts.set(name.clone(), value, Origin::Config);
    }
    for option in options {
        let Some((name, value)) = option.split_once('=') else {
            return Err(App::usage(format!("--fact takes NAME=VALUE, not `{option}`"))
                .hint("for example --fact led_stays_red=yes"));
        };
        let name = name.trim();
        let Some(kind) = problems.names().get(name) else {
            let near = problems.names().closest(name).map(|near| format!("is it `{near}`?"));
            return Err(App::usage(format!("no problem reads the fact `{name}`"))
                .hint(near.unwrap_or_else(|| "`keycase diagnose -v` lists what it asks".into())));
        };
        let value = kind.parse(value.trim()).map_err(|error| {
            let question = problems.question(name).unwrap_or("see docs/problems.md");
            App::usage(format!("--fact {name}: {error}")).hint(question)
        })?;
        facts.set(name.to_owned(), value, Origin::Option);
    }
    Ok(facts)
}

/// The diagnosis of one machine.
pub(super) fn decide(
    app: &App,
    snapshot: &Snapshot,
    problems: &Problems,
    observed: &Observed,
    stated: &Facts<'_>,
) -> CliResult<Diagnosis> {
    // End-of-life dates are days; UTC is the same for every machine.
    let today = app.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let case = Case { snapshot, catalog: app.catalog()?, observed, stated, today };
    Ok(diagnose(case, problems))
}

fn document(
    app: &App,
    snapshot: &Snapshot,
    problems: &Problems,
    observed: &Observed,
    refused: &[Refusal],
    stated: &Facts<'_>,
) -> CliResult<FindingsDocument> {
    let diagnosis = decide(app, snapshot, problems, observed, stated)?;
    let rights = rights(snapshot, refused);
    let redactor = redactor(app, snapshot, &diagnosis)?;
    let tool = app.tool()?;
    Ok(FindingsDocument::new(tool, app.now, snapshot, &diagnosis, &rights, redactor.as_ref()))
}

/// The redactor for sample lines, when there are any.
fn redactor(app: &App, snapshot: &Snapshot, diagnosis: &Diagnosis) -> CliResult<Option<Redactor>> {
    let mut evidence = diagnosis.findings.iter().flat_map(|finding| &finding.evidence);
    if evidence.all(|evidence| evidence.lines.is_empty()) {
        return Ok(None);
    }
    Ok(Some(redaction::load(app, snapshot, false)?.redactor))
}

fn show(documents: &[FindingsDocument], app: &App) -> CliResult<String> {
    if !app.global.json {
        let table = |document| render::table(document, app.global.verbose > 0);
        return Ok(documents.iter().map(table).collect::<Vec<_>>().join("\n"));
    }
    let text = match documents {
        [one] => crate::text::json::document(one),
        many => many.iter().map(crate::text::json::line).collect(),
    };
    text.map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}
