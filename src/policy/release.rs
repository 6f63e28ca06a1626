//! Releases of a product: rows, and dates that may name only a month.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::Spanned;

use super::Words;
use super::load::{MOST_ERRORS, at};
use super::policy::Policy;
use super::versions::Versions;
use crate::packs::{Pack, PackError};
use crate::snapshot::ReleaseNumber;

/// A release with its dates.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The product; a row may call it by an alias.
    #[schemars(with = "String")]
    pub product: Spanned<String>,
    /// The version; absent for a date that holds for the whole product.
    pub version: Option<ReleaseNumber>,
    /// When it came out.
    pub released: Option<DayOrMonth>,
    /// When general support ends; absent when the source says "to be determined".
    pub ends: Option<DayOrMonth>,
    /// Section of the source.
    pub source: Words,
}

impl Release {
    /// Whether another row is about the same release, or as this one about the whole product.
    fn is_about_the_same(&self, other: &Self) -> bool {
        let same_version = match (&self.version, &other.version) {
            (Some(version), Some(other)) => version.order(other).is_eq(),
            (None, None) => true,
            _ => false,
        };
        same_version && self.product.get_ref() == other.product.get_ref()
    }
}

/// Gives releases their product's own name; a product that the policy does not name is an
/// error at its row.
pub(super) fn name_products(
    policy: &Policy,
    releases: &mut [Release],
    file: &Pack,
) -> Vec<PackError> {
    let unknown = releases.iter_mut().filter_map(|row| {
        if let Some(known) = policy.product(row.product.get_ref()) {
            *row.product.get_mut() = known.name.to_string();
            return None;
        }
        let called = row.product.get_ref();
        let mut what =
            format!("the policy has no product `{called}`, only {}", policy.product_names());
        if !policy.pack.scope.drive_vendors.is_empty() {
            what.push_str("; the end of a drive's model stands in a device pack");
        }
        Some(at(file, &row.product, what))
    });
    unknown.take(MOST_ERRORS).collect()
}

/// The same for the releases of a whole pack.
pub(super) fn name_products_of(policy: &mut Policy, file: &Pack) -> Vec<PackError> {
    let Some(mut versions) = policy.pack.versions.take() else { return Vec::new() };
    let errors = name_products(policy, &mut versions.releases, file);
    policy.pack.versions = Some(versions);
    errors
}

/// Puts an overlay's releases in the place of those they are about.
pub(super) fn put_releases(policy: &mut Policy, releases: Vec<Release>, place: &str) {
    for mut row in releases {
        row.source = row.source.with(place);
        let source = || Versions::of_dates_alone(row.source.clone());
        let versions = policy.pack.versions.get_or_insert_with(source);
        versions.releases.retain(|old| !old.is_about_the_same(&row));
        versions.releases.push(row);
    }
}

/// A date as a source gives it: a day, or only a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOrMonth {
    /// A day.
    Day(Date),
    /// A month, by its first day.
    Month(Date),
}

impl DayOrMonth {
    /// The last day it covers.
    pub fn last_day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Month(first) => first.last_of_month(),
        }
    }

    /// Whether only the month is given.
    pub fn is_month(self) -> bool {
        matches!(self, Self::Month(_))
    }
}

impl fmt::Display for DayOrMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Month(first) => write!(f, "{:04}-{:02}", first.year(), first.month()),
        }
    }
}

impl<'de> Deserialize<'de> for DayOrMonth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let month = || format!("{text}-01").parse().ok().map(Self::Month);
        text.parse().ok().map(Self::Day).or_else(month).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a date like 2017-05-31 or 2017-05"))
        })
    }
}

impl Serialize for DayOrMonth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
