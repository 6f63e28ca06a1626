//! What the report needs of the other documents. They may come from a hostile bundle or
//! from another release: everything is optional, nothing is trusted.

use serde::Deserialize;

use crate::bundle::Document;
use crate::policy::Contact;
use crate::render::contact;
use crate::render::triage::{self, with_id};
use crate::triage::Scope as Scoped;

/// `eligibility.json`, as far as the report shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Eligibility {
    pub(super) policy: Policy,
    pub(super) drives: Vec<Judged>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Policy {
    pub(super) id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) source: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Judged {
    pub(super) port: Option<String>,
    pub(super) verdict: Option<String>,
    pub(super) reasons: Vec<Reason>,
    pub(super) lifecycle: Lifecycle,
    pub(super) ask: Vec<Ask>,
    pub(super) contact: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) meanwhile: Option<Meanwhile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Meanwhile {
    pub(super) contact: Option<String>,
    pub(super) unless: Option<String>,
}

/// Whom to turn to, in words; `None` for nobody. A name that this release does not know is
/// shown as it is.
pub(super) fn whom(id: Option<&str>, maker: Option<&str>, unless: Option<&str>) -> Option<String> {
    let id = id.filter(|id| *id != "none")?;
    let contact = named(id).map(|contact| contact::called(contact, maker));
    let contact = contact.unwrap_or_else(|| id.replace('_', " "));
    let desk = contact::called(Contact::Vendor, None);
    let words = unless.map(|unless| contact::unless(&contact, unless, &desk));
    Some(super::view::clean(&words.unwrap_or(contact)))
}

/// The value of a published name.
pub(super) fn named<T: for<'de> Deserialize<'de>>(id: &str) -> Option<T> {
    T::deserialize(serde_json::Value::from(id)).ok()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reason {
    pub(super) effect: Option<String>,
    pub(super) text: Option<String>,
    pub(super) evidence: Option<String>,
    pub(super) source: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Lifecycle {
    pub(super) status: Option<String>,
    pub(super) ends: Option<String>,
    pub(super) ending: Option<String>,
    pub(super) checked: Option<String>,
    pub(super) source: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ask {
    pub(super) question: Option<String>,
}

/// `findings.json`, as far as the report shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Findings {
    pub(super) findings: Vec<Finding>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Finding {
    pub(super) title: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) confidence: Option<String>,
    pub(super) port: Option<String>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) remedy: Vec<String>,
    pub(super) never: Vec<String>,
    pub(super) contact: Option<String>,
    pub(super) unless: Option<String>,
    pub(super) source: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Evidence {
    pub(super) what: Option<String>,
    #[serde(rename = "where")]
    pub(super) place: Option<String>,
}

/// `triage.json`, as far as the report shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Triage {
    #[serde(rename = "type")]
    kind: Option<String>,
    severity: Severity,
    priority: Option<String>,
    category: Option<String>,
    scope: Scope,
    targets: Targets,
    careful: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Severity {
    level: Option<i64>,
    name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Scope {
    verdict: Option<String>,
    exclusion: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Targets {
    first_response: Option<String>,
    resolution: Option<String>,
    notes: Vec<String>,
}

impl Triage {
    /// What is known of it, by label; `None` when there is no such document.
    pub(super) fn rows(self) -> Option<Vec<(&'static str, String)>> {
        let level = self.severity.level.map(|level| level.to_string());
        let severity: Vec<String> = level.into_iter().chain(self.severity.name).collect();
        let severity = (!severity.is_empty()).then(|| severity.join(", "));
        let place = self.scope.verdict.as_deref().and_then(named);
        let category = self.category.map(|id| match named(&id) {
            Some(known) => with_id(triage::category(known, place.unwrap_or(Scoped::Unknown)), &id),
            None => id,
        });
        let scope = self.scope.verdict.map(|verdict| {
            let id = triage::scope_id(&verdict, self.scope.exclusion.as_deref());
            place.map_or_else(|| id.clone(), |place| with_id(triage::scope_words(place), &id))
        });
        let kind = self.kind.map(|id| match named(&id) {
            Some(known) => with_id(triage::kind(known), &id),
            None => id,
        });
        let notes = self.targets.notes.join("; ");
        let about_targets = (!notes.is_empty()).then_some(notes);
        let careful = self.careful.join(" ");
        let rows = [
            ("Careful", (!careful.is_empty()).then_some(careful)),
            ("Type", kind),
            ("Severity", severity),
            ("Priority", self.priority),
            ("Category", category),
            ("Scope", scope),
            ("First response target", self.targets.first_response),
            ("Resolution target", self.targets.resolution),
            ("About these times", about_targets),
        ];
        let known = rows
            .into_iter()
            .filter_map(|(label, value)| Some((label, super::view::clean(&value?))));
        let known: Vec<_> = known.collect();
        (!known.is_empty()).then_some(known)
    }
}

/// Reads the document called `name`; one of another shape counts as absent.
pub(super) fn read<T: Default + for<'de> Deserialize<'de>>(
    documents: &[Document],
    name: &str,
) -> T {
    let document = documents.iter().find(|document| document.name == name);
    document.and_then(|document| T::deserialize(&document.value).ok()).unwrap_or_default()
}
