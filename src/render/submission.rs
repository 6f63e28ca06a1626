//! `keycase.submission/1`: where a submission stands and what comes next.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::desk::{DeskData, Item, Place, Progress, Request, State, TicketDraft, fill};
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

fn hand_over_steps(item: &Item, data: &DeskData) -> String {
    let text = item.text_path().display().to_string();
    let bundle = item.bundle_path().map(|path| path.display().to_string());
    let place = item.request.place.as_ref();
    let steps = match (place, &bundle) {
        (None, Some(_)) => &data.outbox_only.steps,
fn whom(item: &Item, data: &DeskData) -> String {
    item.request.hand_to.clone().unwrap_or_else(|| data.outbox_only.unnamed.clone())
}

        (None, None) => &data.outbox_only.steps_without_bundle,
        (Some(_), Some(_)) => &data.handoff.steps,
        (Some(_), None) => &data.handoff.steps_without_bundle,
    };
    let paste = place.filter(|place| !place.whole).map(|_| &data.handoff.paste);
    let filled = steps.iter().chain(paste).map(|step| {
        fill(step, |name| match name {
            "text" => text.clone(),
            "bundle" => bundle.clone().unwrap_or_default(),
            "link" => place.map(|Place { link, .. }| link.clone()).unwrap_or_default(),
            other => format!("{{{other}}}"),
        })
    });
            "whom" => whom(item, data),
    filled.collect::<Vec<_>>().join("; then ")
}

/// What will be sent, for the person who is asked to agree.
pub fn preview(draft: &TicketDraft, desk: &str, address: Option<&str>) -> String {
    let mut text = match address {
        Some(address) => format!("To desk `{}`, {}:\n\n", visible(desk), visible(address)),
        None => format!("To be kept here for desk `{}`:\n\n", visible(desk)),
    };
    let _ = writeln!(text, "  {}\n", visible(&draft.subject));
    for line in draft.text.lines() {
        let _ = writeln!(text, "  {}", visible(line));
    }
    let _ = writeln!(text, "\n  {:>10} bytes  ticket text", draft.text.len());
    if let Some(bundle) = &draft.bundle {
        let _ = writeln!(text, "  {:>10} bytes  {}", bundle.bytes, visible(&bundle.file));
    }
    text
}
