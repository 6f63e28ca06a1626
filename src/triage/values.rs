//! The values of a triage: what kind of request, about what, in scope or not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::policy::Contact;

/// What kind of request it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something does not work as it should.
    Problem,
    /// How something is done, or whether it can be.
    Question,
    /// Something the product should do in future.
    FeatureRequest,
    /// Something the desk should do: replace, cancel, quote.
    Request,
}

impl Kind {
    /// The published name, e.g. `request`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Question => "question",
            Self::FeatureRequest => "feature_request",
            Self::Request => "request",
        }
    }
}

/// What it is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Password, PIN, unlocking, lock-out, reset.
    UnlockPassword,
    /// The computer does not see the drive, or not all of it.
    NotRecognised,
    /// SafeConsole, EMS, their policies and their reach.
    Management,
    /// Updating firmware or client.
    FirmwareUpdate,
    /// Files, the file system, lost data.
    FilesystemDataLoss,
    /// Speed, disconnects, heat under load.
    Performance,
    /// Other systems, other software, other machines.
    Compatibility,
    /// The device itself is broken.
    HardwareDamage,
    /// How to do something.
    HowTo,
    /// Something new.
    FeatureRequest,
    /// Licences, renewals, orders.
    Licensing,
    /// Nothing the products have to do with.
    OutOfScope,
}

impl Category {
    /// The published name, e.g. `out_of_scope`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::UnlockPassword => "unlock_password",
            Self::NotRecognised => "not_recognised",
            Self::Management => "management",
            Self::FirmwareUpdate => "firmware_update",
            Self::FilesystemDataLoss => "filesystem_data_loss",
            Self::Performance => "performance",
            Self::Compatibility => "compatibility",
            Self::HardwareDamage => "hardware_damage",
            Self::HowTo => "how_to",
            Self::FeatureRequest => "feature_request",
            Self::Licensing => "licensing",
            Self::OutOfScope => "out_of_scope",
        }
    }
}

/// Whether the policy covers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Nothing in the text stands against support.
    InScope,
    /// A clause excludes it.
    OutOfScope,
    /// The text leaves it open.
    Unknown,
}

impl Scope {
    /// The published name, e.g. `unknown`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::InScope => "in_scope",
            Self::OutOfScope => "out_of_scope",
            Self::Unknown => "unknown",
        }
    }
}

/// How sure the triage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The text says little that rules know.
    Possible,
    /// Several rules agree, or few and none contradicts.
    Likely,
}

/// The chosen policy's own severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Severity {
    /// Number; 1 is the worst.
    pub level: u8,
    /// Name.
    pub name: String,
}

/// A rule that spoke, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Reason {
    /// Id of the rule.
    pub rule: String,
    /// What it concludes, and the words it rests on.
    pub because: String,
    /// What else carried it, of what was learned: cues and counts by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
}

/// A question whose answer would change the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Question {
    /// The fact, as `--fact` takes it.
    pub fact: String,
    /// The question.
    pub question: String,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Triage {
    /// Id of the policy.
    pub policy: String,
    /// What kind of request.
    pub kind: Kind,
    /// How bad, independent of any policy; 1 is the worst of 4.
    pub impact: u8,
    /// How bad in the policy's own words.
    pub severity: Severity,
    /// Order of work in the policy's own words; absent when it has none.
    pub priority: Option<String>,
    /// What it is about.
    pub category: Category,
    /// The product that the text or the attached drive names.
    pub product: Option<String>,
    /// Whether the policy covers it.
    pub scope: Scope,
    /// Id of the clause that excludes it, or may exclude it.
    pub exclusion: Option<String>,
    /// Whom to turn to.
    pub contact: Contact,
    /// How sure.
    pub confidence: Confidence,
    /// Every rule that spoke.
    pub reasons: Vec<Reason>,
    /// What the person must not do now.
    pub careful: Vec<String>,
    /// At most three questions.
    pub ask: Vec<Question>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_the_serialized_names() {
        for value in [Kind::Problem, Kind::Question, Kind::FeatureRequest, Kind::Request] {
            assert_eq!(json!(value), value.id());
        }
        for value in [
            Category::UnlockPassword,
            Category::NotRecognised,
            Category::Management,
            Category::FirmwareUpdate,
            Category::FilesystemDataLoss,
            Category::Performance,
            Category::Compatibility,
            Category::HardwareDamage,
            Category::HowTo,
            Category::FeatureRequest,
            Category::Licensing,
            Category::OutOfScope,
        ] {
            assert_eq!(json!(value), value.id());
        }
        for value in [Scope::InScope, Scope::OutOfScope, Scope::Unknown] {
            assert_eq!(json!(value), value.id());
        }
        for value in [
            Contact::Vendor,
            Contact::Manufacturer,
            Contact::OrganisationAdmin,
            Contact::Sales,
            Contact::Licensing,
            Contact::None,
        ] {
            assert_eq!(json!(value), value.id());
        }
    }
}
