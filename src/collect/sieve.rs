//! Which lines of a log are wanted: new enough, and about what the bundle is about.

use super::Context;
use super::stamp::Since;
use crate::host::logs;

/// Decides about one line; what is kept of it may be less than the line.
pub(super) type Wants<'a> = &'a dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// Age and subject of lines.
pub(super) struct Sieve<'a> {
    since: Since,
    wants: Wants<'a>,
}

impl<'a> Sieve<'a> {
    pub(super) fn new(context: &Context, wants: Wants<'a>) -> Self {
        let uptime = context.root.as_ref().and_then(logs::uptime);
        Self { since: Since::new(context.now, context.since, uptime), wants }
    }

    /// What is kept of a line.
    pub(super) fn take(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        // The age of every line counts: it decides about the lines that follow it.
        let is_new = self.since.keeps(line);
        if is_new { (self.wants)(line) } else { None }
    }

    /// Forgets the line before: what follows comes from another place.
    pub(super) fn restart(&mut self) {
        self.since.restart();
    }

    /// Whether a line was too old: nothing before it is wanted.
    pub(super) fn is_past(&self) -> bool {
        self.since.is_past()
    }
}
