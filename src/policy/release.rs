//! Releases of a product: rows, version numbers, and dates that may name only a month.

use std::cmp::Ordering;
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

/// A version of up to four numbers; missing ones are not zero but unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseNumber(Vec<u32>);

impl ReleaseNumber {
    /// Reads `3.3.2`, `v7.8` and the like.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let parts: Vec<&str> = text.split('.').collect();
        let plain = |part: &&str| {
            (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if parts.len() > 4 || !parts.iter().all(plain) {
            return None;
        }
        parts.iter().map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>().map(Self)
    }

    /// The number at a place, counted from 0, if it is given.
    pub fn part(&self, place: usize) -> Option<u32> {
        self.0.get(place).copied()
    }

    /// Order, where missing numbers count as zero.
    pub fn order(&self, other: &Self) -> Ordering {
        let longest = self.0.len().max(other.0.len());
        let padded = |number: &Self| (0..longest).map(|i| number.part(i).unwrap_or(0)).collect();
        let (a, b): (Vec<u32>, Vec<u32>) = (padded(self), padded(other));
        a.cmp(&b)
    }
}

impl fmt::Display for ReleaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

impl<'de> Deserialize<'de> for ReleaseNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a version like 7.8.0"))
        })
    }
}

impl Serialize for ReleaseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
