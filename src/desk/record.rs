//! What the outbox keeps about a submission: what was agreed to, and how far it has come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::state::{Event, State};
use super::{Details, Place, Ticket, TicketDraft};

/// What the person agreed to. Written once, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Always [`REQUEST_SCHEMA`].
    pub schema: String,
    /// Identifies the submission.
    pub submission: Uuid,
    /// When the person agreed.
    pub agreed_at: Timestamp,
    /// The desk's name in the configuration.
    pub desk: String,
    /// The desk's address then; `None` when nothing goes over the network. The submission
    /// is never sent to another.
    pub address: Option<String>,
    /// Who asks.
    pub requester: Option<String>,
    /// The ticket it is added to, instead of making one.
    #[serde(default)]
    pub to_ticket: Option<String>,
    /// The form or mail draft to hand it over with.
    #[serde(default)]
    pub place: Option<Place>,
    /// What to do first with a ticket that nothing is sent of: whom to turn to, and how.
    #[serde(default)]
    pub hand_to: Option<String>,
    /// What goes along with text and bundle; `None` in records of earlier releases.
    #[serde(default)]
    pub details: Option<Details>,
    /// Whether the desk can be asked if it has the ticket.
    #[serde(default = "yes")]
    pub can_be_found: bool,
    /// The ticket.
    pub draft: TicketDraft,
}

fn yes() -> bool {
    true
}

/// The schema of `request.json`.
pub const REQUEST_SCHEMA: &str = "keycase.outbox-request/1";

/// How far a submission has come. Replaced as a whole on every change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Always `keycase.outbox-state/1`.
    pub schema: String,
    /// Where it stands.
    pub state: State,
    /// When that was written.
    pub at: Timestamp,
    /// The ticket at the desk, once there is one.
    #[serde(default)]
    pub ticket: Option<Ticket>,
    /// How often the ticket was sent.
    #[serde(default)]
    pub attempts: u32,
    /// How often the upload of the bundle was begun.
    #[serde(default)]
    pub uploads: u32,
    /// When the ticket was first sent: where a look at the desk starts.
    #[serde(default)]
    pub first_sent: Option<Timestamp>,
    /// Whether the clock was set back since then, so that `first_sent` says nothing.
    #[serde(default)]
    pub first_sent_unknown: bool,
    /// When the ticket was last sent.
    #[serde(default)]
    pub last_sent: Option<Timestamp>,
    /// Do not try before this.
    #[serde(default)]
    pub hold: Option<Hold>,
    /// Looks at the desk whether the ticket is there, since the last send.
    #[serde(default)]
    pub looks: Looks,
    /// What went wrong last.
    #[serde(default)]
    pub error: Option<String>,
    /// Whether the desk refused last, or answered out of protocol: waiting does not mend it.
    #[serde(default)]
    pub refused: bool,
    /// Whether timers have tried often enough and leave it to the person.
    #[serde(default)]
    pub given_up: bool,
    /// Whether the ticket has been told that its bundle was refused; at most once.
    #[serde(default)]
    pub said_refused: bool,
    /// SHA-256 of the request as it was agreed to; `None` in records of earlier releases.
    #[serde(default)]
    pub request_sha256: Option<String>,
}

/// The schema of `state.json`.
pub(super) const PROGRESS_SCHEMA: &str = "keycase.outbox-state/1";

/// A time to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// When it ends.
    pub until: Timestamp,
    /// Whether it binds a person too: the desk asked for it, of this submission or another.
    #[serde(alias = "asked_by_desk")]
    pub binds_person: bool,
}

/// How often a desk was looked at for a ticket. As long however often that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenLooks")]
pub struct Looks {
    /// Looks that found nothing.
    pub absent: u32,
    /// Looks that came to no answer.
    pub failed: u32,
    /// When nothing was found last.
    pub last_absent: Option<Timestamp>,
}

impl Looks {
    /// All of them.
    pub fn count(self) -> u32 {
        self.absent.saturating_add(self.failed)
    }
}

/// Looks as they are or were written: once as the times of those that found nothing.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenLooks {
    Times(Vec<Timestamp>),
    Counts {
        absent: u32,
        #[serde(default)]
        failed: u32,
        last_absent: Option<Timestamp>,
    },
}

impl From<WrittenLooks> for Looks {
    fn from(written: WrittenLooks) -> Self {
        match written {
            WrittenLooks::Times(times) => Self {
                absent: u32::try_from(times.len()).unwrap_or(u32::MAX),
                failed: 0,
                last_absent: times.last().copied(),
            },
            WrittenLooks::Counts { absent, failed, last_absent } => {
                Self { absent, failed, last_absent }
            }
        }
    }
}

/// One line of `log.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// The state before.
    pub from: State,
    /// What happened; `None` when something was noted without a transition.
    pub event: Option<Event>,
    /// The state after.
    pub to: State,
    /// In words.
    pub what: Option<String>,
}

impl Progress {
    /// A new submission in `state`.
    pub fn new(state: State, at: Timestamp) -> Self {
        Self {
            schema: PROGRESS_SCHEMA.into(),
            state,
            at,
            ticket: None,
            attempts: 0,
            uploads: 0,
            first_sent: None,
            first_sent_unknown: false,
            last_sent: None,
            hold: None,
            looks: Looks::default(),
            error: None,
            refused: false,
            given_up: false,
            said_refused: false,
            request_sha256: None,
        }
    }
}
