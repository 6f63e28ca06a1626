//! What was learned from labelled descriptions: which words and cues speak for which label.
//!
//! Belongs here: what a text shows ([`Features`]), the linear model over it ([`Model`]), its
//! form in a pack. Does not belong here: learning, which is a command for developers, and
//! rules that must hold whatever was learned.
//!
//! A label's score is a sum of weights, one for each feature that the text shows, so every
//! answer can name the words that carried it. The sum is taken in one fixed order and the
//! weights are short decimals: the same text has the same scores on every machine.

mod features;
mod form;
mod levels;
mod score;
mod weights;

pub use features::{Features, Group};
pub use levels::Levels;
pub use weights::{Head, Model, Row};

pub(super) use features::BOTH;
pub(super) use score::{Choice, Scores};
