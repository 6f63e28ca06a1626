//! `keycase outbox`: what is waiting and why, and sending it.

use clap::{Args, Subcommand};

use super::clock::RunClock;
use super::desks::{self, Chosen, Reach};
use super::{App, CliError, CliResult, Exit, Interrupt, ask, output};
use crate::desk::{
    Asked, Clock as _, Desk, DeskData, Item, Listing, Locked, Outbox, State, StoreError,
};
use crate::render::outbox::{Entry, OutboxDocument, SCHEMA, nothing_to_send};
use crate::render::progress::Upload;
use crate::render::submission::{Submission, along, unclear};
use crate::snapshot::Problem;

/// Show what waits to be sent, send it, or drop it
#[derive(Debug, Args)]
pub(super) struct OutboxArgs {
    #[command(subcommand)]
    command: OutboxCommand,
}

#[derive(Debug, Subcommand)]
enum OutboxCommand {
    /// List all submissions
    List,
    /// Settle what is unclear, then send what waits
    Send(SendArgs),
    /// Show one submission with its ticket text and log
    Show {
        /// Its id, or the beginning of it
        id: String,
    },
    /// Remove a submission
    Drop(DropArgs),
}

#[derive(Debug, Args)]
struct DropArgs {
    /// Its id, or the beginning of it
    id: String,
    /// Agree to removing what is not at the desk, without being asked
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
struct SendArgs {
    /// Send only this one, even if the desk refused it before
    id: Option<String>,
    /// Send only what is due, and do not wait (for timers)
    #[arg(long, conflicts_with = "id")]
    due: bool,
    /// Send it once more although it may have arrived: you know that it has not
    #[arg(long, requires = "id")]
    again: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs one of the outbox commands.
pub(super) fn run(args: &OutboxArgs, app: &App) -> CliResult {
    match &args.command {
        OutboxCommand::List => list(app),
        OutboxCommand::Send(args) => send(args, app),
        OutboxCommand::Show { id } => show(id, app),
        OutboxCommand::Drop(args) => remove(args, app),
    }
}

fn list(app: &App) -> CliResult {
    let Listing { items, problems } = desks::store()?.list().map_err(fail)?;
    let exit = if problems.is_empty() { Exit::Done } else { Exit::BadData };
    answer(app, &items, problems.iter().map(problem).collect())?;
    Ok(exit.code())
}

fn show(id: &str, app: &App) -> CliResult {
    let item = desks::store()?.find(id).map_err(fail)?;
    if app.global.json {
        answer(app, std::slice::from_ref(&item), Vec::new())?;
        return Ok(Exit::Done.code());
    }
    let data = desks::data(app)?;
    let mut text = Submission::of(&item, app.tool()?, &data).text();
    text.push('\n');
    let log = std::fs::read_to_string(item.log_path()).unwrap_or_default();
    let along = along(&item.request);
    let apart = along.first().map(|_| "");
    let ticket =
        item.request.draft.text.lines().chain(apart).chain(along.iter().map(String::as_str));
    let head = ["", "log:"].into_iter().filter(|_| !log.is_empty());
    for line in ticket.chain(head).chain(log.lines()) {
        text.push_str(&crate::text::visible(line));
        text.push('\n');
    }
    output::answer(&text)?;
    Ok(Exit::Done.code())
}

fn remove(args: &DropArgs, app: &App) -> CliResult {
    let store = desks::store()?;
    let dir = store.folder(&args.id).map_err(fail)?;
    let id = dir.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    // What can't be read may be all there is of it.
    let is_sent = store.find(&id).is_ok_and(|item| item.progress.state == State::Sent);
    if !is_sent && !args.yes {
        agree_to_drop(&id, app)?;
    }
    let dir = store.remove(&id).map_err(fail)?;
    if app.global.json {
        output::document(&serde_json::json!({
            "schema": "keycase.outbox-drop/1",
            "tool": app.tool()?,
            "submission": dir.file_name().map(|name| name.to_string_lossy()),
            "folder": dir.display().to_string(),
        }))?;
    }
    if !app.global.quiet {
        output::tell(&format!("removed {}", dir.display()));
    }
    Ok(Exit::Done.code())
}

/// What is not at the desk is here only, so that nobody removes it by a slip.
fn agree_to_drop(id: &str, app: &App) -> CliResult<()> {
    let what = format!("submission {id} is not at the desk, or not all of it");
    if !app.may_ask() {
        return Err(App::usage(format!("{what}, and nobody can be asked here"))
            .hint(format!("add --yes to remove it; `keycase outbox show {id}` shows what it is")));
    }
    let question = format!("{what}. Remove its ticket and its bundle?");
    match ask::confirm(question, false)? {
        true => Ok(()),
        false => Err(CliError::new(Exit::Failed, "not agreed to; nothing was removed")),
    }
}

/// What one `outbox send` has come to.
#[derive(Default)]
struct Round {
    items: Vec<Item>,
    /// How many are kept for the person to hand over, which nothing here sends.
    kept: usize,
    problems: Vec<Problem>,
    exits: Vec<Exit>,
}

impl Round {
    fn failed(&mut self, place: &str, error: &CliError) {
        self.problems.push(Problem::new(place, error.message()));
        self.exits.push(error.exit);
        // With its causes and hints, which the answer has no room for.
        error.print();
    }

