//! Changing single values of a policy: a pack with `extends = "<id>"`.
//!
//! An organisation knows what no public source states: what its contract says, which
//! holidays its desk keeps. The answer that rests on it names the overlay's file.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::Words;
use super::clause::{ClauseRow, FactRow};
use super::load::{self, Policy, at, typed};
use crate::condition::Origin;
use crate::packs::{Pack, PackError};

/// What an overlay may change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Overlay {
    pub(super) extends: Spanned<String>,
    /// What the overlay rests on.
    source: Option<Words>,
    /// Facts that hold for everybody who uses the overlay.
    #[serde(default)]
    facts: BTreeMap<Spanned<String>, toml::Value>,
    #[serde(default, rename = "fact")]
    fact: Vec<FactRow>,
    #[serde(default, rename = "clause")]
    clauses: Vec<ClauseRow>,
}

/// Tells an overlay from a full policy without judging the rest of the file.
#[derive(Deserialize)]
struct Probe {
    extends: Option<String>,
}

/// Reads a pack as an overlay if it is one.
pub(super) fn parse(pack: &Pack) -> Result<Option<Overlay>, PackError> {
    match pack.parse::<Probe>()?.extends {
        Some(_) => pack.parse().map(Some),
        None => Ok(None),
    }
}

/// Applies an overlay to the policy it extends; a wrong one changes nothing.
pub(super) fn apply(
    overlay: Overlay,
    pack: &Pack,
    policy: &mut Policy,
) -> Result<(), Vec<PackError>> {
    let mut errors = Vec::new();
    let place = match &overlay.source {
        Some(source) => format!("{} ({source})", pack.path),
        None => pack.path.clone(),
    };
    let mut names = policy.names.clone();
    for row in &overlay.fact {
        names.add(row.id.get_ref(), row.kind);
    }
    let mut clauses = load::compile_clauses(overlay.clauses, &names, pack, &mut errors);
    for clause in &mut clauses {
        clause.source = clause.source.with(&place);
    }
    let origin = Origin::Overlay(place.as_str().into());
    let mut standing = Vec::new();
    for (name, value) in &overlay.facts {
        match typed(&names, name.get_ref(), value) {
            Ok(value) => standing.push((name.get_ref().clone(), value, origin.clone())),
            Err(what) => errors.push(at(pack, name, what)),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    policy.names = names;
    policy.facts.retain(|row| !overlay.fact.iter().any(|new| new.id.get_ref() == row.id.get_ref()));
    policy.facts.extend(overlay.fact);
    for clause in clauses {
        match policy.clauses.iter_mut().find(|old| old.id == clause.id) {
            Some(old) => *old = clause,
            None => policy.clauses.push(clause),
        }
    }
    policy.standing.extend(standing);
    policy.overlaid_by.push(place);
    Ok(())
}
