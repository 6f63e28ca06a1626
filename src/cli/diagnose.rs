//! `keycase diagnose`: what is wrong, by what evidence, and what to do.

mod logs;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::{App, CliError, CliResult, Exit, Interrupt, check, output, redaction, scan};
use crate::condition::{Facts, Origin};
use crate::diagnose::{Case, Diagnosis, Problems, Right, diagnose, rights};
use crate::redact::Redactor;
use crate::render::eligibility::EligibilityDocument;
use crate::render::findings::{self as render, FindingsDocument};
use crate::render::text::machines;
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
    let doctor = Doctor::new(app, &args.facts)?;
    let snapshots = app.snapshots(true)?;
    let documents = snapshots
        .iter()
        .map(|snapshot| doctor.findings(snapshot, &check::document(app, snapshot, None, &[])?));
    let documents: CliResult<Vec<_>> = documents.collect();
    output::answer(&show(&documents?, app)?)?;
    if snapshots.iter().all(|snapshot| snapshot.drives.is_empty()) {
        return Err(scan::nothing_found(&snapshots));
    }
    Ok(Exit::Done.code())
}

/// Everything that a diagnosis needs beside a machine; for every command that makes one.
pub(super) struct Doctor<'a> {
    app: &'a App,
    problems: Problems,
    stated: Facts<'static>,
    bundle: Option<PathBuf>,
    budget: Duration,
    stop: Interrupt,
}

/// How long a log may take beside other work.
const BESIDE: Duration = Duration::from_secs(10);

impl<'a> Doctor<'a> {
    /// Loads the packs and takes what the person stated, as `--fact` has it.
    pub(super) fn new(app: &'a App, facts: &[String]) -> CliResult<Self> {
        let problems = load(app)?;
        let stated = stated(app, &problems, facts)?;
        let (budget, stop) = (logs::BUDGET, app.interrupt.clone());
        Ok(Self { app, problems, stated, bundle: None, budget, stop })
    }

    /// The same for a ticket: facts of no problem are for the policy, and the logs are those
    /// of the bundle that goes with it, if there is one already.
    pub(super) fn beside(
        app: &'a App,
        facts: &[String],
        bundle: Option<&Path>,
        stop: &Interrupt,
    ) -> CliResult<Self> {
        let problems = load(app)?;
        let own = |fact: &&String| {
            let name = fact.split_once('=').map_or("", |(name, _)| name.trim());
            problems.names().get(name).is_some()
        };
        let own: Vec<String> = facts.iter().filter(own).cloned().collect();
        let stated = stated(app, &problems, &own)?;
        // A recorded machine has logs of its own, or none.
        let bundle = bundle.filter(|_| app.global.from.is_none()).map(Path::to_owned);
        Ok(Self { app, problems, stated, bundle, budget: BESIDE, stop: stop.clone() })
    }

    /// The diagnosis of a machine, and the rights that are missing; not redacted.
    pub(super) fn diagnose(&self, snapshot: &Snapshot) -> CliResult<(Diagnosis, Vec<Right>)> {
        let look =
            logs::Look { bundle: self.bundle.as_deref(), budget: self.budget, stop: &self.stop };
        let (observed, refused) = logs::observe(self.app, &self.problems, snapshot, look)?;
        let case = Case {
            snapshot,
            catalog: self.app.catalog()?,
            observed: &observed,
            stated: &self.stated,
            // Dates of life are days; UTC is the same for every machine.
            today: self.app.now.to_zoned(jiff::tz::TimeZone::UTC).date(),
        };
        Ok((diagnose(case, &self.problems), rights(snapshot, &refused)))
    }

    /// The same as a document, redacted, with what the policy says about each drive in mind.
    pub(super) fn findings(
        &self,
        snapshot: &Snapshot,
        verdicts: &EligibilityDocument,
    ) -> CliResult<FindingsDocument> {
        let (diagnosis, rights) = self.diagnose(snapshot)?;
        let redactor = redactor(self.app, snapshot, &diagnosis)?;
        let (tool, now) = (self.app.tool()?, self.app.now);
        let redactor = redactor.as_ref();
        let all = FindingsDocument::new(tool, now, snapshot, &diagnosis, &rights, redactor);
        Ok(all.heeding(verdicts))
    }
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
        return Ok(machines(&documents.iter().map(table).collect::<Vec<_>>()));
    }
    let text = match documents {
        [one] => crate::text::json::document(one),
        many => many.iter().map(crate::text::json::line).collect(),
    };
    text.map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}
