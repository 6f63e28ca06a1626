//! Clauses: who is not supported, what must be known to say so, and examples.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Words;
use crate::condition::{Condition, FactType};

/// Whom to turn to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// The policy's own support desk.
    Vendor,
    /// The maker of the drive.
    Manufacturer,
    /// The administrator of the person's own organisation.
    OrganisationAdmin,
    /// The sales manager, sales engineer or reseller.
    Sales,
    /// Whoever handles licences and accounts.
    Licensing,
    /// Nobody the policy names.
    None,
}

impl Contact {
    /// The published name, e.g. `organisation_admin`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Manufacturer => "manufacturer",
            Self::OrganisationAdmin => "organisation_admin",
            Self::Sales => "sales",
            Self::Licensing => "licensing",
            Self::None => "none",
        }
    }
}

/// A fact about the customer or the request that no machine knows: `[[fact]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactRow {
    /// Name, as conditions and `--fact` write it.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Type of its value.
    #[serde(rename = "type")]
    pub kind: FactType,
    /// The question, for the person.
    pub question: Words,
}

/// One case without support, as the pack writes it: `[[clause]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseRow {
    /// Id, unique in its policy.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What it says, in words of the pack.
    pub text: Words,
    /// Which drives it concerns; all, when absent.
    #[schemars(with = "Option<String>")]
    pub applies_when: Option<Spanned<String>>,
    /// When it excludes.
    #[schemars(with = "String")]
    pub excludes_when: Spanned<String>,
    /// Whom to turn to when it excludes.
    pub contact: Contact,
    /// What keeps it from excluding, as it reads after "unless": while that is open, the
    /// contact is named with it.
    pub unless: Option<Words>,
    /// Section of the source.
    pub source: Words,
    /// Facts and outcomes.
    #[serde(rename = "example", default)]
    pub examples: Vec<Example>,
}

/// Facts and what a clause says on them.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Facts by name, customer's and drive's.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub facts: Spanned<BTreeMap<String, toml::Value>>,
    /// What the clause says.
    pub outcome: Outcome,
    /// The facts it asks for; only with `asks`.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// What a clause says in an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It does not stand in the way.
    Allows,
    /// It excludes from support.
    Excludes,
    /// It needs to know more.
    Asks,
    /// It does not concern this drive.
    Silent,
}

impl Outcome {
    /// The name packs use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Allows => "allows",
            Self::Excludes => "excludes",
            Self::Asks => "asks",
            Self::Silent => "is silent",
        }
    }
}

/// A clause, compiled.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Id, unique in its policy: `end_of_life`.
    pub id: String,
    /// What it says, in words of the pack.
    pub text: Words,
    /// Which drives it concerns; all, when absent.
    pub applies_when: Option<Condition>,
    /// When it excludes.
    pub excludes_when: Condition,
    /// Whom to turn to when it excludes.
    pub contact: Contact,
    /// What keeps it from excluding, as it reads after "unless".
    pub unless: Option<Words>,
    /// Section of the source.
    pub source: Words,
    /// Facts and outcomes; a test and `policy lint` run all of them.
    pub examples: Vec<Example>,
    /// The pack it stands in.
    pub file: String,
}
