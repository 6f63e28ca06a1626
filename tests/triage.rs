//! Triage, judged on labelled descriptions: what the packs promise, and how often it is right.
//!
//! The packs are read from `data/triage/`, so that a change of data is judged as it stands.
#![expect(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use keycase::condition::{Facts, Origin};
use keycase::packs::{Origin as From, Pack, PackSet};
use keycase::triage::{Rules, Ticket, Triage, text::Text, triage};

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

#[test]
fn figures_now() {
    let Ok(files) = std::env::var("FIGURES") else { return };
    let rules = rules();
    for file in files.split(',') {
        let cases = figures::read(&root().join(file));
        for language in ["en", "de"] {
            for part in ["tuned", "held_out"] {
                let judged: Vec<_> = cases
                    .iter()
                    .filter(|case| case.part == part && case.language == language)
                    .map(|case| figures::Judged {
                        case,
                        got: run(&rules, &case.text, &case.policy, &Facts::default()),
                    })
                    .collect();
                print!(
                    "{}",
                    figures::figures(judged.iter()).row(&format!("{file} {language} {part}"))
                );
            }
        }
    }
}
