//! Answers from policies: published documents and their forms for people.

mod show;

pub use show::show;

use jiff::Zoned;
use schemars::JsonSchema;
use serde::Serialize;

use super::text::labelled;
use crate::policy::{
    Due, LifecycleAnswer, Policy, SupportStatus, Targets, TicketState, VersionAnswer,
};
use crate::snapshot::Tool;

/// The schema name of due times.
pub const TARGETS: &str = "keycase.targets/1";
/// The schema name of a ticket's next state.
pub const LIFECYCLE: &str = "keycase.lifecycle/1";
/// The schema name of version support.
pub const VERSION_SUPPORT: &str = "keycase.version-support/1";

/// When a ticket's targets are due: `keycase.targets/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TargetsDocument {
    /// Always [`TARGETS`].
    pub schema: String,
    /// The program and its data.
    pub tool: Tool,
    /// Id of the policy.
    pub policy: String,
    /// The document, and every overlay that changed the policy.
    pub source: String,
    /// Number of the severity in the policy's order, 1 is the worst.
    pub severity: usize,
    /// Its name.
    pub severity_name: String,
    /// When the ticket was received.
    pub received_at: String,
    /// When the first response is due; of a range, the later bound.
    pub first_response: Option<String>,
    /// The sooner bound, when the policy gives a range.
    pub first_response_earliest: Option<String>,
    /// When the resolution is due.
    pub resolution: Option<String>,
    /// The periods behind the times, as the policy states them.
    pub periods: Periods,
    /// What to expect of a software fix.
    pub fix: Option<String>,
    /// What the times rest on beyond the source's own words.
    pub assumptions: Vec<String>,
    /// What is to be said about them.
    pub notes: Vec<String>,
}

/// Periods as the policy states them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Periods {
    /// Time to the first response, e.g. `8 business hours`.
    pub first_response: Option<String>,
    /// Time to the resolution.
    pub resolution: Option<String>,
}

/// RFC 3339 to the second, with the offset of the desk's zone.
pub fn rfc3339(time: &Zoned) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

impl TargetsDocument {
    /// The document of one ticket's targets.
    pub fn new(tool: Tool, policy: &Policy, targets: &Targets<'_>) -> Self {
        let at = |due: &Option<Due>| due.as_ref().map(|due| rfc3339(&due.at));
        let period = |due: &Option<Due>| due.as_ref().map(|due| due.words.clone());
        let earliest = targets.first_response.as_ref().and_then(|due| due.earliest.as_ref());
        Self {
            schema: TARGETS.into(),
            tool,
            policy: policy.id.clone(),
            source: policy.cited(),
            severity: targets.severity.0,
            severity_name: targets.severity.1.name.to_string(),
            received_at: rfc3339(&targets.received),
            first_response: at(&targets.first_response),
            first_response_earliest: earliest.map(rfc3339),
            resolution: at(&targets.resolution),
            periods: Periods {
                first_response: period(&targets.first_response),
                resolution: period(&targets.resolution),
            },
            fix: targets.fix.map(str::to_owned),
            assumptions: targets.assumptions.clone(),
            notes: targets.notes.clone(),
        }
    }

    /// The document for people.
    pub fn table(&self) -> String {
        let mut out = format!(
            "Targets of {} for severity {} ({})\n",
            self.policy, self.severity, self.severity_name
        );
        labelled(&mut out, "received", &self.received_at);
        let periods = &self.periods;
        due_line(&mut out, "response", &self.first_response, &periods.first_response);
        if let Some(earliest) = &self.first_response_earliest {
            labelled(&mut out, "", &format!("from {earliest}, the sooner bound of the range"));
        }
        due_line(&mut out, "resolution", &self.resolution, &periods.resolution);
        if let Some(fix) = &self.fix {
            labelled(&mut out, "fix", fix);
        }
        for text in &self.assumptions {
            labelled(&mut out, "assumed", text);
        }
        for text in &self.notes {
            labelled(&mut out, "note", text);
        }
        labelled(&mut out, "source", &self.source);
        out
    }
}

fn due_line(out: &mut String, label: &str, at: &Option<String>, period: &Option<String>) {
    let text = match (at, period) {
        (Some(at), Some(period)) => format!("target {at} ({period})"),
        _ => "no target published".into(),
    };
    labelled(out, label, &text);
}

