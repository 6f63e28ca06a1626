//! What conditions mean, and that hostile ones fail at once.
#![expect(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use keycase::condition::{Condition, FactType, FactValue, Facts, KnownNames, Origin, Truth};
use proptest::prelude::*;

fn names() -> KnownNames {
    KnownNames::default()
        .with("a", FactType::Bool)
        .with("b", FactType::Bool)
        .with("c", FactType::Bool)
        .with("drive.vendor", FactType::Text)
        .with("drive.size", FactType::Int)
        .with("drive.luns", FactType::List)
        .with("today", FactType::Date)
}

fn facts() -> Facts<'static> {
    let mut facts = Facts::default();
    facts.set("drive.vendor", "Kingston", Origin::Catalog);
    facts.set("drive.size", 16_i64, Origin::Snapshot);
    facts.set("today", "2026-11-22".parse::<jiff::civil::Date>().unwrap(), Origin::Clock);
    let lun = |role: &str, size: i64| {
        let parts = [("role".to_owned(), role.into()), ("size".to_owned(), size.into())];
        FactValue::Map(parts.into())
    };
    let luns = FactValue::List(vec![lun("launcher", 300), lun("data", 0)]);
    facts.set("drive.luns", luns, Origin::Snapshot);
    facts
}

fn truth(text: &str, facts: &Facts<'_>) -> Truth {
    Condition::compile(text, &names()).expect(text).evaluate(facts)
}

fn missing(names: &[&str]) -> Truth {
    Truth::Unknown { missing: names.iter().map(|name| (*name).to_owned()).collect() }
}

#[test]
fn comparisons_hold_or_do_not() {
    let facts = facts();
    for text in [
        r#"drive.vendor == "Kingston""#,
        r#""Kingston" == drive.vendor"#,
        r#"drive.vendor != "IronKey""#,
        r#"drive.vendor in ["IronKey", "Kingston"]"#,
        r#"drive.vendor.matches("^King")"#,
        r#"drive.vendor.startsWith("King")"#,
        "drive.size > 15 && 17 > drive.size",
        "drive.size * 2 == 32",
        "drive.size > 15.5",
        r#"today >= "2026-11-22" && today < "2026-11-23""#,
        r#"drive.luns.exists(l, l.role == "data" && l.size == 0)"#,
        r#"drive.luns.all(l, has(l.role))"#,
        "size(drive.luns) == 2",
        "has(drive.vendor) && !known(a)",
        "true",
    ] {
        assert_eq!(truth(text, &facts), Truth::True, "{text}");
        assert_eq!(truth(&format!("!({text})"), &facts), Truth::False, "not {text}");
    }
}

