//! `keycase attach`: a bundle for a ticket that is open already.

use std::path::PathBuf;

use clap::Args;
use uuid::Uuid;

use super::assemble::{self, Packed};
use super::desks::{self, Chosen, Reach};
use super::submit::{self, Consent, Shipment};
use super::{App, CliError, CliResult, Exit, Interrupt, output};
use crate::desk::{
    Desk, Details, Facts, Failure, Progress, REQUEST_SCHEMA, Request, State, Ticket, TicketDraft,
    accepts,
};

/// Add a bundle to an open ticket
#[derive(Debug, Args)]
pub(super) struct AttachArgs {
    /// The ticket's number
    ticket: String,
    /// The bundle
    bundle: PathBuf,
    /// Use this desk of the configuration [default: the one the ticket was sent to]
    #[arg(long, value_name = "NAME")]
    desk: Option<String>,
    /// Agree to sending without being asked
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Checks the bundle and the ticket, asks, and sends.
pub(super) fn run(args: &AttachArgs, app: &App) -> CliResult {
    submit::may_agree(app, args.yes)?;
    let stop = Interrupt::listen();
    let chosen = desk_of(args, app)?;
    let data = desks::data(app)?;
    let bundle = assemble::given_bundle(&args.bundle)?;
    let desk = chosen.open(app, &data, &args.reach)?;
    let (ticket, attached) = ticket(args, &*desk)?;
    accepts(&desk.capabilities(), Some(&bundle.info), attached)
        .map_err(|failure| submit::not_accepted(&failure))?;
    let request = request(app, &chosen, &ticket, &bundle);
    show(app, &chosen, &ticket, &bundle);
    submit::agree(app, &chosen, Consent { yes: args.yes })?;
    stop.check("nothing was sent or kept")?;
    // With one upload counted, the desk is asked first whether it has the file already.
    let progress = Progress {
        ticket: Some(ticket),
        uploads: 1,
        ..Progress::new(State::CreatedNotAttached, app.now)
    };
    let shipment = Shipment { request, progress, bundle: Some(&bundle.path) };
    let item = submit::send(app, &*desk, shipment, stop)?;
    submit::answer(app, &item, &data)
}

/// The named desk, or the one that has the ticket as far as the outbox knows.
fn desk_of(args: &AttachArgs, app: &App) -> CliResult<Chosen> {
    let known = desks::store()?.list().map_err(|error| desks::store_error(&error))?;
    let having = desks::having(&known.items, &args.ticket);
    let mut having = having.iter().map(String::as_str);
    let name = match (args.desk.as_deref(), having.next(), having.next()) {
        (None, Some(one), Some(other)) => return Err(of_several(&args.ticket, one, other)),
        (named, sent_to, _) => named.or(sent_to),
    };
    let chosen = desks::choose(app, name)?;
    if chosen.sends() {
        return Ok(chosen);
    }
    let what = format!("desk `{}` takes nothing over the network", chosen.name);
    Err(CliError::new(Exit::Config, what)
        .hint("add the bundle on the ticket's own page, or name a desk with --desk"))
}

fn of_several(ticket: &str, one: &str, other: &str) -> CliError {
    App::usage(format!("desk `{one}` and desk `{other}` both have a ticket {ticket}"))
        .hint(format!("say which one is meant with --desk, for example --desk {one}"))
}

/// The ticket, and how many bytes it has already. A desk that cannot be reached now is no
/// reason to refuse: the outbox tries again.
fn ticket(args: &AttachArgs, desk: &dyn Desk) -> CliResult<(Ticket, u64)> {
    match desk.status(&args.ticket) {
        Ok(status) => Ok((status.ticket, status.attached_bytes)),
        Err(failure @ (Failure::Refused { .. } | Failure::OutOfProtocol(_))) => {
            let what = format!("can't add to ticket {}", args.ticket);
            Err(CliError::caused_by(Exit::DeskRefused, what, &failure)
                .hint("is the number right, and may this credential see the ticket?"))
        }
        Err(failure @ Failure::Unfit(_)) => Err(CliError::from_error(Exit::Usage, &failure)),
        Err(_) => {
            let id = args.ticket.clone();
            Ok((Ticket { id, url: None, requester: None }, 0))
        }
    }
}

/// What is sent. It is made of the program's own words and numbers only.
fn request(app: &App, chosen: &Chosen, ticket: &Ticket, bundle: &Packed) -> Request {
    let submission = Uuid::new_v4();
    let subject = format!("bundle for ticket {}", ticket.id);
    let info = &bundle.info;
    let text = format!("{subject}\n{}, {} bytes, SHA-256 {}\n", info.file, info.bytes, info.sha256);
    Request {
        schema: REQUEST_SCHEMA.into(),
        submission,
        agreed_at: app.now,
        desk: chosen.name.clone(),
        address: chosen.address.clone(),
        requester: chosen.config.requester.clone(),
        to_ticket: Some(ticket.id.clone()),
        place: None,
        hand_to: None,
        details: Some(Details::default()),
        can_be_found: true,
        draft: TicketDraft {
            submission,
            subject,
            text,
            facts: Facts::new(),
            given: Facts::new(),
            drives: Vec::new(),
            findings: Vec::new(),
            words: String::new(),
            questions: Vec::new(),
            severity: None,
            bundle: Some(info.clone()),
        },
    }
}

fn show(app: &App, chosen: &Chosen, ticket: &Ticket, bundle: &Packed) {
    if app.global.quiet {
        return;
    }
    let address = chosen.address.as_deref().unwrap_or_default();
    output::tell(&format!("To ticket {} of desk `{}`, {address}:", ticket.id, chosen.name));
    output::tell(&format!("  {:>10} bytes  {}", bundle.info.bytes, bundle.info.file));
    submit::show_files(bundle);
}
