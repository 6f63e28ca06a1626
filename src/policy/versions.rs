//! Whether a version of a product is still supported.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Words;
use super::policy::Policy;
use super::release::{DayOrMonth, ReleaseNumber};
use super::rows::Topic;

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

/// A release with its dates.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The product.
    pub product: String,
    /// The version; absent for a date that holds for the whole product.
    pub version: Option<ReleaseNumber>,
    /// When it came out.
    pub released: Option<DayOrMonth>,
    /// When general support ends; absent when the source says "to be determined".
    pub ends: Option<DayOrMonth>,
    /// Section of the source.
    pub source: Words,
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
    fn new(status: SupportStatus, because: impl Into<String>) -> Self {
        Self { status, ends: None, hotfixes: None, because: because.into(), notes: Vec::new() }
    }
}

/// Says whether a version is supported on a day.
pub fn version_support(policy: &Policy, query: &VersionQuery<'_>) -> VersionAnswer {
    let unknown = |because: String| VersionAnswer::new(SupportStatus::Unknown, because);
    let Some(product) = policy.product(query.product) else {
        let known: Vec<&str> = policy.pack.scope.products.iter().map(|p| &*p.name).collect();
        let known = known.join(", ");
        return unknown(format!("the policy is about {known}, not about {}", query.product));
    };
    let Some(versions) = &policy.pack.versions else {
        let gap = policy.gap(Topic::Versions).map(ToString::to_string);
        return unknown(gap.unwrap_or_else(|| "the policy has no rule about versions".into()));
    };
    let Some(version) = ReleaseNumber::parse(query.version) else {
        return unknown(format!("`{}` is not a version like 7.8.0", query.version));
    };
    let latest = match query.latest.map(|text| (text, ReleaseNumber::parse(text))) {
        Some((text, None)) => return unknown(format!("`{text}` is not a version like 7.8.0")),
        Some((_, number)) => number,
        None => None,
    };
    let judged =
        Judged { policy, versions, product: &product.name, version, latest, today: query.today };
    let mut answer = match versions.rule {
        VersionRule::EndOfLife => judged.by_end_of_life(),
        VersionRule::ThirdNumberWindow => judged.by_window(),
        VersionRule::CurrentAndPrevious => judged.by_table(),
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

/// A version with everything it is judged by.
struct Judged<'a> {
    policy: &'a Policy,
    versions: &'a Versions,
    product: &'a str,
    version: ReleaseNumber,
    latest: Option<ReleaseNumber>,
    today: Date,
}

impl Judged<'_> {
    fn answer(&self, status: SupportStatus, because: impl Into<String>) -> VersionAnswer {
        VersionAnswer::new(status, because)
    }

    fn releases(&self) -> impl Iterator<Item = &Release> {
        self.versions.releases.iter().filter(|r| r.product.eq_ignore_ascii_case(self.product))
    }

    fn by_end_of_life(&self) -> VersionAnswer {
        let row = self.releases().find(|r| match &r.version {
            Some(version) => version.order(&self.version).is_eq(),
            None => true,
        });
        match row.and_then(|row| row.ends) {
            Some(end) => self.dated(end),
            None => self.answer(
                SupportStatus::Unknown,
                format!(
                    "{} No published end-of-life date known for {} (checked {})",
                    self.versions.text, self.product, self.policy.pack.checked
                ),
            ),
        }
    }

    fn dated(&self, end: DayOrMonth) -> VersionAnswer {
        let last = end.last_day();
        let ended = self.today > last;
        let status = if ended { SupportStatus::Ended } else { SupportStatus::Supported };
        let word = if ended { "ended" } else { "ends" };
        let mut answer = self.answer(status, format!("general support {word} on {last}"));
        answer.ends = Some(last);
        if end.is_month() {
            answer.notes.push(format!(
                "the source names only the month {end}; it is read as the month's last day"
            ));
        }
        answer
    }

    /// The latest and some before it; the policy counts on the third number.
    fn by_window(&self) -> VersionAnswer {
        let window = self.versions.before_latest;
        let Some(latest) = &self.latest else {
            return self.answer(
                SupportStatus::Unknown,
                format!(
                    "{} Which release is the latest is not known; give it.",
                    self.versions.text
                ),
            );
        };
        if self.version.order(latest).is_gt() {
            let because = format!("{} is newer than {latest}, the latest given", self.version);
            return self.answer(SupportStatus::Unknown, because);
        }
        let series = |number: &ReleaseNumber| (number.part(0), number.part(1));
        match (latest.part(2), self.version.part(2)) {
            (Some(top), Some(own)) if series(latest) == series(&self.version) => {
                let oldest = format!(
                    "{}.{}.{}",
                    latest.part(0).unwrap_or(0),
                    latest.part(1).unwrap_or(0),
                    top.saturating_sub(window)
                );
                let inside = top.saturating_sub(own) <= window;
                let status = if inside { SupportStatus::Supported } else { SupportStatus::Ended };
                let word = if inside { "within" } else { "before" };
                let range = format!("{} is {word} {oldest} to {latest}", self.version);
                self.answer(status, range)
            }
            // The window is used up inside the latest series: every older series is out.
            (Some(top), _) if top >= window && series(latest) != series(&self.version) => {
                let because =
                    format!("{} is before the last {window} releases up to {latest}", self.version);
                self.answer(SupportStatus::Ended, because)
            }
            _ => self.answer(
                SupportStatus::Unknown,
                format!(
                    "which releases came directly before {latest} cannot be told from its number, \
                     so {} is not settled",
                    self.version
                ),
            ),
        }
    }

    /// A dated release is judged by its date, others by being current or the one before.
    fn by_table(&self) -> VersionAnswer {
        if self.latest.as_ref().is_some_and(|latest| self.version.order(latest).is_gt()) {
            let latest = self.latest.as_ref().map(ToString::to_string).unwrap_or_default();
            let because = format!("{} is newer than {latest}, the latest given", self.version);
            return self.answer(SupportStatus::Unknown, because);
        }
        let same = |row: &&Release| {
            row.version.as_ref().is_some_and(|version| version.order(&self.version).is_eq())
        };
        let row = self.releases().find(same);
        if let Some(end) = row.and_then(|row| row.ends) {
            return self.dated(end);
        }
        if self.latest.as_ref().is_some_and(|latest| latest.order(&self.version).is_eq()) {
            let because = format!("{} is the current version", self.version);
            return self.answer(SupportStatus::Supported, because);
        }
        match row {
            Some(_) => self.undated(),
            None => self.unlisted(),
        }
    }

    /// The source names the release but no end: good as long as the source is.
    fn undated(&self) -> VersionAnswer {
        let written = self.policy.pack.source.updated.or(self.policy.pack.source.effective);
        match written {
            Some(written) if self.today <= written => self.answer(
                SupportStatus::Supported,
                format!("the source of {written} lists it without an end of support"),
            ),
            Some(written) => self.answer(
                SupportStatus::Unknown,
                format!(
                    "the source is of {written} and names no end of support for {} (to be \
                     determined); nothing later is known",
                    self.version
                ),
            ),
            None => self.answer(
                SupportStatus::Unknown,
                format!("the source names no end of support for {}", self.version),
            ),
        }
    }

    /// A release the source does not list.
    fn unlisted(&self) -> VersionAnswer {
        let known = || self.releases().filter_map(|row| row.version.as_ref());
        if !known().any(|known| known.order(&self.version).is_le()) && known().count() >= 2 {
            let because = format!(
                "{} is older than every release the source lists, so it is neither the current \
                 version nor the one before it",
                self.version
            );
            return self.answer(SupportStatus::Ended, because);
        }
        let because = format!("the source does not list {} {}", self.product, self.version);
        self.answer(SupportStatus::Unknown, because)
    }
}