#[test]
fn an_absent_fact_is_named() {
    let facts = facts();
    assert_eq!(truth("a", &facts), missing(&["a"]));
    assert_eq!(truth("!a && b", &facts), missing(&["a", "b"]));
    assert_eq!(truth(r#"drive.vendor == "Kingston" && a"#, &facts), missing(&["a"]));
    assert_eq!(truth("drive.luns.size() > 1 ? a : b", &facts), missing(&["a"]));
    assert_eq!(truth("a ? b : b", &facts), missing(&["a", "b"]));
    assert_eq!(truth("a ? true : true", &facts), Truth::True);
    let empty = Facts::default();
    assert_eq!(truth("drive.size + 1 == 17", &empty), missing(&["drive.size"]));
}

#[test]
fn a_decided_side_decides_whatever_the_other_is() {
    let facts = facts();
    assert_eq!(truth("false && a", &facts), Truth::False);
    assert_eq!(truth("a && false", &facts), Truth::False);
    assert_eq!(truth("true || a", &facts), Truth::True);
    assert_eq!(truth("a || true", &facts), Truth::True);
}

#[test]
fn an_expression_that_cannot_work_is_unknown_and_names_what_it_read() {
    let facts = facts();
    assert_eq!(truth("drive.size / 0 == 1", &facts), missing(&["drive.size"]));
    assert_eq!(truth("drive.luns[9].size == 1", &facts), missing(&["drive.luns"]));
}

#[test]
fn mistakes_are_shown_with_their_column() {
    for (text, column, what) in [
        ("", 1, "empty"),
        ("a &&", 5, "not a condition"),
        ("a && drive.vendr == \"x\"", 6, "is it `drive.vendor`?"),
        ("a && nothing", 6, "no fact `nothing`"),
        ("a && drive.vendor", 6, "not true or false"),
        ("drive.size == \"x\"", 1, "a whole number"),
        ("today < \"yesterday\"", 1, "a date"),
        ("1", 1, "not a value"),
        ("a || shout(b)", 6, "no function `shout`"),
        ("drive.vendor.matches(\"(\")", 22, "regular expression"),
        ("drive.vendor.matches(\"(((a{99}){99}){99}){99}\")", 22, "too large"),
        ("{\"x\": a}[\"x\"]", 1, "maps"),
        ("[1].all(x, [1].all(y, [1].all(z, x == y && z == x)))", 1, "a loop inside a loop"),
        ("drive.luns.exists(l, l.role == other)", 32, "no fact `other`"),
    ] {
        let error = Condition::compile(text, &names()).expect_err(text);
        assert!(error.what.contains(what), "{text}: {error}");
        if !what.contains("loop") && !what.contains("maps") && !what.contains("function") {
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}

/// Each text ends in an answer on a thread with a small stack.
#[test]
fn hostile_texts_fail_at_once() {
    let texts: Vec<String> =
        ["(", "[", "!", "-", "a.", "a[", "a?a:", "a&&", "a||", "a+", "{a:", "a==", "\"", "f("]
            .iter()
            .flat_map(|part| {
                [10, 20, 47, 60, 200, 330, 2000].map(|times| format!("{}a", part.repeat(times)))
            })
            .chain([
                "a\u{0}b".to_owned(),
                "\u{feff}".to_owned(),
                "a // x\n && b".to_owned(),
                "`a`".to_owned(),
            ])
            .collect();
    let work = move || {
        for text in &texts {
            if let Ok(condition) = Condition::compile(text, &names()) {
                condition.evaluate(&facts());
            }
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

/// The three-valued tables, on all nine pairs.
fn kleene(op: &str, a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match op {
        "&&" if a == Some(false) || b == Some(false) => Some(false),
        "||" if a == Some(true) || b == Some(true) => Some(true),
        "&&" => a.and_then(|a| b.map(|b| a && b)),
        _ => a.and_then(|a| b.map(|b| a || b)),
    }
}

#[test]
fn connectives_follow_kleene() {
    let values = [Some(true), Some(false), None];
    for op in ["&&", "||"] {
        for (a, b) in values.iter().flat_map(|a| values.iter().map(move |b| (*a, *b))) {
            let mut facts = Facts::default();
            facts.set_known("a", a, Origin::Option);
            facts.set_known("b", b, Origin::Option);
            let found = match truth(&format!("a {op} b"), &facts) {
                Truth::True => Some(true),
                Truth::False => Some(false),
                Truth::Unknown { .. } => None,
            };
            assert_eq!(found, kleene(op, a, b), "{a:?} {op} {b:?}");
        }
    }
}

proptest! {
    /// Stating one more fact never turns a decided condition around.
    #[test]
    fn more_facts_never_change_an_answer(
        text in "(!?[abc] (&&|\\|\\|) ){0,4}!?[abc]",
        a: Option<bool>, b: Option<bool>, c: bool,
    ) {
        let mut facts = Facts::default();
        facts.set_known("a", a, Origin::Option);
        facts.set_known("b", b, Origin::Option);
        let before = truth(&text, &facts);
        facts.set("c", c, Origin::Answer);
        let after = truth(&text, &facts);
        if let Truth::Unknown { missing } = &before {
            if !missing.contains("c") { prop_assert_eq!(&before, &after); }
        } else {
            prop_assert_eq!(before, after);
        }
    }

    /// No text makes the compiler or the evaluator fail other than by an error.
    #[test]
    fn any_text_is_an_error_or_a_condition(text in "\\PC{0,60}") {
        if let Ok(condition) = Condition::compile(&text, &names()) {
            let all: BTreeSet<&str> = names().iter().map(|_| "").collect();
            prop_assert!(!all.is_empty());
            condition.evaluate(&facts());
        }
    }
}
