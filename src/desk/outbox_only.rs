//! The desk for which nothing leaves the machine: the person hands the ticket over.

use jiff::Timestamp;

use super::{Attachment, Capabilities, Desk, Failure, Request, Ticket, TicketStatus};

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
        Capabilities { sends: false, attachment_bytes: None, needs_key: false }
    }

    fn accepts(&self, _: &Request) -> Result<(), Failure> {
        Ok(())
    }

    fn create(&self, _: &Request) -> Result<Ticket, Failure> {
        Self::no()
    }

    fn attach(&self, _: &Ticket, _: Attachment<'_>) -> Result<(), Failure> {
        Self::no()
    }

    fn has_attachment(&self, _: &Ticket, _: &str, _: u64) -> Result<bool, Failure> {
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
