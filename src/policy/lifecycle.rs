//! What happens next to a ticket that waits, is solved or is closed.

use jiff::{Timestamp, Zoned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Words;
use super::assumed::Assumed;
use super::calendar::Calendar;
use super::period::Period;
use super::policy::Policy;
use super::rows::Topic;

/// The states of a ticket, across all policies. "Resolved" is `solved`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Logged, not yet taken up.
    Open,
    /// With the desk.
    Pending,
    /// With the customer.
    WaitingOnCustomer,
    /// With somebody else.
    WaitingOnThirdParty,
    /// Solved, can be reopened.
    Solved,
    /// Closed.
    Closed,
}

impl TicketState {
    /// All states with their published names.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Open, "open"),
        (Self::Pending, "pending"),
        (Self::WaitingOnCustomer, "waiting_on_customer"),
        (Self::WaitingOnThirdParty, "waiting_on_third_party"),
        (Self::Solved, "solved"),
        (Self::Closed, "closed"),
    ];

    /// The published name.
    pub fn id(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, id)| id)
    }

    /// Reads a published name, or `resolved` for `solved`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        let text = if text == "resolved" { "solved" } else { text.as_str() };
        Self::ALL.iter().find(|(_, id)| *id == text).map(|(state, _)| *state)
    }
}

/// A state as the policy names it: `[[state]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateRow {
    /// Which state.
    pub id: TicketState,
    /// The policy's own name.
    pub name: Words,
    /// What it means.
    pub meaning: Words,
    /// Section of the source.
    pub source: Words,
}

/// What time does to a ticket: `[[timer]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    /// In this state …
    pub state: TicketState,
    /// … after this time …
    pub after: Period,
    /// … or after this many unanswered follow-ups, whichever comes first …
    pub follow_ups: Option<u16>,
    /// … the ticket gets this state.
    pub next: TicketState,
    /// What it says.
    pub text: Words,
    /// Section of the source.
    pub source: Words,
}

/// How long a ticket can be reopened: `[[reopen]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reopen {
    /// In this state …
    pub state: TicketState,
    /// … within this time.
    pub within: Period,
    /// What it says.
    pub text: Words,
    /// Section of the source.
    pub source: Words,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct LifecycleQuery {
    /// The ticket's state.
    pub state: TicketState,
    /// Since when it has it.
    pub since: Timestamp,
    /// Follow-ups that stayed unanswered.
    pub follow_ups: u16,
    /// The time of the question.
    pub now: Timestamp,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The state the ticket gets.
    pub state: TicketState,
    /// When.
    pub at: Zoned,
    /// By which rule.
    pub because: String,
}

/// The answer: what is next, and until when the ticket can be reopened.
#[derive(Clone, Debug)]
pub struct LifecycleAnswer {
    /// Since when the ticket has its state, in the desk's zone.
    pub since: Zoned,
    /// What happens next, if time alone changes anything.
    pub next: Option<Next>,
    /// Until when it can be reopened.
    pub reopen_until: Option<Zoned>,
    /// What is to be said about it.
    pub notes: Vec<String>,
}

/// Says what happens next to a ticket; `None` when the time is out of range.
pub fn ticket_lifecycle(policy: &Policy, query: &LifecycleQuery) -> Option<LifecycleAnswer> {
    let calendar = policy.usual_calendar();
    let mut notes = Vec::new();
    let timer = policy.pack.timers.iter().find(|timer| timer.state == query.state);
    let next = match timer {
        Some(timer) => Some(next(timer, &calendar, query)?),
        None => None,
    };
    let reopen = policy.pack.reopen.iter().find(|row| row.state == query.state);
    let reopen_until = match reopen {
        Some(row) => Some(after(&calendar, query.since, row.within)?),
        None => None,
    };
    if next.is_none() && reopen.is_none() {
        notes.push(nothing_next(policy, query.state));
    }
    notes.extend(reopen.map(|row| row.text.to_string()));
    let gap = policy.gap(Topic::Reopen).filter(|_| policy.pack.reopen.is_empty());
    notes.extend(gap.map(ToString::to_string));
    let periods = timer.map(|timer| timer.after).into_iter().chain(reopen.map(|row| row.within));
    notes.extend(assumed(policy, periods));
    let since = query.since.to_zoned(calendar.zone().clone());
    Some(LifecycleAnswer { since, next, reopen_until, notes })
}

/// What the times rest on: days begin and end in the desk's zone, and business days leave
/// some out.
fn assumed(policy: &Policy, periods: impl Iterator<Item = Period>) -> Vec<String> {
    let periods: Vec<Period> = periods.collect();
    let in_days = periods.iter().any(|period| matches!(period, Period::BusinessDays { .. }));
    let in_hours = periods.iter().any(|period| matches!(period, Period::BusinessHours(_)));
    let Some(hours) = policy.pack.hours.as_ref().filter(|_| !periods.is_empty()) else {
        return Vec::new();
    };
    let rests_on = |what| match what {
        Assumed::Zone => true,
        Assumed::Days => hours.assumed_days().matter(in_hours, in_days),
        Assumed::Holidays => in_hours || in_days,
    };
    let assumed = hours.assumed().filter(|(what, _)| rests_on(*what));
    let said = assumed.filter_map(|(what, why)| Some((what.words(), why.as_ref()?)));
    said.map(|(what, why)| format!("assumed {what}: {why}")).collect()
}

/// Enough follow-ups bring the next state at once, never later than the timer would.
fn next(timer: &Timer, calendar: &Calendar, query: &LifecycleQuery) -> Option<Next> {
    let timed = after(calendar, query.since, timer.after)?;
    let now = query.now.max(query.since).to_zoned(calendar.zone().clone());
    let followed_up = timer.follow_ups.is_some_and(|count| query.follow_ups >= count);
    let at = if followed_up && now < timed { now } else { timed };
    let because = match followed_up {
        true => format!("{} ({} follow-ups unanswered)", timer.text, query.follow_ups),
        false => timer.text.to_string(),
    };
    Some(Next { state: timer.next, at, because })
}

fn nothing_next(policy: &Policy, state: TicketState) -> String {
    let defined = policy.pack.states.iter().any(|row| row.id == state);
    match policy.gap(Topic::Waiting) {
        Some(note) if policy.pack.timers.is_empty() => note.to_string(),
        _ if defined => format!("time alone changes nothing about a ticket that is {}", state.id()),
        _ => format!("the policy says nothing about a ticket that is {}", state.id()),
    }
}

fn after(calendar: &Calendar, since: Timestamp, period: Period) -> Option<Zoned> {
    match period {
        Period::Days(days) => calendar.after_days(since, days),
        Period::BusinessDays { to, .. } => calendar.after_business_days(since, to),
        Period::BusinessHours(hours) => {
            calendar.after_open_time(since, jiff::SignedDuration::from_hours(hours.into()))
        }
        Period::ClockHours(hours) => {
            let at = since.checked_add(jiff::SignedDuration::from_hours(hours.into())).ok()?;
            Some(at.to_zoned(calendar.zone().clone()))
        }
    }
}
