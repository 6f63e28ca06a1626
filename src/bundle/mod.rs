//! Evidence bundles: one zip that describes itself and can be checked.
//!
//! Belongs here: the manifest, the writer, reading and verifying (both for hostile
//! input), sealing. Does not belong here: what is collected (`collect`), taking personal
//! data out (`redact`): the writer takes nothing that `redact` has not made.
//!
//! ```text
//! manifest.json       what follows, with hashes; always first
//! eligibility.json    then names in order
//! logs/…
//! report.html
//! snapshot.json
//! ```
//!
//! The same input gives the same bytes: entries are sorted, carry one fixed time and
//! fixed rights, and measured times are 0 when the run's time is given (`--now`).

mod account;
pub mod archive;
mod audit;
mod build;
mod error;
mod gather;
mod hash;
mod include;
mod inputs;
pub mod manifest;
mod name;
pub mod packing;
mod read;
#[cfg(feature = "seal")]
mod seal;
mod spool;
mod verify;
mod writer;

pub use audit::Auditor;
pub use build::{build, preview};
pub use error::BundleError;
pub use gather::{CANARIES, Samples};
pub use hash::sha256;
pub use inputs::{
    BuiltBundle, Contents, Document, Include, Inputs, Log, SECONDS, SealError, Sealer, Step,
    Target, USUAL_BYTES,
};
pub use manifest::{MANIFEST, Manifest};
pub use read::{Bundle, LONGEST_DOCUMENT, ReadError, SNAPSHOT, check_snapshot, snapshot};
#[cfg(feature = "seal")]
pub use seal::{NotARecipient, Recipients};
pub use spool::{Bounds, Packed, Spool};
pub use verify::{Verification, Wrong, is_sealed, reader as verify_reader, verify};
pub use writer::{Unnamed, write};
