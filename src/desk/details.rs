//! What goes to a desk besides a ticket's text and the bundle: shown before it is agreed to,
//! kept with it, and sent as it was kept. Pure.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DeskConfig, DeskData, DeskKind, TicketDraft};

/// What goes along with a ticket's text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Details {
    /// The queue it goes to.
    pub queue: Option<String>,
    /// How urgent it is, as the desk counts.
    pub priority: Option<String>,
    /// The desk's own kind of request; left out where the desk has no such kind.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Words that the desk sorts it by.
    pub tags: Vec<String>,
    /// The desk's own fields, with their values as text.
    pub fields: BTreeMap<String, String>,
}

/// What a desk gets, by its settings and what its kind fixes.
#[cfg_attr(not(feature = "submit"), expect(unused_variables, reason = "nothing is sent"))]
pub fn details(config: &DeskConfig, data: &DeskData, draft: &TicketDraft) -> Details {
    match config.kind {
        DeskKind::OutboxOnly | DeskKind::Handoff => Details::default(),
        #[cfg(feature = "submit")]
        DeskKind::Freshdesk => super::freshdesk::details(&data.freshdesk, &config.fields, draft),
        #[cfg(feature = "submit")]
        DeskKind::RequestTracker => {
            super::request_tracker::details(&data.request_tracker, config, draft)
        }
        #[cfg(feature = "submit")]
        DeskKind::Zendesk => super::zendesk::details(&data.zendesk, config, draft),
        #[cfg(feature = "submit")]
        DeskKind::Email => Details::default(),
    }
}

/// Desk fields with the facts they are set to; what is not known stays out.
#[cfg(feature = "submit")]
pub(super) fn filled(
    mapped: &BTreeMap<String, String>,
    draft: &TicketDraft,
) -> BTreeMap<String, String> {
    let known = mapped.iter().filter_map(|(field, fact)| {
        let value = draft.fact(fact)?.trim();
        (!value.is_empty()).then(|| (field.clone(), value.to_owned()))
    });
    known.collect()
}
