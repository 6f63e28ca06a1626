//! Changing single values of a policy: a pack with `extends = "<id>"`.
//!
//! An organisation knows what no public source states: what its contract says, which
//! holidays its desk keeps. The answer that rests on it names the overlay's file, and what
//! an overlay states is no longer an assumption.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Words;
use super::assumed::AssumedDays;
use super::clause::{ClauseRow, FactRow};
use super::holidays::Holidays;
use super::hours::{Day, Hours, TimeOfDay, Zone};
use super::load::{self, at, typed};
use super::measurable;
use super::policy::Policy;
use super::release::{self, Release};
use super::targets::TargetRow;
use crate::condition::{KnownNames, Origin};
use crate::packs::{Pack, PackError};

/// What an overlay of a policy may change; `extends` names the policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Id of the policy it changes.
    #[schemars(with = "String")]
    pub(super) extends: Spanned<String>,
    /// What the overlay rests on.
    source: Option<Words>,
    /// The hours of the desk, each value on its own.
    hours: Option<HoursOverlay>,
    /// Targets take the place of those of the same severity.
    #[serde(default, rename = "target")]
    targets: Vec<TargetRow>,
    /// Dates of releases, or of whole products.
    #[serde(default, rename = "release")]
    releases: Vec<Release>,
    /// Facts that hold for everybody who uses the overlay.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    facts: BTreeMap<Spanned<String>, toml::Value>,
    /// Facts it adds, with their questions.
    #[serde(default, rename = "fact")]
    fact: Vec<FactRow>,
    /// Clauses it adds, or puts in the place of those of the same id.
    #[serde(default, rename = "clause")]
    clauses: Vec<ClauseRow>,
}

/// The hours an overlay may change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HoursOverlay {
    zone: Option<Zone>,
    days: Option<Vec<Day>>,
    business_days: Option<Vec<Day>>,
    open: Option<TimeOfDay>,
    close: Option<TimeOfDay>,
    holidays: Option<Holidays>,
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
    mut overlay: Overlay,
    pack: &Pack,
    policy: &mut Policy,
) -> Result<(), Vec<PackError>> {
    let place = match &overlay.source {
        Some(source) => format!("{} ({source})", pack.path),
        None => pack.path.clone(),
    };
    if overlay.clauses.len() + overlay.fact.len() + overlay.facts.len() > load::MOST_ROWS {
        let what = format!("an overlay has at most {} clauses and facts", load::MOST_ROWS);
        return Err(vec![at(pack, &overlay.extends, what)]);
    }
    let mut changed = policy.clone();
    let mut errors = Vec::new();
    let mut names = policy.names.clone();
    for row in &overlay.fact {
        names.add(row.id.get_ref(), row.kind);
    }
    for row in &overlay.targets {
        errors.extend(load::unknown_severity(policy, &row.severity, pack));
    }
    change_clauses(&mut changed, overlay.clauses, &names, &place, pack, &mut errors);
    change_facts(&mut changed, &overlay.facts, &names, &place, pack, &mut errors);
    if let Some(hours) = overlay.hours {
        change_hours(&mut changed, hours, &place, pack, &mut errors);
    }
    errors.extend(measurable::targets(&changed, &overlay.targets, pack));
    errors.extend(release::name_products(policy, &mut overlay.releases, pack));
    if !errors.is_empty() {
        return Err(errors);
    }
    changed.names = names;
    changed.note_reads();
    change_rows(&mut changed, overlay.fact, overlay.targets, &place);
    release::put_releases(&mut changed, overlay.releases, &place);
    changed.overlaid_by.push(place);
    *policy = changed;
    Ok(())
}

fn change_clauses(
    policy: &mut Policy,
    rows: Vec<ClauseRow>,
    names: &KnownNames,
    place: &str,
    pack: &Pack,
    errors: &mut Vec<PackError>,
) {
    for mut clause in load::compile_clauses(rows, names, pack, errors) {
        clause.source = clause.source.with(place);
        match policy.clauses.iter_mut().find(|old| old.id == clause.id) {
            Some(old) => *old = clause,
            None => policy.clauses.push(clause),
        }
    }
}

fn change_facts(
    policy: &mut Policy,
    facts: &BTreeMap<Spanned<String>, toml::Value>,
    names: &KnownNames,
    place: &str,
    pack: &Pack,
    errors: &mut Vec<PackError>,
) {
    let origin = Origin::Overlay(place.into());
    for (name, value) in facts {
        match typed(names, name.get_ref(), value) {
            Ok(value) => policy.standing.push((name.get_ref().clone(), value, origin.clone())),
            Err(what) => errors.push(at(pack, name, what)),
        }
    }
}

fn change_hours(
    policy: &mut Policy,
    over: HoursOverlay,
    place: &str,
    pack: &Pack,
    errors: &mut Vec<PackError>,
) {
    let Some(hours) = &mut policy.pack.hours else {
        errors.push(pack.error_at("[hours]", "the policy has no hours to change"));
        return;
    };
    merge(hours, over);
    hours.overlaid_by = Some(place.to_owned());
    errors.extend(hours.problem().map(|what| pack.error_at("[hours]", what)));
}

/// What is stated is not assumed any more.
fn merge(hours: &mut Hours, over: HoursOverlay) {
    if let Some(zone) = over.zone {
        hours.zone = zone;
        hours.zone_assumed = None;
    }
    let assumed = hours.assumed_days();
    if let Some(days) = over.days {
        hours.days = days;
        hours.days_assumed.take_if(|_| assumed != AssumedDays::Business);
    }
    if let Some(days) = over.business_days {
        hours.business_days = Some(days);
        hours.business_days_overlaid = true;
        hours.days_assumed.take_if(|_| assumed == AssumedDays::Business);
    }
    hours.open = over.open.or(hours.open);
    hours.close = over.close.or(hours.close);
    if let Some(holidays) = over.holidays {
        hours.holidays = holidays;
        hours.holidays_assumed = None;
    }
}

fn change_rows(policy: &mut Policy, facts: Vec<FactRow>, targets: Vec<TargetRow>, place: &str) {
    let old = &mut policy.pack.facts;
    old.retain(|row| !facts.iter().any(|new| new.id.get_ref() == row.id.get_ref()));
    old.extend(facts);
    for mut row in targets {
        row.source = row.source.with(place);
        let wanted = policy.severity(&row.severity.get_ref().0).map(|(place, _)| place);
        let same = |old: &TargetRow| {
            policy.severity(&old.severity.get_ref().0).map(|(place, _)| place) == wanted
        };
        match policy.pack.targets.iter().position(same) {
            Some(at) => policy.pack.targets[at] = row,
            None => policy.pack.targets.push(row),
        }
    }
}
