//! `keycase submit`: one ticket with its evidence, shown, agreed to, and sent once.

mod again;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use uuid::Uuid;

use super::assemble::{self, Evidence, Wanted};
use super::bundle::CollectArgs;
use super::clock::RunClock;
use super::description::{DescriptionArgs, not_empty};
use super::desks::{self, Chosen, Reach};
use super::{App, CliError, CliResult, Exit, Interrupt, ask, output, pseudonyms};
use crate::desk::{
    self, Asked, Desk, DeskData, Facts, Failure, Item, Progress, REQUEST_SCHEMA, Request, State,
    Statement, StoreError, accepts, draft,
};
use crate::render::hand_over::whom;
use crate::render::preview::Preview;
use crate::render::progress::Upload;
use crate::render::submission::{Submission, along, preview};
use crate::render::triage::{self as render_triage, Document as TriageDocument, scope_id, with_id};

/// File a ticket with the evidence support needs
#[derive(Debug, Args)]
pub(super) struct SubmitArgs {
    /// Send this bundle instead of making one
    bundle: Option<PathBuf>,
    #[command(flatten)]
    description: DescriptionArgs,
    /// Use this desk of the configuration
    #[arg(long, value_name = "NAME")]
    desk: Option<String>,
    /// Show what would be sent, and neither send nor keep anything
    #[arg(long)]
    dry_run: bool,
    /// Agree to sending without being asked
    #[arg(long)]
    yes: bool,
    /// Add to the open ticket about the same drive and problem, if there is one
    #[arg(long)]
    add_to_open: bool,
    #[command(flatten)]
    reach: Reach,
    /// The support policy to check by [default: the desk's, or datalocker]
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// State what the machine cannot know, e.g. requester_is_admin=true (may be repeated)
    #[arg(long = "fact", value_name = "NAME=VALUE")]
    facts: Vec<String>,
    #[command(flatten)]
    collect: CollectArgs,
}

/// Makes the ticket, shows it, asks, and sends it.
pub(super) fn run(args: &SubmitArgs, app: &App) -> CliResult {
    check_usage(args, app)?;
    let chosen = desks::choose(app, args.desk.as_deref())?;
    let data = desks::data(app)?;
    let words = description(args, app)?;
    let desk = match args.dry_run {
        true => None,
        false => Some(chosen.open(app, &data, &args.reach)?),
    };
    let stop = Interrupt::listen();
    let takes = desk::limits(&chosen.config, &data);
    let wanted = args.wanted(app, &chosen, &words, takes.attachment_bytes);
    let evidence = assemble::gather(app, &wanted, &stop)?;
    let mut request = request(args, app, &chosen, &data, &words, &evidence)?;
    accepts(&takes, request.draft.bundle.as_ref(), 0).map_err(|failure| not_accepted(&failure))?;
    if let Some(desk) = &desk {
        would_take(&**desk, &chosen, &request)?;
    }
    show(app, &request, &evidence);
    let Some(desk) = desk else { return answer_draft(app, &request) };
    let open_ticket = again::ticket_to_add_to(app, &*desk, &request, args.add_to_open, args.yes)?;
    agree(app, &chosen, Consent { yes: args.yes })?;
    stop.check("nothing was sent or kept")?;
    pseudonyms::keep(app, &evidence.redactor);
    let progress = match open_ticket {
        Some(ticket) => again::added_to(ticket, &mut request, app.now),
        None if desk.capabilities().sends => Progress::new(State::Queued, app.now),
        None => Progress::new(State::Ready, app.now),
    };
    let bundle = evidence.bundle.as_ref().map(|bundle| bundle.path.as_path());
    let item = send(app, &*desk, Shipment { request, progress, bundle }, stop)?;
    let code = answer(app, &item, &data)?;
    open_place(app, &item);
    Ok(code)
}

impl SubmitArgs {
    fn wanted<'a>(
        &'a self,
        app: &App,
        chosen: &'a Chosen,
        words: &'a str,
        limit: Option<u64>,
    ) -> Wanted<'a> {
        Wanted {
            policy: self.policy.as_deref().or(chosen.config.policy.as_deref()),
            facts: &self.facts,
            words,
            may_ask: app.may_ask() && !app.global.json && !self.yes && !self.dry_run,
            collect: &self.collect,
            bundle: self.bundle.as_deref(),
            limit,
        }
    }
}

/// Everything that can be told from the command line alone.
fn check_usage(args: &SubmitArgs, app: &App) -> CliResult<()> {
    let credential = args.reach.credential_file.as_deref();
    let files = [args.description.file(), credential, app.global.from.as_deref()];
    if files.into_iter().flatten().filter(|file| *file == Path::new("-")).count() > 1 {
        return Err(App::usage("stdin can be read for one purpose only"));
    }
    may_agree(app, args.yes || args.dry_run)
}

/// What a person agrees with on the command line.
pub(super) struct Consent {
    /// `--yes`.
    pub(super) yes: bool,
}

