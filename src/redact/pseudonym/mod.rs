//! What stands in for a value: the same for the same value everywhere, of the same type,
//! and meaningless without the customer's key.
//!
//! Belongs here: making pseudonyms, knowing them again, remembering what they stand for.
//! Does not belong here: finding values (`matcher`, `shapes`).

mod addresses;
mod maker;
mod map;
mod mimic;
mod prf;

pub(super) use addresses::{v4_is_plain, v6_is_plain};
pub(super) use maker::{Pseudonyms, parse_v4};
pub use map::{MapEntry, PseudonymMap};

use super::Class;