/// What happens next to a ticket: `keycase.lifecycle/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LifecycleDocument {
    /// Always [`LIFECYCLE`].
    pub schema: String,
    /// The program and its data.
    pub tool: Tool,
    /// Id of the policy.
    pub policy: String,
    /// The document, and every overlay that changed the policy.
    pub source: String,
    /// The ticket's state.
    pub state: TicketState,
    /// Since when it has it.
    pub since: String,
    /// What happens next, if time alone changes anything.
    pub next: Option<NextRow>,
    /// Until when the ticket can be reopened.
    pub reopen_until: Option<String>,
    /// What is to be said about it.
    pub notes: Vec<String>,
}

/// What happens next.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NextRow {
    /// The state the ticket gets.
    pub state: TicketState,
    /// When.
    pub at: String,
    /// By which rule.
    pub because: String,
}

impl LifecycleDocument {
    /// The document of one ticket.
    pub fn new(tool: Tool, policy: &Policy, state: TicketState, answer: &LifecycleAnswer) -> Self {
        let next = answer.next.as_ref().map(|next| NextRow {
            state: next.state,
            at: rfc3339(&next.at),
            because: next.because.clone(),
        });
        Self {
            schema: LIFECYCLE.into(),
            tool,
            policy: policy.id.clone(),
            source: policy.cited(),
            state,
            since: rfc3339(&answer.since),
            next,
            reopen_until: answer.reopen_until.as_ref().map(rfc3339),
            notes: answer.notes.clone(),
        }
    }

    /// The document for people.
    pub fn table(&self) -> String {
        let mut out =
            format!("Ticket at {}: {} since {}\n", self.policy, self.state.id(), self.since);
        match &self.next {
            Some(next) => {
                labelled(&mut out, "next", &format!("{} on {}", next.state.id(), next.at));
                labelled(&mut out, "because", &next.because);
            }
            None => labelled(&mut out, "next", "nothing by time alone"),
        }
        let until = self.reopen_until.as_deref().unwrap_or("no time stated");
        labelled(&mut out, "reopen", &format!("until {until}").replace("until no", "no"));
        for text in &self.notes {
            labelled(&mut out, "note", text);
        }
        labelled(&mut out, "source", &self.source);
        out
    }
}

/// Whether a version is supported: `keycase.version-support/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VersionSupportDocument {
    /// Always [`VERSION_SUPPORT`].
    pub schema: String,
    /// The program and its data.
    pub tool: Tool,
    /// Id of the policy.
    pub policy: String,
    /// The document, and every overlay that changed the policy.
    pub source: String,
    /// The product asked about.
    pub product: String,
    /// The version asked about.
    pub version: String,
    /// The latest release, if it was given.
    pub latest: Option<String>,
    /// Supported, ended, or not to be told.
    pub status: SupportStatus,
    /// Last day of support, included.
    pub ends: Option<String>,
    /// Whether hotfixes are made for the version.
    pub hotfixes: Option<bool>,
    /// By which rule.
    pub because: String,
    /// What is to be said about it.
    pub notes: Vec<String>,
}

impl VersionSupportDocument {
    /// The document about one version.
    pub fn new(
        tool: Tool,
        policy: &Policy,
        (product, version, latest): (&str, &str, Option<&str>),
        answer: VersionAnswer,
    ) -> Self {
        Self {
            schema: VERSION_SUPPORT.into(),
            tool,
            policy: policy.id.clone(),
            source: policy.cited(),
            product: product.to_owned(),
            version: version.to_owned(),
            latest: latest.map(str::to_owned),
            status: answer.status,
            ends: answer.ends.map(|date| date.to_string()),
            hotfixes: answer.hotfixes,
            because: answer.because,
            notes: answer.notes,
        }
    }

    /// The document for people.
    pub fn table(&self) -> String {
        let status = match self.status {
            SupportStatus::Supported => "supported",
            SupportStatus::Ended => "no longer supported",
            SupportStatus::Unknown => "not known",
        };
        let mut out =
            format!("{} {} under {}: {status}\n", self.product, self.version, self.policy);
        labelled(&mut out, "because", &self.because);
        labelled(&mut out, "ends", self.ends.as_deref().unwrap_or("no date known"));
        let hotfixes = match self.hotfixes {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not stated",
        };
        labelled(&mut out, "hotfixes", hotfixes);
        for text in &self.notes {
            labelled(&mut out, "note", text);
        }
        labelled(&mut out, "source", &self.source);
        out
    }
}
