//! A set of pack texts, and how one becomes a value.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{PackError, Text, embedded::VERSION};
use crate::snapshot::DataVersion;
use crate::text::hex;

/// The longest pack has a quarter of this; reading more takes a second to refuse.
const MOST_BYTES: usize = 256 * 1024;

/// Where a pack comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled in.
    Embedded,
    /// Read from a folder; named in every answer that rests on it.
    Overlay,
}

/// One pack: a TOML file below `data/` or an overlay folder.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Path below the data folder with `/`, e.g. `devices/kingston-d300.toml`; for an
    /// overlay the path a person would open.
    pub path: String,
    /// The file's text.
    pub text: Text,
    /// Embedded or overlay.
    pub origin: Origin,
}

impl Pack {
    /// Reads the text as `T`; an error names file, line and column.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, PackError> {
        if self.text.len() > MOST_BYTES {
            let what = format!("a pack has at most {MOST_BYTES} bytes; split it");
            return Err(PackError::at(&self.path, &self.text, MOST_BYTES, what));
        }
        toml::from_str(&self.text).map_err(|error| {
            let what = error.message().to_owned();
            match error.span() {
                Some(span) => PackError::at(&self.path, &self.text, span.start, what),
                // Text that nests too deeply is refused before it has a place.
                None => PackError::at(&self.path, &self.text, deepest_line(&self.text), what),
            }
        })
    }

    /// An error at the first place where `needle` stands in the text.
    pub fn error_at(&self, needle: &str, what: impl Into<String>) -> PackError {
        match self.text.find(needle) {
            Some(offset) => PackError::at(&self.path, &self.text, offset, what),
            None => PackError::whole(&self.path, what),
        }
    }
}

/// Where the line begins that nests deepest.
fn deepest_line(text: &str) -> usize {
    let nests = |line: &&str| line.bytes().filter(|byte| b"[{.".contains(byte)).count();
    let deepest = text.lines().max_by_key(nests).unwrap_or_default();
    deepest.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

/// All packs in use, embedded first, then overlays in the order they were given.
#[derive(Debug)]
pub struct PackSet {
    packs: Vec<Pack>,
    overlays: Vec<(String, Pack)>,
    /// The hash of `packs`, when it is known without reading them.
    known_hash: Option<&'static [u8]>,
    hash: OnceLock<String>,
}

impl PackSet {
    /// A set of embedded packs.
    pub fn new(packs: Vec<Pack>) -> Self {
        Self { packs, overlays: Vec::new(), known_hash: None, hash: OnceLock::new() }
    }

    /// A set of embedded packs whose hash was computed when they were embedded.
    pub(super) fn hashed(packs: Vec<Pack>, hash: &'static [u8]) -> Self {
        Self { known_hash: Some(hash), ..Self::new(packs) }
    }

    /// Adds an overlay pack of a `kind` such as `devices`.
    pub fn add(&mut self, kind: &str, pack: Pack) {
        self.hash = OnceLock::new();
        self.overlays.push((kind.to_owned(), pack));
    }

    /// The packs of one kind, e.g. `devices`: embedded ones, then overlays.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Pack> {
        let embedded = self.packs.iter().filter(move |pack| {
            pack.path.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/'))
        });
        let overlays = self.overlays.iter().filter(move |(of, _)| of == kind);
        embedded.chain(overlays.map(|(_, pack)| pack))
    }

    /// Version and hash, as every document carries them.
    pub fn version(&self) -> DataVersion {
        let overlay = if self.overlays.is_empty() { "" } else { "+overlay" };
        let hash = self.hash.get_or_init(|| self.compute_hash()).clone();
        DataVersion { version: format!("{VERSION}{overlay}"), hash }
    }

    fn compute_hash(&self) -> String {
        let packs = || hash_of(self.packs.iter());
        let mut hash = self.known_hash.map_or_else(packs, <[u8]>::to_vec);
        if !self.overlays.is_empty() {
            hash.extend(hash_of(self.overlays.iter().map(|(_, pack)| pack)));
            hash = Sha256::digest(&hash).to_vec();
        }
        hex(hash.get(..8).unwrap_or(&hash))
    }
}

/// As `build.rs` hashes the embedded ones.
fn hash_of<'p>(packs: impl Iterator<Item = &'p Pack>) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for pack in packs {
        // Lengths keep two files from hashing like one.
        hasher.update((pack.text.len() as u64).to_le_bytes());
        hasher.update(pack.text.as_bytes());
    }
    hasher.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Row {
        id: String,
    }

    fn pack(text: &'static str) -> Pack {
        Pack { path: "devices/x.toml".into(), text: text.into(), origin: Origin::Overlay }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let error = pack("id = \"x\"\n  idd = 1\n").parse::<Row>().unwrap_err();
        let printed = error.to_string();
        assert!(printed.starts_with("devices/x.toml:2:3: unknown field `idd`"), "{printed}");
    }

    #[test]
    fn an_overlay_changes_version_and_hash() {
        let mut set = PackSet::new(vec![]);
        let before = set.version();
        set.add("devices", pack("id = \"x\""));
        let after = set.version();
        assert_ne!(before.hash, after.hash);
        assert!(after.version.ends_with("+overlay"));
        assert_eq!(set.of("devices").count(), 1);
        assert_eq!(set.of("device").count(), 0);
    }

    #[test]
    fn the_embedded_packs_hash_as_they_were_hashed_at_build() {
        let embedded = crate::packs::embedded();
        let again = PackSet::new(embedded.packs.clone());
        assert_eq!(embedded.version().hash, again.version().hash);
        assert_eq!(embedded.version().hash.len(), 16);
    }
}
