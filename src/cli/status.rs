//! `keycase status`: what the desk says about a ticket, or about all of this outbox.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::desks;
use super::{App, CliError, CliResult, Exit, output};
use crate::desk::{Desk, Failure};
use crate::render::status::{SCHEMA, StatusDocument, TicketRow};

/// Ask the desk how a ticket stands
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The ticket's number [default: every ticket of the outbox]
    ticket: Option<String>,
    /// Use this desk of the configuration [default: the one the ticket was sent to]
    #[arg(long, value_name = "NAME")]
    desk: Option<String>,
    /// Read the desk's key from a file (`-` is stdin)
    #[arg(long, value_name = "FILE")]
    credential_file: Option<PathBuf>,
}

/// Asks each desk about its tickets.
pub(super) fn run(args: &StatusArgs, app: &App) -> CliResult {
    let data = desks::data(app)?;
    let mut rows = Vec::new();
    let mut exit = Exit::Done;
    for (name, ids) in wanted(args, app)? {
        let chosen = desks::choose(app, name.as_deref())?;
        let key = chosen.key(args.credential_file.as_ref())?;
        let desk = chosen.open(app, &data, key)?;
        for id in ids {
            let (row, failed) = ask(&*desk, &chosen.name, id);
            rows.push(row);
            exit = failed.unwrap_or(exit);
        }
    }
    let document = StatusDocument { schema: SCHEMA, tool: app.tool()?, tickets: rows };
    let text = match app.global.json {
        true => crate::text::json::document(&document)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => document.text(),
    };
    output::answer(&text)?;
    Ok(exit.code())
}

/// Tickets by desk; `None` is the default desk.
fn wanted(args: &StatusArgs, app: &App) -> CliResult<BTreeMap<Option<String>, Vec<String>>> {
    let listing = desks::store()?.list().map_err(|error| desks::store_error(&error))?;
    let known = listing.items.iter().filter_map(|item| {
        Some((item.request.desk.clone(), item.progress.ticket.as_ref()?.id.clone()))
    });
    let mut by_desk: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    match &args.ticket {
        Some(id) => {
            let sent_to = known.clone().find(|(_, ticket)| ticket == id).map(|(desk, _)| desk);
            by_desk.insert(args.desk.clone().or(sent_to), vec![id.clone()]);
        }
        None => {
            let of_desk = known.filter(|(desk, _)| args.desk.as_ref().is_none_or(|d| d == desk));
            for (desk, id) in of_desk {
                let ids = by_desk.entry(Some(desk)).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
    }
    if by_desk.is_empty() && !app.global.quiet {
        output::hint("`keycase status TICKET` asks about a ticket that was opened elsewhere");
    }
    Ok(by_desk)
}

fn ask(desk: &dyn Desk, name: &str, id: String) -> (TicketRow, Option<Exit>) {
    let mut row = TicketRow {
        desk: name.to_owned(),
        id: id.clone(),
        url: None,
        subject: None,
        state: None,
        updated_at: None,
        error: None,
    };
    match desk.status(&id) {
        Ok(status) => {
            row.url = status.ticket.url;
            row.subject = status.subject;
            row.state = status.state;
            row.updated_at = status.updated_at;
            (row, None)
        }
        Err(failure) => {
            row.error = Some(failure.to_string());
            (row, Some(exit(&failure)))
        }
    }
}

/// How a question to a desk ends that was not answered.
pub(super) fn exit(failure: &Failure) -> Exit {
    match failure {
        Failure::Unfit(_) => Exit::Usage,
        Failure::Refused { .. } | Failure::OutOfProtocol(_) => Exit::DeskRefused,
        Failure::Unreachable(_) | Failure::Busy { .. } | Failure::Unclear { .. } => {
            Exit::DeskUnreachable
        }
    }
}
