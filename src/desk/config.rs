//! What the configuration says about desks and the outbox.

use std::collections::BTreeMap;
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
    /// Desk field → fact of ours.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// How long to wait for an answer; uploads get more, by their size.
    #[serde(default, deserialize_with = "duration")]
    pub timeout: Option<Duration>,
}

/// Protocols a desk can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeskKind {
    /// Nothing is sent; ticket and bundle are kept for the person to hand over.
    OutboxOnly,
    /// Freshdesk API v2.
    #[cfg(feature = "submit")]
    Freshdesk,
    /// Request Tracker 5, REST2.
    #[cfg(feature = "submit")]
    RequestTracker,
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
