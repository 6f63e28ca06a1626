//! `keycase triage`: what kind of ticket a description is, how bad, about what, in scope?
//! `keycase submit` classifies its ticket in the same way.

mod questions;

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};

use super::description::DescriptionArgs;
use super::{App, CliError, CliResult, Exit, output};
use crate::condition::{FactValue, Facts, KnownNames, Origin, drive_facts};
use crate::policy::{Policy, RequestTypeId, TargetError, TargetQuery, targets, typed_fact};
use crate::render::{self, triage::Targets};
use crate::snapshot::{Drive, Snapshot};
use crate::text::json;
use crate::triage::{Kind, Rules, Scope, Ticket, Triage, triage};

/// Classify a description: type, severity, category, scope, and what is still open
#[derive(Debug, Args)]
pub(super) struct TriageArgs {
    #[command(flatten)]
    description: DescriptionArgs,
    /// The support policy to classify by
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// State what no machine can know, such as `only_copy=true` (may be repeated)
    #[arg(long, value_name = "K=V")]
    fact: Vec<String>,
    /// When the ticket is received, if not now
    #[arg(long, value_name = "RFC3339")]
    received_at: Option<Timestamp>,
}

/// Prints the triage; at a terminal asks what would change it.
pub(super) fn run(args: &TriageArgs, app: &App) -> CliResult {
    let description = args.description.words()?.ok_or_else(|| {
        App::usage("there is nothing to classify")
            .hint("add --describe TEXT or --describe-file FILE")
    })?;
    let classified = classify(
        app,
        &Described {
            words: &description,
            policy: args.policy.as_deref(),
            facts: &args.fact,
            snapshots: &snapshots(app)?,
            received: args.received_at.unwrap_or(app.now),
            may_ask: app.may_ask() && !app.global.json,
        },
    )?;
    output::answer(&show(&classified, app)?)?;
    Ok(Exit::Done.code())
}

/// What is to be classified.
pub(super) struct Described<'a> {
    /// The person's words.
    pub(super) words: &'a str,
    /// Id of the policy, or the usual one.
    pub(super) policy: Option<&'a str>,
    /// Facts the person states, `NAME=VALUE`.
    pub(super) facts: &'a [String],
    /// What the machine said.
    pub(super) snapshots: &'a [Snapshot],
    /// When the ticket is received.
    pub(super) received: Timestamp,
    /// Whether a person is there to answer questions.
    pub(super) may_ask: bool,
}

/// A classified description with its target times.
pub(super) struct Classified {
    pub(super) triage: Triage,
    pub(super) targets: Targets,
}

impl Classified {
    /// The published document.
    pub(super) fn document(&self, app: &App) -> CliResult<render::triage::Document> {
        Ok(render::triage::document(&self.triage, self.targets.clone(), app.tool()?))
    }
}

/// Classifies a description; asks what would change the answer when somebody can be asked.
pub(super) fn classify(app: &App, described: &Described<'_>) -> CliResult<Classified> {
    let policy = app.policy(described.policy)?;
    let rules = rules(app)?;
    let names = names(app, &rules)?;
    let standing = policy.standing_facts();
    let stated = stated(described.facts, app, &names, &standing)?;
    let known = drive(app, described.snapshots, &stated)?;
    let decide = |facts: &Facts<'_>| {
        let ticket = Ticket { description: described.words, policy: &policy.id, facts };
        triage(&ticket, &rules).map_err(|error| CliError::from_error(Exit::Config, &error))
    };
    let mut triage = decide(&known)?;
    if described.may_ask && !triage.ask.is_empty() {
        let mut answered = Facts::over(&known);
        questions::ask(&triage.ask, &names, &mut answered)?;
        triage = decide(&answered)?;
    }
    let targets = due(policy, &triage, described.received)?;
    Ok(Classified { triage, targets })
}

/// Whether only triage reads the fact of `NAME=VALUE`, and not the policy.
pub(super) fn is_own_fact(app: &App, policy: Option<&str>, fact: &str) -> CliResult<bool> {
    let name = fact.split('=').next().unwrap_or(fact).trim();
    let rules = rules(app)?;
    let own = rules.askable().any(|(askable, _)| askable == name);
    Ok(own && app.policy(policy)?.fact(name).is_none())
}

