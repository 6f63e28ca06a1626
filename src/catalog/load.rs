//! Reading the device packs and refusing the ones that would guess.

use super::entry::{Entry, Kind};
use super::identify::Catalog;
use super::overlay;
use crate::packs::{Origin, Pack, PackError, PackSet};

impl Catalog {
    /// Loads all device packs; every problem of every pack is reported.
    pub fn load(packs: &PackSet) -> Result<Self, Vec<PackError>> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut files: Vec<&Pack> = Vec::new();
        let mut errors = Vec::new();
        for pack in packs.of("devices") {
            match add(pack, &mut entries) {
                Ok(true) => files.push(pack),
                Ok(false) => {}
                Err(error) => errors.push(error),
            }
        }
        errors.extend(ties(&entries, &files));
        if errors.is_empty() { Ok(Self::new(entries)) } else { Err(errors) }
    }
}

/// Adds a pack to the entries; false when it only changed one that is there.
fn add(pack: &Pack, entries: &mut Vec<Entry>) -> Result<bool, PackError> {
    if let Some(overlay) = overlay::parse(pack)? {
        overlay::apply(overlay, pack, entries)?;
        return Ok(false);
    }
    let entry: Entry = pack.parse()?;
    check(&entry, pack)?;
    if entries.iter().any(|other| other.id == entry.id) {
        let what = format!("the id `{}` is taken; use `extends` to change an entry", entry.id);
        return Err(pack.error_at("id", what));
    }
    entries.push(entry);
    Ok(true)
}

/// What a pack must keep beyond its types.
fn check(entry: &Entry, pack: &Pack) -> Result<(), PackError> {
    let stem = pack.path.rsplit(['/', '\\']).next().and_then(|f| f.strip_suffix(".toml"));
    if pack.origin == Origin::Embedded && stem != Some(entry.id.as_str()) {
        let what = format!("the id `{}` is not the file's name", entry.id);
        return Err(pack.error_at("id", what));
    }
    if entry.kind == Kind::Model && entry.model.is_none() {
        return Err(pack.error_at("kind", "a model needs the key `model`"));
    }
    if entry.sources.is_empty() {
        return Err(PackError::whole(&pack.path, "a pack needs at least one [[source]]"));
    }
    for (index, row) in entry.matches.iter().enumerate() {
        if let Some(problem) = row.problem() {
            return Err(nth_error(pack, "[[match]]", index, problem));
        }
    }
    Ok(())
}

/// An error at the `index`th occurrence of a heading.
fn nth_error(pack: &Pack, heading: &str, index: usize, what: &str) -> PackError {
    let offset = pack.text.match_indices(heading).nth(index).map_or(0, |(at, _)| at);
    PackError::at(&pack.path, &pack.text, offset, what)
}

/// Rows of different entries that could be equally strong for one device.
fn ties(entries: &[Entry], files: &[&Pack]) -> Vec<PackError> {
    let mut errors = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        for other in &entries[..index] {
            for (nth, row) in entry.matches.iter().enumerate() {
                if other.matches.iter().any(|o| row.could_tie(o)) {
                    let what = format!("this row ties with one of `{}`", other.id);
                    if let Some(pack) = files.get(index) {
                        errors.push(nth_error(pack, "[[match]]", nth, &what));
                    }
                }
            }
        }
    }
    errors
}
