//! `keycase.unmasked/1`: a text with its stand-ins read back.

use schemars::JsonSchema;
use serde::Serialize;

use crate::text::visible;

/// The schema name of the document.
pub const SCHEMA: &str = "keycase.unmasked/1";

/// A text with its stand-ins read back: the document `keycase.unmasked/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unmasked {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The text with the values in it.
    pub text: String,
    /// How many stand-ins were read back.
    pub replaced: usize,
}

impl Unmasked {
    /// The text for a terminal.
    pub fn text(&self) -> String {
        self.text.lines().map(|line| format!("{}\n", visible(line))).collect()
    }
}
