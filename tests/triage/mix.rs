// Which writers write what desks get: their labels are in the mix of the given cases. The
// others were asked for what is hard. Included by `tests/triage.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::{Judged, name};

/// So many of a hundred labels may have to be exchanged to have the mix of `given`.
const NEAR: f64 = 15.0;

/// A part, and a writer of it.
type Writer<'c> = (&'static str, &'c str);

/// The writers whose types and severities are in the mix of `given`, `given` included.
pub(crate) fn like_given<'c>(judged: &[Judged<'c>]) -> BTreeSet<Writer<'c>> {
    let mut writers: BTreeMap<Writer<'c>, Vec<&Judged<'c>>> = BTreeMap::new();
    for j in judged {
        writers.entry(j.case.writer()).or_default().push(j);
    }
    let given: Vec<_> = judged.iter().filter(|j| j.case.part == "given").collect();
    let near = |own: &[&Judged<'_>]| {
        let types = |j: &Judged<'_>| name(&j.case.kind);
        let severities = |j: &Judged<'_>| j.case.severity.to_string();
        apart(own, &given, types) <= NEAR && apart(own, &given, severities) <= NEAR
    };
    writers.into_iter().filter(|(_, own)| near(own)).map(|(writer, _)| writer).collect()
}

/// How many of a hundred labels of one would have to be exchanged for the mix of the other.
fn apart(one: &[&Judged<'_>], other: &[&Judged<'_>], label: impl Fn(&Judged<'_>) -> String) -> f64 {
    let mut shares: BTreeMap<String, f64> = BTreeMap::new();
    for (judged, sign) in [(one, 1.0), (other, -1.0)] {
        for j in judged {
            *shares.entry(label(j)).or_default() += sign * 100.0 / judged.len() as f64;
        }
    }
    shares.values().map(|share| share.abs()).sum::<f64>() / 2.0
}
