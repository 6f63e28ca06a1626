// Learns how the scores of the impact's steps make a level: a multinomial logistic regression
// with few weights. Included by `tests/triage.rs` and `examples/train_triage.rs`.
//
// The scores that it learns from are of models that had not seen the case (three folds): on its
// own cases a model is surer than it has a right to be. Böhning, "Multinomial Logistic Regression
// Algorithm", 1992: the curvature is taken at its bound, so it is inverted once.

use keycase::triage::Levels;

/// A 1 before the scores of the three steps.
pub(crate) type Point = [f64; 4];
type Square = [[f64; 4]; 4];

/// It has settled long before.
const ROUNDS: usize = 200;

/// Learns from points, each with its level (1 to 4) and how much it counts.
pub(crate) fn learn(points: &[(Point, u8, f64)]) -> Levels {
    let step = inverse(curvature(points));
    let mut weights: Square = [[0.0; 4]; 4];
    for _ in 0..ROUNDS {
        let slopes = slopes(points, &weights);
        for (level, slope) in weights.iter_mut().zip(slopes) {
            for (weight, row) in level.iter_mut().zip(&step) {
                *weight += dot(row, &slope);
            }
        }
    }
    weights.map(|level| level.map(|weight| (weight * 100.0).round() as i32))
}

/// The bound of the curvature, half the sum of squares, and a little so that it is one even for
/// a handful of points.
fn curvature(points: &[(Point, u8, f64)]) -> Square {
    let mut square = [[0.0; 4]; 4];
    for (index, row) in square.iter_mut().enumerate() {
        row[index] = 1e-3;
        for (point, _, counts) in points {
            for (sum, x) in row.iter_mut().zip(point) {
                *sum += 0.5 * counts * point[index] * x;
            }
        }
    }
    square
}

/// How the fit changes with each weight.
fn slopes(points: &[(Point, u8, f64)], weights: &Square) -> Square {
    let mut slopes = [[0.0; 4]; 4];
    for (point, level, counts) in points {
        let odds = weights.map(|weights| dot(&weights, point).exp());
        let all: f64 = odds.iter().sum();
        for (index, (slope, odds)) in slopes.iter_mut().zip(odds).enumerate() {
            let is = f64::from(u8::from(usize::from(*level) == index + 1));
            for (sum, x) in slope.iter_mut().zip(point) {
                *sum += counts * (is - odds / all) * x;
            }
        }
    }
    slopes
}

fn dot(one: &Point, other: &Point) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Gauss and Jordan; the matrix is positive definite, so no pivot is 0.
fn inverse(mut square: Square) -> Square {
    let mut inverse = [[0.0; 4]; 4];
    for (index, row) in inverse.iter_mut().enumerate() {
        row[index] = 1.0;
    }
    for pivot in 0..4 {
        let by = square[pivot][pivot];
        square[pivot] = square[pivot].map(|x| x / by);
        inverse[pivot] = inverse[pivot].map(|x| x / by);
        for row in (0..4).filter(|row| *row != pivot) {
            let by = square[row][pivot];
            for column in 0..4 {
                square[row][column] -= by * square[pivot][column];
                inverse[row][column] -= by * inverse[pivot][column];
            }
        }
    }
    inverse
}
