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
#[expect(clippy::module_inception, reason = "the trait of that name")]
mod desk;
mod details;
#[cfg(feature = "submit")]
mod email;
mod facts;
mod failure;
#[cfg(feature = "submit")]
mod freshdesk;
mod handoff;
#[cfg(feature = "submit")]
mod http;
mod keyring;
mod open;
mod outbox;
mod outbox_only;
mod pack;
mod record;
#[cfg(feature = "submit")]
mod request_tracker;
pub mod state;
mod store;
mod template;
mod ticket;
#[cfg(feature = "submit")]
mod tls;
#[cfg(feature = "submit")]
mod upload;
#[cfg(feature = "submit")]
mod wire;
#[cfg(feature = "submit")]
mod zendesk;

pub use config::{DeskConfig, DeskKind, KeyOf, OutboxConfig};
pub use credentials::{
    Credential, CredentialError, Sources, keep_in_file, read_short, usable, variable_name,
};
pub use desk::{Access, Attachment, Capabilities, Desk, Meter, Ticket, TicketStatus, accepts};
pub use details::{Details, details};
pub use facts::Facts;
pub use failure::Failure;
pub use handoff::{Place, place};
pub use keyring::{Keyring, KeyringError};
pub use open::{Connection, DeskError, check, limits, open};
pub use outbox::{Asked, Clock, Outbox};
pub use pack::{
    DeskData, EmailData, FreshdeskData, HandOver, HandoffData, RequestTrackerData, ZendeskData,
};
pub use record::{Hold, LogLine, Looks, Progress, REQUEST_SCHEMA, Request};
pub use state::State;
pub use store::{Content, Item, Listing, Locked, Store, StoreError, hash_file};
pub use template::{TicketTemplate, fill};
pub use ticket::{
    BundleInfo, DriveSection, FindingSection, Statement, TicketDraft, VerdictSection, draft,
};
