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
    /// Why the desk did not say.
    pub error: Option<String>,
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
        }
        if self.tickets.is_empty() {
            text.push_str("no ticket is known here\n");
        }
        text
    }
}
