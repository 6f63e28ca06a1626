//! Triage, judged on labelled descriptions: what the packs promise, and how often it is right.
//!
//! The packs are read from `data/triage/`, so that a change of data is judged as it stands.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use keycase::condition::{Facts, Origin};
use keycase::packs::{Origin as From, Pack, PackSet};
use keycase::triage::{Rules, Ticket, Triage, triage};

mod figures {
    //! Labelled descriptions and the figures they give.
    include!("triage/figures.rs");
}

fn rules() -> Rules {
    let mut packs = PackSet::new(Vec::new());
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("data/triage")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        let text = fs::read_to_string(path).unwrap().into();
        let name = path.file_name().unwrap().to_str().unwrap();
        packs.add("triage", Pack { path: format!("triage/{name}"), text, origin: From::Overlay });
    }
    Rules::load(&packs).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n"));
    })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(rules: &Rules, description: &str, policy: &str, facts: &Facts<'_>) -> Triage {
    triage(&Ticket { description, policy, facts }, rules).unwrap()
}

#[test]
fn every_rule_keeps_what_its_examples_promise() {
    let rules = rules();
    let mut broken = Vec::new();
    for example in rules.examples() {
        let mut facts = Facts::default();
        for (name, value) in &example.facts {
            facts.set(name.as_str(), value.clone(), Origin::Option);
        }
        if rules.holds(&example.of, &example.text, "datalocker", &facts) != example.holds {
            broken.push(format!(
                "{}: {} should{} hold on: {}",
                example.file,
                example.of,
                if example.holds { "" } else { " not" },
                example.text
            ));
        }
    }
    assert!(rules.examples().len() > 200, "the examples were not read");
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

/// Prints what is not as labelled: `MISSES=tests/triage/more.jsonl cargo test --test triage misses`.
#[test]
fn misses() {
    let Ok(files) = std::env::var("MISSES") else { return };
    let rules = rules();
    for file in files.split(',') {
        for case in figures::read(&root().join(file)).iter() {
            if std::env::var("PART").is_ok_and(|part| part != case.part) {
                continue;
            }
            let got = run(&rules, &case.text, &case.policy, &Facts::default());
            let judged = figures::Judged { case, got };
            let misses = judged.misses();
            let all = std::env::var("ALL").is_ok();
            if !misses.is_empty() || all {
                println!("{}{misses}\n    {}", case.id, case.text);
                for reason in &judged.got.reasons {
                    println!("      - {}: {}", reason.rule, reason.because);
                }
            }
        }
    }
}

/// What has to be reached on every part, in percent.
const BAR: figures::Figures = figures::Figures {
    cases: 0,
    severity: 85.0,
    within_one: 100.0,
    kind: 95.0,
    category: 85.0,
    scope: 90.0,
    exclusion: 90.0,
};

/// Folds to show how much the figures vary.
const FOLDS: u32 = 5;

#[test]
fn the_report_is_current_and_above_the_bar() {
    let rules = rules();
    let given = figures::read(&root().join("tests/triage/cases.jsonl"));
    let more = figures::read(&root().join("tests/triage/more.jsonl"));
    let judge = |case| {
        let got = run(&rules, figures::text(case), figures::policy(case), &Facts::default());
        figures::Judged { case, got }
    };
    let given: Vec<_> = given.iter().map(judge).collect();
    let more: Vec<_> = more.iter().map(judge).collect();
    let report = figures::report(&given, &more, FOLDS);
    let file = root().join("tests/triage/report.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &report).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, report, "tests/triage/report.md is old; UPDATE=1 cargo test writes it");
    for part in [&given, &more] {
        let reached = figures::figures(part.iter());
        assert!(reached.reaches(&BAR), "below the bar: {reached:?}");
    }
}

#[test]
fn impact_decides_and_not_tone() {
    let rules = rules();
    let level = |text: &str| run(&rules, text, "datalocker", &Facts::default()).severity.level;
    let shouted = level("URGENT!!! ASAP!!! The colour of the button is WRONG!!! UNACCEPTABLE!!!");
    let calm = level("Whenever you find time: about 600 users can't unlock their drives.");
    assert_eq!((shouted, calm), (4, 1));
    for text in ["My drive is slow", "How do I change the password?", "All files are gone"] {
        let loud = format!("URGENT!!! {text}!!! ASAP!!! THIS IS AN EMERGENCY!!!");
        assert_eq!(level(text), level(&loud), "{text}");
    }
}

#[test]
fn what_is_denied_is_not_said() {
    let rules = rules();
    let level = |text: &str| run(&rules, text, "datalocker", &Facts::default()).severity.level;
    assert_eq!(level("The drive was reset. No data was lost."), 3);
    assert_eq!(level("The drive was reset and all data was lost."), 2);
    assert_eq!(level("The drive was reset and all data was lost, there is no backup."), 1);
    assert_eq!(level("The drive was reset and all data was lost, but we have a backup."), 3);
}

#[test]
fn every_policy_uses_its_own_names() {
    let rules = rules();
    let name = |policy: &str, text: &str| {
        let got = run(&rules, text, policy, &Facts::default());
        (got.severity.level, got.severity.name, got.priority)
    };
    let down = "The console is down for all users and there is no workaround";
    let row = |level, name: &str, priority: Option<&str>| {
        (level, name.to_owned(), priority.map(str::to_owned))
    };
    assert_eq!(name("datalocker", down), row(1, "Urgent", None));
    assert_eq!(name("lockthreat", down), row(1, "Critical", None));
    assert_eq!(name("data-dynamics", down), row(1, "Critical", Some("High")));
    assert_eq!(name("secpod", down), row(1, "Critical", None));
    let wish = "Please add dark mode";
    assert_eq!(name("lockthreat", wish), row(4, "Feature Request", None));
    assert_eq!(name("data-dynamics", wish), row(4, "Low", Some("Low")));
}

#[test]
fn only_questions_whose_answer_matters_are_asked() {
    let rules = rules();
    let description = "My H300 is not recognised any more.";
    let got = run(&rules, description, "datalocker", &Facts::default());
    let asked: Vec<&str> = got.ask.iter().map(|question| question.fact.as_str()).collect();
    assert!(asked.len() <= 3 && asked.contains(&"only_copy"), "{asked:?}");
    let mut facts = Facts::default();
    facts.set("only_copy", true, Origin::Answer);
    let told = run(&rules, description, "datalocker", &facts);
    assert_eq!(told.severity.level, 1);
    assert!(told.ask.iter().all(|question| question.fact != "only_copy"));
    let wish = run(&rules, "Please add dark mode", "datalocker", &Facts::default());
    assert!(wish.ask.is_empty(), "{:?}", wish.ask);
}

#[test]
fn the_same_words_give_the_same_answer_and_hostile_ones_do_no_harm() {
    let rules = rules();
    for text in [
        "",
        "\u{0}\u{202e}",
        "a ".repeat(60_000).as_str(),
        "no ".repeat(9_000).as_str(),
        "1,".repeat(30_000).as_str(),
        "ßäöü\u{300}".repeat(5_000).as_str(),
    ] {
        let first = run(&rules, text, "datalocker", &Facts::default());
        assert_eq!(first, run(&rules, text, "datalocker", &Facts::default()));
    }
}

#[test]
fn a_wrong_pack_is_refused_with_its_place() {
    let load = |text: &'static str| {
        let mut packs = PackSet::new(Vec::new());
        let path = "triage/x.toml".into();
        packs.add("triage", Pack { path, text: text.into(), origin: From::Overlay });
        Rules::load(&packs).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let head = "source = \"x\"\nchecked = \"2026-11-22\"\n";
    let unknown_key: &'static str = Box::leak(format!("{head}kid = 1\n").into_boxed_str());
    assert!(load(unknown_key)[0].starts_with("triage/x.toml:3:1: unknown field"));
    let rule = "[[kind]]\nid = \"a\"\nwhen = \"says.nothing\"\nbecause = \"x\"\nthen = { problem = 1 }\nyes = [\"x\"]\n";
    let unknown_fact: &'static str = Box::leak(format!("{head}{rule}").into_boxed_str());
    assert!(load(unknown_fact)[0].starts_with("triage/x.toml:5:8: no fact `says.nothing`"));
}
