//! Reading policy packs, and refusing the ones that are wrong.

use std::collections::BTreeSet;

use toml::Spanned;

use super::clause::{Clause, ClauseRow, FactRow};
use super::example::run_example;
use super::measurable;
use super::overlay::{self, Overlay};
use super::pack::PolicyPack;
use super::policy::Policy;
use super::release;
use super::rows::SeverityRef;
use crate::condition::{Condition, FactType, FactValue, KnownNames, drive_names};
use crate::packs::{Pack, PackError, PackSet};

/// A policy has a dozen clauses and facts; with many more, every answer would take long.
pub(super) const MOST_ROWS: usize = 200;

/// More mistakes than this tell nothing new about a pack.
pub(super) const MOST_ERRORS: usize = 20;

/// All policies in use.
#[derive(Clone, Debug, Default)]
pub struct Policies(Vec<Policy>);

impl Policies {
    /// Loads all policy packs and overlays; every problem of every pack is reported.
    pub fn load(packs: &PackSet) -> Result<Self, Vec<PackError>> {
        let mut policies = Self::default();
        let mut errors = Vec::new();
        for pack in packs.of("policies") {
            if let Err(found) = policies.add(pack) {
                errors.extend(found);
            }
        }
        if errors.is_empty() { Ok(policies) } else { Err(errors) }
    }

    /// Adds one pack: a policy, or an overlay of one that is there.
    pub fn add(&mut self, pack: &Pack) -> Result<(), Vec<PackError>> {
        if let Some(overlay) = overlay::parse(pack).map_err(one)? {
            return self.extend(overlay, pack);
        }
        let mut policy = compile(pack.parse().map_err(one)?, pack)?;
        if let Some(place) = self.0.iter().position(|other| other.id == policy.id) {
            // A full pack of the same id takes the place of the one before it.
            policy.overlaid_by.push(pack.path.clone());
            self.0[place] = policy;
        } else {
            self.0.push(policy);
        }
        Ok(())
    }

    fn extend(&mut self, overlay: Overlay, pack: &Pack) -> Result<(), Vec<PackError>> {
        let base = overlay.extends.get_ref();
        let Some(policy) = self.0.iter_mut().find(|policy| &policy.id == base) else {
            let what = format!("no policy `{base}` to extend");
            return Err(one(at(pack, &overlay.extends, what)));
        };
        overlay::apply(overlay, pack, policy)
    }

    /// Every example of the pack's clauses that does not come out as it promises.
    pub fn failed_examples(&self, pack: &Pack) -> Vec<PackError> {
        let clauses = self.0.iter().flat_map(|p| p.clauses.iter().map(move |c| (p, c)));
        let own = clauses.filter(|(_, clause)| clause.file == pack.path);
        own.flat_map(|(policy, clause)| {
            clause.examples.iter().filter_map(move |example| {
                let what = run_example(clause, example, policy.names()).err()?;
                Some(at(pack, &example.facts, what))
            })
        })
        .collect()
    }

    /// The policy of an id.
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.0.iter().find(|policy| policy.id == id)
    }

    /// All policies, embedded ones first.
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.0.iter()
    }
}

fn compile(mut pack: PolicyPack, file: &Pack) -> Result<Policy, Vec<PackError>> {
    let mut errors = Vec::new();
    check_id(&pack, file, &mut errors);
    errors.extend(too_many(&pack, file));
    if !errors.is_empty() {
        return Err(errors);
    }
    if let Some(problem) = pack.hours.as_ref().and_then(|hours| hours.problem()) {
        errors.push(file.error_at("[hours]", problem));
    }
    let names = fact_names(&pack.facts, file, &mut errors);
    let clauses = compile_clauses(std::mem::take(&mut pack.clauses), &names, file, &mut errors);
    let id = pack.id.get_ref().clone();
    let (standing, overlaid_by) = (Vec::new(), Vec::new());
    let reads = Vec::new();
    let mut policy = Policy { id, pack, clauses, standing, overlaid_by, names, reads };
    policy.note_reads();
    let unknown = severity_references(&policy.pack);
    errors.extend(unknown.filter_map(|r| unknown_severity(&policy, r, file)).take(MOST_ERRORS));
    errors.extend(release::name_products_of(&mut policy, file));
    errors.extend(measurable::targets(&policy, &policy.pack.targets, file));
    errors.extend(measurable::ticket_times(&policy, file));
    errors.truncate(MOST_ERRORS);
    if errors.is_empty() { Ok(policy) } else { Err(errors) }
}

fn check_id(pack: &PolicyPack, file: &Pack, errors: &mut Vec<PackError>) {
    let stem = file.path.rsplit(['/', '\\']).next().and_then(|f| f.strip_suffix(".toml"));
    let id = pack.id.get_ref();
    if stem != Some(id.as_str()) {
        errors.push(at(file, &pack.id, format!("the id `{id}` is not the file's name")));
    }
}

/// Rows that must be few, because others are compared with each of them.
fn too_many(pack: &PolicyPack, file: &Pack) -> Option<PackError> {
    let most = format!("a policy has at most {MOST_ROWS} of these");
    let fact = pack.facts.get(MOST_ROWS).map(|row| at(file, &row.id, &*most));
    let clause = || pack.clauses.get(MOST_ROWS).map(|row| at(file, &row.id, &*most));
    let severity = || pack.severities.get(MOST_ROWS).map(|_| file.error_at("[[severity]]", &*most));
    let products = &pack.scope.products;
    let product = || products.get(MOST_ROWS).map(|_| file.error_at("[[scope.product]]", &*most));
    fact.or_else(clause).or_else(severity).or_else(product)
}

