//! Carrying a submission from one state to the next, with every step on disk before the
//! next one begins.

mod pace;

use std::cell::RefCell;
use std::time::Duration;

use jiff::Timestamp;

use super::record::{LogLine, Looks, Progress};
use super::state::{Event, State};
use super::store::{Content, Locked, StoreError};
use super::{Attachment, Desk, Failure, Meter, OutboxConfig, Ticket};

/// The longest pause a desk is granted; a wrong header must not hold a ticket for days.
const LONGEST_REQUESTED: Duration = Duration::from_secs(60 * 60);
/// How many looks must find nothing before a ticket is sent again.
const LOOKS: u32 = 2;

/// Time, as the outbox needs it.
pub trait Clock {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Lets `pause` pass; false when the person asked to stop.
    fn wait(&self, pause: Duration) -> bool;
    /// Whether the person asked to stop.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Who wants a submission to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The person who has just agreed to it: one attempt, one look if that ends unclear.
    ToSend,
    /// A person asks for what is waiting: now, whatever the back-off, until it is settled.
    ToSettle,
    /// A person who has found out that a desk that cannot be asked does not have it.
    ToSendAgain,
    /// A timer: only what is due, without waiting.
    WhenDue,
    /// Only a look at the desk, where one is due.
    ToLook,
}

/// The outbox at work for one desk.
pub struct Outbox<'a> {
    /// Where submissions go.
    pub desk: &'a dyn Desk,
    /// How it waits.
    pub config: &'a OutboxConfig,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Is told how far an upload is.
    pub meter: Meter,
    /// When tickets have left this machine lately.
    pub sent: RefCell<Vec<Timestamp>>,
    /// Until when this desk asked to be left alone, whichever submission it asked.
    pub holds: RefCell<Vec<Timestamp>>,
}

/// What to do after a step.
enum Next {
    Again,
    Stop,
}

