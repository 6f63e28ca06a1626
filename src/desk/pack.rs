//! The desk packs: how tickets read, and what a kind of desk fixes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::DeskKind;
use super::template::TicketTemplate;
use crate::packs::{PackError, PackSet};

/// Everything the packs of kind `desks` say. A table of a later pack replaces an earlier one.
#[derive(Clone, Debug)]
pub struct DeskData {
    ticket: TicketTemplate,
    ticket_for: BTreeMap<String, TicketTemplate>,
    /// Freshdesk's numbers.
    pub freshdesk: FreshdeskData,
    /// Request Tracker's defaults.
    pub request_tracker: RequestTrackerData,
    /// Zendesk's numbers and words.
    pub zendesk: ZendeskData,
    /// How a mail is made.
    pub email: EmailData,
    /// What to tell a person who hands a ticket over.
    pub outbox_only: HandOver,
    /// How a form or a mail draft is filled in.
    pub handoff: HandoffData,
}

/// One file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    ticket: Option<TicketTemplate>,
    #[serde(default)]
    ticket_for: BTreeMap<String, TicketTemplate>,
    freshdesk: Option<FreshdeskData>,
    request_tracker: Option<RequestTrackerData>,
    zendesk: Option<ZendeskData>,
    email: Option<EmailData>,
    outbox_only: Option<HandOver>,
    handoff: Option<HandoffData>,
}

/// What Freshdesk fixes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FreshdeskData {
    /// Where this is from.
    pub source: String,
    /// When it was looked up.
    pub checked: jiff::civil::Date,
    /// The most bytes that all attachments of one ticket may have.
    pub attachment_bytes: u64,
    /// The longest subject.
    pub subject_chars: usize,
    /// The longest tag.
    pub tag_chars: usize,
    /// The state of a new ticket.
    pub status: u64,
    /// The channel of a new ticket.
    pub source_channel: u64,
    /// The priority of a ticket that nobody has classified.
    pub priority_default: u64,
    /// A ticket's page, below the desk's address.
    pub ticket_page: String,
    /// Severity → the desk's priority.
    pub priorities: BTreeMap<String, u64>,
    /// The desk's state number → what a person reads, where the desk shows no list.
    pub states: BTreeMap<String, String>,
    /// The desk's state number → the state that policies speak of.
    pub phases: BTreeMap<String, String>,
    /// Kind of request → the desk's type, where the desk has that.
    pub types: BTreeMap<String, String>,
}

/// What Request Tracker fixes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequestTrackerData {
    /// Where this is from.
    pub source: String,
    /// When it was looked up.
    pub checked: jiff::civil::Date,
    /// The queue when the configuration names none.
    pub queue_default: String,
    /// A ticket's page, below the desk's address.
    pub ticket_page: String,
    /// RT's state → the state that policies speak of.
    pub phases: BTreeMap<String, String>,
}

/// What Zendesk fixes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ZendeskData {
    /// Where this is from.
    pub source: String,
    /// When it was looked up.
    pub checked: jiff::civil::Date,
    /// The most bytes a file may have.
    pub attachment_bytes: u64,
    /// The requester's page of a ticket, below the desk's address.
    pub request_page: String,
    /// The agent's page of a ticket.
    pub ticket_page: String,
    /// Severity → the desk's priority.
    pub priorities: BTreeMap<String, String>,
    /// The desk's state → what a person reads.
    pub states: BTreeMap<String, String>,
    /// The desk's state → the state that policies speak of.
    pub phases: BTreeMap<String, String>,
}

/// How a mail to a desk is made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EmailData {
    /// Where this is from.
    pub source: String,
    /// When it was looked up.
    pub checked: jiff::civil::Date,
    /// The most bytes a bundle may have.
    pub attachment_bytes: u64,
}

/// How a form or a mail draft is filled in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HandoffData {
    /// Where this is from.
    pub source: String,
    /// When it was looked up.
    pub checked: jiff::civil::Date,
    /// The address of a mail draft, with `{to}`, `{subject}` and `{text}`.
    pub mail_draft: String,
    /// The longest address.
    pub longest_link: usize,
    /// What ends a text that does not fit.
    pub cut: String,
    /// Steps, with `{link}`, `{text}` and `{bundle}`.
    pub steps: Vec<String>,
    /// Steps when there is no bundle.
    pub steps_without_bundle: Vec<String>,
    /// One more when the text is not in the address.
    pub paste: String,
}

/// How a ticket is handed over by hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HandOver {
    /// Where this is from.
    pub source: String,
    /// When it was looked up.
    pub checked: jiff::civil::Date,
    /// The first step, when the desk of the policy is the one: with `{desk}` and `{ways}`.
    pub desk: String,
    /// The first step, when the verdict names somebody else: with `{contact}` and `{desk}`.
    pub elsewhere: String,
    /// The first step while that depends on an open question: with `{contact}`, `{unless}`,
    /// `{desk}` and `{ways}`.
    pub meanwhile: String,
    /// The first step, when nobody wrote down whom to turn to.
    pub unnamed: String,
    /// Steps, with `{whom}` for the first, `{text}` and `{bundle}` for the files.
    pub steps: Vec<String>,
    /// Steps when there is no bundle.
    pub steps_without_bundle: Vec<String>,
}

impl DeskData {
    /// How a ticket for a kind of desk reads: `[ticket-for.KIND]`, else `[ticket]`.
    pub fn ticket(&self, kind: DeskKind) -> &TicketTemplate {
        self.ticket_for.get(kind.id()).unwrap_or(&self.ticket)
    }

    /// Reads the packs of kind `desks`.
    pub fn read(packs: &PackSet) -> Result<Self, PackError> {
        let mut all = File::default();
        let mut ticket_for = BTreeMap::new();
        for pack in packs.of("desks") {
            let file: File = pack.parse()?;
            all.ticket = file.ticket.or(all.ticket);
            for (kind, template) in file.ticket_for {
                if !DeskKind::IDS.contains(&kind.as_str()) {
                    let kinds = DeskKind::IDS.join(", ");
                    let what = format!("no kind of desk `{kind}`; there are {kinds}");
                    return Err(pack.error_at(&format!("ticket-for.{kind}"), what));
                }
                ticket_for.insert(kind, template);
            }
            all.freshdesk = file.freshdesk.or(all.freshdesk);
            all.request_tracker = file.request_tracker.or(all.request_tracker);
            all.zendesk = file.zendesk.or(all.zendesk);
            all.email = file.email.or(all.email);
            all.outbox_only = file.outbox_only.or(all.outbox_only);
            all.handoff = file.handoff.or(all.handoff);
        }
        let missing = |table: &str| PackError::whole("desks", format!("no pack has [{table}]"));
        Ok(Self {
            ticket: all.ticket.ok_or_else(|| missing("ticket"))?,
            ticket_for,
            freshdesk: all.freshdesk.ok_or_else(|| missing("freshdesk"))?,
            request_tracker: all.request_tracker.ok_or_else(|| missing("request-tracker"))?,
            zendesk: all.zendesk.ok_or_else(|| missing("zendesk"))?,
            email: all.email.ok_or_else(|| missing("email"))?,
            outbox_only: all.outbox_only.ok_or_else(|| missing("outbox-only"))?,
            handoff: all.handoff.ok_or_else(|| missing("handoff"))?,
        })
    }
}
