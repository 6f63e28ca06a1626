//! Changing single facts of an entry: a pack with `extends = "<id>"`.
//!
//! An organisation knows things no public source states, an end-of-life date from its
//! contract for example. An overlay names the entry and only what differs.

use serde::Deserialize;

use super::entry::{AdvisedSoftware, Entry, EntryLifecycle, Replacement};
use super::matching::MatchRow;
use crate::packs::{Origin, Pack, PackError};
use crate::snapshot::Managed;

/// What an overlay may change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Overlay {
    extends: String,
    name: Option<String>,
    managed: Option<Managed>,
    lifecycle: Option<EntryLifecycle>,
    software: Option<AdvisedSoftware>,
    replacement: Option<Replacement>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default, rename = "match")]
    matches: Vec<MatchRow>,
}

/// Tells an overlay from a full entry without judging the rest of the file.
#[derive(Deserialize)]
struct Probe {
    extends: Option<String>,
}

/// Reads a pack as an overlay if it is one; no embedded pack is.
pub(super) fn parse(pack: &Pack) -> Result<Option<Overlay>, PackError> {
    if pack.origin == Origin::Embedded {
        return Ok(None);
    }
    match pack.parse::<Probe>()?.extends {
        Some(_) => pack.parse().map(Some),
        None => Ok(None),
    }
}

/// Applies an overlay to the entry it extends.
pub(super) fn apply(overlay: Overlay, pack: &Pack, entries: &mut [Entry]) -> Result<(), PackError> {
    let Some(entry) = entries.iter_mut().find(|entry| entry.id == overlay.extends) else {
        let what = format!("no device `{}` to extend", overlay.extends);
        return Err(pack.error_at("extends", what));
    };
    if let Some(name) = overlay.name {
        entry.name = name;
    }
    if let Some(managed) = overlay.managed {
        entry.managed = managed;
    }
    if let Some(mut lifecycle) = overlay.lifecycle {
        // An answer that rests on the overlay names the overlay.
        let said = lifecycle.source.take().map(|s| format!(": {s}")).unwrap_or_default();
        lifecycle.source = Some(format!("{}{said}", pack.path));
        entry.lifecycle = Some(lifecycle);
    }
    if let Some(mut software) = overlay.software {
        software.source = format!("{}: {}", pack.path, software.source);
        entry.software = Some(software);
    }
    if let Some(replacement) = overlay.replacement {
        entry.replacement = Some(replacement);
    }
    entry.notes.extend(overlay.notes);
    entry.matches.extend(overlay.matches);
    entry.overlaid_by.push(pack.path.clone());
    Ok(())
}
