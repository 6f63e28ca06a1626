//! The desks for which nothing leaves the machine: the person hands the ticket over.

use jiff::Timestamp;

use super::{Attachment, BundleInfo, Capabilities, Desk, Failure, Request, Ticket, TicketStatus};

/// Keeps tickets and sends none.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutboxOnly;

impl OutboxOnly {
    fn no<T>() -> Result<T, Failure> {
        Err(Failure::Unfit("this desk sends nothing over the network".into()))
    }
}

impl Desk for OutboxOnly {
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn create(&self, _: &Request, _: Option<Attachment<'_>>) -> Result<Ticket, Failure> {
        Self::no()
    }

    fn attach(&self, _: &Ticket, _: Attachment<'_>, _: &str) -> Result<(), Failure> {
        Self::no()
    }

    fn note(&self, _: &Ticket, _: &str) -> Result<(), Failure> {
        Self::no()
    }

    fn has_attachment(&self, _: &Ticket, _: &BundleInfo) -> Result<bool, Failure> {
        Self::no()
    }

    fn find(&self, _: &Request, _: Timestamp) -> Result<Option<Ticket>, Failure> {
        Self::no()
    }

    fn status(&self, _: &str) -> Result<TicketStatus, Failure> {
        Self::no()
    }

    fn probe(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}
