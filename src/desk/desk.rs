//! What every desk can be asked for: the trait, and the values that go in and out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BundleInfo, Failure, Request};

/// What a desk can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it takes tickets over the network.
    pub sends: bool,
    /// The most bytes that all attachments of one ticket may have; `None` without a limit.
    pub attachment_bytes: Option<u64>,
    /// Endings of file names that it refuses, e.g. `.zip`.
    pub refused_endings: Vec<String>,
    /// Whether it can tell that a submission has arrived.
    pub finds: bool,
    /// Whether ticket and bundle go in one message.
    pub in_one: bool,
    /// Whose credential it wants.
    pub access: Access,
}

#[cfg(feature = "submit")]
impl Capabilities {
    /// A desk that takes tickets over the network, with the limits of its configuration;
    /// `usual_bytes` is its limit where the configuration states none.
    pub(super) fn over_network(config: &super::DeskConfig, usual_bytes: Option<u64>) -> Self {
        Self {
            sends: true,
            attachment_bytes: config.attachment_bytes.or(usual_bytes),
            refused_endings: config.refused_endings.clone(),
            ..Self::default()
        }
    }
}

/// Whose credential a desk wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// None.
    #[default]
    None,
    /// That of the person who asks for support.
    EndUser,
    /// That of somebody who works at the desk: it reads every ticket its owner can see.
    Agent,
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
#[derive(Clone, Copy)]
pub struct Attachment<'a> {
    /// File name.
    pub name: &'a str,
    /// Length.
    pub bytes: u64,
    /// SHA-256 in lowercase hex.
    pub sha256: &'a str,
    /// Content, read from its beginning.
    pub content: &'a std::fs::File,
    /// Told how far it is.
    pub meter: &'a Meter,
}

/// Is told how many bytes of an upload have gone out, and of how many.
pub type Meter = std::sync::Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What a desk says about a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketStatus {
    /// The ticket.
    pub ticket: Ticket,
    /// Its subject.
    pub subject: Option<String>,
    /// Its state in the requester's words.
    pub state: Option<String>,
    /// The state as policies name it, where the desk's own maps to one.
    pub phase: Option<crate::policy::TicketState>,
    /// When it was made, as far as the desk says.
    pub created_at: Option<Timestamp>,
    /// Since when it has its state; when it last changed, if the desk says no more.
    pub since: Option<Timestamp>,
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

    /// Holds a ticket against the desk's own list of fields; what it would refuse, one line
    /// each. A desk that shows nobody its list has nothing to say.
    fn validate(&self, request: &Request) -> Result<Vec<String>, Failure> {
        let _ = request;
        Ok(Vec::new())
    }

    /// Makes a ticket. The file goes with it only where ticket and bundle are
    /// [one message](Capabilities::in_one).
    fn create(&self, request: &Request, file: Option<Attachment<'_>>) -> Result<Ticket, Failure>;

    /// Puts a file to a ticket, with some words, for the requester and the desk to see.
    fn attach(&self, ticket: &Ticket, file: Attachment<'_>, words: &str) -> Result<(), Failure>;

    /// Puts words to a ticket, for the requester and the desk to see.
    fn note(&self, ticket: &Ticket, words: &str) -> Result<(), Failure>;

    /// Whether a ticket has the bundle.
    fn has_attachment(&self, ticket: &Ticket, bundle: &BundleInfo) -> Result<bool, Failure>;

    /// The ticket that was made from this submission at `since` or later, if there is one.
    fn find(&self, request: &Request, since: Timestamp) -> Result<Option<Ticket>, Failure>;

    /// What the desk says about a ticket.
    fn status(&self, id: &str) -> Result<TicketStatus, Failure>;

    /// Asks for something harmless that needs the credential; returns who it belongs to.
    fn probe(&self) -> Result<Option<String>, Failure>;
}

/// Whether a desk would take a bundle, as far as that can be told without asking it:
/// `attached` bytes are at the ticket already.
pub fn accepts(
    able: &Capabilities,
    bundle: Option<&BundleInfo>,
    attached: u64,
) -> Result<(), Failure> {
    let Some(bundle) = bundle else { return Ok(()) };
    let bytes = bundle.bytes;
    if bytes == 0 {
        return Err(Failure::Unfit("the bundle is empty".into()));
    }
    if let Some(ending) = able.refused_endings.iter().find(|end| bundle.file.ends_with(*end)) {
        return Err(Failure::Unfit(format!("this desk refuses files that end in {ending}")));
    }
    let Some(most) = able.attachment_bytes else { return Ok(()) };
    if attached.saturating_add(bytes) <= most {
        return Ok(());
    }
    Err(Failure::Unfit(match attached {
        0 => format!("the bundle has {bytes} bytes; this desk takes {most}"),
        _ => format!(
            "the ticket has {attached} bytes of files; {} more fit, not {bytes}",
            most.saturating_sub(attached)
        ),
    }))
}
