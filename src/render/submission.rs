//! `keycase.submission/1`: where a submission stands and what comes next.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::desk::{DeskData, Details, Item, Place, Progress, Request, State, fill};
use crate::snapshot::Tool;
use crate::text::visible;

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.submission/1";

/// Where a submission stands: the document `keycase.submission/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Submission {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The program and its data.
    pub tool: Tool,
    /// Its id.
    pub submission: String,
    /// The desk's name in the configuration.
    pub desk: String,
    /// Where it stands.
    pub state: State,
    /// The ticket at the desk, once there is one.
    pub ticket: Option<TicketRef>,
    /// The bundle that goes with it.
    pub bundle: Option<BundleRef>,
    /// The address of the person who asks, which the desk gets.
    pub requester: Option<String>,
    /// What else the desk gets; `null` for a submission of an earlier release.
    pub details: Option<Details>,
    /// What went wrong last.
    pub error: Option<String>,
    /// What to do next.
    pub next: Option<String>,
}

/// A ticket at a desk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TicketRef {
    /// The desk's number or id for it.
    pub id: String,
    /// Where a person can see it.
    pub url: Option<String>,
}

/// A bundle.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BundleRef {
    /// File name without folders.
    pub file: String,
    /// SHA-256 in lowercase hex.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
}

impl Submission {
    /// The document for a submission in the outbox.
    pub fn of(item: &Item, tool: Tool, data: &DeskData) -> Self {
        let mut this = Self::new(&item.request, &item.progress, tool);
        this.next = next_step(item, data);
        this
    }

    /// The document for one that is only a draft.
    pub fn draft(request: &Request, progress: &Progress, tool: Tool) -> Self {
        let mut this = Self::new(request, progress, tool);
        this.next = Some("run the same command without --dry-run to send it".into());
        this
    }

    fn new(request: &Request, progress: &Progress, tool: Tool) -> Self {
        let ticket = progress.ticket.as_ref();
        let bundle = request.draft.bundle.clone();
        Self {
            schema: SCHEMA,
            tool,
            submission: request.submission.to_string(),
            desk: request.desk.clone(),
            state: progress.state,
            ticket: ticket.map(|t| TicketRef { id: t.id.clone(), url: t.url.clone() }),
            bundle: bundle.map(|b| BundleRef { file: b.file, sha256: b.sha256, bytes: b.bytes }),
            requester: request.requester.clone(),
            details: request.details.clone(),
            error: progress.error.clone(),
            next: None,
        }
    }

    /// The answer for a person.
    pub fn text(&self) -> String {
        let mut text = format!("submission {}: {}\n", self.submission, headline(self.state));
        if let Some(ticket) = &self.ticket {
            let url = ticket.url.as_deref().map(|url| format!(" {url}")).unwrap_or_default();
            let _ = writeln!(text, "ticket {}{}", visible(&ticket.id), visible(&url));
        }
        if let Some(error) = &self.error {
            let _ = writeln!(text, "last problem: {}", visible(error));
        }
        for (at, step) in self.next.iter().flat_map(|next| next.split("; then ")).enumerate() {
            let _ = writeln!(text, "{} {}", if at == 0 { "next:" } else { " then" }, visible(step));
        }
        text
    }
}

fn headline(state: State) -> &'static str {
    match state {
        State::Draft => "a draft, nothing was sent or kept",
        State::Ready => "kept here for you to hand over",
        State::Queued => "waiting to be sent",
        State::Sending => "being sent",
        State::Sent => "at the desk",
        State::CreatedNotAttached => "the ticket is at the desk, the bundle is not yet",
        State::Ambiguous => "it is not clear whether the desk has it",
        State::Rejected => "refused by the desk",
    }
}

