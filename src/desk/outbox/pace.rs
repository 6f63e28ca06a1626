//! When the outbox acts: holds, back-off, when looks are and what time they cover, a machine's
//! share.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::super::record::{Hold, Progress};
use super::super::state::State;
use super::super::store::{Locked, StoreError};
use super::{Asked, LONGEST_REQUESTED, Next, Outbox};

/// The longest pause between two attempts.
const LONGEST_BACKOFF: Duration = Duration::from_secs(60 * 60);
const RETRY_BASE: Duration = Duration::from_secs(60);
const LOOK_INTERVAL: Duration = Duration::from_secs(60);
/// How often a timer tries before it leaves a submission to the person.
const TRIES: u32 = 8;
/// How many tickets leave a machine within [`SHARE_TIME`]: more is a script gone wrong.
const SHARE: usize = 9;
const SHARE_TIME: SignedDuration = SignedDuration::from_hours(1);
/// How far before the first send a look begins: as far as a Freshdesk's list reaches by itself.
/// Clocks of two machines differ, and one may be wrong by time zones, by days, or by the month.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A run begins at a whole second, so that times of two runs may seem to go back by one.
const SAME_TIME: SignedDuration = SignedDuration::from_mins(1);

impl Outbox<'_> {
    /// Until when no further ticket leaves this machine by itself, if its share is used. A
    /// person who asks for what waits has seen how many there are.
    pub(super) fn share_is_used(&self, asked: Asked) -> Option<Timestamp> {
        if !matches!(asked, Asked::ToSend | Asked::WhenDue) {
            return None;
        }
        let now = self.clock.now();
        let window = |at: &Timestamp| now.duration_since(*at).abs() < SHARE_TIME;
        let mut lately: Vec<Timestamp> =
            self.sent.borrow().iter().copied().filter(window).collect();
        lately.sort_unstable();
        let nth = lately.len().checked_sub(SHARE)?;
        lately.get(nth)?.checked_add(SHARE_TIME).ok()
    }

    pub(super) fn put_off(&self, item: &mut Locked, until: Timestamp) -> Result<Next, StoreError> {
        let mut progress = item.progress().clone();
        let what = format!(
            "{SHARE} tickets have left this machine within an hour; \
             it sends no more by itself before {until}"
        );
        progress.error = Some(what.clone());
        progress.hold = Some(Hold { until, binds_person: false });
        self.write(item, progress, None, Some(what))?;
        Ok(Next::Stop)
    }

    /// Whether it is to be left for later. What the desk asked in answer to another submission
    /// is asked of this one too, and written down for whoever wonders.
    pub(super) fn has_to_wait(&self, item: &mut Locked, asked: Asked) -> Result<bool, StoreError> {
        let holds = self.holds.borrow().clone();
        let latest = holds.into_iter().filter(|until| self.lies_ahead(*until)).max();
        let own = item.progress().hold.filter(|hold| hold.binds_person).map(|hold| hold.until);
        let own = own.filter(|until| self.lies_ahead(*until));
        if let Some(until) = latest.filter(|until| own.is_none_or(|own| own < *until)) {
            let mut progress = item.progress().clone();
            let what = format!("the desk asks to be left alone until {until}");
            progress.hold = Some(Hold { until, binds_person: true });
            progress.error.get_or_insert_with(|| what.clone());
            self.write(item, progress, None, Some(what))?;
        }
        Ok(self.is_held(item, asked))
    }

    /// From when on a look asks for tickets. One that was sent while the clock was ahead is
    /// older than its record says, and nobody knows by how much: then no time is left out.
    pub(super) fn look_since(&self, item: &mut Locked) -> Result<Timestamp, StoreError> {
        let first = item.progress().first_sent.unwrap_or(item.request().agreed_at);
        let is_ahead = first.duration_since(self.clock.now()) > SAME_TIME;
        if is_ahead && !item.progress().first_sent_unknown {
            // Kept, because the clock comes to that time again.
            let progress = Progress { first_sent_unknown: true, ..item.progress().clone() };
            let what = "the clock was set back since the ticket was sent: looking at all times";
            self.write(item, progress, None, Some(what.into()))?;
        }
        if item.progress().first_sent_unknown {
            return Ok(Timestamp::UNIX_EPOCH);
        }
        Ok(first.saturating_sub(LOOK_BACK).unwrap_or(first))
    }

    /// A timer has tried often enough. The submission stays as it is, says so, and waits for
    /// the person, whom it costs one command.
    pub(super) fn give_up(&self, item: &mut Locked) -> Result<Next, StoreError> {
        if item.progress().given_up {
            return Ok(Next::Stop);
        }
        let mut progress = item.progress().clone();
        let last = progress.error.take().unwrap_or_default();
        let (tries, what) = (tries(&progress), what_is_tried(&progress));
        let what = format!("given up after {tries} {what}, the last problem: {last}");
        progress.given_up = true;
        progress.error = Some(what.clone());
        self.write(item, progress, None, Some(what))?;
        Ok(Next::Stop)
    }

    /// Waits until the next look is due; false when it is not and nobody wants to wait.
    pub(super) fn wait_for_look(&self, item: &Locked, asked: Asked) -> bool {
        let Some(last) = item.progress().looks.last_absent else { return true };
        let interval = self.config.look_interval.unwrap_or(LOOK_INTERVAL);
        let passed = Duration::try_from(self.clock.now().duration_since(last)).unwrap_or_default();
        let Some(left) = interval.checked_sub(passed).filter(|left| !left.is_zero()) else {
            return true;
        };
        matches!(asked, Asked::ToSettle | Asked::ToSendAgain) && self.clock.wait(left)
    }

    fn is_held(&self, item: &Locked, asked: Asked) -> bool {
        let Some(hold) = item.progress().hold else { return false };
        self.lies_ahead(hold.until) && (hold.binds_person || asked == Asked::WhenDue)
    }

    /// Whether something is held until then.
    fn lies_ahead(&self, until: Timestamp) -> bool {
        // Nothing is held longer than this; what seems to be comes from a clock that was
        // set back, and must not wait for years.
        let longest = LONGEST_BACKOFF.max(LONGEST_REQUESTED) + Duration::from_secs(60);
        let left = Duration::try_from(until.duration_since(self.clock.now()));
        left.is_ok_and(|left| !left.is_zero() && left <= longest)
    }

    pub(super) fn hold(&self, pause: Duration, binds_person: bool) -> Hold {
        let now = self.clock.now();
        let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
        Hold { until: now.saturating_add(pause).unwrap_or(now), binds_person }
    }

    /// Doubles with every attempt, and differs between submissions so that many waiting
    /// machines do not come back at the same moment.
    pub(super) fn backoff(&self, item: &Locked) -> Hold {
        let progress = item.progress();
        let tries = tries(progress).saturating_sub(1).min(16);
        let base = self.config.retry_base.unwrap_or(RETRY_BASE);
        let full = base.saturating_mul(1 << tries).min(LONGEST_BACKOFF);
        let byte = item.request().submission.as_bytes()[tries as usize % 16];
        self.hold(full.mul_f64(0.5 + f64::from(byte) / 510.0), false)
    }
}

/// How often ticket and bundle were sent; where it is unclear whether the ticket arrived, how
/// often it was looked for since.
fn tries(progress: &Progress) -> u32 {
    match progress.state {
        State::Ambiguous => progress.looks.count(),
        _ => progress.attempts.saturating_add(progress.uploads),
    }
}

fn what_is_tried(progress: &Progress) -> &'static str {
    match progress.state {
        State::Ambiguous => "looks for the ticket",
        _ => "attempts",
    }
}

/// Whether a timer has tried often enough.
pub(super) fn is_tried_out(progress: &Progress) -> bool {
    tries(progress) >= TRIES
}
