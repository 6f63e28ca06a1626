//! When a ticket's first response and resolution are due: targets, not promises.

use jiff::{SignedDuration, Timestamp, Zoned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Words;
use super::assumed::Assumed;
use super::calendar::Calendar;
use super::period::Period;
use super::policy::Policy;
use super::rows::{Priority, RequestTypeId, Severity, SeverityRef, Topic};

/// What a policy aims at for a severity: `[[target]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetRow {
    /// The severity.
    #[schemars(with = "SeverityRef")]
    pub severity: Spanned<SeverityRef>,
    /// Request types it holds for; all, when empty.
    #[serde(default)]
    pub request_types: Vec<RequestTypeId>,
    /// Time to the first response.
    pub first_response: Option<Period>,
    /// Time to the resolution.
    pub resolution: Option<Period>,
    /// What to expect of a software fix.
    pub fix: Option<Words>,
    /// Section of the source.
    pub source: Words,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct TargetQuery<'a> {
    /// Number or name of the severity.
    pub severity: &'a str,
    /// Request type; a problem, when not given.
    pub request_type: Option<RequestTypeId>,
    /// Priority, for policies that have it.
    pub priority: Option<&'a str>,
    /// When the ticket was received.
    pub received: Timestamp,
}

/// When a target is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The period the policy states.
    pub period: Period,
    /// The same in words.
    pub words: String,
    /// When it is over; of a range, the later bound.
    pub at: Zoned,
    /// The sooner bound of a range.
    pub earliest: Option<Zoned>,
}

/// The targets of one ticket.
#[derive(Clone, Debug)]
pub struct Targets<'p> {
    /// The severity, and its place in the policy from 1.
    pub severity: (usize, &'p Severity),
    /// When the ticket was received, in the desk's zone.
    pub received: Zoned,
    /// First response.
    pub first_response: Option<Due>,
    /// Resolution.
    pub resolution: Option<Due>,
    /// What to expect of a software fix.
    pub fix: Option<&'p str>,
    /// What the due times rest on beyond the source's own words.
    pub assumptions: Vec<String>,
    /// What is to be said about them.
    pub notes: Vec<String>,
}

/// Why no targets can be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The policy has no such severity.
    #[error("no severity `{0}`; there are: {1}")]
    Severity(String, String),
    /// The policy has no such priority.
    #[error("no priority `{0}`; there are: {1}")]
    Priority(String, String),
    /// The time is too far away to be computed with.
    #[error("the time is too far away to be computed with")]
    Time,
}

/// Computes the targets of one ticket.
pub fn targets<'p>(
    policy: &'p Policy,
    query: &TargetQuery<'_>,
) -> Result<Targets<'p>, TargetError> {
    let (place, severity) = policy.severity(query.severity).ok_or_else(|| {
        let known = policy.pack.severities.iter().enumerate();
        let known: Vec<String> = known.map(|(i, s)| format!("{} {}", i + 1, s.name)).collect();
        TargetError::Severity(query.severity.to_owned(), known.join(", "))
    })?;
    let priority = query.priority.map(|id| find_priority(policy, id)).transpose()?.flatten();
    let calendar = policy.calendar(severity);
    let kind = query.request_type.unwrap_or(RequestTypeId::Problem);
    let row = policy.pack.targets.iter().find(|row| policy.refers(&row.severity, severity));
    let applies =
        row.is_none_or(|row| row.request_types.is_empty() || row.request_types.contains(&kind));
    let row = row.filter(|_| applies);
    let due = |period: Option<Period>| {
        period.map(|period| due(&calendar, period, query.received)).transpose()
    };
    let mut found = Targets {
        severity: (place + 1, severity),
        received: query.received.to_zoned(calendar.zone().clone()),
        first_response: due(row.and_then(|row| row.first_response))?,
        resolution: due(row.and_then(|row| row.resolution))?,
        fix: row.and_then(|row| row.fix.as_deref()),
        assumptions: Vec::new(),
        notes: Vec::new(),
    };
    found.assumptions = assumptions(policy, &found);
    found.notes = notes(policy, &found, applies.then_some(()), kind, query.priority, priority);
    Ok(found)
}

