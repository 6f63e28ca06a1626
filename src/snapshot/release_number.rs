//! Numbers of releases, `4.8.25`: reading, comparing.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

    /// Whether it comes before another for sure: a number that is left out could be any.
    pub fn is_surely_before(&self, other: &Self) -> bool {
        let mut places = (0..other.0.len()).map(|place| (self.part(place), other.part(place)));
        let decides = places.find(|(own, other)| own.is_none() || own != other);
        decides.is_some_and(|(own, other)| own.is_some() && own < other)
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
