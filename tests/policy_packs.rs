//! The embedded policy packs: they load, and every clause does what its examples say.
#![expect(clippy::expect_used, clippy::panic)]

use keycase::condition::Truth;
use keycase::packs::{Origin as PackOrigin, Pack, PackSet, embedded};
use keycase::policy::{Outcome, Policies, run_example};
use proptest::prelude::*;

fn policies() -> Policies {
    Policies::load(&embedded()).expect("the embedded packs load")
}

#[test]
fn every_clause_does_what_its_examples_say() {
    let mut ran = 0;
    for policy in policies().iter() {
        for clause in &policy.clauses {
            for example in &clause.examples {
                let ran = run_example(clause, example, policy.names());
                assert_eq!(ran, Ok(()), "{} on {:?}", policy.id, example.facts.get_ref());
            }
            ran += clause.examples.len();
        }
    }
    assert!(ran >= 30, "only {ran} examples");
}

/// A rule that is never shown to exclude, or never to allow, is not tested.
#[test]
fn every_clause_is_shown_to_exclude_and_to_allow() {
    for policy in policies().iter() {
        for clause in &policy.clauses {
            for outcome in [Outcome::Excludes, Outcome::Allows] {
                let shown = clause.examples.iter().any(|example| example.outcome == outcome);
                assert!(shown, "{}.{} has no example for {outcome:?}", policy.id, clause.id);
            }
        }
    }
}

/// Every fact that a clause reads is the drive's or has a question.
#[test]
fn every_fact_is_asked_by_a_clause_and_every_clause_can_ask() {
    for policy in policies().iter() {
        let mut read: Vec<&str> = vec![];
        for clause in &policy.clauses {
            let applies = clause.applies_when.iter().flat_map(|c| c.reads());
            read.extend(applies.chain(clause.excludes_when.reads()).map(String::as_str));
        }
        for row in &policy.pack.facts {
            assert!(
                read.contains(&row.id.get_ref().as_str()),
                "{}: {}",
                policy.id,
                row.id.get_ref()
            );
            assert!(row.question.ends_with(['?', ')']), "{}", row.question);
        }
    }
}

#[test]
fn the_datalocker_clauses_have_their_published_ids() {
    let policies = policies();
    let clauses = &policies.get("datalocker").unwrap().clauses;
    let ids: Vec<&str> = clauses.iter().map(|clause| clause.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "license_terms",
            "account_standing",
            "pre_implementation",
            "end_of_life",
            "not_a_problem",
            "not_designated_admin",
            "not_per_instructions",
            "third_party",
            "kingston_not_management",
        ]
    );
}

const SMALL: &str = r#"id = "small"
name = "Small"
checked = "2026-11-22"
[source]
title = "A document"
[scope]
text = "Everything"
source = "1"
[[fact]]
id = "paid"
type = "bool"
question = "Paid?"
[[clause]]
id = "unpaid"
text = "No pay, no support."
excludes_when = "!paid"
contact = "licensing"
source = "2"
[[clause.example]]
facts = { paid = false }
outcome = "excludes"
"#;

fn set(packs: &[(&str, String)]) -> PackSet {
    let mut set = PackSet::new(vec![]);
    for (path, text) in packs {
        let (path, text) = ((*path).to_owned(), text.clone().into());
        set.add("policies", Pack { path, text, origin: PackOrigin::Overlay });
    }
    set
}