/// Every place where a row names a severity.
fn severity_references(pack: &PolicyPack) -> impl Iterator<Item = &Spanned<SeverityRef>> {
    let rules = [&pack.already_fixed, &pack.security_incident, &pack.feature_requests];
    let exceptions = pack.hours.iter().flat_map(|hours| &hours.exceptions);
    let targets = pack.targets.iter().map(|row| &row.severity);
    targets
        .chain(pack.priorities.iter().flat_map(|row| &row.severities))
        .chain(pack.channels.iter().flat_map(|row| &row.severities))
        .chain(exceptions.flat_map(|row| &row.severities))
        .chain(rules.into_iter().flatten().filter_map(|rule| rule.severity.as_ref()))
}

pub(super) fn unknown_severity(
    policy: &Policy,
    reference: &Spanned<SeverityRef>,
    file: &Pack,
) -> Option<PackError> {
    let text = &reference.get_ref().0;
    let what = format!("the policy has no severity `{text}`");
    policy.severity(text).is_none().then(|| at(file, reference, what))
}

/// The drive's names and the pack's own; two facts of one name are an error.
fn fact_names(facts: &[FactRow], file: &Pack, errors: &mut Vec<PackError>) -> KnownNames {
    let mut names = drive_names();
    for row in facts {
        let id = row.id.get_ref();
        let plain = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain || !id.starts_with(|first: char| first.is_ascii_lowercase()) {
            errors.push(at(file, &row.id, format!("`{id}` is not a name like `some_fact`")));
        } else if names.get(id).is_some() {
            errors.push(at(file, &row.id, format!("the fact `{id}` is there twice")));
        }
        names.add(id, row.kind);
    }
    names
}

/// Compiles clauses; ids are unique and every example uses facts that exist.
pub(super) fn compile_clauses(
    rows: Vec<ClauseRow>,
    names: &KnownNames,
    file: &Pack,
    errors: &mut Vec<PackError>,
) -> Vec<Clause> {
    let mut seen = BTreeSet::new();
    let mut clauses = Vec::with_capacity(rows.len());
    for row in rows {
        if errors.len() >= MOST_ERRORS {
            break;
        }
        if !seen.insert(row.id.get_ref().clone()) {
            let what = format!("the clause `{}` is there twice", row.id.get_ref());
            errors.push(at(file, &row.id, what));
        }
        if row.examples.is_empty() {
            errors.push(at(file, &row.id, "a clause needs [[clause.example]] rows"));
        }
        for example in &row.examples {
            let facts = example.facts.get_ref();
            let problem = facts.iter().find_map(|(name, value)| typed(names, name, value).err());
            errors.extend(problem.map(|what| at(file, &example.facts, what)));
        }
        match compile_clause(row, names, file) {
            Ok(clause) => clauses.push(clause),
            Err(error) => errors.push(error),
        }
    }
    clauses
}

fn compile_clause(row: ClauseRow, names: &KnownNames, file: &Pack) -> Result<Clause, PackError> {
    let applies_when = row.applies_when.as_ref().map(|text| condition(text, names, file));
    Ok(Clause {
        excludes_when: condition(&row.excludes_when, names, file)?,
        applies_when: applies_when.transpose()?,
        id: row.id.into_inner(),
        text: row.text,
        contact: row.contact,
        unless: row.unless,
        source: row.source,
        examples: row.examples,
        file: file.path.clone(),
    })
}

/// Compiles a condition; an error points into its text.
fn condition(
    text: &Spanned<String>,
    names: &KnownNames,
    file: &Pack,
) -> Result<Condition, PackError> {
    Condition::compile(text.get_ref(), names).map_err(|error| {
        let quoted = file.text.get(text.span()).unwrap_or_default();
        let marks = if quoted.starts_with("\"\"\"") || quoted.starts_with("'''") { 3 } else { 1 };
        let breaks = quoted.get(marks..).is_some_and(|inside| inside.starts_with('\n'));
        let inside = text.get_ref().char_indices().nth(error.column.saturating_sub(1));
        let offset = inside.map_or(text.get_ref().len(), |(offset, _)| offset);
        let place = text.span().start + marks + usize::from(breaks) + offset;
        PackError::at(&file.path, &file.text, place, error.what)
    })
}

/// A TOML value as the value of a known fact.
pub fn typed(names: &KnownNames, name: &str, value: &toml::Value) -> Result<FactValue, String> {
    let Some(kind) = names.get(name) else {
        let hint = names.closest(name).map(|near| format!("; is it `{near}`?"));
        return Err(format!("no fact `{name}`{}", hint.unwrap_or_default()));
    };
    let wrong = || format!("`{name}` takes {}", kind.wanted());
    match (value, kind) {
        (toml::Value::Boolean(value), FactType::Bool) => Ok((*value).into()),
        (toml::Value::Integer(value), FactType::Int | FactType::Float) => Ok((*value).into()),
        (toml::Value::String(text), FactType::Text | FactType::Date) => {
            kind.parse(text).map_err(|_| wrong())
        }
        (toml::Value::Float(value), FactType::Float) => Ok(FactValue::Float(*value)),
        _ => Err(wrong()),
    }
}

/// An error at a value of the pack.
pub(super) fn at<T>(file: &Pack, value: &Spanned<T>, what: impl Into<String>) -> PackError {
    PackError::at(&file.path, &file.text, value.span().start, what)
}

fn one(error: PackError) -> Vec<PackError> {
    vec![error]
}
