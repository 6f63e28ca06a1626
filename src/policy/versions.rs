//! Whether a version of a product is still supported.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Words;
use super::judged::{A_DATE, Judged};
use super::policy::Policy;
use super::release::Release;
use super::rows::Topic;
use crate::snapshot::ReleaseNumber;

/// Which versions a policy supports: `[versions]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// What it says.
    pub text: Words,
    /// How a version is judged.
    pub rule: VersionRule,
    /// For `third_number_window`: how many releases before the latest.
    #[serde(default)]
    pub before_latest: u32,
    /// Whether hotfixes are made for supported versions.
    pub hotfixes: Option<bool>,
    /// What the owner of an older version has to do.
    pub older: Option<Words>,
    /// Releases with dates: `[[versions.release]]`.
    #[serde(default, rename = "release")]
    pub releases: Vec<Release>,
    /// Section of the source.
    pub source: Words,
}

/// How a version is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionRule {
    /// By a published end of life of the product, and nothing else.
    EndOfLife,
    /// By its third number's distance from the latest.
    ThirdNumberWindow,
    /// By a table of dates; the current release and the one before it.
    CurrentAndPrevious,
}

impl Versions {
    /// What holds where the policy has no rule, and an overlay states dates.
    pub(super) fn of_dates_alone(source: Words) -> Self {
        Self {
            text: Words::own("The policy has no rule about versions; only stated dates decide."),
            rule: VersionRule::EndOfLife,
            before_latest: 0,
            hotfixes: None,
            older: None,
            releases: Vec::new(),
            source,
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct VersionQuery<'a> {
    /// The product.
    pub product: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The latest release, when the person knows it.
    pub latest: Option<&'a str>,
    /// The day of the question.
    pub today: Date,
}

/// Whether a version is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupportStatus {
    /// It is.
    Supported,
    /// It is no longer.
    Ended,
    /// The policy does not settle it.
    Unknown,
}

/// The answer about one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionAnswer {
    /// Supported, ended, or not to be told.
    pub status: SupportStatus,
    /// Last day of support, included.
    pub ends: Option<Date>,
    /// Whether hotfixes are made for it.
    pub hotfixes: Option<bool>,
    /// By which rule.
    pub because: String,
    /// What is to be said about it.
    pub notes: Vec<String>,
}

impl VersionAnswer {
    pub(super) fn new(status: SupportStatus, because: impl Into<String>) -> Self {
        Self { status, ends: None, hotfixes: None, because: because.into(), notes: Vec::new() }
    }
}

/// Says whether a version is supported on a day.
pub fn version_support(policy: &Policy, query: &VersionQuery<'_>) -> VersionAnswer {
    let (mut answer, versions) = match judged(policy, query) {
        Ok(judged) => (judged.answer(), judged.versions),
        Err(because) => return VersionAnswer::new(SupportStatus::Unknown, because),
    };
    if let (Some(true), status) = (versions.hotfixes, answer.status) {
        answer.hotfixes = match status {
            SupportStatus::Supported => Some(true),
            SupportStatus::Ended => Some(false),
            SupportStatus::Unknown => None,
        };
    }
    if answer.status == SupportStatus::Ended {
        answer.notes.extend(versions.older.iter().map(ToString::to_string));
    }
    answer
}

/// What is to be judged; the error says why it cannot be, and what would settle it.
fn judged<'a>(policy: &'a Policy, query: &VersionQuery<'_>) -> Result<Judged<'a>, String> {
    let product = policy.product(query.product).ok_or_else(|| not_about(policy, query.product))?;
    let versions = policy.pack.versions.as_ref().ok_or_else(|| {
        let gap =
            policy.gap(Topic::Versions).map_or("the policy has no rule about versions", |g| g);
        format!("{gap}; {A_DATE}")
    })?;
    let version = number(query.version, "--version")?;
    let latest = query.latest.map(|text| number(text, "--latest")).transpose()?;
    Ok(Judged { policy, versions, product: &product.name, version, latest, today: query.today })
}

fn number(text: &str, option: &str) -> Result<ReleaseNumber, String> {
    ReleaseNumber::parse(text).ok_or_else(|| {
        format!(
            "`{text}` is not a version like 7.8.0; {option} with up to four numbers and dots \
             between them would settle it"
        )
    })
}

/// Why a policy speaks of no version of a product; its drives have no versions here.
fn not_about(policy: &Policy, product: &str) -> String {
    let known = policy.product_names();
    if policy.pack.scope.drive_vendors.is_empty() {
        return format!(
            "the policy is about {known}, not about {product}; the policy of the product's own \
             vendor would settle it"
        );
    }
    format!(
        "of the policy's products only {known} are asked about by version, and {product} is none \
         of them; --product with one of them would settle it, and for a drive `keycase check`"
    )
}
