//! Names without the words that say only whose a drive is: "IronKey VP80ES" and "VP80ES" are
//! one model, "DL Sentry ONE-M" is what a drive of DataLocker says of itself.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Entry, Kind};

/// The entries by what remains of their names.
#[derive(Clone, Debug)]
pub(super) struct Names {
    brands: BTreeMap<String, Brand>,
    rest: BTreeMap<String, BTreeSet<usize>>,
}

/// A word that says whose a drive is.
#[derive(Clone, Debug)]
enum Brand {
    /// A maker's name.
    Maker(String),
    /// What drives of these makers have for it in their INQUIRY strings.
    Mark(BTreeSet<String>),
}

impl Names {
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut names = Self { brands: brands(entries), rest: BTreeMap::new() };
        for (at, entry) in entries.iter().enumerate() {
            if entry.kind == Kind::Vendor {
                continue;
            }
            for name in entry.names() {
                let (_, rest) = names.split(name);
                names.rest.entry(rest).or_default().insert(at);
            }
        }
        names.rest.remove("");
        names
    }

    /// The only entry that is called so but for its brand, and that bears every brand of `text`.
    pub(super) fn find<'e>(&self, entries: &'e [Entry], text: &str) -> Option<&'e Entry> {
        let (brands, rest) = self.split(text);
        let called = self.rest.get(&rest)?.iter().filter_map(|at| entries.get(*at));
        let mut called = called.filter(|entry| brands.iter().all(|brand| brand.is_of(entry)));
        called.next().filter(|_| called.next().is_none())
    }

    /// The brands in a text, and its other words.
    fn split(&self, text: &str) -> (Vec<&Brand>, String) {
        let mut brands = Vec::new();
        let mut rest = Vec::new();
        for word in text.split_whitespace().map(str::to_lowercase) {
            match self.brands.get(&word) {
                Some(brand) => brands.push(brand),
                None => rest.push(word),
            }
        }
        (brands, rest.join(" "))
    }
}

impl Brand {
    fn is_of(&self, entry: &Entry) -> bool {
        match self {
            Self::Maker(maker) => entry.is_sold_as(maker),
            Self::Mark(makers) => makers.contains(&entry.vendor),
        }
    }
}

fn brands(entries: &[Entry]) -> BTreeMap<String, Brand> {
    let mut brands = BTreeMap::new();
    for entry in entries {
        let rows = entry.matches.iter().filter_map(|row| row.scsi.as_ref());
        for mark in rows.filter_map(|scsi| scsi.vendor.as_deref()) {
            let brand =
                brands.entry(mark.to_lowercase()).or_insert_with(|| Brand::Mark(BTreeSet::new()));
            if let Brand::Mark(makers) = brand {
                makers.insert(entry.vendor.clone());
            }
        }
    }
    for entry in entries.iter().filter(|entry| entry.kind == Kind::Vendor) {
        brands.insert(entry.vendor.to_lowercase(), Brand::Maker(entry.vendor.clone()));
    }
    brands
}
