//! The packs compiled into the binary.

use std::ops::Range;

use super::{Origin, Pack, PackSet, Text};

mod list {
    //! Written by `build.rs`.
    use super::Body;

    include!(concat!(env!("OUT_DIR"), "/packs.rs"));
}

/// How a pack is embedded.
enum Body {
    /// At this place among the plain texts.
    Plain(Range<usize>),
    /// Deflated.
    Packed(&'static [u8]),
}

/// Version of the embedded set: the day its facts were last checked, `YYYY.MM.DD`.
pub(super) const VERSION: &str = "2026.11.22";

/// Returns the embedded packs.
pub fn embedded() -> PackSet {
    let mut names = list::NAMES;
    let packs = list::FILES.iter().map(|(length, body)| {
        let (path, rest) = names.split_at(*length);
        names = rest;
        let text = match body {
            Body::Plain(place) => Text::from(&list::PLAIN[place.clone()]),
            Body::Packed(bytes) => Text::packed(bytes),
        };
        Pack { path: path.to_owned(), text, origin: Origin::Embedded }
    });
    PackSet::hashed(packs.collect(), list::HASH)
}
