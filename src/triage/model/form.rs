//! The model as text: one line for each feature, `name value column=weight …`, in hundredths.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::levels::Levels;
use super::weights::{Head, Model, Row};

impl Model {
    /// Reads the lines of a pack; says what is wrong, and in which line.
    pub(in super::super) fn read(
        heads: Vec<Head>,
        bias: Vec<i32>,
        levels: Levels,
        lines: &str,
    ) -> Result<Self, String> {
        if bias.len() != heads.len() {
            return Err(format!("{} biases for {} columns", bias.len(), heads.len()));
        }
        let mut model = Self { heads, bias, levels, rows: BTreeMap::new() };
        model.add(lines)?;
        Ok(model)
    }

    /// Reads more lines.
    pub(in super::super) fn add(&mut self, lines: &str) -> Result<(), String> {
        for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            let (name, row) = row(line, self.heads.len())
                .ok_or_else(|| format!("line {} of the weights: `{line}`", number + 1))?;
            self.rows.insert(name, row);
        }
        Ok(())
    }

    /// The lines of some features as a pack has them.
    pub fn lines(&self, of: impl Fn(&str) -> bool) -> String {
        let mut lines = String::new();
        for (name, row) in self.rows.iter().filter(|(name, _)| of(name)) {
            let _ = write!(lines, "{name} {}", row.value);
            for (column, weight) in &row.weights {
                let _ = write!(lines, " {column}={weight}");
            }
            lines.push('\n');
        }
        lines
    }
}

fn row(line: &str, columns: usize) -> Option<(String, Row)> {
    let mut parts = line.split(' ');
    let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
    let value = parts.next()?.parse().ok()?;
    let weights = parts.map(|part| {
        let (column, weight) = part.split_once('=')?;
        let column = column.parse().ok().filter(|column| *column < columns)?;
        Some((column, weight.parse().ok()?))
    });
    Some((name, Row { value, weights: weights.collect::<Option<_>>()? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::values::Kind;

    #[test]
    fn what_is_written_is_read_again() {
        let heads = vec![Head::Kind(Kind::Problem), Head::MilderThan(1)];
        let lines = "broken 312 0=40 1=-7\ntells.hazard 50 1=-90\n";
        let model = Model::read(heads.clone(), vec![1, -2], Levels::default(), lines).unwrap();
        assert_eq!(model.lines(|_| true), lines);
        assert_eq!(model.lines(|name| name == "broken"), "broken 312 0=40 1=-7\n");
        for wrong in ["broken", "broken x", "broken 1 0", "broken 1 2=3", "broken 1 0=x"] {
            let error =
                Model::read(heads.clone(), vec![0, 0], Levels::default(), wrong).unwrap_err();
            assert!(error.contains("line 1"), "{error}");
        }
        assert!(Model::read(heads, vec![], Levels::default(), "").is_err());
    }
}
