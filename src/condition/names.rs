//! Which facts exist, and of which type each is.

use std::collections::BTreeMap;

use super::FactType;

/// Names longer than this were not mistyped.
const LONGEST: usize = 64;

/// The facts a condition may read.
#[derive(Clone, Debug, Default)]
pub struct KnownNames(BTreeMap<String, FactType>);

impl KnownNames {
    /// Adds a fact, replacing one of the same name.
    pub fn add(&mut self, name: impl Into<String>, kind: FactType) {
        self.0.insert(name.into(), kind);
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, kind: FactType) -> Self {
        self.add(name, kind);
        self
    }

    /// The type of a fact, or `None` when it does not exist.
    pub fn get(&self, name: &str) -> Option<FactType> {
        self.0.get(name).copied()
    }

    /// All names with their types, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, FactType)> {
        self.0.iter().map(|(name, kind)| (name.as_str(), *kind))
    }

    /// The known name closest to a mistyped one, if any is close.
    pub fn closest(&self, name: &str) -> Option<&str> {
        let short = |known: &&String| known.len().max(name.len()) <= LONGEST;
        let near = self.0.keys().filter(short).map(|known| (distance(name, known), known.as_str()));
        let (edits, known) = near.min()?;
        (edits <= 1 + name.len() / 5).then_some(known)
    }
}

/// Levenshtein distance in bytes; both texts are short names.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_its_name() {
        let known = KnownNames::default()
            .with("drive.model", FactType::Text)
            .with("standalone", FactType::Bool);
        assert_eq!(known.closest("drive.modle"), Some("drive.model"));
        assert_eq!(known.closest("standalon"), Some("standalone"));
        assert_eq!(known.closest("something_else"), None);
    }
}
