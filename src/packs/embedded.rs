//! The packs compiled into the binary.

use super::{Origin, Pack, PackSet, Text};

mod list {
    //! Written by `build.rs`.
    use super::Text;

    include!(concat!(env!("OUT_DIR"), "/packs.rs"));
}

/// Version of the embedded set: the day its facts were last checked, `YYYY.MM.DD`.
pub(super) const VERSION: &str = "2026.11.22";

/// Returns the embedded packs.
pub fn embedded() -> PackSet {
    let packs = list::FILES.iter().map(|(path, text)| Pack {
        path: (*path).to_owned(),
        text: text.clone(),
        origin: Origin::Embedded,
    });
    PackSet::hashed(packs.collect(), list::HASH)
}
