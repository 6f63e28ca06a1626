// Labelled descriptions, and the packs that read them. Included by `tests/triage.rs` and by
// `examples/train_triage.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use keycase::packs::{Origin, Pack, PackSet};
use keycase::triage::{Category, Kind, Rules, Scope};
use serde::Deserialize;
use serde_json::Value;

use super::training::Lesson;

/// What the model learns from, each file with how much one of its cases counts: `twins`,
/// `manner`, `ruled`, `trades`, `daily` and `inbox` are written like the given ones, the others
/// seek out what is hard.
pub(crate) const PARTS: [(&str, f64); 13] = [
    ("given", 2.0),
    ("own", 0.7),
    ("users", 0.6),
    ("admins", 0.5),
    ("twins", 2.0),
    ("manner", 1.5),
    ("ruled", 1.5),
    ("trades", 1.0),
    ("plain", 1.0),
    ("confused", 0.7),
    ("daily", 1.0),
    ("inbox", 1.0),
    ("policies", 0.4),
];

/// Never learned from and never looked at; the other half of what `twins` is one half of.
pub(crate) const SEALED: &str = "sealed";

/// The labels of another labeller for the descriptions of `sealed`.
pub(crate) const SECOND: &str = "second";

/// The labels of a third labeller where those two differ.
pub(crate) const SETTLED: &str = "settled";

/// Never learned from, its texts never looked at, and labelled twice.
pub(crate) const UNSEEN: &str = "unseen";

/// Never learned from, its texts never looked at, labelled twice; nothing was chosen by it.
pub(crate) const CONTROL: &str = "control";

/// As `control`, and judged when everything else was done.
pub(crate) const HELD: &str = "held";

/// Never learned from: a fifth of what `ruled` is the rest of.
pub(crate) const FRESH: &str = "fresh";

/// Never learned from: the sentences that every help desk hears daily, all of which have to be
/// right.
pub(crate) const ORDINARY: &str = "ordinary";

/// A labelled description.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    /// None in `second` and `settled`, whose texts are those of `sealed`.
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default = "datalocker")]
    pub(crate) policy: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    pub(crate) severity: u8,
    pub(crate) category: Category,
    pub(crate) in_scope: Value,
    pub(crate) exclusion: Option<String>,
    #[serde(default = "english")]
    pub(crate) language: String,
    #[serde(skip)]
    pub(crate) part: &'static str,
    #[serde(skip)]
    pub(crate) weight: f64,
}

fn datalocker() -> String {
    "datalocker".into()
}

fn english() -> String {
    "en".into()
}

impl Case {
    pub(crate) fn scope(&self) -> Scope {
        match &self.in_scope {
            Value::Bool(true) => Scope::InScope,
            Value::Bool(false) => Scope::OutOfScope,
            _ => Scope::Unknown,
        }
    }

    /// The impact that the policy's severity stands for.
    fn impact(&self) -> u8 {
        match self.kind {
            // LockThreat's mildest severity but for wishes is the third.
            Kind::Question | Kind::Request if self.policy == "lockthreat" && self.severity == 3 => {
                4
            }
            _ => self.severity,
        }
    }

    /// Who wrote it, as its id begins: `D12` of `D12-080`, `U` of `U010`.
    pub(crate) fn writer(&self) -> (&'static str, &str) {
        let name = self.id.split_once('-').map_or(self.id.as_str(), |(writer, _)| writer);
        let name = if name == self.id { name.trim_end_matches(char::is_numeric) } else { name };
        (self.part, name)
    }

    /// The text without what two tellings of the same words may differ in.
    pub(crate) fn letters(&self) -> String {
        self.text.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect()
    }

    fn lesson(&self, rules: &Rules) -> Lesson {
        Lesson {
            features: rules.features(&self.text, &self.policy),
            kind: self.kind,
            category: self.category,
            impact: self.impact(),
            scope: (self.scope(), self.exclusion.clone()),
            weight: self.weight,
        }
    }
}

/// One file of labelled descriptions, one JSON object a line.
pub(crate) fn read(part: &'static str, weight: f64) -> Vec<Case> {
    let path = root().join(format!("tests/triage/{part}.jsonl"));
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| Case {
            part,
            weight,
            ..serde_json::from_str(line).unwrap_or_else(|e| panic!("{part}: {e}: {line}"))
        })
        .collect()
}

/// The descriptions of `sealed` with the labels of `second`.
pub(crate) fn second(sealed: &[Case]) -> Vec<Case> {
    let labels = read(SECOND, 1.0);
    assert_eq!(labels.len(), sealed.len(), "a label for each");
    let both = labels.into_iter().zip(sealed);
    both.map(|(label, case)| {
        assert_eq!(label.id, case.id, "in the same order");
        Case { text: case.text.clone(), policy: case.policy.clone(), ..label }
    })
    .collect()
}

/// The descriptions of `sealed` with the labels of both labellers where they agree, and else
/// those of `settled`.
pub(crate) fn settled(sealed: &[Case]) -> Vec<Case> {
    let labels = read(SETTLED, 1.0);
    let known = labels.iter().filter(|label| sealed.iter().any(|case| case.id == label.id));
    assert_eq!(known.count(), labels.len(), "labels of cases that there are");
    let label = |case: &Case| labels.iter().find(|label| label.id == case.id).cloned();
    let settle = |case: &Case| match label(case) {
        Some(label) => Case { text: case.text.clone(), policy: case.policy.clone(), ..label },
        None => case.clone(),
    };
    sealed.iter().map(settle).collect()
}

/// Everything that may be learned from: nothing whose text is kept as well ("doesn't work").
pub(crate) fn all() -> Vec<Case> {
    let kept = [SEALED, UNSEEN, CONTROL, HELD, FRESH].into_iter().flat_map(|part| read(part, 1.0));
    let kept: BTreeSet<String> = kept.map(|case| case.letters()).collect();
    let cases = PARTS.iter().flat_map(|(part, weight)| read(part, *weight));
    cases.filter(|case| !kept.contains(&case.letters())).collect()
}

/// What each case teaches; reading is most of the time of learning, so several read.
pub(crate) fn lessons(cases: &[Case], rules: &Rules) -> Vec<Lesson> {
    let readers = thread::available_parallelism().map_or(1, usize::from);
    let share = cases.len().div_ceil(readers).max(1);
    let read = |share: &[Case]| share.iter().map(|case| case.lesson(rules)).collect::<Vec<_>>();
    thread::scope(|scope| {
        let shares: Vec<_> =
            cases.chunks(share).map(|share| scope.spawn(move || read(share))).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
    })
}

/// The packs as they stand in the folder.
pub(crate) fn rules() -> Rules {
    let mut packs = PackSet::new(Vec::new());
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("data/triage")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        let text = fs::read_to_string(path).unwrap().into();
        let name = path.file_name().unwrap().to_str().unwrap();
        packs.add("triage", Pack { path: format!("triage/{name}"), text, origin: Origin::Overlay });
    }
    Rules::load(&packs).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n"));
    })
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