/// The policy's target times for what was found; none for what it does not cover.
fn due(policy: &Policy, triage: &Triage, received: Timestamp) -> CliResult<Targets> {
    if triage.scope == Scope::OutOfScope {
        let notes = vec!["no targets: the policy does not cover this".to_owned()];
        return Ok(Targets { notes, ..Targets::default() });
    }
    let severity = triage.severity.level.to_string();
    let query = TargetQuery {
        severity: &severity,
        request_type: Some(match triage.kind {
            Kind::Problem => RequestTypeId::Problem,
            Kind::Question => RequestTypeId::Question,
            Kind::FeatureRequest => RequestTypeId::FeatureRequest,
            Kind::Request => RequestTypeId::Request,
        }),
        priority: triage.priority.as_deref(),
        received,
    };
    let targets = targets(policy, &query).map_err(|error| {
        let (exit, hint) = match error {
            TargetError::Time => {
                (Exit::BadData, "--received-at takes the time a ticket was received")
            }
            _ => {
                (Exit::Config, "data/triage/policies.toml must name severities as the policy does")
            }
        };
        CliError::from_error(exit, &error).hint(hint)
    })?;
    Ok(Targets::new(&targets))
}

fn show(classified: &Classified, app: &App) -> CliResult<String> {
    if !app.global.json {
        return Ok(render::triage::table(&classified.triage, &classified.targets));
    }
    json::document(&classified.document(app)?)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}

/// The triage packs in use.
pub(super) fn rules(app: &App) -> CliResult<Rules> {
    Rules::load(app.packs()?).map_err(|errors| {
        let mut error = CliError::new(Exit::Config, "the triage packs are not usable");
        for problem in errors {
            error = error.because(&problem);
        }
        error.hint("data/triage/README.md explains the keys")
    })
}

/// Every fact that may be stated: triage's own and those that any policy asks for.
fn names(app: &App, rules: &Rules) -> CliResult<KnownNames> {
    let policies = app.policies()?;
    let mut names = KnownNames::default();
    for (name, kind) in policies.iter().flat_map(|policy| policy.names().iter()) {
        names.add(name, kind);
    }
    rules.askable().for_each(|(name, kind)| names.add(name, kind));
    Ok(names)
}

/// The facts of overlays, over them the configuration's, over them the command line's.
fn stated<'f>(
    options: &[String],
    app: &App,
    names: &KnownNames,
    standing: &'f Facts<'f>,
) -> CliResult<Facts<'f>> {
    let mut facts = Facts::over(standing);
    for (name, value) in &app.config()?.facts {
        // The configuration serves every command; what triage does not read is not wrong.
        if let Ok(value) = typed_fact(names, name, value) {
            facts.set(name.clone(), value, Origin::Config);
        }
    }
    for fact in options {
        let (name, value) = parse(fact, names)?;
        facts.set(name, value, Origin::Option);
    }
    Ok(facts)
}

fn parse(fact: &str, names: &KnownNames) -> CliResult<(String, FactValue)> {
    let Some((name, value)) = fact.split_once('=') else {
        return Err(App::usage(format!("--fact {fact}: no value"))
            .hint("write it as NAME=VALUE, for example requester_is_admin=true"));
    };
    let (name, value) = (name.trim(), value.trim());
    let Some(kind) = names.get(name) else {
        let known: Vec<&str> = names.iter().map(|(name, _)| name).collect();
        let error = App::usage(format!("--fact {fact}: no fact `{name}`"));
        return Err(match names.closest(name) {
            Some(near) => error.hint(format!("is it `{near}`?")),
            None => error.hint(format!("known are {}", known.join(", "))),
        });
    };
    let value = kind
        .parse(value)
        .map_err(|error| CliError::caused_by(Exit::Usage, format!("--fact {fact}"), &error))?;
    Ok((name.to_owned(), value))
}

/// What this machine says; a description can be classified without any machine to look at.
fn snapshots(app: &App) -> CliResult<Vec<Snapshot>> {
    let recorded = app.global.from.is_some() || app.global.sysroot.is_some();
    match app.snapshots(false) {
        Ok(snapshots) => Ok(snapshots),
        Err(error) if recorded => Err(error),
        Err(_) => Ok(Vec::new()),
    }
}

/// What is known about the drive, when there is exactly one to speak of.
fn drive<'f>(app: &App, snapshots: &[Snapshot], stated: &'f Facts<'f>) -> CliResult<Facts<'f>> {
    let mut facts = Facts::over(stated);
    let drives: Vec<&Drive> = snapshots.iter().flat_map(|snapshot| &snapshot.drives).collect();
    if let [drive] = drives.as_slice() {
        let life = app.catalog()?.lifecycle(&drive.identity);
        let today = app.now.to_zoned(TimeZone::UTC).date();
        drive_facts(&mut facts, drive, &life, today);
    }
    Ok(facts)
}
