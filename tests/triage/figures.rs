// How often triage is right, and the report that says so. Included by `tests/triage.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use keycase::triage::{Confidence, Triage};

use super::cases::Case;
use super::mix;

/// What came out for one case, beside what was wanted.
pub(crate) struct Judged<'c> {
    pub(crate) case: &'c Case,
    pub(crate) got: Triage,
}

impl Judged<'_> {
    pub(crate) fn severity_off(&self) -> u8 {
        self.got.severity.level.abs_diff(self.case.severity)
    }

    pub(crate) fn scope_right(&self) -> bool {
        self.got.scope == self.case.scope()
    }

    pub(crate) fn clause_right(&self) -> bool {
        self.scope_right() && self.got.exclusion == self.case.exclusion
    }

    /// The labels of `other` in place of what came out.
    fn labelled_by(&self, other: &Self) -> Self {
        let mut got = self.got.clone();
        got.kind = other.case.kind;
        got.severity.level = other.case.severity;
        got.category = other.case.category;
        got.scope = other.case.scope();
        got.exclusion.clone_from(&other.case.exclusion);
        Self { case: self.case, got }
    }

    /// Everything that is not as wanted, in one line; empty when all is right.
    pub(crate) fn misses(&self) -> String {
        let mut text = String::new();
        let (got, case) = (&self.got, self.case);
        if got.kind != case.kind {
            let _ = write!(text, " type {} for {};", name(&got.kind), name(&case.kind));
        }
        if self.severity_off() > 0 {
            let _ = write!(text, " severity {} for {};", got.severity.level, case.severity);
        }
        if got.category != case.category {
            let _ = write!(text, " category {} for {};", name(&got.category), name(&case.category));
        }
        if !self.clause_right() {
            let clause = |clause: &Option<String>| clause.clone().unwrap_or_else(|| "-".into());
            let (had, wanted) = (clause(&got.exclusion), clause(&case.exclusion));
            let (scope, meant) = (name(&got.scope), name(&case.scope()));
            let _ = write!(text, " scope {scope} {had} for {meant} {wanted};");
        }
        text
    }
}

pub(crate) fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// Shares in percent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) cases: usize,
    pub(crate) severity: f64,
    pub(crate) within_one: f64,
    pub(crate) kind: f64,
    pub(crate) category: f64,
    pub(crate) scope: f64,
    pub(crate) clause: f64,
}

pub(crate) fn figures<'j>(
    judged: impl IntoIterator<Item = &'j Judged<'j>, IntoIter: Clone>,
) -> Figures {
    let judged = judged.into_iter();
    let cases = judged.clone().count();
    let share = |test: &dyn Fn(&Judged<'_>) -> bool| {
        let right = judged.clone().filter(|j| test(j)).count();
        right as f64 * 100.0 / cases.max(1) as f64
    };
    Figures {
        cases,
        severity: share(&|j| j.severity_off() == 0),
        within_one: share(&|j| j.severity_off() <= 1),
        kind: share(&|j| j.got.kind == j.case.kind),
        category: share(&|j| j.got.category == j.case.category),
        scope: share(&|j| j.scope_right()),
        clause: share(&|j| j.clause_right()),
    }
}

impl Figures {
    fn row(&self, name: &str) -> String {
        let Self { cases, severity, within_one, kind, category, scope, clause } = self;
        format!(
            "| {name} | {cases} | {severity:.1} | {within_one:.1} | {kind:.1} | {category:.1} \
             | {scope:.1} | {clause:.1} |\n"
        )
    }

    /// Whether every share is at least the bar's.
    pub(crate) fn reaches(&self, bar: &Self) -> bool {
        self.severity >= bar.severity
            && self.within_one >= bar.within_one
            && self.kind >= bar.kind
            && self.category >= bar.category
            && self.scope >= bar.scope
            && self.clause >= bar.clause
    }
}

