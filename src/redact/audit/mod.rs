//! The second look: searches finished content for every value the machine is known to
//! have, in every spelling.
//!
//! Belongs here: a search that shares nothing with the replacing code but the list of
//! values that are looked for at all. Where that code decodes the text and looks for the
//! value, this one spells the value out and looks for the spellings. A hit means that the
//! content does not leave.

mod canary;
mod search;
mod spellings;

pub use canary::{CanaryError, canary_text, self_test};
pub use search::{Audit, Hit, Searched};
pub use spellings::Spelling;

use super::Class;
