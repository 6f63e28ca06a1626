//! Running the examples that stand in the packs.

use serde::{Deserialize, Serialize};

use super::pack::Example;
use super::{Case, Clock, Diagnosis, Observed, Problem, Problems, Reading, Scan, diagnose};
use crate::catalog::Catalog;
use crate::condition::{FactType, FactValue, Facts, KnownNames, Origin};
use crate::packs::{Pack, PackError, PackSet};
use crate::snapshot::{DataVersion, SCHEMA, Snapshot, Tool};

/// What a problem says about a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is there.
    Matches,
    /// It is not there.
    Silent,
    /// Something is missing that would decide it.
    Open,
}

/// What came of an example.
#[derive(Clone, Debug)]
pub struct Ran {
    /// What the problem says.
    pub outcome: Outcome,
    /// The whole diagnosis of the example's machine.
    pub diagnosis: Diagnosis,
}

/// Every example that does not come out as it promises, with its place. It is run on the day
/// on which its pack was checked, so that lines of logs do not grow old.
pub fn failed_examples(problems: &Problems, packs: &PackSet, catalog: &Catalog) -> Vec<PackError> {
    let mut failed = Vec::new();
    for problem in problems.iter() {
        let name = format!("{}.toml", problem.id);
        let mine = |pack: &&Pack| pack.path.rsplit(['/', '\\']).next() == Some(name.as_str());
        // An overlay comes after what it takes the place of.
        let Some(file) = packs.of("problems").filter(mine).last() else { continue };
        let noon = problem.checked.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
        let Ok(noon) = noon else { continue };
        for (index, example) in problem.examples.iter().enumerate() {
            let ran = run_example(problem, example, problems, catalog, noon.timestamp());
            let (name, promised) = (&example.name, example.says);
            let what = match ran {
                Ok(ran) if ran.outcome == promised => continue,
                Ok(ran) => format!("`{name}` {}, not {}", ran.outcome.id(), promised.id()),
                Err(what) => format!("`{name}`: {what}"),
            };
            let heading = file.text.match_indices("[[example]]").nth(index);
            let place = heading.map_or(0, |(place, _)| place);
            failed.push(PackError::at(&file.path, &file.text, place, what));
        }
    }
    failed
}

impl Outcome {
    /// The name packs use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Matches => "matches",
            Self::Silent => "is silent",
            Self::Open => "is open",
        }
    }
}

/// Diagnoses an example's machine at a given time; the error says what is wrong with it.
pub fn run_example(
    problem: &Problem,
    example: &Example,
    problems: &Problems,
    catalog: &Catalog,
    now: jiff::Timestamp,
) -> Result<Ran, String> {
    let snapshot = snapshot(example, catalog, now);
    let observed = observed(example, problems, now);
    let mut stated = Facts::default();
    for (name, value) in &example.facts {
        stated.set(name.as_str(), typed(problems.names(), name, value)?, Origin::Option);
    }
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let case = Case { snapshot: &snapshot, catalog, observed: &observed, stated: &stated, today };
    let diagnosis = diagnose(case, problems);
    let outcome = if diagnosis.findings.iter().any(|finding| finding.id == problem.id) {
        Outcome::Matches
    } else if diagnosis.not_evaluated.iter().any(|open| open.id == problem.id) {
        Outcome::Open
    } else {
        Outcome::Silent
    };
    Ok(Ran { outcome, diagnosis })
}

fn snapshot(example: &Example, catalog: &Catalog, now: jiff::Timestamp) -> Snapshot {
    let data = DataVersion { version: "example".into(), hash: "example".into() };
    let tool = Tool { name: "keycase".into(), version: "example".into(), data };
    let snapshot = Snapshot {
        schema: SCHEMA.into(),
        taken_at: now,
        tool: tool.clone(),
        host: example.host.clone(),
        drives: example.drives.clone(),
        others: Some(example.others.clone()),
        problems: Vec::new(),
    };
    catalog.rename(snapshot, tool)
}

fn observed(example: &Example, problems: &Problems, now: jiff::Timestamp) -> Observed {
    let mut observed = Observed::default();
    let clock = Clock { now, boot: None };
    for (kind, text) in &example.logs {
        let kinds = [*kind];
        let mut scan = Scan::new(problems.signals(), &kinds, clock, &mut observed);
        scan.block(text.as_bytes());
        scan.end("example", Reading::Whole);
    }
    observed
}

fn typed(names: &KnownNames, name: &str, value: &toml::Value) -> Result<FactValue, String> {
    let Some(kind) = names.get(name) else { return Err(format!("no fact `{name}`")) };
    match (value, kind) {
        (toml::Value::Boolean(value), FactType::Bool) => Ok((*value).into()),
        (toml::Value::Integer(value), FactType::Int | FactType::Float) => Ok((*value).into()),
        (toml::Value::String(text), FactType::Text | FactType::Date) => {
            kind.parse(text).map_err(|error| error.to_string())
        }
        _ => Err(format!("`{name}` takes {}", kind.wanted())),
    }
}
