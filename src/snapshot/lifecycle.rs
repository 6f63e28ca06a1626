//! Whether the vendor has published an end for a model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is known about the end of a model's life; every part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lifecycle {
    /// Last day of life, included.
    #[schemars(with = "Option<String>")]
    pub end_of_life: Option<jiff::civil::Date>,
    /// When somebody last looked for a published date.
    #[schemars(with = "Option<String>")]
    pub checked: Option<jiff::civil::Date>,
    /// Where the date, or its absence, comes from.
    pub source: Option<String>,
}