/// Whether there is, or can be, agreement.
pub(super) fn may_agree(app: &App, yes: bool) -> CliResult<()> {
    if yes || app.may_ask() {
        return Ok(());
    }
    Err(App::usage("nobody can be asked here, so nothing is sent")
        .hint("add --yes to agree; `submit --dry-run` shows what would be sent"))
}

/// Holds the ticket against the desk's own list of fields, before anybody is asked. A desk that
/// cannot be asked now is no reason to stop: the outbox waits for it.
fn would_take(desk: &dyn Desk, chosen: &Chosen, request: &Request) -> CliResult<()> {
    match desk.validate(request) {
        Ok(wrong) if wrong.is_empty() => Ok(()),
        Ok(wrong) => {
            let what = format!("desk `{}` would refuse this ticket", chosen.name);
            let error = CliError::new(Exit::Config, what);
            let error = wrong.iter().fold(error, |error, line| error.because(line));
            Err(error.hint(format!(
                "correct [desk.{}.fields] in the configuration; nothing was sent or kept",
                chosen.name
            )))
        }
        Err(failure) => {
            output::warning(&format!("the desk's fields can't be checked: {failure}"));
            Ok(())
        }
    }
}

/// The person's words: given, or asked for.
fn description(args: &SubmitArgs, app: &App) -> CliResult<String> {
    match args.description.words()? {
        Some(words) => Ok(words),
        None if app.may_ask() => {
            let prompt = "What is wrong, in your own words";
            not_empty(ask::words(prompt)?)
        }
        None => Err(App::usage("a ticket needs a description")
            .hint("add --describe TEXT or --describe-file FILE")),
    }
}

/// The ticket, and where it goes: what the person is asked to agree to.
fn request(
    args: &SubmitArgs,
    app: &App,
    chosen: &Chosen,
    data: &DeskData,
    words: &str,
    evidence: &Evidence,
) -> CliResult<Request> {
    let triage = evidence.triage.document(app)?;
    let policy = app.policy(args.policy.as_deref().or(chosen.config.policy.as_deref()))?;
    let statement = Statement {
        submission: Uuid::new_v4(),
        snapshot: evidence.snapshot.as_ref(),
        verdicts: evidence.verdicts.clone(),
        findings: evidence.findings.clone(),
        words,
        given: desks::given(app, &args.facts)?,
        severity: Some(triage.severity.level),
        category: Some(triage.category.id().to_owned()),
        questions: triage.ask.iter().map(|ask| ask.question.clone()).collect(),
        triage: classified(triage),
        bundle: evidence.bundle.as_ref().map(|bundle| bundle.info.clone()),
    };
    let draft = draft(&statement, &evidence.redactor, data.ticket(chosen.config.kind))
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't redact the ticket", &error))?;
    Ok(Request {
        schema: REQUEST_SCHEMA.into(),
        submission: draft.submission,
        agreed_at: app.now,
        desk: chosen.name.clone(),
        address: chosen.address.clone(),
        requester: chosen.config.requester.clone(),
        to_ticket: None,
        place: desk::place(&chosen.config, &data.handoff, &draft),
        hand_to: Some(whom(policy, evidence.elsewhere.as_ref(), &data.outbox_only)),
        details: Some(desk::details(&chosen.config, data, &draft)),
        can_be_found: true,
        draft,
    })
}

