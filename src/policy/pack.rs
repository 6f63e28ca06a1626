//! The format of a policy pack, `policies/<id>.toml`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Words;
use super::clause::{ClauseRow, FactRow};
use super::hours::Hours;
use super::lifecycle::{Reopen, StateRow, Timer};
use super::rows::{Channel, Escalation, Gap, Plan, Priority, RequestType, Rule, Severity};
use super::schema::IsoDate;
use super::targets::TargetRow;
use super::versions::Versions;

/// A whole policy, as the pack writes it. What is absent the policy does not state; a
/// [`Gap`] says so in words.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyPack {
    /// Id, the file's name.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Name for people.
    pub name: Words,
    /// When the pack was last compared with its source.
    #[schemars(with = "IsoDate")]
    pub checked: Date,
    /// The document it is taken from.
    pub source: PolicySource,
    /// What it is about.
    pub scope: Scope,
    /// Request types.
    #[serde(default, rename = "request_type")]
    pub request_types: Vec<RequestType>,
    /// Severities, the worst first.
    #[serde(default, rename = "severity")]
    pub severities: Vec<Severity>,
    /// Priorities, the highest first.
    #[serde(default, rename = "priority")]
    pub priorities: Vec<Priority>,
    /// Plans.
    #[serde(default, rename = "plan")]
    pub plans: Vec<Plan>,
    /// When the desk works.
    pub hours: Option<Hours>,
    /// Ways to reach it.
    #[serde(default, rename = "channel")]
    pub channels: Vec<Channel>,
    /// Targets by severity.
    #[serde(default, rename = "target")]
    pub targets: Vec<TargetRow>,
    /// What is to be said about every target.
    #[serde(default)]
    pub target_notes: Vec<Words>,
    /// Who takes over when.
    #[serde(default, rename = "escalation")]
    pub escalation: Vec<Escalation>,
    /// States of a ticket.
    #[serde(default, rename = "state")]
    pub states: Vec<StateRow>,
    /// What time does to a ticket.
    #[serde(default, rename = "timer")]
    pub timers: Vec<Timer>,
    /// How long a ticket can be reopened.
    #[serde(default, rename = "reopen")]
    pub reopen: Vec<Reopen>,
    /// Which versions are supported.
    pub versions: Option<Versions>,
    /// What happens to a ticket about something that is already fixed.
    #[serde(default)]
    pub already_fixed: Vec<Rule>,
    /// How a security incident is classified.
    #[serde(default)]
    pub security_incident: Vec<Rule>,
    /// When services are suspended.
    #[serde(default)]
    pub suspension: Vec<Rule>,
    /// What customers announce before they change something.
    #[serde(default)]
    pub change_notice: Vec<Rule>,
    /// What happens to feature requests.
    #[serde(default)]
    pub feature_requests: Vec<Rule>,
    /// What the customer is asked for.
    #[serde(default)]
    pub asked_of_customer: Vec<Rule>,
    /// Anything else worth saying.
    #[serde(default)]
    pub remarks: Vec<Rule>,
    /// What the source does not publish.
    #[serde(default, rename = "gap")]
    pub gaps: Vec<Gap>,
    /// Facts it may ask for.
    #[serde(default, rename = "fact")]
    pub facts: Vec<FactRow>,
    /// Who is not supported.
    #[serde(default, rename = "clause")]
    pub clauses: Vec<ClauseRow>,
}

/// The document a policy is taken from: `[source]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySource {
    /// Title of the document.
    pub title: Words,
    /// Where it is published.
    pub url: Option<Words>,
    /// When it took effect.
    #[schemars(with = "Option<IsoDate>")]
    pub effective: Option<Date>,
    /// When it was last changed.
    #[schemars(with = "Option<IsoDate>")]
    pub updated: Option<Date>,
}

/// What the policy is about: `[scope]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// In words.
    pub text: Words,
    /// Makers whose drives are in scope, as the catalog names them.
    #[serde(default)]
    pub drive_vendors: Vec<String>,
    /// Products by name.
    #[serde(default, rename = "product")]
    pub products: Vec<Product>,
    /// Section of the source.
    pub source: Words,
}

/// A product in scope: `[[scope.product]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its name.
    pub name: Words,
    /// Other names people use.
    #[serde(default)]
    pub aliases: Vec<String>,
}
