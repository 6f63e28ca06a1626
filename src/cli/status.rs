//! `keycase status`: what the desk says about a ticket, or about all of this outbox.

mod calendar;

use std::collections::BTreeMap;

use clap::Args;

use super::desks::{self, Chosen, Reach};
use super::{App, CliError, CliResult, Exit, output};
use crate::desk::{Desk, DeskData, Failure, Item};
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
    let usual = app.config()?.default_desk.as_deref().unwrap_or(desks::OUTBOX_ONLY);
    let mut rows = Vec::new();
    let mut exits = Vec::new();
    for (name, ids) in wanted(args, app, &known) {
        match opened(args, app, name.as_deref(), &data) {
            Ok((chosen, desk)) => {
                for id in ids {
                    let (row, failed) = ask(app, &*desk, &chosen, &known, id)?;
                    rows.push(row);
                    exits.extend(failed);
                }
            }
            Err(error) => {
                let desk = name.as_deref().unwrap_or(usual);
                let unasked =
                    |id| TicketRow { error: Some(error.message().into()), ..row(desk, id) };
                rows.extend(ids.into_iter().map(unasked));
                exits.push(error.exit);
                // With its causes and hints, which the answer has no room for.
                error.print();
            }
        }
    }
    let exit = desks::most_urgent(&exits);
    let document = StatusDocument { schema: SCHEMA, tool: app.tool()?, tickets: rows };
    let text = match app.global.json {
        true => crate::text::json::document(&document)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => document.text(),
    };
    output::answer(&text)?;
    Ok(exit.code())
}

fn opened(
    args: &StatusArgs,
    app: &App,
    name: Option<&str>,
    data: &DeskData,
) -> CliResult<(Chosen, Box<dyn Desk>)> {
    let chosen = desks::choose(app, name)?;
    let desk = chosen.open(app, data, &args.reach)?;
    Ok((chosen, desk))
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
            let sent_to = desks::having(items, id).into_iter().map(Some);
            let named = args.desk.clone();
            let all = if named.is_some() { vec![named] } else { sent_to.collect() };
            let all = if all.is_empty() { vec![None] } else { all };
            by_desk.extend(all.into_iter().map(|desk| (desk, vec![id.clone()])));
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

/// A ticket of which nothing is known yet.
fn row(desk: &str, id: String) -> TicketRow {
    TicketRow {
        desk: desk.to_owned(),
        id,
        url: None,
        subject: None,
        state: None,
        updated_at: None,
        phase: None,
        targets: None,
        next: None,
        reopen_until: None,
        error: None,
    }
}

fn ask(
    app: &App,
    desk: &dyn Desk,
    chosen: &Chosen,
    known: &[Item],
    id: String,
) -> CliResult<(TicketRow, Option<Exit>)> {
    let mut row = row(&chosen.name, id.clone());
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
