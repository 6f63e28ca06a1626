//! The life of a submission, as one table. Pure: no files, no network, no clock.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a submission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Shown to the person, not agreed to, not kept.
    Draft,
    /// Kept for the person to hand over; this desk takes nothing over the network.
    Ready,
    /// Agreed to; certainly not at the desk.
    Queued,
    /// The ticket is on its way; whoever finds this after a crash cannot tell how far it came.
    Sending,
    /// Ticket and bundle are at the desk.
    Sent,
    /// The ticket is at the desk, the bundle not yet.
    CreatedNotAttached,
    /// The ticket may or may not be at the desk.
    Ambiguous,
    /// The desk refused the ticket; certainly nothing is there.
    Rejected,
}

/// What can happen to a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person agreed, and the desk is one that is handed tickets by people.
    Kept,
    /// The person agreed, and the desk takes tickets over the network.
    Approved,
    /// The ticket is about to be sent; written down before the first byte.
    Started,
    /// The desk answered with a ticket number.
    Created,
    /// The bundle is at the ticket, or there is none to attach.
    Completed,
    /// Certainly nothing arrived: no connection, or the desk asked to come back later.
    NotTaken,
    /// The desk refused.
    Refused,
    /// No usable answer, after something may have arrived.
    Unanswered,
    /// The program ended while the ticket was on its way.
    Died,
    /// The desk has a ticket with this submission's mark.
    Found,
    /// The desk was asked often enough and has none.
    Absent,
    /// The person has found out that the desk has none.
    Denied,
    /// The person wants a refused submission sent again.
    Reopened,
}

use Event as E;
use State as S;

/// Every transition there is. What is not listed cannot happen.
///
/// Two properties carry the promise "nothing lost, nothing twice" and are tested: only
/// `Started` leads to a request that makes tickets, and only from `Queued`; and `Queued`
/// is entered only when certainly nothing is at the desk.
pub const TRANSITIONS: &[(State, Event, State)] = &[
    (S::Draft, E::Kept, S::Ready),
    (S::Draft, E::Approved, S::Queued),
    (S::Queued, E::Started, S::Sending),
    (S::Sending, E::Created, S::CreatedNotAttached),
    (S::Sending, E::NotTaken, S::Queued),
    (S::Sending, E::Refused, S::Rejected),
    (S::Sending, E::Unanswered, S::Ambiguous),
    (S::Sending, E::Died, S::Ambiguous),
    (S::Ambiguous, E::Found, S::CreatedNotAttached),
    (S::Ambiguous, E::Absent, S::Queued),
    (S::Ambiguous, E::Denied, S::Queued),
    (S::CreatedNotAttached, E::Completed, S::Sent),
    (S::Rejected, E::Reopened, S::Queued),
];

impl State {
    /// The state after `event`, or `None` where that cannot happen.
    pub fn after(self, event: Event) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|row| row.2)
    }

    /// Whether something remains to be done that the program can do by itself.
    pub fn is_open(self) -> bool {
        matches!(self, S::Queued | S::Sending | S::CreatedNotAttached | S::Ambiguous)
    }

    /// The name used in documents, e.g. `created_not_attached`.
    pub fn name(self) -> &'static str {
        match self {
            S::Draft => "draft",
            S::Ready => "ready",
            S::Queued => "queued",
            S::Sending => "sending",
            S::Sent => "sent",
            S::CreatedNotAttached => "created_not_attached",
            S::Ambiguous => "ambiguous",
            S::Rejected => "rejected",
        }
    }
}

impl Event {
    /// The name used in the log, e.g. `not_taken`.
    pub fn name(self) -> &'static str {
        match self {
            E::Kept => "kept",
            E::Approved => "approved",
            E::Started => "started",
            E::Created => "created",
            E::Completed => "completed",
            E::NotTaken => "not_taken",
            E::Refused => "refused",
            E::Unanswered => "unanswered",
            E::Died => "died",
            E::Found => "found",
            E::Absent => "absent",
            E::Denied => "denied",
            E::Reopened => "reopened",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queued_is_entered_only_when_nothing_is_at_the_desk() {
        let into: Vec<_> = TRANSITIONS.iter().filter(|row| row.2 == S::Queued).collect();
        assert!(!into.is_empty());
        for (from, event, _) in into {
            let safe = [E::Approved, E::NotTaken, E::Absent, E::Denied, E::Reopened];
            assert!(safe.contains(event), "{from:?} --{event:?}--> queued");
        }
    }

    #[test]
    fn only_a_queued_submission_starts() {
        for (from, event, to) in TRANSITIONS {
            assert_eq!(*event == E::Started, *to == S::Sending);
            assert!(*event != E::Started || *from == S::Queued);
        }
    }

    #[test]
    fn no_event_leads_to_two_states() {
        for (at, (from, event, _)) in TRANSITIONS.iter().enumerate() {
            let again = TRANSITIONS[at + 1..].iter().any(|row| (row.0, row.1) == (*from, *event));
            assert!(!again, "{from:?} --{event:?}--> twice");
        }
    }

    #[test]
    fn names_are_those_of_the_documents() {
        for (from, event, to) in TRANSITIONS {
            for state in [from, to] {
                assert_eq!(serde_json::json!(state), state.name());
            }
            assert_eq!(serde_json::json!(event), event.name());
        }
    }
}
