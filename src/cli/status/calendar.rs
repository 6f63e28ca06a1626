//! What a policy's calendar says about a ticket: how long its targets still have, what
//! happens to it next by itself, until when it can be reopened.

use jiff::Timestamp;

use crate::desk::{Item, TicketStatus};
use crate::policy::{
    Due, LifecycleQuery, Policy, TargetQuery, TicketState, targets, ticket_lifecycle,
};
use crate::render::policy::rfc3339;
use crate::render::status::{NextRow, TargetLeft, TargetsLeft, TicketRow};

/// Fills in what follows from the state that the desk shows.
pub(super) fn fill(
    row: &mut TicketRow,
    policy: &Policy,
    status: &TicketStatus,
    item: Option<&Item>,
    now: Timestamp,
) {
    row.targets = targets_left(policy, status, item, now);
    let Some((state, since)) = status.phase.zip(status.since) else { return };
    // How often the desk has asked in vain is not among the things it shows.
    let query = LifecycleQuery { state, since, follow_ups: 0, now };
    let Some(answer) = ticket_lifecycle(policy, &query) else { return };
    row.reopen_until = answer.reopen_until.as_ref().map(rfc3339);
    row.next = answer.next.map(|next| NextRow {
        state: next.state.id(),
        at: rfc3339(&next.at),
        because: next.because,
    });
}

/// Targets count for a ticket whose severity is known here, and until it is solved.
fn targets_left(
    policy: &Policy,
    status: &TicketStatus,
    item: Option<&Item>,
    now: Timestamp,
) -> Option<TargetsLeft> {
    if matches!(status.phase, Some(TicketState::Solved | TicketState::Closed)) {
        return None;
    }
    let item = item?;
    let severity = item.request.draft.severity?.to_string();
    let received = status.created_at.or(item.progress.first_sent)?;
    let query = TargetQuery { severity: &severity, request_type: None, priority: None, received };
    let found = targets(policy, &query).ok()?;
    let left = |due: &Due| TargetLeft {
        due: rfc3339(&due.at),
        minutes_left: due.at.timestamp().duration_since(now).as_mins(),
    };
    Some(TargetsLeft {
        policy: policy.id.clone(),
        severity: found.severity.1.name.to_string(),
        first_response: found.first_response.as_ref().map(left),
        resolution: found.resolution.as_ref().map(left),
    })
}