/// What a ticket is classified as, by names of facts.
fn classified(triage: TriageDocument) -> Facts {
    let clause = triage.scope.exclusion.clone();
    let scope = match triage.scope.exclusion {
        Some(clause) => format!("{} ({clause})", triage.scope.verdict.id()),
        None => triage.scope.verdict.id().to_owned(),
    };
    let words = [
        with_id(render_triage::kind(triage.kind), triage.kind.id()),
        with_id(
            render_triage::category(triage.category, triage.scope.verdict),
            triage.category.id(),
        ),
        with_id(
            render_triage::scope_words(triage.scope.verdict),
            &scope_id(triage.scope.verdict.id(), clause.as_deref()),
        ),
    ];
    let [kind_words, category_words, scope_words] = words;
    let notes = triage.targets.caveats.join("; ");
    let notes = (!notes.is_empty()).then_some(notes);
    let known = [
        ("type", Some(triage.kind.id().to_owned())),
        ("type_words", Some(kind_words)),
        ("category_words", Some(category_words)),
        ("scope_words", Some(scope_words)),
        ("severity_name", Some(triage.severity.name)),
        ("priority", triage.priority),
        ("scope", Some(scope)),
        ("first_response", triage.targets.first_response),
        ("resolution", triage.targets.resolution),
        ("target_notes", notes),
    ];
    known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The desk would not take it.
pub(super) fn not_accepted(failure: &Failure) -> CliError {
    CliError::from_error(Exit::BadData, failure).hint(
        "`--max-bytes N` makes a smaller bundle, `--seal-to` one with another ending; nothing was sent or kept",
    )
}

fn show(app: &App, request: &Request, evidence: &Evidence) {
    if app.global.quiet {
        return;
    }
    for warning in &evidence.triage.triage.careful {
        output::tell(&format!("careful: {warning}"));
    }
    let drives = evidence.snapshot.as_ref().map_or(0, |snapshot| snapshot.drives.len());
    for line in preview(request).lines() {
        output::tell(line);
    }
    if let Some(bundle) = &evidence.bundle {
        show_files(bundle);
    }
    if drives == 0 {
        output::tell("no drive was found; the ticket says so and goes out all the same");
    }
}

/// The files of the bundle; what stood in them before on a terminal only.
pub(super) fn show_files(bundle: &assemble::Packed) {
    let Some(manifest) = &bundle.manifest else { return };
    let on_terminal = io::stderr().is_terminal();
    output::tell(&format!("in {}:", bundle.info.file));
    let preview = Preview { manifest, samples: &bundle.samples, on_terminal };
    for line in preview.text().lines() {
        output::tell(line);
    }
}

/// Consent: `--yes`, or a person at the terminal.
pub(super) fn agree(app: &App, chosen: &Chosen, consent: Consent) -> CliResult<()> {
    may_agree(app, consent.yes)?;
    if consent.yes {
        return Ok(());
    }
    let question = match &chosen.address {
        Some(address) => format!("Send this to {address}?"),
        None => "Keep this in the outbox?".to_owned(),
    };
    match ask::confirm(question, false)? {
        true => Ok(()),
        false => Err(CliError::new(Exit::Failed, "not agreed to; nothing was sent or kept")),
    }
}

/// What goes through the outbox.
pub(super) struct Shipment<'a> {
    /// What was agreed to.
    pub(super) request: Request,
    /// Where it begins.
    pub(super) progress: Progress,
    /// The bundle's file.
    pub(super) bundle: Option<&'a Path>,
}

/// Through the outbox to the desk.
pub(super) fn send(
    app: &App,
    desk: &dyn Desk,
    shipment: Shipment<'_>,
    stop: Interrupt,
) -> CliResult<Item> {
    let clock = RunClock::new(app, stop);
    let Shipment { request, progress, bundle } = shipment;
    let mut request = request;
    request.can_be_found = desk.capabilities().finds || !desk.capabilities().sends;
    let store = desks::store()?;
    // What can't be swept away now is swept away next time.
    let _ = store.sweep(app.now);
    let added = store.add(request, progress, bundle);
    let mut item = added.map_err(|error| desks::store_error(&error))?;
    let progress = Upload::start(app.global.quiet);
    let address = item.request().address.clone();
    let outbox = desks::outbox(app, desk, address.as_deref(), &clock, &progress)?;
    let advanced = outbox.advance(&mut item, Asked::ToSend);
    progress.end();
    advanced.map_err(|error| not_recorded(&error, item.progress()))?;
    // What is left of it now is swept away next time.
    let _ = item.drop_bundle();
    Ok(item.into_item())
}

/// Opens the desk's form or the mail draft, where there is somebody to see it.
fn open_place(app: &App, item: &Item) {
    let Some(place) = item.request.place.as_ref().filter(|_| app.may_ask() && !app.global.json)
    else {
        return;
    };
    if let Err(error) = open::that_detached(&place.link) {
        output::hint(&format!("nothing here opens it ({error}); copy the address above"));
    }
}

/// The outbox failed while a ticket was under way.
fn not_recorded(error: &StoreError, progress: &Progress) -> CliError {
    let shown = desks::store_error(error);
    match &progress.ticket {
        Some(ticket) => shown.hint(format!(
            "the desk has ticket {}, which could not be written down here; keep the number",
            ticket.id
        )),
        None => shown,
    }
}

fn answer_draft(app: &App, request: &Request) -> CliResult {
    let progress = Progress::new(State::Draft, app.now);
    let document = Submission::draft(request, &progress, app.tool()?);
    match app.global.json {
        true => print(app, &document)?,
        false => output::answer(&draft_text(request))?,
    }
    Ok(Exit::Done.code())
}

fn draft_text(request: &Request) -> String {
    let (draft, along) = (&request.draft, along(request));
    let lines = std::iter::once(draft.subject.as_str()).chain(draft.text.lines());
    let lines = lines.chain(along.iter().map(String::as_str));
    lines.map(|line| format!("{}\n", crate::text::visible(line))).collect()
}

/// Prints where the submission stands; returns the exit code.
pub(super) fn answer(app: &App, item: &Item, data: &DeskData) -> CliResult {
    print(app, &Submission::of(item, app.tool()?, data))?;
    Ok(desks::exit(&item.progress).code())
}

fn print(app: &App, document: &Submission) -> CliResult<()> {
    if !app.global.json {
        return output::answer(&document.text());
    }
    let text = crate::text::json::document(document)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?;
    output::answer(&text)
}
