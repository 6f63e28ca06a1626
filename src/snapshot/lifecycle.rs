//! Whether the vendor has published an end for a model.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is known about the end of a model's life; every part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lifecycle {
    /// Last day of life, included.
    #[schemars(with = "Option<String>")]
    pub end_of_life: Option<Date>,
    /// Last day of support, included.
    #[schemars(with = "Option<String>")]
    pub end_of_support: Option<Date>,
    /// When somebody last looked for a published date.
    #[schemars(with = "Option<String>")]
    pub checked: Option<Date>,
    /// Where the dates, or their absence, come from.
    pub source: Option<String>,
}

/// What ends on a published day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The model's life.
    #[default]
    Life,
    /// The support for it.
    Support,
}

impl Ending {
    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Life => "end of life",
            Self::Support => "end of support",
        }
    }
}

impl Lifecycle {
    /// The first published end: its day, included, and what ends on it.
    pub fn end(&self) -> Option<(Date, Ending)> {
        let life = self.end_of_life.map(|day| (day, Ending::Life));
        let support = self.end_of_support.map(|day| (day, Ending::Support));
        life.into_iter().chain(support).min()
    }
}
