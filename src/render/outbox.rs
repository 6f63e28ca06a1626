//! `keycase.outbox/1`: what is waiting and why.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::submission::Submission;
use crate::snapshot::{Problem, Tool};
use crate::text::visible;

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.outbox/1";

/// What is in the outbox: the document `keycase.outbox/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OutboxDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The program and its data.
    pub tool: Tool,
    /// Submissions, oldest first.
    pub items: Vec<Entry>,
    /// What could not be read or carried on.
    pub problems: Vec<Problem>,
}

/// One submission in the outbox.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Entry {
    /// Where it stands.
    #[serde(flatten)]
    pub submission: Submission,
    /// Where its ticket goes; `null` when the person hands it over.
    pub address: Option<String>,
    /// When the person agreed to it.
    #[schemars(with = "String")]
    pub agreed_at: jiff::Timestamp,
    /// When it last changed.
    #[schemars(with = "String")]
    pub at: jiff::Timestamp,
    /// Do not try before this.
    #[schemars(with = "Option<String>")]
    pub not_before: Option<jiff::Timestamp>,
    /// How often the ticket was sent.
    pub attempts: u32,
    /// Subject of the ticket.
    pub subject: String,
    /// The folder that holds it.
    pub folder: String,
}

impl OutboxDocument {
    /// The answer for a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for entry in &self.items {
            let _ = writeln!(text, "{}  {}", entry.agreed_at, visible(&entry.subject));
            for line in entry.submission.text().lines() {
                let _ = writeln!(text, "  {line}");
            }
            text.push('\n');
        }
        if self.items.is_empty() && self.problems.is_empty() {
            text.push_str("the outbox is empty\n");
        }
        for problem in &self.problems {
            let _ = writeln!(text, "{}: {}", visible(&problem.place), visible(&problem.what));
        }
        text
    }
}

/// The answer when nothing waits to be sent and `kept` submissions wait for the person.
pub fn nothing_to_send(kept: usize) -> String {
    let kept = match kept {
        0 => return "nothing waits to be sent\n".to_owned(),
        1 => "1 submission is kept".to_owned(),
        more => format!("{more} submissions are kept"),
    };
    format!(
        "nothing waits to be sent\n{kept} for you to hand over: `keycase outbox list` says how\n"
    )
}
