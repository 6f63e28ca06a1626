//! Support desks and the outbox.
//!
//! Belongs here: the ticket as data, what a desk can do ([`Desk`], one file for each kind),
//! the outbox that every ticket goes through, and credentials. Does not belong here:
//! asking the person, reading the machine, or deciding anything about a drive.
//!
//! A ticket is filed in two steps, the ticket first and the bundle second, so that a
//! failed upload never makes a second ticket. What can happen to a submission is the
//! table in [`state`]; [`Outbox`] carries it out.

#[cfg(feature = "submit")]
mod address;
mod config;
mod credentials;
mod facts;
mod failure;
#[cfg(feature = "submit")]
mod freshdesk;
#[cfg(feature = "submit")]
mod http;
mod open;
mod outbox;
mod outbox_only;
mod pack;
mod private;
mod record;
#[cfg(feature = "submit")]
mod request_tracker;
pub mod state;
mod store;
mod template;
mod ticket;

pub use config::{DeskConfig, DeskKind, OutboxConfig};
pub use credentials::{Credential, CredentialError, Sources, variable_name};
pub use facts::Facts;
pub use failure::Failure;
pub use open::{DeskError, check, open};
pub use outbox::{Asked, Clock, Outbox};
pub use pack::{DeskData, FreshdeskData, HandOver, RequestTrackerData};
pub use record::{Hold, LogLine, Progress, REQUEST_SCHEMA, Request};
pub use state::State;
pub use store::{Item, Listing, Locked, Store, StoreError, hash_file};
pub use template::{TicketTemplate, fill};
pub use ticket::{
    BundleInfo, DriveSection, FindingSection, Statement, TicketDraft, VerdictSection, draft,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a desk can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it takes tickets over the network.
    pub sends: bool,
    /// The most bytes that all attachments of one ticket may have; `None` without a limit.
    pub attachment_bytes: Option<u64>,
    /// Whether it needs a credential.
    pub needs_key: bool,
}

/// A ticket at a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The desk's number or id for it.
    pub id: String,
    /// Where a person can see it.
    pub url: Option<String>,
    /// The desk's id for the person who asks.
    #[serde(default)]
    pub requester: Option<u64>,
}

/// A file on its way to a ticket.
#[derive(Clone, Copy, Debug)]
pub struct Attachment<'a> {
    /// File name, `[A-Za-z0-9._-]` only.
    pub name: &'a str,
    /// Content.
    pub bytes: &'a [u8],
}

/// What a desk says about a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketStatus {
    /// The ticket.
    pub ticket: Ticket,
    /// Its subject.
    pub subject: Option<String>,
    /// Its state in the requester's words.
    pub state: Option<String>,
    /// When it last changed, as the desk writes it.
    pub updated_at: Option<String>,
    /// Bytes of all files at the ticket.
    #[serde(skip)]
    pub attached_bytes: u64,
}

/// A support desk.
///
/// Every call waits for the answer. A [`Failure`] says what is certain afterwards; the
/// outbox rests on that.
pub trait Desk: std::fmt::Debug {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Whether it would take this ticket, as far as that can be told without asking it.
    fn accepts(&self, request: &Request) -> Result<(), Failure>;

    /// Makes a ticket.
    fn create(&self, request: &Request) -> Result<Ticket, Failure>;

    /// Puts a file to a ticket, for the requester and the desk to see.
    fn attach(&self, ticket: &Ticket, file: Attachment<'_>) -> Result<(), Failure>;

    /// Whether a ticket has a file of this name and length.
    fn has_attachment(&self, ticket: &Ticket, name: &str, bytes: u64) -> Result<bool, Failure>;

    /// The ticket that was made from this submission at `since` or later, if there is one.
    fn find(&self, request: &Request, since: Timestamp) -> Result<Option<Ticket>, Failure>;

    /// What the desk says about a ticket.
    fn status(&self, id: &str) -> Result<TicketStatus, Failure>;

    /// Asks for something harmless that needs the credential; returns who it belongs to.
    fn probe(&self) -> Result<Option<String>, Failure>;
}