fn errors(packs: &[(&str, String)]) -> Vec<String> {
    match Policies::load(&set(packs)) {
        Ok(_) => panic!("the packs loaded"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn mistakes_are_shown_with_line_and_column() {
    for (from, to, wanted) in [
        ("title =", "titel =", "small.toml:5:1: unknown field `titel`"),
        ("\"!paid\"", "\"!payed\"", "small.toml:16:19: no fact `payed`; is it `paid`?"),
        ("\"!paid\"", "\"!paid &&\"", "small.toml:16:26: not a condition"),
        ("\"!paid\"", "\"\"\"\n!paid &&\"\"\"", "small.toml:17:9: not a condition"),
        ("source = \"2\"\n", "", "small.toml:13:1: missing field `source`"),
        ("source = \"2\"", "source = \" \"", "small.toml:18:10: this text must say something"),
        ("contact = \"licensing\"", "contact = \"nobody\"", "small.toml:17:11: unknown variant"),
        ("{ paid = false }", "{ payed = false }", "small.toml:20:9: no fact `payed`"),
        ("{ paid = false }", "{ paid = 3 }", "small.toml:20:9: `paid` takes true or false"),
        ("id = \"paid\"", "id = \"drive.model\"", "small.toml:10:6: `drive.model` is not a name"),
        ("id = \"small\"", "id = \"other\"", "small.toml:1:6: the id `other` is not the file's"),
        ("checked = \"2026-11-22\"", "checked = \"soon\"", "small.toml:3:11:"),
    ] {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "{from}");
        let found = errors(&[("small.toml", text)]);
        assert!(found.iter().any(|error| error.starts_with(wanted)), "{wanted}\nfound {found:?}");
    }
}

/// The small pack with a severity, hours and a target.
fn with_hours() -> String {
    let more = "[[severity]]\nname = \"Bad\"\nmeaning = \"Bad.\"\nsource = \"3\"\n\
        [hours]\ntext = \"Mornings.\"\nzone = \"America/Chicago\"\ndays = [\"mon\"]\n\
        open = \"09:00\"\nclose = \"17:00\"\nsource = \"4\"\n\
        [[target]]\nseverity = \"bad\"\nfirst_response = { business_hours = 8 }\nsource = \"5\"\n";
    format!("{SMALL}{more}")
}

#[test]
fn impossible_times_zones_and_severities_are_refused() {
    assert!(Policies::load(&set(&[("small.toml", with_hours())])).is_ok());
    for (from, to, wanted) in [
        ("09:00", "25:00", "small.toml:30:8: `25:00` is not a time from 00:00 to 24:00"),
        ("09:00", "9:00", "small.toml:30:8: `9:00` is not a time"),
        ("09:00", "18:00", "small.toml:26:1: a desk opens before it closes"),
        ("close = \"17:00\"\n", "", "small.toml:26:1: `open` and `close` go together"),
        ("[\"mon\"]", "[]", "small.toml:26:1: a desk is open on some day"),
        ("[\"mon\"]", "[\"moon\"]", "small.toml:29:9: unknown variant `moon`"),
        (
            "America/Chicago",
            "America/Kansas",
            "small.toml:28:8: `America/Kansas` is not a time zone",
        ),
        (
            "severity = \"bad\"",
            "severity = \"worse\"",
            "small.toml:34:12: the policy has no severity `worse`",
        ),
        ("severity = \"bad\"", "severity = 2", "small.toml:34:12: the policy has no severity `2`"),
        ("business_hours = 8", "business_hours = 0", "small.toml:35:18: a period goes from 1"),
        (
            "business_hours = 8",
            "business_hours = 9000",
            "small.toml:35:18: a period goes from 1 to 8784",
        ),
        (
            "business_hours = 8",
            "business_hours = 8, days = 1",
            "small.toml:35:18: a period has one unit",
        ),
        ("business_hours = 8", "business_days_range = [3, 2]", "small.toml:35:18: a period goes"),
        ("business_hours = 8", "hours = 8", "small.toml:35:20: unknown field `hours`"),
    ] {
        let text = with_hours().replacen(from, to, 1);
        assert_ne!(text, with_hours(), "{from}");
        let found = errors(&[("small.toml", text)]);
        assert!(found.iter().any(|error| error.starts_with(wanted)), "{wanted}\nfound {found:?}");
    }
}

/// A time that the policy's hours cannot measure would never be due.
#[test]
fn times_that_the_hours_cannot_measure_are_refused() {
    let closed = with_hours().replace("open = \"09:00\"\nclose = \"17:00\"\n", "");
    let target = "[[target]]\nseverity = \"bad\"\n";
    let (without, _) = closed.split_at(closed.find(target).unwrap());
    let (no_hours, _) = without.split_at(without.find("[hours]").unwrap());
    let lacks_hours = "`first_response` counts business hours, and the policy states no opening";
    let lacks_days = "`resolution` counts business days, and the policy states none";
    let rows = |what: &str| format!("{target}{what}\nsource = \"5\"\n");
    let hours = rows("first_response = { business_hours = 8 }");
    let days = rows("resolution = { business_days = 2 }");
    for (base, more, wanted) in [
        (without, &hours, Some(format!("small.toml:32:12: {lacks_hours}"))),
        (without, &days, None),
        (no_hours, &days, Some(format!("small.toml:27:12: {lacks_days}"))),
        (no_hours, &rows("resolution = { clock_hours = 2 }"), None),
        (
            without,
            &"[[timer]]\nstate = \"solved\"\nafter = { business_hours = 2 }\nnext = \"closed\"\n\
              text = \"t\"\nsource = \"6\"\n"
                .to_owned(),
            Some("small.toml:31:1: `after` counts business hours".to_owned()),
        ),
    ] {
        let pack = ("small.toml", format!("{base}{more}"));
        match wanted {
            None => assert!(Policies::load(&set(&[pack])).is_ok(), "{more}"),
            Some(wanted) => {
                let found = errors(&[pack]);
                assert!(found[0].starts_with(&wanted), "{wanted}\nfound {found:?}");
            }
        }
    }
    // An overlay's row is refused in its own file, unless the overlay states the hours too.
    let overlay = format!("extends = \"small\"\n{hours}");
    let packs = [("small.toml", without.to_owned()), ("ours.toml", overlay.clone())];
    let found = errors(&packs);
    let wanted = format!("ours.toml:3:12: {lacks_hours}");
    assert!(found[0].starts_with(&wanted), "{wanted}\nfound {found:?}");
    let open = format!("{overlay}[hours]\nopen = \"09:00\"\nclose = \"17:00\"\n");
    assert!(
        Policies::load(&set(&[("small.toml", without.to_owned()), ("ours.toml", open)])).is_ok()
    );
}

#[test]
fn an_overlay_states_facts_and_is_named() {
    let overlay =
        "extends = \"small\"\nsource = \"our contract, section 4\"\n[facts]\npaid = true\n";
    let packs = [("small.toml", SMALL.to_owned()), ("ours.toml", overlay.to_owned())];
    let policies = Policies::load(&set(&packs)).unwrap();
    let policy = policies.get("small").unwrap();
    let facts = policy.standing_facts();
    assert_eq!(
        facts.get("paid").unwrap().origin.to_string(),
        "ours.toml (our contract, section 4)"
    );
    assert_eq!(policy.cited(), "A document; ours.toml (our contract, section 4)");
    assert_eq!(policy.clauses[0].excludes_when.evaluate(&facts), Truth::False);
}

#[test]
fn an_overlay_with_mistakes_is_refused() {
    for (overlay, wanted) in [
        ("extends = \"smal\"\n", "ours.toml:1:11: no policy `smal` to extend"),
        ("extends = \"small\"\n[facts]\npayed = true\n", "ours.toml:3:1: no fact `payed`"),
        (
            "extends = \"small\"\n[facts]\npaid = \"x\"\n",
            "ours.toml:3:1: `paid` takes true or false",
        ),
        ("extends = \"small\"\nverdict = 1\n", "ours.toml:2:1: unknown field `verdict`"),
    ] {
        let found = errors(&[("small.toml", SMALL.to_owned()), ("ours.toml", overlay.to_owned())]);
        assert!(found.iter().any(|error| error.starts_with(wanted)), "{wanted}\nfound {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// A pack that was cut, doubled or scribbled into loads or is refused; nothing breaks.
    #[test]
    fn damaged_packs_are_errors_or_policies(
        policy in 0_usize..4, from in 0.0_f64..1.0, length in 0_usize..200, scribble in "\\PC{0,12}",
    ) {
        let ids = ["datalocker", "lockthreat", "data-dynamics", "secpod"];
        let path = format!("policies/{}.toml", ids[policy]);
        let packs = embedded();
        let text = packs.of("policies").find(|pack| pack.path == path).unwrap().text.to_string();
        let mut start = (text.len() as f64 * from) as usize;
        while !text.is_char_boundary(start) { start -= 1; }
        let mut end = (start + length).min(text.len());
        while !text.is_char_boundary(end) { end += 1; }
        let damaged = format!("{}{scribble}{}", &text[..start], &text[end..]);
        if let Err(errors) = Policies::load(&set(&[(&path, damaged)])) {
            prop_assert!(!errors.is_empty());
        }
    }
}
