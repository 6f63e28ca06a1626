//! The desk packs: how tickets read, and what a kind of desk fixes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::template::TicketTemplate;
use crate::packs::{PackError, PackSet};

/// Everything the packs of kind `desks` say. A table of a later pack replaces an earlier one.
#[derive(Clone, Debug)]
pub struct DeskData {
    /// How a ticket reads.
    pub ticket: TicketTemplate,
    /// Freshdesk's numbers.
    pub freshdesk: FreshdeskData,
    /// Request Tracker's defaults.
    pub request_tracker: RequestTrackerData,
    /// What to tell a person who hands a ticket over.
    pub outbox_only: HandOver,
}

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    ticket: Option<TicketTemplate>,
    freshdesk: Option<FreshdeskData>,
    request_tracker: Option<RequestTrackerData>,
    outbox_only: Option<HandOver>,
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
    /// The desk's state number → what a person reads.
    pub states: BTreeMap<String, String>,
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
}

/// How a ticket is handed over by hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HandOver {
    /// Where this is from.
    pub source: String,
    /// When it was looked up.
    pub checked: jiff::civil::Date,
    /// Steps, with `{text}` and `{bundle}` for the files.
    pub steps: Vec<String>,
    /// Steps when there is no bundle.
    pub steps_without_bundle: Vec<String>,
}

impl DeskData {
    /// Reads the packs of kind `desks`.
    pub fn read(packs: &PackSet) -> Result<Self, PackError> {
        let mut all =
            File { ticket: None, freshdesk: None, request_tracker: None, outbox_only: None };
        for pack in packs.of("desks") {
            let file: File = pack.parse()?;
            all.ticket = file.ticket.or(all.ticket);
            all.freshdesk = file.freshdesk.or(all.freshdesk);
            all.request_tracker = file.request_tracker.or(all.request_tracker);
            all.outbox_only = file.outbox_only.or(all.outbox_only);
        }
        let missing = |table: &str| PackError::whole("desks", format!("no pack has [{table}]"));
        Ok(Self {
            ticket: all.ticket.ok_or_else(|| missing("ticket"))?,
            freshdesk: all.freshdesk.ok_or_else(|| missing("freshdesk"))?,
            request_tracker: all.request_tracker.ok_or_else(|| missing("request-tracker"))?,
            outbox_only: all.outbox_only.ok_or_else(|| missing("outbox-only"))?,
        })
    }
}
