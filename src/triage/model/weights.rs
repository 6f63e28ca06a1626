//! The model: for every feature, how much it speaks for each label.

use std::collections::BTreeMap;

use super::super::values::{Category, Kind, Scope};
use super::features::{Features, Group};
use super::levels::Levels;
use super::score::{Part, Scores};

/// With fewer words that it knows, a text was hardly read.
const FEWEST: usize = 2;

/// A linear model over [`Features`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// What the columns stand for.
    pub heads: Vec<Head>,
    /// What speaks for each column before any word is read, in hundredths.
    pub bias: Vec<i32>,
    /// How the scores of the steps of the impact make a level.
    pub levels: Levels,
    /// The features it knows.
    pub rows: BTreeMap<String, Row>,
}

/// What a column's score speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// This kind of request.
    Kind(Kind),
    /// This category.
    Category(Category),
    /// An impact milder than this level.
    MilderThan(u8),
    /// This answer about scope, with its clause.
    Scope(Scope, Option<String>),
}

/// A feature: how much it counts, and its weight in each column that it says something
/// about; all in hundredths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// How much it counts; a rare word counts more than a common one.
    pub value: i32,
    /// Column and weight.
    pub weights: Vec<(usize, i32)>,
}

impl Model {
    /// The strength of every feature of a text that the model knows: facts as they are, the
    /// others so that a long text does not shout.
    pub fn strengths<'m>(&'m self, features: &'m Features) -> Vec<(&'m str, &'m Row, f64)> {
        let known: Vec<_> =
            features.iter().filter_map(|name| Some((name, self.rows.get(name)?))).collect();
        let scales = Group::EVEN.map(|group| {
            let of_group = known.iter().filter(|(name, _)| Group::of(name) == group);
            let length: f64 = of_group.map(|(_, row)| value(row.value) * value(row.value)).sum();
            (group, group.share() / if length > 0.0 { length.sqrt() } else { 1.0 })
        });
        let scale = |name: &str| {
            let group = Group::of(name);
            scales.iter().find(|(of, _)| *of == group).map_or(1.0, |(_, scale)| *scale)
        };
        let strength = |name: &str, row: &Row| value(row.value) * scale(name);
        known.into_iter().map(|(name, row)| (name, row, strength(name, row))).collect()
    }

    /// The score of every column, and what it is made of.
    pub(in super::super) fn scores(&self, features: &Features) -> Scores<'_> {
        let mut sums: Vec<f64> = self.bias.iter().map(|weight| value(*weight)).collect();
        sums.resize(self.heads.len(), 0.0);
        let mut parts = Vec::new();
        let strengths = self.strengths(features);
        let words = |name: &&str| Group::of(name) == Group::Word;
        let known = strengths.iter().map(|(name, ..)| *name).filter(words).count();
        let familiar = 2 * known >= features.iter().filter(words).count() && known >= FEWEST;
        for (name, row, strength) in strengths {
            for (column, weight) in &row.weights {
                let points = value(*weight) * strength;
                if let Some(sum) = sums.get_mut(*column) {
                    *sum += points;
                    parts.push(Part { name: name.to_owned(), column: *column, points });
                }
            }
        }
        Scores::new(&self.heads, &self.levels, sums, parts, familiar)
    }
}

/// Hundredths as a number.
fn value(hundredths: i32) -> f64 {
    f64::from(hundredths) / 100.0
}
