//! `keycase policy`: the support policies, and what they answer.

mod lint;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;

use super::{App, CliError, CliResult, Exit, output};
use crate::policy::{
    LifecycleQuery, RequestTypeId, TargetError, TargetQuery, TicketState, VersionQuery, targets,
    ticket_lifecycle, version_support,
};
use crate::render;
use crate::render::policy::{LifecycleDocument, TargetsDocument, VersionSupportDocument};

/// Show support policies and what follows from them
#[derive(Debug, Args)]
pub(super) struct PolicyArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the policies in use
    List,
    /// Show everything a policy states, with its sources
    Show {
        /// Id of the policy
        id: String,
    },
    /// Check policy packs; overlays are checked on top of the policies in use
    Lint {
        /// Packs to check
        #[arg(required = true, value_name = "FILE")]
        files: Vec<std::path::PathBuf>,
    },
    /// Say when first response and resolution are due
    Targets(TargetsArgs),
    /// Say what happens next to a waiting, solved or closed ticket
    Lifecycle(LifecycleArgs),
    /// Say whether a version of a product is supported
    Support(SupportArgs),
}

#[derive(Debug, Args)]
struct TargetsArgs {
    /// Id of the policy
    id: String,
    /// Severity, by number (1 is the worst) or name
    #[arg(long, value_name = "SEVERITY")]
    severity: String,
    /// When the ticket was received
    #[arg(long, value_name = "RFC3339")]
    received_at: Timestamp,
    /// problem, question, feature_request or request
    #[arg(long = "type", value_name = "TYPE", value_parser = request_type)]
    request_type: Option<RequestTypeId>,
    /// Priority, for policies that have it
    #[arg(long, value_name = "PRIORITY")]
    priority: Option<String>,
}

#[derive(Debug, Args)]
struct LifecycleArgs {
    /// Id of the policy
    id: String,
    /// open, pending, waiting_on_customer, waiting_on_third_party, solved or closed
    #[arg(long, value_name = "STATE", value_parser = ticket_state)]
    state: TicketState,
    /// Since when the ticket has the state
    #[arg(long, value_name = "RFC3339")]
    since: Timestamp,
    /// Follow-ups that stayed unanswered
    #[arg(long, value_name = "N", default_value_t = 0)]
    follow_ups: u16,
}

#[derive(Debug, Args)]
struct SupportArgs {
    /// Id of the policy
    id: String,
    /// The product, as the policy names it
    #[arg(long, value_name = "NAME")]
    product: String,
    /// Its version
    #[arg(long, value_name = "VERSION")]
    version: String,
    /// The latest release of the product, if you know it
    #[arg(long, value_name = "VERSION")]
    latest: Option<String>,
}

fn request_type(text: &str) -> Result<RequestTypeId, String> {
    let all = [
        RequestTypeId::Problem,
        RequestTypeId::Question,
        RequestTypeId::FeatureRequest,
        RequestTypeId::Request,
    ];
    let wanted = text.to_ascii_lowercase().replace(['-', ' '], "_");
    let found = all.into_iter().find(|kind| kind.id() == wanted);
    found.ok_or_else(|| "a type is problem, question, feature_request or request".into())
}

fn ticket_state(text: &str) -> Result<TicketState, String> {
    let all: Vec<&str> = TicketState::ALL.iter().map(|(_, id)| *id).collect();
    TicketState::parse(text).ok_or_else(|| format!("a state is one of {}", all.join(", ")))
}

pub(super) fn run(args: &PolicyArgs, app: &App) -> CliResult {
    match &args.action {
        Action::List => list(app),
        Action::Show { id } => show(id, app),
        Action::Lint { files } => lint::run(files, app),
        Action::Targets(args) => due(args, app),
        Action::Lifecycle(args) => lifecycle(args, app),
        Action::Support(args) => support(args, app),
    }
}