impl Outbox<'_> {
    /// Takes a submission as far as it goes now. Returns an error only when the outbox
    /// itself fails; what the desk did is in the item's progress.
    pub fn advance(&self, item: &mut Locked, asked: Asked) -> Result<(), StoreError> {
        let mut sends = 0;
        loop {
            // What was agreed to in this run goes; what only waits can wait longer.
            if asked != Asked::ToSend && self.clock.is_stopped() {
                return Ok(());
            }
            let next = match item.state() {
                State::Sending => self.happened(item, Event::Died)?,
                State::Queued => {
                    sends += 1;
                    // One repetition in one run: what fails twice is for the person.
                    if sends > 2 || asked == Asked::ToLook {
                        Next::Stop
                    } else {
                        self.send(item, asked)?
                    }
                }
                State::Ambiguous => self.look(item, asked, sends)?,
                State::CreatedNotAttached if asked != Asked::ToLook => self.attach(item, asked)?,
                _ => Next::Stop,
            };
            if matches!(next, Next::Stop) {
                return Ok(());
            }
        }
    }

    /// Takes a refused submission up again.
    pub fn reopen(&self, item: &mut Locked) -> Result<(), StoreError> {
        if item.state() == State::Rejected {
            self.happened(item, Event::Reopened)?;
        }
        Ok(())
    }

    fn send(&self, item: &mut Locked, asked: Asked) -> Result<Next, StoreError> {
        if self.has_to_wait(item, asked)? {
            return Ok(Next::Stop);
        }
        if asked == Asked::WhenDue && pace::is_tried_out(item.progress()) {
            return self.give_up(item);
        }
        if let Some(until) = self.share_is_used(asked) {
            return self.put_off(item, until);
        }
        // A ticket that announces a bundle it can't carry is not the one agreed to.
        let content = item.content()?;
        let now = self.clock.now();
        self.sent.borrow_mut().push(now);
        let mut progress = item.progress().clone();
        progress.attempts = progress.attempts.saturating_add(1);
        progress.first_sent = progress.first_sent.or(Some(now));
        progress.last_sent = Some(now);
        progress.looks = Looks::default();
        progress.hold = None;
        progress.refused = false;
        self.step(item, progress, Event::Started, None)?;
        let content = content.filter(|_| self.desk.capabilities().in_one);
        let file = content.as_ref().map(|content| self.attachment(content));
        match self.desk.create(item.request(), file) {
            Ok(ticket) => self.created(item, ticket, Event::Created),
            Err(failure) => self.not_created(item, &failure),
        }
    }

    fn attachment<'c>(&'c self, content: &'c Content) -> Attachment<'c> {
        Attachment {
            name: &content.info.file,
            bytes: content.info.bytes,
            sha256: &content.info.sha256,
            content: &content.file,
            meter: &self.meter,
        }
    }

    fn created(&self, item: &mut Locked, ticket: Ticket, by: Event) -> Result<Next, StoreError> {
        let mut progress = item.progress().clone();
        let what = format!("ticket {}", ticket.id);
        progress.ticket = Some(ticket);
        progress.error = None;
        progress.refused = false;
        progress.hold = None;
        self.step(item, progress, by, Some(what))?;
        Ok(Next::Again)
    }

    fn not_created(&self, item: &mut Locked, failure: &Failure) -> Result<Next, StoreError> {
        let mut progress = self.failed(item, failure);
        let event = if failure.is_harmless() {
            Event::NotTaken
        } else if failure.is_final() {
            Event::Refused
        } else {
            Event::Unanswered
        };
        if event == Event::NotTaken && progress.hold.is_none() {
            progress.hold = Some(self.backoff(item));
        }
        self.step(item, progress, event, Some(failure.to_string()))?;
        Ok(if event == Event::Unanswered { Next::Again } else { Next::Stop })
    }

    /// Asks the desk whether the ticket is there. Only repeated absence, with time between
    /// the looks, is taken for absence.
    fn look(&self, item: &mut Locked, asked: Asked, sends: u32) -> Result<Next, StoreError> {
        if !self.desk.capabilities().finds {
            // Nobody but the person can know.
            return match asked {
                Asked::ToSendAgain if sends == 0 => self.happened(item, Event::Denied),
                _ => Ok(Next::Stop),
            };
        }
        if self.has_to_wait(item, asked)? || !self.wait_for_look(item, asked) {
            return Ok(Next::Stop);
        }
        if asked == Asked::WhenDue && pace::is_tried_out(item.progress()) {
            return self.give_up(item);
        }
        let since = self.look_since(item)?;
        match self.desk.find(item.request(), since) {
            Ok(Some(ticket)) => self.created(item, ticket, Event::Found),
            Ok(None) => self.not_found(item, asked, sends),
            Err(failure) => {
                let mut progress = self.failed(item, &failure);
                // Whether the ticket exists is still open, so nothing is refused for good.
                progress.refused |= item.progress().refused;
                progress.looks.failed = progress.looks.failed.saturating_add(1);
                progress.hold = progress.hold.or_else(|| Some(self.backoff(item)));
                self.write(item, progress, None, Some(format!("looked: {failure}")))?;
                Ok(Next::Stop)
            }
        }
    }

    fn not_found(&self, item: &mut Locked, asked: Asked, sends: u32) -> Result<Next, StoreError> {
        let mut progress = item.progress().clone();
        progress.looks.absent = progress.looks.absent.saturating_add(1);
        progress.looks.last_absent = Some(self.clock.now());
        progress.hold = Some(self.backoff(item));
        let looks = progress.looks.absent;
        self.write(item, progress, None, Some("looked: no such ticket".into()))?;
        match asked {
            Asked::ToSettle | Asked::ToSendAgain if looks < LOOKS => Ok(Next::Again),
            // Sending again is the person's decision, and asking to settle is that decision.
            Asked::ToSettle | Asked::ToSendAgain if sends < 2 => self.happened(item, Event::Absent),
            _ => Ok(Next::Stop),
        }
    }

    fn attach(&self, item: &mut Locked, asked: Asked) -> Result<Next, StoreError> {
        let able = self.desk.capabilities();
        let bundle = item.request().draft.bundle.clone().filter(|_| !able.in_one);
        let Some(info) = bundle else { return self.happened(item, Event::Completed) };
        if self.has_to_wait(item, asked)? {
            return Ok(Next::Stop);
        }
        if asked == Asked::WhenDue && pace::is_tried_out(item.progress()) {
            return self.give_up(item);
        }
        let Some(ticket) = item.progress().ticket.clone() else { return Ok(Next::Stop) };
        if item.progress().uploads > 0 {
            match self.desk.has_attachment(&ticket, &info) {
                Ok(true) => return self.happened(item, Event::Completed),
                Ok(false) => {}
                Err(failure) => return self.not_attached(item, &failure),
            }
        }
        let Some(content) = item.content()? else { return Ok(Next::Stop) };
        let mut progress = item.progress().clone();
        progress.uploads = progress.uploads.saturating_add(1);
        self.write(item, progress, None, Some("upload begins".into()))?;
        let words = match item.request().to_ticket {
            Some(_) => item.request().draft.text.clone(),
            None => format!("Diagnostic bundle {}, SHA-256 {}", info.file, info.sha256),
        };
        match self.desk.attach(&ticket, self.attachment(&content), &words) {
            Ok(()) => self.happened(item, Event::Completed),
            Err(failure) if failure.is_final() => {
                self.say_refused(item, &ticket, &failure)?;
                self.not_attached(item, &failure)
            }
            Err(failure) => self.not_attached(item, &failure),
        }
    }

    /// Tells the ticket that there is a bundle it does not have, so that who works on it can
    /// say how to hand it over. Written down first: at most once is enough.
    fn say_refused(
        &self,
        item: &mut Locked,
        ticket: &Ticket,
        failure: &Failure,
    ) -> Result<(), StoreError> {
        let Some(info) = item.request().draft.bundle.clone() else { return Ok(()) };
        if item.progress().said_refused {
            return Ok(());
        }
        let progress = Progress { said_refused: true, ..item.progress().clone() };
        self.write(item, progress, None, Some("saying that the bundle was refused".into()))?;
        let words = format!(
            "The diagnostic bundle {} ({} bytes, SHA-256 {}) could not be added: {failure}. \
             The requester has it; please say how it can be handed over.",
            info.file, info.bytes, info.sha256
        );
        // The refusal itself is on record; that the note failed as well changes nothing.
        let _ = self.desk.note(ticket, &words);
        Ok(())
    }

    fn not_attached(&self, item: &mut Locked, failure: &Failure) -> Result<Next, StoreError> {
        let mut progress = self.failed(item, failure);
        if !failure.is_final() && progress.hold.is_none() {
            progress.hold = Some(self.backoff(item));
        }
        self.write(item, progress, None, Some(failure.to_string()))?;
        Ok(Next::Stop)
    }

    /// The item's progress with a failure in it.
    fn failed(&self, item: &Locked, failure: &Failure) -> Progress {
        let mut progress = item.progress().clone();
        progress.error = Some(failure.to_string());
        progress.given_up = false;
        progress.refused = failure.is_final() || matches!(failure, Failure::OutOfProtocol(_));
        progress.hold = failure.wait().map(|wait| self.hold(wait.min(LONGEST_REQUESTED), true));
        self.holds.borrow_mut().extend(progress.hold.map(|hold| hold.until));
        progress
    }

    /// Takes the item through a step that says all there is to say by itself.
    fn happened(&self, item: &mut Locked, event: Event) -> Result<Next, StoreError> {
        let mut progress = item.progress().clone();
        if event == Event::Completed {
            progress.error = None;
            progress.refused = false;
            progress.hold = None;
        }
        self.step(item, progress, event, None)?;
        Ok(Next::Again)
    }

    fn step(
        &self,
        item: &mut Locked,
        mut progress: Progress,
        event: Event,
        what: Option<String>,
    ) -> Result<(), StoreError> {
        let Some(after) = progress.state.after(event) else {
            return Err(StoreError::Impossible { from: progress.state, on: event });
        };
        progress.state = after;
        progress.given_up = false;
        self.write(item, progress, Some(event), what)
    }

    fn write(
        &self,
        item: &mut Locked,
        mut progress: Progress,
        event: Option<Event>,
        what: Option<String>,
    ) -> Result<(), StoreError> {
        let at = self.clock.now();
        progress.at = at;
        let line = LogLine { at, from: item.state(), event, to: progress.state, what };
        item.save(progress, &line)
    }
}