    /// How it ends: as interrupted when that left something undone.
    fn exit(&self, stopped: bool) -> Exit {
        if stopped && self.items.iter().any(|item| item.progress.state.is_open()) {
            let error = CliError::new(Exit::Interrupted, "interrupted before everything was sent");
            error.hint("the rest waits; `keycase outbox send` goes on with it").print();
            return Exit::Interrupted;
        }
        desks::most_urgent(&self.exits)
    }
}

fn send(args: &SendArgs, app: &App) -> CliResult {
    let mut round = Round::default();
    let open = match &args.id {
        Some(id) => vec![desks::store()?.find(id).map_err(fail)?],
        None => waiting(args, &mut round)?,
    };
    let data = desks::data(app)?;
    let clock = RunClock::new(app, Interrupt::listen());
    let mut names: Vec<String> = open.iter().map(|item| item.request.desk.clone()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let items = open.iter().filter(|item| item.request.desk == name).cloned().collect();
        if clock.is_stopped() {
            round.items.extend::<Vec<Item>>(items);
            continue;
        }
        let opened = opened(&name, args, app, &data);
        match opened {
            Ok((chosen, desk)) => {
                let progress = Upload::start(app.global.quiet);
                let address = chosen.address.as_deref();
                let outbox = desks::outbox(app, &*desk, address, &clock, &progress)?;
                send_all(&outbox, &chosen, items, args, &mut round);
                progress.end();
            }
            Err(error) => {
                round.failed(&name, &error);
                round.items.extend(items);
            }
        }
    }
    let exit = round.exit(clock.is_stopped());
    if round.items.is_empty() && round.problems.is_empty() && !app.global.json {
        output::answer(&nothing_to_send(round.kept))?;
        return Ok(exit.code());
    }
    answer(app, &round.items, round.problems)?;
    Ok(exit.code())
}

/// Everything that is not settled, with damaged folders reported and left alone. A person is
/// told of what the desk has refused, which only they can settle; to a timer it is not due.
fn waiting(args: &SendArgs, round: &mut Round) -> CliResult<Vec<Item>> {
    let listing = desks::store()?.list().map_err(fail)?;
    for error in &listing.problems {
        round.failed("outbox", &desks::store_error(error));
    }
    let is_kept = |item: &&Item| item.progress.state == State::Ready;
    round.kept = listing.items.iter().filter(is_kept).count();
    let (open, settled): (Vec<Item>, Vec<Item>) =
        listing.items.into_iter().partition(|item| item.progress.state.is_open());
    let refused = settled.into_iter().filter(|item| item.progress.state == State::Rejected);
    for item in refused.filter(|_| !args.due) {
        round.exits.push(desks::exit(&item.progress));
        round.items.push(item);
    }
    Ok(open)
}

fn opened(
    name: &str,
    args: &SendArgs,
    app: &App,
    data: &DeskData,
) -> CliResult<(Chosen, Box<dyn Desk>)> {
    let chosen = desks::choose(app, Some(name))?;
    let desk = chosen.open(app, data, &args.reach)?;
    Ok((chosen, desk))
}

/// First one look for each that is unclear, so that the time between looks passes for all
/// of them at once; then each as far as it goes.
fn send_all(
    outbox: &Outbox<'_>,
    chosen: &Chosen,
    items: Vec<Item>,
    args: &SendArgs,
    round: &mut Round,
) {
    let asked = match (args.due, args.again) {
        (true, _) => Asked::WhenDue,
        (false, true) => Asked::ToSendAgain,
        (false, false) => Asked::ToSettle,
    };
    let mut locked: Vec<Locked> = Vec::new();
    for item in items {
        let id = item.request.submission.to_string();
        let checked = desks::check_address(&item, chosen);
        match checked.and_then(|()| item.clone().lock().map_err(fail)) {
            Ok(item) => locked.push(item),
            Err(error) => {
                round.failed(&id, &error);
                round.items.push(item);
            }
        }
    }
    let reopened = locked.iter_mut().map(|item| match args.id {
        Some(_) => outbox.reopen(item),
        None => Ok(()),
    });
    let reopened: Vec<Result<(), StoreError>> = reopened.collect();
    let looked: Vec<Result<(), StoreError>> = match asked {
        Asked::ToSettle if locked.len() > 1 => {
            locked.iter_mut().map(|item| outbox.advance(item, Asked::ToLook)).collect()
        }
        _ => locked.iter().map(|_| Ok(())).collect(),
    };
    for ((mut item, reopened), looked) in locked.into_iter().zip(reopened).zip(looked) {
        // When interrupted, it stays as it is.
        let done = reopened.and(looked).and_then(|()| outbox.advance(&mut item, asked));
        match done {
            Ok(()) => {
                round.exits.push(desks::exit(item.progress()));
                // What is left of it now is swept away next time.
                let _ = item.drop_bundle();
            }
            Err(error) => {
                round.failed(&item.request().submission.to_string(), &desks::store_error(&error));
            }
        }
        round.items.push(item.into_item());
    }
}

fn answer(app: &App, items: &[Item], problems: Vec<Problem>) -> CliResult<()> {
    let data = desks::data(app)?;
    let tool = app.tool()?;
    let items = items.iter().map(|item| entry(item, Submission::of(item, tool.clone(), &data)));
    let document =
        OutboxDocument { schema: SCHEMA, tool: tool.clone(), items: items.collect(), problems };
    let text = match app.global.json {
        true => crate::text::json::document(&document)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => document.text(),
    };
    output::answer(&text)
}

fn entry(item: &Item, mut submission: Submission) -> Entry {
    // Found in this state and not being worked on, it was interrupted.
    if submission.state == State::Sending && !item.is_busy() {
        submission.state = State::Ambiguous;
        submission.next = Some(unclear(&item.request));
    }
    Entry {
        address: item.request.address.clone(),
        agreed_at: item.request.agreed_at,
        at: item.progress.at,
        not_before: item.progress.hold.map(|hold| hold.until),
        attempts: item.progress.attempts,
        subject: item.request.draft.subject.clone(),
        folder: item.dir().display().to_string(),
        submission,
    }
}

fn problem(error: &StoreError) -> Problem {
    let shown = desks::store_error(error);
    Problem::new("outbox", shown.message())
}

fn fail(error: StoreError) -> CliError {
    desks::store_error(&error)
}
