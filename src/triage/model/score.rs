//! Scores of one text: which label is ahead, by how much, and what carried it.

use super::super::values::{Category, Kind, Scope};
use super::levels::{self, Levels};
use super::weights::Head;

/// A share of one feature in one column's score.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Part {
    pub(in super::super) name: String,
    pub(in super::super) column: usize,
    pub(in super::super) points: f64,
}

/// The scores of all columns.
#[derive(Clone, Debug)]
pub(in super::super) struct Scores<'m> {
    heads: &'m [Head],
    levels: &'m Levels,
    sums: Vec<f64>,
    parts: Vec<Part>,
    familiar: bool,
}

/// A label that is ahead of the others.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Choice<T> {
    /// The label.
    pub(in super::super) value: T,
    /// How far ahead of the next one it is.
    pub(in super::super) ahead: f64,
    /// The features that carried it, the strongest first.
    pub(in super::super) carried_by: Vec<String>,
}

impl<T> Choice<T> {
    /// Without a model: nothing was compared and nothing carried it.
    pub(in super::super) fn blind(value: T) -> Self {
        Self { value, ahead: 0.0, carried_by: Vec::new() }
    }
}

/// The score that an answer other than "in scope" has at least.
const SPOKEN_FOR: f64 = -0.4;

/// So many features explain an answer.
const TELLING: usize = 4;

impl<'m> Scores<'m> {
    pub(super) fn new(
        heads: &'m [Head],
        levels: &'m Levels,
        sums: Vec<f64>,
        parts: Vec<Part>,
        familiar: bool,
    ) -> Self {
        Self { heads, levels, sums, parts, familiar }
    }

    /// Whether the model knows most words of the text: not so in a language it has not
    /// learned, or in no language.
    pub(in super::super) fn familiar(&self) -> bool {
        self.familiar
    }

    /// The kind of request.
    pub(in super::super) fn kind(&self) -> Option<Choice<Kind>> {
        self.best(|_, head| if let Head::Kind(kind) = head { Some(*kind) } else { None })
    }

    /// The category, among those that may be.
    pub(in super::super) fn category(
        &self,
        may_be: impl Fn(Category) -> bool,
    ) -> Option<Choice<Category>> {
        self.best(|_, head| match head {
            Head::Category(category) => may_be(*category).then_some(*category),
            _ => None,
        })
    }

    /// The answer about scope, among those that the policy has; another than "in scope" only
    /// when it is spoken for, and not because everything else is as unlikely.
    pub(in super::super) fn scope(
        &self,
        has: impl Fn(&str) -> bool,
    ) -> Option<Choice<(Scope, Option<String>)>> {
        self.best(|score, head| match head {
            Head::Scope(Scope::InScope, clause) => Some((Scope::InScope, clause.clone())),
            Head::Scope(verdict, clause) => {
                let may_be = score >= SPOKEN_FOR && clause.as_deref().is_none_or(&has);
                may_be.then(|| (*verdict, clause.clone()))
            }
            _ => None,
        })
    }

    /// The impact: the level that, after the scores of the steps, is expected to be the least
    /// far off.
    pub(in super::super) fn impact(&self) -> Option<Choice<u8>> {
        let is_step = |column: &usize| matches!(self.heads[*column], Head::MilderThan(_));
        let steps: Vec<usize> = (0..self.heads.len()).filter(is_step).collect();
        let steps: [usize; 3] = steps.try_into().ok()?;
        let scores = steps.map(|column| self.sums[column]);
        let value = levels::cheapest(levels::likely(self.levels, scores));
        let ahead = scores.into_iter().map(f64::abs).min_by(f64::total_cmp)?;
        // What keeps the text from being milder, or, for the mildest, what made it so.
        let next = *steps.get(usize::from(value) - 1).or(steps.last())?;
        let sign = if self.sums[next] > 0.0 { 1.0 } else { -1.0 };
        let carried_by = self.telling(|part| if part.column == next { sign } else { 0.0 });
        Some(Choice { value, ahead, carried_by })
    }

    fn best<T>(&self, of: impl Fn(f64, &'m Head) -> Option<T>) -> Option<Choice<T>> {
        let mut ranked: Vec<(usize, T)> = (self.heads.iter().enumerate())
            .filter_map(|(column, head)| Some((column, of(self.sums[column], head)?)))
            .collect();
        // Of equal scores the earlier column wins, so that an answer never depends on chance.
        ranked.sort_by(|a, b| self.sums[b.0].total_cmp(&self.sums[a.0]).then(a.0.cmp(&b.0)));
        let second = ranked.get(1).map(|(column, _)| *column);
        let (first, value) = ranked.into_iter().next()?;
        let ahead = second.map_or(f64::MAX, |second| self.sums[first] - self.sums[second]);
        let carried_by = self.telling(|part| match part.column {
            column if column == first => 1.0,
            column if Some(column) == second => -1.0,
            _ => 0.0,
        });
        Some(Choice { value, ahead, carried_by })
    }

    /// The features that speak most for a difference of columns.
    fn telling(&self, sign: impl Fn(&Part) -> f64) -> Vec<String> {
        let mut sums: Vec<(f64, &str)> = Vec::new();
        for part in &self.parts {
            let points = sign(part) * part.points;
            // The parts of one feature stand together.
            match sums.last_mut().filter(|(_, name)| *name == part.name) {
                Some((sum, _)) => *sum += points,
                None => sums.push((points, &part.name)),
            }
        }
        sums.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let told = sums.into_iter().filter(|(points, _)| *points > 0.0).take(TELLING);
        told.map(|(_, name)| name.to_owned()).collect()
    }
}
