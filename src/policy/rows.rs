//! The plain rows of a policy pack: what it calls things, and what it promises in words.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use super::Words;
use super::period::Period;

/// A request type: `[[request_type]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestType {
    /// `problem`, `question`, `feature_request` or `request`.
    pub id: RequestTypeId,
    /// The policy's own name.
    pub name: Words,
    /// What it means.
    pub meaning: Words,
    /// Section of the source.
    pub source: Words,
}

/// Request types across all policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestTypeId {
    /// Something does not work.
    Problem,
    /// How something is done.
    Question,
    /// Something new is wanted.
    FeatureRequest,
    /// Anything else.
    Request,
}

impl RequestTypeId {
    /// The published name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Question => "question",
            Self::FeatureRequest => "feature_request",
            Self::Request => "request",
        }
    }
}

/// A severity: `[[severity]]`, the worst first.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Severity {
    /// The source's own number.
    pub level: Option<u8>,
    /// Name.
    pub name: Words,
    /// Other ways to write it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it means.
    pub meaning: Words,
    /// Section of the source.
    pub source: Words,
}

/// A severity as rows and people refer to it: by number or name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SeverityRef(pub String);

impl<'de> Deserialize<'de> for SeverityRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrName;
        impl serde::de::Visitor<'_> for NumberOrName {
            type Value = SeverityRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number or name of a severity")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<SeverityRef, E> {
                Ok(SeverityRef(number.to_string()))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<SeverityRef, E> {
                Ok(SeverityRef(name.to_owned()))
            }
        }
        deserializer.deserialize_any(NumberOrName)
    }
}

/// A priority: `[[priority]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// `high`, `normal`, `low`.
    pub id: String,
    /// The policy's own name.
    pub name: Words,
    /// What it means.
    pub meaning: Words,
    /// What it changes about due times, when it does.
    pub note: Option<Words>,
    /// Severities that normally have it.
    #[serde(default)]
    #[schemars(with = "Vec<SeverityRef>")]
    pub severities: Vec<Spanned<SeverityRef>>,
    /// Section of the source.
    pub source: Words,
}

/// A plan that customers can buy: `[[plan]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name.
    pub name: Words,
    /// What it contains; absent when the source does not say.
    pub contents: Option<Words>,
    /// Section of the source.
    pub source: Words,
}

/// A way to reach support: `[[channel]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// `portal`, `web`, `email`, `phone`, …
    pub id: String,
    /// Address or number, when the source gives one.
    pub address: Option<Words>,
    /// When the channel may be used, if not always.
    pub condition: Option<Words>,
    /// The severities it is for; all, when empty.
    #[serde(default)]
    #[schemars(with = "Vec<SeverityRef>")]
    pub severities: Vec<Spanned<SeverityRef>>,
    /// Section of the source.
    pub source: Words,
}

/// A step of escalation: `[[escalation]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Order, from 1; absent for a path beside the ladder.
    pub level: Option<u8>,
    /// Who takes over.
    pub who: Words,
    /// When.
    pub when: Option<Words>,
    /// Section of the source.
    pub source: Words,
}

/// A rule in words, with the figures and names it contains.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it says.
    pub text: Words,
    /// A period it names.
    pub period: Option<Period>,
    /// A severity it names.
    #[schemars(with = "Option<SeverityRef>")]
    pub severity: Option<Spanned<SeverityRef>>,
    /// A request type it names.
    pub request_type: Option<RequestTypeId>,
    /// Section of the source.
    pub source: Words,
}

/// Something the source does not publish: `[[gap]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// What is missing.
    pub topic: Topic,
    /// What that means, and what was done instead.
    pub note: Words,
}

/// What a support policy can speak about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Topic {
    Scope,
    SourceDate,
    RequestTypes,
    Severities,
    Priorities,
    FirstResponse,
    Resolution,
    FixExpectations,
    Plans,
    PlanContents,
    Hours,
    Holidays,
    Channels,
    Escalation,
    Waiting,
    Reopen,
    Versions,
    AlreadyFixed,
    SecurityIncident,
    OutOfScope,
    Suspension,
    ChangeNotice,
    States,
    FeatureRequests,
    AskedOfCustomer,
}

impl Topic {
    /// All topics, in the order in which policies are shown.
    pub const ALL: [Self; 25] = [
        Self::Scope,
        Self::SourceDate,
        Self::RequestTypes,
        Self::Severities,
        Self::Priorities,
        Self::FirstResponse,
        Self::Resolution,
        Self::FixExpectations,
        Self::Plans,
        Self::PlanContents,
        Self::Hours,
        Self::Holidays,
        Self::Channels,
        Self::Escalation,
        Self::Waiting,
        Self::Reopen,
        Self::Versions,
        Self::AlreadyFixed,
        Self::SecurityIncident,
        Self::OutOfScope,
        Self::Suspension,
        Self::ChangeNotice,
        Self::States,
        Self::FeatureRequests,
        Self::AskedOfCustomer,
    ];
}