/// What a person does next.
fn next_step(item: &Item, data: &DeskData) -> Option<String> {
    let id = item.request.submission;
    let progress = &item.progress;
    let bundle = item.bundle_path().map(|path| path.display().to_string());
    match progress.state {
        State::Draft => None,
        State::Sent if !item.request.can_be_found => {
            Some("wait for the desk's mail with the ticket's number, and answer that".into())
        }
        State::Sent => Some("keep the ticket number; the desk answers the requester".into()),
        State::Ready => Some(hand_over_steps(item, data)),
        State::Sending => Some("`keycase outbox list` shows how it ends".into()),
        State::CreatedNotAttached if progress.refused => Some(format!(
            "add {} to the ticket on its page yourself, or ask the desk how it wants the file; then keep the ticket number",
            bundle.unwrap_or_default()
        )),
        State::Queued | State::CreatedNotAttached if progress.given_up => {
            Some("run `keycase outbox send`: timers have given up on it".into())
        }
        State::Queued => Some(match progress.hold.filter(|hold| hold.binds_person) {
            Some(hold) => format!("after {}, run `keycase outbox send`", hold.until),
            None => "run `keycase outbox send` when the desk can be reached".into(),
        }),
        State::Ambiguous if progress.given_up => {
            Some(format!("{}; timers look for it no more", unclear(&item.request)))
        }
        State::Ambiguous => Some(unclear(&item.request)),
        State::CreatedNotAttached => {
            Some("run `keycase outbox send`: only the bundle is sent, to the same ticket".into())
        }
        State::Rejected => Some(format!(
            "correct what the desk names; then run `keycase outbox send {id}`, or hand over {} yourself",
            item.text_path().display()
        )),
    }
}

/// What to do when it is not clear whether the desk has it.
pub fn unclear(request: &Request) -> String {
    let id = request.submission;
    match request.can_be_found {
        true => "run `keycase outbox send`: it asks the desk before it sends anything again".into(),
        false => format!(
            "this desk can't be asked: see whether it has confirmed the ticket to you; then, if it has, run `keycase outbox drop {id}`, and if it has not, `keycase outbox send {id} --again`"
        ),
    }
}

fn whom(item: &Item, data: &DeskData) -> String {
    item.request.hand_to.clone().unwrap_or_else(|| data.outbox_only.unnamed.clone())
}

fn hand_over_steps(item: &Item, data: &DeskData) -> String {
    let text = item.text_path().display().to_string();
    let bundle = item.bundle_path().map(|path| path.display().to_string());
    let place = item.request.place.as_ref();
    let steps = match (place, &bundle) {
        (None, Some(_)) => &data.outbox_only.steps,
        (None, None) => &data.outbox_only.steps_without_bundle,
        (Some(_), Some(_)) => &data.handoff.steps,
        (Some(_), None) => &data.handoff.steps_without_bundle,
    };
    let paste = place.filter(|place| !place.whole).map(|_| &data.handoff.paste);
    let filled = steps.iter().chain(paste).map(|step| {
        fill(step, |name| match name {
            "whom" => whom(item, data),
            "text" => text.clone(),
            "bundle" => bundle.clone().unwrap_or_default(),
            "link" => place.map(|Place { link, .. }| link.clone()).unwrap_or_default(),
            other => format!("{{{other}}}"),
        })
    });
    filled.collect::<Vec<_>>().join("; then ")
}

/// What goes to the desk besides text and bundle, a heading and one line each; nothing when
/// there is no more.
pub fn along(request: &Request) -> Vec<String> {
    let details = request.details.clone().unwrap_or_default();
    let tags = (!details.tags.is_empty()).then(|| details.tags.join(", "));
    let kind = details.kind.map(|kind| format!("{kind}, if the desk has that type"));
    let named = [
        ("requester", request.requester.clone()),
        ("queue", details.queue),
        ("priority", details.priority),
        ("type", kind),
        ("tags", tags),
    ];
    let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let all = named.chain(details.fields);
    let lines: Vec<String> = all.map(|(name, value)| format!("  {name}: {value}")).collect();
    let heading = (!lines.is_empty()).then(|| "Goes along".to_owned());
    heading.into_iter().chain(lines).collect()
}

/// What will be sent, for the person who is asked to agree.
pub fn preview(request: &Request) -> String {
    let (draft, desk) = (&request.draft, visible(&request.desk));
    let mut text = match &request.address {
        Some(address) => format!("To desk `{desk}`, {}:\n\n", visible(address)),
        None => format!("To be kept here for desk `{desk}`:\n\n"),
    };
    let _ = writeln!(text, "  {}\n", visible(&draft.subject));
    for line in draft.text.lines() {
        let _ = writeln!(text, "  {}", visible(line));
    }
    let along = along(request);
    if !along.is_empty() {
        text.push('\n');
    }
    for line in &along {
        let _ = writeln!(text, "  {}", visible(line));
    }
    let _ = writeln!(text, "\n  {:>10} bytes  ticket text", draft.text.len());
    if let Some(bundle) = &draft.bundle {
        let _ = writeln!(text, "  {:>10} bytes  {}", bundle.bytes, visible(&bundle.file));
    }
    text
}
