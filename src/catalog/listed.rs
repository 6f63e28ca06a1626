//! Which drive a row of a list means: by its ids and strings, and by what the list calls it.
//!
//! People type, sort and join lists. Ids and a name that cannot be of one drive are therefore no
//! answer: either may have slipped in from another row, and nothing here tells which.

use super::entry::{Entry, Kind};
use super::identify::{Catalog, Match, identity, taken_for};
use super::{interpret, missing};
use crate::snapshot::{Drive, Identity, Managed, UsbDevice, Vid};

/// The entry that a list names, and in which words.
struct Named<'a> {
    entry: &'a Entry,
    text: &'a str,
}

impl Catalog {
    /// The drive that a row describes: `device` has its ids and strings, `model` is its name for
    /// the model. A product string counts as a name where `model` is none that is known.
    ///
    /// A name is an entry's id, name, model or alias in any case, its brand's words left out or
    /// added; one that two entries have names neither. The drive has no identity where nothing
    /// known fits, or ids and name contradict each other; `missing` then says so.
    pub fn listed(&self, device: &UsbDevice, model: Option<&str>) -> Drive {
        let found = self.strongest(device);
        let texts = [model, device.usb.product.as_deref()];
        let named = texts.into_iter().flatten().find_map(|text| self.named(text));
        // A maker's name alone names no drive.
        match (found, named.filter(|named| named.entry.kind != Kind::Vendor)) {
            (found, Some(named)) => self.weighed(device, found, &named),
            (Some(found), None) => taken_for(device, &found),
            (None, None) => interpret::plain(device, Identity::default()),
        }
    }

    fn named<'a>(&'a self, text: &'a str) -> Option<Named<'a>> {
        let text = text.trim();
        self.called(text).map(|entry| Named { entry, text })
    }

    /// Ids decide when they tell the model, else the name does; neither where they contradict.
    fn weighed(&self, device: &UsbDevice, found: Option<Match<'_>>, named: &Named<'_>) -> Drive {
        if let Some(because) = self.contradiction(device, found.as_ref(), named) {
            let missing = vec![missing::contradiction(because)];
            return Drive { missing, ..interpret::plain(device, Identity::default()) };
        }
        let Some(found) = found else { return by_name(device, named) };
        let is_same = found.entry.id == named.entry.id;
        match (found.entry.kind, named.entry.kind) {
            (Kind::Family | Kind::Vendor, _) if !is_same => by_name(device, named),
            (Kind::Model, Kind::Model) if !is_same => more_careful(device, &found, named),
            _ => taken_for(device, &found),
        }
    }

    /// Why ids and name cannot be of one drive, if they cannot.
    fn contradiction(
        &self,
        device: &UsbDevice,
        found: Option<&Match<'_>>,
        named: &Named<'_>,
    ) -> Option<String> {
        let (text, maker) = (named.text, &named.entry.vendor);
        let others = |on: &str, owner: &str| {
            format!("{on} is known as {owner}'s, the list says {text}, which is {maker}'s")
        };
        match found {
            Some(found) if could_be_one(found.entry, named.entry) => None,
            Some(Match { entry, on, .. }) => Some(match entry.kind {
                Kind::Vendor => others(&on.join(" with "), &entry.vendor),
                _ => {
                    let on = on.join(" with ");
                    format!("{on} is known as {}, the list says {text}", entry.name)
                }
            }),
            None => {
                let vid = device.usb.vid?;
                let owner = self.owner_besides(vid, named.entry)?;
                Some(others(&format!("usb vendor {vid}"), owner))
            }
        }
    }

    /// The other maker whose drives have this vendor id, unless the named drive is of one of them.
    fn owner_besides(&self, vid: Vid, named: &Entry) -> Option<&str> {
        let others = self.entries().iter().filter(|entry| entry.kind == Kind::OtherMaker);
        let owners = others.filter(|entry| entry.has_vid(vid)).map(|entry| &*entry.vendor);
        let owners: Vec<&str> = owners.collect();
        let is_theirs = owners.iter().any(|owner| named.is_sold_as(owner));
        owners.first().copied().filter(|_| !is_theirs)
    }
}

fn could_be_one(found: &Entry, named: &Entry) -> bool {
    let is_one_sort = match found.kind {
        Kind::Model | Kind::Family => matches!(named.kind, Kind::Model | Kind::Family),
        Kind::NotSecure | Kind::OtherMaker => named.kind == found.kind,
        Kind::Vendor => true,
    };
    is_one_sort && named.is_sold_as(&found.vendor)
}

fn by_name(device: &UsbDevice, named: &Named<'_>) -> Drive {
    let identity = identity(named.entry, vec!["name".into()], None);
    match named.entry.kind {
        Kind::NotSecure => interpret::not_secure(device, identity, named.entry),
        _ => interpret::named(device, identity, named.entry),
    }
}

/// Of two models sold under one name, the one that may exclude more.
///
/// An id is a model's as far as somebody saw it there: whether D300SM shares the id of D300, and
/// DTVP-M that of DTVP, is not known, say their packs. So a managed model that the list names is
/// believed, unless the id's cannot be managed: then only that is left open, to be asked.
fn more_careful(device: &UsbDevice, found: &Match<'_>, named: &Named<'_>) -> Drive {
    match (found.entry.managed, named.entry.managed) {
        (Managed::Unknown, Managed::Likely | Managed::Yes) | (Managed::Likely, Managed::Yes) => {
            by_name(device, named)
        }
        (Managed::No, Managed::Unknown | Managed::Likely | Managed::Yes) => {
            let mut drive = Drive { managed: Managed::Unknown, ..taken_for(device, found) };
            drive.missing = missing::of(&drive, found.entry);
            drive
        }
        _ => taken_for(device, found),
    }
}
