//! Whether the desk's hours, as far as they are known, can measure the times that are promised.
//!
//! Business hours run while the desk is open, business days are days of its week: a policy
//! that does not say when it is open cannot count in them, and no answer could be given.

use super::hours::HoursException;
use super::load::{MOST_ERRORS, at};
use super::period::Period;
use super::policy::Policy;
use super::targets::TargetRow;
use crate::packs::{Pack, PackError};

/// The targets of a file that no due time can be computed for.
pub(super) fn targets(policy: &Policy, rows: &[TargetRow], file: &Pack) -> Vec<PackError> {
    let errors = rows.iter().filter_map(|row| {
        let severity = policy.severity(&row.severity.get_ref().0);
        let exception = severity.and_then(|(_, severity)| policy.hours_exception(severity));
        let periods = [("first_response", row.first_response), ("resolution", row.resolution)];
        let what = periods.into_iter().find_map(|(key, period)| {
            let lacks = lacking(policy, exception, period?)?;
            Some(format!("`{key}` {lacks}"))
        });
        Some(at(file, &row.severity, what?))
    });
    errors.take(MOST_ERRORS).collect()
}

/// The timers and times to reopen of a file that no end can be computed for.
pub(super) fn ticket_times(policy: &Policy, file: &Pack) -> Vec<PackError> {
    let pack = &policy.pack;
    let timers = pack.timers.iter().map(|row| row.after).enumerate();
    let reopen = pack.reopen.iter().map(|row| row.within).enumerate();
    let timers = timers.map(|(nth, period)| ("[[timer]]", nth, "after", period));
    let reopen = reopen.map(|(nth, period)| ("[[reopen]]", nth, "within", period));
    let errors = timers.chain(reopen).filter_map(|(heading, nth, key, period)| {
        let what = format!("`{key}` {}", lacking(policy, None, period)?);
        let place = file.text.match_indices(heading).nth(nth).map_or(0, |(place, _)| place);
        Some(PackError::at(&file.path, &file.text, place, what))
    });
    errors.take(MOST_ERRORS).collect()
}

/// What the hours of a severity would have to state for a period to end.
fn lacking(
    policy: &Policy,
    exception: Option<&HoursException>,
    period: Period,
) -> Option<&'static str> {
    let hours = policy.pack.hours.as_ref();
    let opens = exception.is_some() || hours.is_some_and(|hours| hours.open.is_some());
    match period {
        Period::BusinessHours(_) if !opens => Some(
            "counts business hours, and the policy states no opening hours; state `open` and \
             `close` in [hours], or the time in clock_hours",
        ),
        Period::BusinessDays { .. } if hours.is_none() => Some(
            "counts business days, and the policy states none; state `days` in [hours], or the \
             time in days",
        ),
        _ => None,
    }
}
