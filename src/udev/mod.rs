//! The udev rules that let the person at the screen open known drives.
//!
//! Belongs here: making the rules from the catalog, reading rules as udev does, finding
//! faults in them, and telling what an installed file is worth. Pure: texts in, values out.
//! Does not belong here: where rules files lie and writing them (`cli`).
//!
//! keycase itself needs no rule: it opens no drive. The rules are for programs that do, such
//! as a vendor's unlocker, and for people who would otherwise run those as root.
//!
//! | file | holds |
//! |---|---|
//! | `rules.rs` | the rules of a catalog |
//! | `syntax.rs` | the lines of a rules file, as udev splits them |
//! | `lint.rs` | what such a file must never say |
//! | `installed.rs` | whether the file that udev reads is the right one |

mod installed;
mod lint;
mod rules;
mod syntax;

pub use installed::{Found, Installed, State, status};
pub use lint::{Fault, lint};
pub use rules::{FILE_NAME, Grant, grants, rules};
