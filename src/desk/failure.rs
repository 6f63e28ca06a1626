//! What can come of asking a desk for something, sorted by what is certain afterwards.

use std::time::Duration;

/// Why a desk did not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No byte of the request's body left: no name, no connection, no TLS.
    #[error("the desk can't be reached: {0}")]
    Unreachable(String),
    /// The desk counts requests and this one was too many; it did nothing.
    #[error("the desk asks to come back later")]
    Busy {
        /// How long it asked to wait.
        wait: Option<Duration>,
    },
    /// The desk understood and refused; it did nothing.
    #[error("the desk refused: {what}")]
    Refused {
        /// The HTTP status, if one was given.
        status: Option<u16>,
        /// The desk's own words, shortened.
        what: String,
    },
    /// The request may or may not have been carried out.
    #[error("no clear answer from the desk: {what}")]
    Unclear {
        /// What happened instead of an answer.
        what: String,
        /// How long the desk asked to wait.
        wait: Option<Duration>,
    },
    /// Something answered, but not in this desk's protocol: a login page of the network, for
    /// example. The request may or may not have been carried out.
    #[error("the answer is not one of this desk's: {0}")]
    OutOfProtocol(String),
    /// The request cannot be made as it is.
    #[error("{0}")]
    Unfit(String),
}

impl Failure {
    /// Whether the desk certainly did nothing, and trying again is harmless.
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy { .. })
    }

    /// Whether the desk certainly did nothing, and trying again unchanged is useless.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unfit(_))
    }

    /// How long the desk asked to wait.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Busy { wait } | Self::Unclear { wait, .. } => *wait,
            _ => None,
        }
    }
}
