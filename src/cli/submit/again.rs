//! A second submission about the same drive and problem: better added to the ticket that is
//! open already.

use jiff::Timestamp;

use crate::cli::{App, CliResult, ask, desks, output};
use crate::desk::{Desk, Item, Progress, Request, State, Ticket};
use crate::policy::TicketState;

/// The open ticket that this is to be added to: asked for by `--add-to-open`, or agreed to by
/// the person who is asked.
pub(super) fn ticket_to_add_to(
    app: &App,
    desk: &dyn Desk,
    request: &Request,
    wanted: bool,
    yes: bool,
) -> CliResult<Option<Ticket>> {
    let able = desk.capabilities();
    if !able.sends || able.in_one {
        return Ok(None);
    }
    let Some((ticket, state)) = open_ticket(desk, request)? else { return Ok(None) };
    let state = state.map(|state| format!(" ({state})")).unwrap_or_default();
    let known =
        format!("ticket {}{state} of desk `{}` is about the same drive", ticket.id, request.desk);
    if wanted {
        return Ok(Some(ticket));
    }
    if yes || !app.may_ask() {
        if !app.global.quiet {
            output::hint(&format!(
                "{known}; `--add-to-open` adds to it instead of opening another"
            ));
        }
        return Ok(None);
    }
    let question = format!("{known}. Add to it instead of opening another?");
    let add = ask::confirm(question, true)?;
    Ok(add.then_some(ticket))
}

/// The newest ticket about the same drive and problem that is not closed, and its state in
/// the requester's words. A desk that does not say is taken to have it open.
fn open_ticket(desk: &dyn Desk, request: &Request) -> CliResult<Option<(Ticket, Option<String>)>> {
    let known = desks::store()?.list().map_err(|error| desks::store_error(&error))?;
    let newest = known.items.iter().rev().filter(|item| is_about_the_same(item, request));
    for ticket in newest.filter_map(|item| item.progress.ticket.as_ref()) {
        match desk.status(&ticket.id) {
            Ok(status) if status.phase == Some(TicketState::Closed) => {}
            Ok(status) => return Ok(Some((status.ticket, status.state))),
            Err(_) => return Ok(Some((ticket.clone(), None))),
        }
    }
    Ok(None)
}

fn is_about_the_same(item: &Item, request: &Request) -> bool {
    let category = |request: &Request| request.draft.fact("category").map(str::to_owned);
    let (one, other) = (category(&item.request), category(request));
    let same_problem = one.is_none() || other.is_none() || one == other;
    let same_desk =
        (&item.request.desk, &item.request.address) == (&request.desk, &request.address);
    same_desk && same_problem && item.request.draft.shares_drive(&request.draft)
}

/// Turns a new ticket into an addition; where its way through the outbox begins.
pub(super) fn added_to(ticket: Ticket, request: &mut Request, now: Timestamp) -> Progress {
    request.to_ticket = Some(ticket.id.clone());
    // With one upload counted, the desk is asked first whether it has the file already.
    Progress { ticket: Some(ticket), uploads: 1, ..Progress::new(State::CreatedNotAttached, now) }
}