/// Wanted against found, for every class of one question.
fn by_class(
    judged: &[Judged<'_>],
    wanted: impl Fn(&Judged<'_>) -> String,
    got: impl Fn(&Judged<'_>) -> String,
) -> String {
    let mut classes: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for j in judged {
        let (wanted, got) = (wanted(j), got(j));
        classes.entry(wanted.clone()).or_default()[0] += 1;
        classes.entry(got.clone()).or_default()[1] += 1;
        classes.entry(wanted.clone()).or_default()[2] += usize::from(wanted == got);
    }
    let mut text = String::from("| class | wanted | found | both |\n|---|---|---|---|\n");
    for (class, [wanted, got, both]) in classes {
        let _ = writeln!(text, "| {class} | {wanted} | {got} | {both} |");
    }
    text
}

/// The report's head: what each part is, and what its figures are worth.
const HEAD: &str = include_str!("report_head.md");

const COLUMNS: &str = "
| part | cases | severity exact | within one | type | category | scope | clause |
|---|---|---|---|---|---|---|---|
";

/// What was never learned from, judged by the model that is shipped.
pub(crate) struct Kept<'c> {
    pub(crate) fresh: Vec<Judged<'c>>,
    pub(crate) sealed: Vec<Judged<'c>>,
    /// `sealed` with the labels of another labeller.
    pub(crate) second: Vec<Judged<'c>>,
    /// `sealed` with the labels of a third where those two differ.
    pub(crate) settled: Vec<Judged<'c>>,
    pub(crate) unseen: Vec<Judged<'c>>,
    pub(crate) control: Vec<Judged<'c>>,
    pub(crate) held: Vec<Judged<'c>>,
}

impl<'c> Kept<'c> {
    /// All of them, `sealed` once, with the labels that were settled.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Judged<'c>> + Clone {
        [&self.fresh, &self.settled, &self.unseen, &self.control, &self.held].into_iter().flatten()
    }
}

/// The whole report.
pub(crate) fn report(parts: &[&str], validated: &[Judged<'_>], kept: &Kept<'_>) -> String {
    let mut text = format!("{HEAD}{COLUMNS}");
    for part in parts {
        let rows = validated.iter().filter(|j| j.case.part == *part);
        text += &figures(rows).row(part);
    }
    for (language, shown) in [("en", "all, English"), ("de", "all, German")] {
        text += &figures(validated.iter().filter(|j| j.case.language == language)).row(shown);
    }
    let like_given = mix::like_given(validated);
    let like_given = validated.iter().filter(|j| like_given.contains(&j.case.writer()));
    text += &figures(like_given).row("all, writers in the mix of `given`");
    text += &figures(validated.iter()).row("all");
    let likely = |sure| move |j: &&Judged<'_>| (j.got.confidence == Confidence::Likely) == sure;
    text += &figures(validated.iter().filter(likely(true))).row("all, confidence `likely`");
    text += &figures(validated.iter().filter(likely(false))).row("all, confidence `possible`");
    text += &figures(&kept.fresh).row("**fresh**");
    text += &figures(&kept.sealed).row("**sealed**");
    text += &figures(&kept.second).row("**sealed**, labels of a second labeller");
    let both = kept.sealed.iter().zip(&kept.second);
    let labellers: Vec<_> = both.map(|(a, b)| a.labelled_by(b)).collect();
    text += &figures(&labellers).row("the second labeller against the first");
    text += &figures(&kept.settled).row("**sealed**, labels settled by a third");
    text += &figures(&kept.unseen).row("**unseen**");
    text += &figures(&kept.control).row("**control**");
    text += &figures(&kept.held).row("**held**");
    text += &figures(kept.all()).row("**all five**, `sealed` as settled");
    text += "\nBy class, the folds together:\n\n## Severity\n\n";
    text +=
        &by_class(validated, |j| j.case.severity.to_string(), |j| j.got.severity.level.to_string());
    text += "\n## Type\n\n";
    text += &by_class(validated, |j| name(&j.case.kind), |j| name(&j.got.kind));
    text += "\n## Category\n\n";
    text += &by_class(validated, |j| name(&j.case.category), |j| name(&j.got.category));
    text += "\n## Scope\n\n";
    text += &by_class(validated, |j| name(&j.case.scope()), |j| name(&j.got.scope));
    text += "\n## Clause\n\n";
    let clause = |clause: &Option<String>| clause.clone().unwrap_or_else(|| "none".into());
    text += &by_class(validated, |j| clause(&j.case.exclusion), |j| clause(&j.got.exclusion));
    text
}
