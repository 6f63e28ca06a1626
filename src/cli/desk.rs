//! `keycase desk`: which desks are configured, whether one can be reached, and its key.

mod login;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::desks::{self, Chosen, Reach};
use super::{App, CliError, CliResult, Exit, output};
use crate::desk::{Access, Failure};
use crate::snapshot::Tool;

/// List desks, and check that one can be reached
#[derive(Debug, Args)]
pub(super) struct DeskArgs {
    #[command(subcommand)]
    command: DeskCommand,
}

#[derive(Debug, Subcommand)]
enum DeskCommand {
    /// List configured desks
    List,
    /// Check address and credential without changing anything
    Test {
        /// The desk's name in the configuration
        name: String,
        #[command(flatten)]
        reach: Reach,
    },
    /// Keep a desk's key: asked for, or read from stdin
    Login(login::LoginArgs),
}

#[derive(Serialize)]
struct DesksDocument {
    schema: &'static str,
    tool: Tool,
    desks: Vec<DeskRow>,
}

#[derive(Serialize)]
struct DeskRow {
    name: String,
    default: bool,
    sends: bool,
    /// Whether it needs a key.
    key: bool,
    address: Option<String>,
    policy: Option<String>,
    requester: Option<String>,
    error: Option<String>,
}

#[derive(Serialize)]
struct TestDocument {
    schema: &'static str,
    tool: Tool,
    desk: String,
    address: Option<String>,
    ok: bool,
    /// Whose credential it wants.
    access: Access,
    account: Option<String>,
    error: Option<String>,
}

/// Runs one of the desk commands.
pub(super) fn run(args: &DeskArgs, app: &App) -> CliResult {
    match &args.command {
        DeskCommand::List => list(app),
        DeskCommand::Test { name, reach } => test(name, reach, app),
        DeskCommand::Login(args) => login::run(args, app),
    }
}

fn list(app: &App) -> CliResult {
    let config = app.config()?;
    let default = config.default_desk.as_deref().unwrap_or(desks::OUTBOX_ONLY);
    let mut names: Vec<&str> = config.desk.keys().map(String::as_str).collect();
    if !names.contains(&desks::OUTBOX_ONLY) {
        names.push(desks::OUTBOX_ONLY);
    }
    // One that is not there has a row too, which says so.
    if !names.contains(&default) {
        names.push(default);
    }
    let rows: Vec<DeskRow> = names.into_iter().map(|name| row(app, name, default)).collect();
    let exit = if rows.iter().any(|row| row.error.is_some()) { Exit::Config } else { Exit::Done };
    let text = match app.global.json {
        true => json(&DesksDocument { schema: "keycase.desks/1", tool: app.tool()?, desks: rows })?,
        false => rows.iter().map(line).collect(),
    };
    output::answer(&text)?;
    Ok(exit.code())
}

fn row(app: &App, name: &str, default: &str) -> DeskRow {
    let chosen = desks::choose(app, Some(name));
    let error = chosen.as_ref().err().map(|error| error.message().to_owned());
    let chosen = chosen.ok();
    let config = chosen.as_ref().map(|chosen| &chosen.config);
    DeskRow {
        name: name.to_owned(),
        default: name == default,
        sends: chosen.as_ref().is_some_and(Chosen::sends),
        key: config.is_some_and(|config| config.needs_key()),
        policy: config.and_then(|config| config.policy.clone()),
        requester: config.and_then(|config| config.requester.clone()),
        address: chosen.and_then(|chosen| chosen.address),
        error,
    }
}

fn line(row: &DeskRow) -> String {
    let mark = if row.default { "*" } else { " " };
    let place = match (&row.error, &row.address) {
        (Some(error), _) => error.clone(),
        (None, Some(address)) => address.clone(),
        (None, None) => "nothing is sent; you hand the ticket over".to_owned(),
    };
    let text = format!("{mark} {}  {place}", row.name);
    format!("{}\n", crate::text::visible(&text))
}

fn test(name: &str, reach: &Reach, app: &App) -> CliResult {
    let chosen = desks::choose(app, Some(name))?;
    let data = desks::data(app)?;
    let desk = chosen.open(app, &data, reach)?;
    let access = desk.capabilities().access;
    let probed = desk.probe();
    if app.global.json {
        output::answer(&json(&TestDocument {
            schema: "keycase.desk-test/1",
            tool: app.tool()?,
            desk: name.to_owned(),
            address: chosen.address.clone(),
            ok: probed.is_ok(),
            access,
            account: probed.as_ref().ok().cloned().flatten(),
            error: probed.as_ref().err().map(ToString::to_string),
        })?)?;
    }
    let account = probed.map_err(|failure| not_reached(&chosen, &failure))?;
    if !app.global.json {
        output::answer(&works(&chosen, access, account))?;
    }
    Ok(Exit::Done.code())
}

fn works(chosen: &Chosen, access: Access, account: Option<String>) -> String {
    let whose = match access {
        Access::Agent => "an agent's credential: for technicians and integrations",
        Access::EndUser => "a requester's credential",
        Access::None => "no credential needed",
    };
    let what = match (&chosen.address, account) {
        (None, _) => "nothing is sent, so there is nothing to reach".to_owned(),
        (Some(address), None) if access == Access::None => format!("{address} answers; {whose}"),
        (Some(address), None) => format!("{address} accepts the credential; {whose}"),
        (Some(address), Some(who)) => format!("{address} accepts the credential of {who}; {whose}"),
    };
    format!("{}\n", crate::text::visible(&format!("desk `{}`: {what}", chosen.name)))
}

fn not_reached(chosen: &Chosen, failure: &Failure) -> CliError {
    let exit = super::status::exit(failure);
    let address = chosen.address.as_deref().unwrap_or_default();
    let error = CliError::caused_by(exit, format!("desk `{}` can't be used", chosen.name), failure);
    match exit {
        Exit::Usage => error,
        Exit::DeskRefused => {
            error.hint(format!("is {address} the desk's own address, and is the key still valid?"))
        }
        _ => error.hint(format!(
            "check the network and that {address} is right; tickets wait in the outbox meanwhile"
        )),
    }
}

fn json<T: Serialize>(document: &T) -> CliResult<String> {
    crate::text::json::document(document)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}
