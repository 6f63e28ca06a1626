//! `keycase status`: what the desk says about a ticket, or about all of this outbox.

mod calendar;

use std::collections::BTreeMap;

use clap::Args;

use super::desks::{self, Chosen, Reach};
use super::{App, CliError, CliResult, Exit, output};
use crate::desk::{Desk, Failure, Item};
use crate::render::status::{SCHEMA, StatusDocument, TicketRow};

/// Ask the desk how a ticket stands
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The ticket's number [default: every ticket of the outbox]
    ticket: Option<String>,
    /// Use this desk of the configuration [default: the one the ticket was sent to]
    #[arg(long, value_name = "NAME")]
    desk: Option<String>,
    #[command(flatten)]
    reach: Reach,
}

/// Asks each desk about its tickets.
pub(super) fn run(args: &StatusArgs, app: &App) -> CliResult {
    let data = desks::data(app)?;
    let known = desks::store()?.list().map_err(|error| desks::store_error(&error))?.items;
    let mut rows = Vec::new();
    let mut exit = Exit::Done;
    for (name, ids) in wanted(args, app, &known) {
        let chosen = desks::choose(app, name.as_deref())?;
        let desk = chosen.open(app, &data, &args.reach)?;
        for id in ids {
            let (row, failed) = ask(app, &*desk, &chosen, &known, id)?;
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
fn wanted(args: &StatusArgs, app: &App, items: &[Item]) -> BTreeMap<Option<String>, Vec<String>> {
    // A ticket that was sent by mail has no number yet.
    let asked = items.iter().filter(|item| item.request.can_be_found);
    let known = asked.filter_map(|item| {
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
    by_desk
}

fn ask(
    app: &App,
    desk: &dyn Desk,
    chosen: &Chosen,
    known: &[Item],
    id: String,
) -> CliResult<(TicketRow, Option<Exit>)> {
    let mut row = TicketRow {
        desk: chosen.name.clone(),
        id: id.clone(),
        url: None,
        subject: None,
        state: None,
        updated_at: None,
        phase: None,
        targets: None,
        next: None,
        reopen_until: None,
        error: None,
    };
    match desk.status(&id) {
        Ok(status) => {
            let has = |item: &&Item| item.progress.ticket.as_ref().is_some_and(|t| t.id == id);
            let item = known.iter().filter(|item| item.request.to_ticket.is_none()).find(has);
            let policy = app.policy(chosen.config.policy.as_deref())?;
            calendar::fill(&mut row, policy, &status, item, app.now);
            row.phase = status.phase.map(|phase| phase.id());
            row.url = status.ticket.url;
            row.subject = status.subject;
            row.state = status.state;
            row.updated_at = status.updated_at;
            Ok((row, None))
        }
        Err(failure) => {
            row.error = Some(failure.to_string());
            Ok((row, Some(exit(&failure))))
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
