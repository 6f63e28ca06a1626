// Judges labelled descriptions, by folds or by the model that is shipped. Included by
// `tests/triage.rs`.

use keycase::condition::Facts;
use keycase::triage::{Model, Rules, Ticket, place};

use super::cases::Case;
use super::figures::Judged;
use super::training::{self, Lesson};

const FOLDS: usize = 5;

/// Judges every case by a model that was learned without the case's fold.
pub(crate) fn cross_validated<'c>(
    rules: &Rules,
    cases: &'c [Case],
    lessons: &[Lesson],
) -> Vec<Judged<'c>> {
    let folds = folds(cases);
    let judge_fold = |fold: usize| -> Vec<(usize, Judged<'c>)> {
        let others = lessons.iter().zip(&folds).filter(|(_, of)| **of != fold);
        let model: Model = training::learn(&others.map(|(lesson, _)| lesson).collect::<Vec<_>>());
        let rules = rules.clone().with_model(model);
        let own = cases.iter().enumerate().filter(|(index, _)| folds[*index] == fold);
        own.map(|(index, case)| (index, judge(&rules, case))).collect()
    };
    let mut judged: Vec<(usize, Judged<'c>)> = std::thread::scope(|scope| {
        let folds: Vec<_> = (0..FOLDS).map(|fold| scope.spawn(move || judge_fold(fold))).collect();
        folds.into_iter().flat_map(|fold| fold.join().unwrap()).collect()
    });
    judged.sort_by_key(|(index, _)| *index);
    judged.into_iter().map(|(_, judged)| judged).collect()
}

pub(crate) fn judge_all<'c>(rules: &Rules, cases: &'c [Case]) -> Vec<Judged<'c>> {
    cases.iter().map(|case| judge(rules, case)).collect()
}

pub(crate) fn judge<'c>(rules: &Rules, case: &'c Case) -> Judged<'c> {
    let facts = Facts::default();
    let ticket = Ticket { description: &case.text, policy: &case.policy, facts: &facts };
    Judged { case, got: place(&ticket, rules).unwrap() }
}

/// The fold of every case: evenly over part, type and severity, in the order of a hash of the
/// id.
fn folds(cases: &[Case]) -> Vec<usize> {
    let hash = |id: &str| {
        // FNV-1a
        id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let mut order: Vec<usize> = (0..cases.len()).collect();
    let key = |case: &Case| (case.part, case.kind, case.severity, hash(&case.id));
    order.sort_by_key(|index| key(&cases[*index]));
    let mut folds = vec![0; cases.len()];
    for (place, index) in order.into_iter().enumerate() {
        folds[index] = place % FOLDS;
    }
    folds
}

/// `MISSES=users,twins cargo test --test triage report -- --nocapture` prints what is not as
/// labelled in these parts. What is sealed stays sealed.
pub(crate) fn print_misses(judged: &[Judged<'_>]) {
    let Ok(parts) = std::env::var("MISSES") else { return };
    let wanted = |j: &&Judged<'_>| parts.split(',').any(|part| part == j.case.part);
    for j in judged.iter().filter(wanted).filter(|j| !j.misses().is_empty()) {
        println!("{}{}\n    {}", j.case.id, j.misses(), j.case.text);
        for reason in &j.got.reasons {
            println!("      - {}: {}", reason.rule, reason.because);
        }
    }
}
