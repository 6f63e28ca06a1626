//! Which model a device is, how sure that is, and from which source.
//!
//! Belongs here: the device packs' format, matching, and what follows from a match for a
//! drive (LUN roles, lock state, management, what stays unknown). Pure: values in, values
//! out. Does not belong here: reading devices (`host`) and support decisions (`policy`).

mod advice;
mod entry;
mod identify;
mod interpret;
mod listed;
mod load;
mod matching;
mod missing;
mod names;
mod overlay;

pub use advice::Advice;
pub use entry::{
    AdvisedSoftware, Attempts, Entry, FipsCertificate, FipsStatus, Kind, LunHint, OsSupport,
    Replacement, SecurityNote, Source, SourceConfidence, VersionHint,
};
pub use identify::Catalog;