/// A policy without priorities takes any word and says that it means nothing.
fn find_priority<'p>(policy: &'p Policy, id: &str) -> Result<Option<&'p Priority>, TargetError> {
    let all = &policy.pack.priorities;
    let found =
        all.iter().find(|p| p.id.eq_ignore_ascii_case(id) || p.name.eq_ignore_ascii_case(id));
    if found.is_none() && !all.is_empty() {
        let known: Vec<&str> = all.iter().map(|priority| priority.id.as_str()).collect();
        return Err(TargetError::Priority(id.to_owned(), known.join(", ")));
    }
    Ok(found)
}

/// When a period that begins on receipt is over.
fn due(calendar: &Calendar, period: Period, received: Timestamp) -> Result<Due, TargetError> {
    let hours = |count: u16| SignedDuration::from_hours(i64::from(count));
    let at = match period {
        Period::BusinessHours(count) => calendar.after_open_time(received, hours(count)),
        Period::ClockHours(count) => {
            let at = received.checked_add(hours(count)).ok();
            at.map(|at| at.to_zoned(calendar.zone().clone()))
        }
        Period::BusinessDays { to, .. } => calendar.after_business_days(received, to),
        Period::Days(count) => calendar.after_days(received, count),
    };
    let earliest = match period {
        Period::BusinessDays { from, to } if from < to => {
            calendar.after_business_days(received, from)
        }
        _ => None,
    };
    let words = calendar.words(period);
    at.map(|at| Due { period, words, at, earliest }).ok_or(TargetError::Time)
}

/// Only what a due time rests on: clock hours need no calendar, hours around the clock no
/// holidays, business hours of stated days no business days.
fn assumptions(policy: &Policy, found: &Targets<'_>) -> Vec<String> {
    let Some(hours) = &policy.pack.hours else { return Vec::new() };
    let due = || [&found.first_response, &found.resolution].into_iter().flatten();
    let in_days = due().any(|due| matches!(due.period, Period::BusinessDays { .. }));
    let in_hours = due().any(|due| matches!(due.period, Period::BusinessHours(_)));
    let always_open = policy.hours_exception(found.severity.1).is_some();
    let rests_on = |what| match what {
        Assumed::Zone => in_days || in_hours,
        Assumed::Days => hours.assumed_days().matter(in_hours && !always_open, in_days),
        Assumed::Holidays => (in_days || in_hours) && !always_open,
    };
    let assumed = hours.assumed().filter(|(what, _)| rests_on(*what));
    assumed.filter_map(|(what, why)| Some(format!("{}: {}", what.words(), why.as_ref()?))).collect()
}

fn notes(
    policy: &Policy,
    found: &Targets<'_>,
    applies: Option<()>,
    kind: RequestTypeId,
    asked_priority: Option<&str>,
    priority: Option<&Priority>,
) -> Vec<String> {
    let mut notes = Vec::new();
    if found.first_response.is_some() || found.resolution.is_some() {
        notes.push("these are targets, not promises".to_owned());
    }
    if let (Some(first), Some(last)) = (&found.first_response, &found.resolution)
        && last.at < first.at
    {
        notes.push(format!(
            "the resolution target ({}) falls before the first-response target ({}): both are \
             as published, in different units",
            last.words, first.words
        ));
    }
    for (topic, missing) in [
        (Topic::FirstResponse, found.first_response.is_none()),
        (Topic::Resolution, found.resolution.is_none()),
    ] {
        let gap = policy.gap(topic).filter(|_| missing && applies.is_some());
        notes.extend(gap.map(ToString::to_string));
    }
    if applies.is_none() {
        let kind = kind.id().replace('_', " ");
        notes.push(format!("no times are published for a {kind}, only for other request types"));
    }
    match (asked_priority, priority) {
        (Some(id), None) => notes.push(format!("this policy knows no priority (`{id}`)")),
        (_, Some(priority)) => notes.extend(priority.note.iter().map(ToString::to_string)),
        (None, None) => {}
    }
    notes.extend(policy.pack.target_notes.iter().map(ToString::to_string));
    notes.extend(policy.hours_source());
    notes
}
