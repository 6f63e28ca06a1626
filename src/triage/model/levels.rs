//! From the scores of the steps to a level: how likely each level is, and which one to say.

/// For every level, the mildest last: what speaks for it before any step is scored, and its
/// weight for the score of each step (milder than 1, than 2, than 3), in hundredths.
pub type Levels = [[i32; 4]; 4];

/// What it costs to be so many levels off. One level off is a matter of degree; two let somebody's
/// only copy wait with the questions. Eight was chosen on the folds of `tests/triage/report.md`.
const COST: [f64; 4] = [0.0, 1.0, 8.0, 16.0];

/// How likely each level is.
pub(super) fn likely(levels: &Levels, steps: [f64; 3]) -> [f64; 4] {
    let score = |level: &[i32; 4]| {
        let [before, weights @ ..] = level.map(|hundredths| f64::from(hundredths) / 100.0);
        before + weights.iter().zip(steps).map(|(weight, step)| weight * step).sum::<f64>()
    };
    let scores = levels.each_ref().map(score);
    let best = scores.into_iter().fold(f64::MIN, f64::max);
    let odds = scores.map(|score| (score - best).exp());
    let all: f64 = odds.iter().sum();
    odds.map(|odds| odds / all)
}

/// The level, from 1, that is expected to cost the least; of equal ones the worst.
pub(super) fn cheapest(likely: [f64; 4]) -> u8 {
    let cost = |said: u8| -> f64 {
        (0_u8..)
            .zip(likely)
            .map(|(level, odds)| odds * COST[usize::from(said.abs_diff(level))])
            .sum()
    };
    let said = (0..4).min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
    said.map_or(1, |level| level + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_is_said_unless_it_may_be_far_off() {
        assert_eq!(cheapest([0.1, 0.0, 0.9, 0.0]), 3, "hardly a 1");
        assert_eq!(cheapest([0.3, 0.0, 0.7, 0.0]), 2, "a 3, but maybe a 1");
        assert_eq!(cheapest([0.7, 0.0, 0.3, 0.0]), 2, "a 1, but maybe a 3");
        assert_eq!(cheapest([0.0, 0.0, 0.4, 0.6]), 4);
        assert_eq!(cheapest([1.0, 0.0, 0.0, 0.0]), 1);
    }

    #[test]
    fn every_step_that_is_passed_speaks_for_a_milder_level() {
        let levels =
            [[0, -200, -100, -100], [0, 100, -200, -100], [0, 100, 200, -200], [0, 100, 200, 300]];
        let said = |steps| cheapest(likely(&levels, steps));
        assert_eq!(said([-2.0, -2.0, -2.0]), 1);
        assert_eq!(said([2.0, -2.0, -2.0]), 2);
        assert_eq!(said([2.0, 2.0, -2.0]), 3);
        assert_eq!(said([2.0, 2.0, 2.0]), 4);
        let sum: f64 = likely(&levels, [0.3, -0.2, 900.0]).iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}
