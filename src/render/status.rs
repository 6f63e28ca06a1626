//! `keycase.status/1`: what desks say about tickets.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::snapshot::Tool;
use crate::text::visible;

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.status/1";

/// What desks say about tickets: the document `keycase.status/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatusDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The program and its data.
    pub tool: Tool,
    /// One row for each ticket.
    pub tickets: Vec<TicketRow>,
}

/// One ticket.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TicketRow {
    /// The desk's name in the configuration.
    pub desk: String,
    /// The desk's number or id for it.
    pub id: String,
    /// Where a person can see it.
    pub url: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its state in the requester's words.
    pub state: Option<String>,
    /// When it last changed, as the desk writes it.
    pub updated_at: Option<String>,
    /// The state as policies name it, where the desk's own maps to one.
    pub phase: Option<&'static str>,
    /// What the policy promises, and how long that still is.
    pub targets: Option<TargetsLeft>,
    /// What happens to it next by itself.
    pub next: Option<NextRow>,
    /// Until when it can be reopened.
    pub reopen_until: Option<String>,
    /// Why the desk did not say.
    pub error: Option<String>,
}

/// The targets of an open ticket.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TargetsLeft {
    /// The policy they are from.
    pub policy: String,
    /// The severity they are for.
    pub severity: String,
    /// First response.
    pub first_response: Option<TargetLeft>,
    /// Resolution.
    pub resolution: Option<TargetLeft>,
}

/// One target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TargetLeft {
    /// When it is due.
    pub due: String,
    /// Minutes until then by the clock; negative when it is over.
    pub minutes_left: i64,
}

/// What happens to a ticket by itself.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NextRow {
    /// The state it gets.
    pub state: &'static str,
    /// When.
    pub at: String,
    /// By which rule.
    pub because: String,
}

impl TargetLeft {
    fn text(&self) -> String {
        let minutes = self.minutes_left.unsigned_abs();
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let span = match (days, hours) {
            (0, 0) => format!("{rest} min"),
            (0, _) => format!("{hours} h {rest} min"),
            _ => format!("{days} d {hours} h"),
        };
        match self.minutes_left < 0 {
            true => format!("was due {}, {span} ago", self.due),
            false => format!("due {}, {span} left", self.due),
        }
    }
}

impl StatusDocument {
    /// The answer for a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for row in &self.tickets {
            let state = row.error.as_deref().or(row.state.as_deref()).unwrap_or("state unknown");
            let since = row.updated_at.as_deref().map(|at| format!(", last changed {at}"));
            let since = since.unwrap_or_default();
            let _ = writeln!(text, "{}  {}{}", visible(&row.id), visible(state), visible(&since));
            for line in row.subject.iter().chain(&row.url) {
                let _ = writeln!(text, "    {}", visible(line));
            }
            row.calendar(&mut text);
        }
        if self.tickets.is_empty() {
            text.push_str("no ticket is known here\n");
        }
        text
    }
}

impl TicketRow {
    /// What the policy says about it, one line each.
    fn calendar(&self, text: &mut String) {
        if let Some(targets) = &self.targets {
            let named =
                [("first response", &targets.first_response), ("resolution", &targets.resolution)];
            for (name, target) in named {
                let Some(target) = target else { continue };
                let _ = writeln!(text, "    {name} {}", target.text());
            }
        }
        if let Some(next) = &self.next {
            let because = visible(&next.because);
            let _ = writeln!(text, "    becomes {} at {}: {because}", next.state, next.at);
        }
        if let Some(until) = &self.reopen_until {
            let _ = writeln!(text, "    can be reopened until {until}");
        }
    }
}
