//! What the configuration says about desks and the outbox.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// One desk of the configuration, `[desk.<name>]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeskConfig {
    /// Which protocol the desk speaks.
    pub kind: DeskKind,
    /// Base address, e.g. `https://example.freshdesk.com`.
    pub url: Option<String>,
    /// The support policy that governs the desk.
    pub policy: Option<String>,
    /// The requester's e-mail address.
    pub requester: Option<String>,
    /// Request Tracker: the queue that tickets go to.
    pub queue: Option<String>,
    /// Zendesk: whose credential it is; an end user's, or none, when not given.
    pub access: Option<KeyOf>,
    /// Zendesk: the account that the key belongs to. Mail: the name to log in with.
    pub user: Option<String>,
    /// Mail and handing over: the desk's own mail address.
    pub to: Option<String>,
    /// Handing over: the address of the desk's form, with `{subject}`, `{text}` and
    /// `{requester}` where they are to be filled in.
    pub form: Option<String>,
    /// Endings of file names that the desk refuses, e.g. `.zip`.
    #[serde(default)]
    pub refused_endings: Vec<String>,
    /// The most bytes that all files of a ticket may have, where it differs from the usual.
    pub attachment_bytes: Option<u64>,
    /// Certificates (PEM) of a CA that this desk, or a proxy on the way, is signed by.
    pub ca_file: Option<PathBuf>,
    /// Desk field → fact of ours.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// How long to wait for an answer; uploads get more, by their size.
    #[serde(default, deserialize_with = "duration")]
    pub timeout: Option<Duration>,
}

/// Whose credential a desk gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOf {
    /// Somebody who works at the desk.
    Agent,
    /// The person who asks for support.
    EndUser,
}

impl DeskConfig {
    /// A desk of a kind without any further settings.
    pub fn of(kind: DeskKind) -> Self {
        Self {
            kind,
            url: None,
            policy: None,
            requester: None,
            queue: None,
            access: None,
            user: None,
            to: None,
            form: None,
            refused_endings: Vec::new(),
            attachment_bytes: None,
            ca_file: None,
            fields: BTreeMap::new(),
            timeout: None,
        }
    }

    /// Whether it needs a credential.
    pub fn needs_key(&self) -> bool {
        match self.kind {
            DeskKind::OutboxOnly | DeskKind::Handoff => false,
            #[cfg(feature = "submit")]
            DeskKind::Freshdesk | DeskKind::RequestTracker => true,
            // An end user may ask without an account, if the desk lets everybody ask.
            #[cfg(feature = "submit")]
            DeskKind::Zendesk | DeskKind::Email => self.user.is_some(),
        }
    }
}

/// Protocols a desk can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeskKind {
    /// Nothing is sent; ticket and bundle are kept for the person to hand over.
    OutboxOnly,
    /// Nothing is sent; the desk's form or a mail draft is opened with the text in it.
    Handoff,
    /// Freshdesk API v2.
    #[cfg(feature = "submit")]
    Freshdesk,
    /// Request Tracker 5, REST2.
    #[cfg(feature = "submit")]
    RequestTracker,
    /// Zendesk: Requests API for end users, Tickets API for agents.
    #[cfg(feature = "submit")]
    Zendesk,
    /// A mail to the desk's address.
    #[cfg(feature = "submit")]
    Email,
}

impl DeskKind {
    /// Every kind, also those that this build can't reach.
    pub const IDS: [&str; 6] =
        ["outbox-only", "handoff", "freshdesk", "request-tracker", "zendesk", "email"];

    /// Its name in the configuration and in the packs.
    pub fn id(self) -> &'static str {
        match self {
            Self::OutboxOnly => "outbox-only",
            Self::Handoff => "handoff",
            #[cfg(feature = "submit")]
            Self::Freshdesk => "freshdesk",
            #[cfg(feature = "submit")]
            Self::RequestTracker => "request-tracker",
            #[cfg(feature = "submit")]
            Self::Zendesk => "zendesk",
            #[cfg(feature = "submit")]
            Self::Email => "email",
        }
    }

    /// Whether the program itself sends tickets there.
    pub fn sends(self) -> bool {
        !matches!(self, Self::OutboxOnly | Self::Handoff)
    }
}

/// How the outbox waits, `[outbox]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutboxConfig {
    /// First back-off after a failed attempt.
    #[serde(deserialize_with = "duration")]
    pub retry_base: Option<Duration>,
    /// Wait between the looks that settle an ambiguous send.
    #[serde(deserialize_with = "duration")]
    pub look_interval: Option<Duration>,
}

impl OutboxConfig {
    /// Lays `over` on top of these settings.
    #[must_use]
    pub fn overlaid(self, over: Self) -> Self {
        Self {
            retry_base: over.retry_base.or(self.retry_base),
            look_interval: over.look_interval.or(self.look_interval),
        }
    }
}

/// Reads a duration such as `1m` or `60s`.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    use serde::de::Error;
    let text = String::deserialize(deserializer)?;
    let span: jiff::SignedDuration = text
        .parse()
        .map_err(|_| D::Error::custom(format!("`{text}` is not a duration like 60s or 1m")))?;
    Duration::try_from(span).map(Some).map_err(|_| D::Error::custom("a duration is not negative"))
}