/// Prints a document: JSON, or its form for people.
fn print<T: Serialize>(app: &App, document: &T, table: impl FnOnce() -> String) -> CliResult {
    let text = match app.global.json {
        false => table(),
        true => crate::text::json::document(document)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
    };
    output::answer(&text)?;
    Ok(Exit::Done.code())
}

fn list(app: &App) -> CliResult {
    let policies = app.policies()?;
    let rows: Vec<serde_json::Value> = policies
        .iter()
        .map(|policy| {
            serde_json::json!({
                "id": policy.id,
                "name": &*policy.pack.name,
                "version": policy.version(),
                "checked": policy.pack.checked,
                "source": policy.cited(),
                "overlaid_by": policy.overlaid_by,
            })
        })
        .collect();
    let document = serde_json::json!({
        "schema": "keycase.policies/1", "tool": app.tool()?, "policies": rows,
    });
    print(app, &document, || {
        let line = |policy: &crate::policy::Policy| {
            let overlaid = if policy.overlaid_by.is_empty() { "" } else { "  (overlaid)" };
            format!("{:<14}  {:<10}  {}{overlaid}\n", policy.id, policy.version(), policy.pack.name)
        };
        policies.iter().map(line).collect()
    })
}

fn show(id: &str, app: &App) -> CliResult {
    let policy = app.policy(Some(id))?;
    let clauses: Vec<serde_json::Value> = policy
        .clauses
        .iter()
        .map(|clause| {
            serde_json::json!({
                "id": clause.id,
                "text": &*clause.text,
                "applies_when": clause.applies_when.as_ref().map(|c| c.text()),
                "excludes_when": clause.excludes_when.text(),
                "contact": clause.contact,
                "source": &*clause.source,
            })
        })
        .collect();
    let mut pack = serde_json::to_value(&policy.pack)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
    pack["clause"] = clauses.into();
    let document = serde_json::json!({
        "schema": "keycase.policy/1",
        "tool": app.tool()?,
        "overlaid_by": policy.overlaid_by,
        "policy": pack,
    });
    print(app, &document, || render::policy::show(policy))
}

fn due(args: &TargetsArgs, app: &App) -> CliResult {
    let policy = app.policy(Some(&args.id))?;
    let query = TargetQuery {
        severity: &args.severity,
        request_type: args.request_type,
        priority: args.priority.as_deref(),
        received: args.received_at,
    };
    let targets = targets(policy, &query).map_err(|error| match error {
        TargetError::Time => CliError::from_error(Exit::BadData, &error)
            .hint("--received-at takes the time a ticket was received"),
        _ => CliError::from_error(Exit::Usage, &error)
            .hint(format!("`keycase policy show {}` explains them", policy.id)),
    })?;
    let document = TargetsDocument::new(app.tool()?, policy, &targets);
    print(app, &document, || document.table())
}

fn lifecycle(args: &LifecycleArgs, app: &App) -> CliResult {
    let policy = app.policy(Some(&args.id))?;
    let query = LifecycleQuery {
        state: args.state,
        since: args.since,
        follow_ups: args.follow_ups,
        now: app.now,
    };
    let answer = ticket_lifecycle(policy, &query).ok_or_else(|| {
        CliError::from_error(Exit::BadData, &TargetError::Time)
            .hint("--since takes the time at which the ticket got its state")
    })?;
    let document = LifecycleDocument::new(app.tool()?, policy, args.state, &answer);
    print(app, &document, || document.table())
}

fn support(args: &SupportArgs, app: &App) -> CliResult {
    let policy = app.policy(Some(&args.id))?;
    let latest = args.latest.as_deref();
    let query = VersionQuery {
        product: &args.product,
        version: &args.version,
        latest,
        today: policy.today(app.now),
    };
    let answer = version_support(policy, &query);
    let asked = (args.product.as_str(), args.version.as_str(), latest);
    let document = VersionSupportDocument::new(app.tool()?, policy, asked, answer);
    print(app, &document, || document.table())
}
