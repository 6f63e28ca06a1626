//! Triage, judged on labelled descriptions: what the packs promise, and how often it is right.
//!
//! The packs are read from `data/triage/`, so that a change of data is judged as it stands.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;

use keycase::condition::{FactValue, Facts, Origin};
use keycase::packs::{Origin as From, Pack, PackSet};
use keycase::triage::{
    Category, Confidence, Contact, Group, LEARNED, Rules, Scope, Ticket, Triage, place, triage,
};

#[path = "triage/cases.rs"]
mod cases;
#[path = "triage/figures.rs"]
mod figures;
#[path = "triage/levels.rs"]
mod levels;
#[path = "triage/mix.rs"]
mod mix;
#[path = "triage/training.rs"]
mod training;
#[path = "triage/validation.rs"]
mod validation;

use cases::{root, rules};
use validation::{cross_validated, judge, judge_all, print_misses};

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
        let policy = match example.facts.get("policy") {
            Some(FactValue::Text(policy)) => policy,
            _ => "datalocker",
        };
        if rules.holds(&example.of, &example.text, policy, &facts) != example.holds {
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

/// Every rule that an answer names can be asked for.
#[test]
fn every_rule_that_speaks_is_explained() {
    let rules = rules();
    let known = Facts::default();
    let cases = [cases::read(cases::ORDINARY, 1.0), cases::read("given", 1.0)].concat();
    let reasons = cases.iter().flat_map(|case| {
        let ticket = Ticket { description: &case.text, policy: &case.policy, facts: &known };
        place(&ticket, &rules).unwrap().reasons
    });
    let ids: BTreeSet<String> = reasons.map(|reason| reason.rule).collect();
    assert!(ids.len() > 20, "{ids:?}");
    for id in &ids {
        match id.strip_prefix("learned.") {
            Some(label) => assert!(LEARNED.iter().any(|row| row.label == label), "{id}"),
            None => {
                let rule = rules.explain(id).unwrap_or_else(|| panic!("{id} is not explained"));
                assert!(!rule.then.is_empty() && !rule.when.is_empty(), "{id}");
                assert!(rule.cited.file.starts_with("triage/"), "{id}");
            }
        }
    }
    for row in LEARNED {
        assert!(ids.contains(&format!("learned.{}", row.label)), "nothing is {}", row.label);
    }
    assert!(rules.learned_from().is_some_and(|from| from.file == "triage/model.toml"));
}

/// What has to be reached on cases of the manner that is given, in percent: a step below
/// what was reached, so that a change that does harm is seen.
const BAR: figures::Figures = figures::Figures {
    cases: 0,
    severity: 84.0,
    within_one: 98.5,
    kind: 91.0,
    category: 74.0,
    scope: 90.0,
    clause: 89.0,
};

/// What is asked, in percent, on cases that nothing was learned from. Within one level 100 is
/// asked; what is not is counted case by case.
const ASKED: figures::Figures = figures::Figures {
    cases: 0,
    severity: 85.0,
    within_one: 0.0,
    kind: 95.0,
    category: 85.0,
    scope: 90.0,
    clause: 90.0,
};

/// Every kept set by itself, but the category of `sealed`, on which its own labellers agree less
/// than is asked: with the others it is met.
#[test]
fn what_is_kept_is_read_as_asked() {
    let rules = rules();
    let mut all = Vec::new();
    for (part, category, far_off) in [
        (cases::FRESH, ASKED.category, 0),
        (cases::SEALED, 83.0, 0),
        (cases::UNSEEN, ASKED.category, 1),
        (cases::CONTROL, ASKED.category, 0),
        (cases::HELD, ASKED.category, 1),
    ] {
        let read = cases::read(part, 1.0);
        let read = if part == cases::SEALED { cases::settled(&read) } else { read };
        let judged = judge_all(&rules, &read);
        let off = judged.iter().filter(|j| j.severity_off() > 1).count();
        assert!(off <= far_off, "{part}: {off} are more than one level off");
        let reached = figures::figures(&judged);
        let asked = figures::Figures { category, ..ASKED };
        assert!(reached.reaches(&asked), "{part} is below what is asked: {reached:?}");
        all.push(reached);
    }
    let cases = all.iter().map(|set| set.cases).sum::<usize>() as f64;
    let category = all.iter().map(|set| set.category * set.cases as f64).sum::<f64>() / cases;
    assert!(category >= ASKED.category, "all together: {category}");
}

#[test]
fn the_report_is_current_and_above_the_bar() {
    let rules = rules();
    let cases = cases::all();
    let lessons = cases::lessons(&cases, &rules);
    let validated = cross_validated(&rules, &cases, &lessons);
    let [fresh, sealed, unseen, control, held] =
        [cases::FRESH, cases::SEALED, cases::UNSEEN, cases::CONTROL, cases::HELD]
            .map(|part| cases::read(part, 1.0));
    let (second, settled) = (cases::second(&sealed), cases::settled(&sealed));
    let kept = figures::Kept {
        fresh: judge_all(&rules, &fresh),
        sealed: judge_all(&rules, &sealed),
        second: judge_all(&rules, &second),
        settled: judge_all(&rules, &settled),
        unseen: judge_all(&rules, &unseen),
        control: judge_all(&rules, &control),
        held: judge_all(&rules, &held),
    };
    let parts: Vec<&str> = cases::PARTS.iter().map(|(part, _)| *part).collect();
    let report = figures::report(&parts, &validated, &kept);
    print_misses(&validated);
    let file = root().join("tests/triage/report.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &report).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, report, "tests/triage/report.md is old; UPDATE=1 cargo test writes it");
    let twins = validated.iter().filter(|j| j.case.part == "twins");
    let kept = [&kept.sealed, &kept.second, &kept.settled, &kept.unseen, &kept.control, &kept.held];
    let kept = kept.map(figures::figures);
    let sets = [figures::figures(twins), figures::figures(&validated)].into_iter().chain(kept);
    for reached in sets {
        assert!(reached.reaches(&BAR), "below the bar: {reached:?}");
    }
}

#[test]
fn the_model_is_the_one_that_the_cases_teach() {
    let rules = rules();
    let lessons = cases::lessons(&cases::all(), &rules);
    let model = training::learn(&lessons.iter().collect::<Vec<_>>());
    let packs = training::packs(&model, lessons.len());
    let files = fs::read_dir(root().join("data/triage")).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> = files.filter(|name| name.starts_with("model")).collect();
    assert_eq!(files, packs.iter().map(|(name, _)| name.clone()).collect());
    for (name, learned) in packs {
        let written = fs::read_to_string(root().join("data/triage").join(&name)).unwrap();
        assert!(
            written == learned,
            "data/triage/{name} is old; `cargo run --example train_triage`"
        );
    }
}

/// Neither that something is to be wiped nor that something is to be called off says how bad it
/// is; both do.
#[test]
fn kinds_and_facts_are_read_together() {
    let rules = rules();
    for text in [
        "Can the wipe of two drives be called off?",
        "Lässt sich die Löschung von zwei Laufwerken noch zurückziehen?",
    ] {
        let features = rules.features(text, "datalocker");
        let shown: BTreeSet<&str> = features.iter().collect();
        assert!(shown.contains("%takeback&%wipe"), "{text}: {shown:?}");
        let both: Vec<_> = shown.iter().filter(|name| Group::of(name) == Group::Both).collect();
        assert!(both.iter().all(|name| !name.contains("says.")), "{both:?}");
    }
}

#[test]
fn what_is_counted_is_what_is_concerned() {
    let rules = rules();
    for (text, counted) in [
        ("I can't unlock my 128 GB drive", false),
        ("Mein 64 GB Stick lässt sich nicht entsperren", false),
        ("I can't unlock 128 of the 64 GB drives", true),
        ("128 drives are locked", true),
        ("The drives of our 128 field engineers are locked", false),
    ] {
        let features = rules.features(text, "datalocker");
        let found = features.iter().any(|name| name == "count.drives=50+");
        assert_eq!(found, counted, "{text}: {features:?}");
    }
    let of_people = rules.features("The drives of our 40 engineers do not connect", "datalocker");
    assert!(of_people.iter().any(|name| name == "count.people=10+"), "{of_people:?}");
    let owned = rules.features("Three of our 400 drives do not connect", "datalocker");
    assert!(owned.iter().all(|name| name != "count.drives=50+"), "{owned:?}");
}

/// A figure on what is never learned from means nothing when it is learned from.
#[test]
fn what_is_kept_is_not_learned() {
    let learned: BTreeSet<String> = cases::all().iter().map(cases::Case::letters).collect();
    for part in [cases::SEALED, cases::UNSEEN, cases::CONTROL, cases::HELD, cases::FRESH] {
        for case in cases::read(part, 1.0) {
            assert!(!learned.contains(&case.letters()), "{part}: {}", case.id);
        }
    }
}

/// What people say in five words has to be right, all of it.
#[test]
fn the_ordinary_sentences_are_right() {
    let rules = rules();
    let cases = cases::read(cases::ORDINARY, 1.0);
    assert!(cases.len() > 70, "{}", cases.len());
    let judged: Vec<_> = cases.iter().map(|case| judge(&rules, case)).collect();
    let wrong = judged.iter().filter(|j| !j.misses().is_empty());
    let wrong: Vec<String> = wrong.map(|j| format!("{}{}", j.case.text, j.misses())).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), judged.len(), wrong.join("\n"));
}

#[test]
fn impact_decides_and_not_tone() {
    let rules = rules();
    let level = |text: &str| run(&rules, text, "datalocker", &Facts::default()).severity.level;
    let shouted = level("URGENT!!! ASAP!!! The colour of the button is WRONG!!! UNACCEPTABLE!!!");
    let calm = level("Whenever you find time: about 600 users can't unlock their drives.");
    assert_eq!((shouted, calm), (4, 1));
    let place = |text: &str| {
        let facts = Facts::default();
        place(&Ticket { description: text, policy: "datalocker", facts: &facts }, &rules).unwrap()
    };
    let english = [
        "URGENT!!! {} ASAP!!! THIS IS AN EMERGENCY!!!",
        "No hurry. {} Not urgent, whenever you have time.",
    ];
    let german = [
        "DRINGEND!!! {} Bitte so schnell wie möglich!!! Das ist eine Katastrophe!",
        "{} Das hat Zeit, keine Eile.",
    ];
    let cases = [cases::read("given", 1.0), cases::read(cases::ORDINARY, 1.0)].concat();
    for case in &cases {
        let plain = place(&case.text);
        for tone in if case.language == "de" { german } else { english } {
            let text = tone.replace("{}", &case.text);
            let toned = place(&text);
            let read = |got: &Triage| (got.severity.clone(), got.kind, got.category, got.scope);
            assert_eq!(read(&toned), read(&plain), "{text}");
        }
    }
}

#[test]
fn what_is_stated_rules_out_the_clause_that_the_words_read_like() {
    let rules = rules();
    for (words, fact, value, clause) in [
        (
            "I forgot the password of my drive, help",
            "requester_is_admin",
            true,
            "not_designated_admin",
        ),
        (
            "Unsere Lizenz ist abgelaufen, keiner kommt an die Daten",
            "account_in_good_standing",
            true,
            "account_standing",
        ),
        ("I forgot the password of my Ironkey S200", "past_end_of_life", false, "end_of_life"),
        (
            "Our antivirus blocks it I think, the drive won't open",
            "third_party_cause",
            false,
            "third_party",
        ),
    ] {
        let mut facts = Facts::default();
        facts.set(fact, value, Origin::Option);
        let got = run(&rules, words, "datalocker", &facts);
        assert_ne!(got.exclusion.as_deref(), Some(clause), "{words}: {got:?}");
    }
}

#[test]
fn an_attached_drive_knows_better_than_a_brand_and_a_vague_word() {
    let rules = rules();
    let mut kingston = Facts::default();
    kingston.set("drive.vendor", "Kingston", Origin::Catalog);
    kingston.set("drive.managed", "no", Origin::Catalog);
    let forgot = "I forgot the password of my Ironkey, I have 2 tries left, please help";
    let got = run(&rules, forgot, "datalocker", &kingston);
    assert_eq!(got.exclusion.as_deref(), Some("kingston_not_management"), "{got:?}");
    assert_eq!(got.contact, Contact::Manufacturer);
    let mut sentry = Facts::default();
    sentry.set("drive.vendor", "DataLocker", Origin::Catalog);
    for broken in ["My stick is broken", "It worked yesterday, today it doesn't"] {
        let got = run(&rules, broken, "datalocker", &sentry);
        assert_ne!(got.category, Category::OutOfScope, "{broken}: {got:?}");
    }
    let other = run(&rules, "My Apricorn is broken", "datalocker", &sentry);
    assert_eq!(other.scope, Scope::OutOfScope, "{other:?}");
}

#[test]
fn what_is_denied_is_not_said() {
    let rules = rules();
    let level = |text: &str| run(&rules, text, "datalocker", &Facts::default()).severity.level;
    assert!(level("The drive was reset. No data was lost.") >= 3);
    assert_eq!(level("The drive was reset and all data was lost, there is no backup."), 1);
    assert!(level("The drive was reset and all data was lost, but we have a backup.") >= 2);
    let open =
        run(&rules, "The drive was reset and all data was lost.", "datalocker", &Facts::default());
    assert!(open.ask.iter().any(|question| question.fact == "only_copy"), "{open:?}");
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
fn what_cannot_be_read_is_not_trusted() {
    let rules = rules();
    for text in [
        "",
        "asdf qwer zxcv yxcv hjkl",
        "Mi memoria cifrada ya no aparece en ningún ordenador desde ayer",
        "我的加密硬盘打不开了",
        "\u{1}\u{2}\u{3}\u{fffd}\u{fffd}",
        "7f454c46 02010100 3e000100 78004000",
    ] {
        let got = run(&rules, text, "datalocker", &Facts::default());
        assert_eq!(got.confidence, Confidence::Possible, "{text}: {got:?}");
    }
    let plain = run(
        &rules,
        "Our SafeConsole server is down and nobody of our 600 users can unlock the drives.",
        "datalocker",
        &Facts::default(),
    );
    assert_eq!(plain.confidence, Confidence::Likely, "{plain:?}");
}

#[test]
fn every_answer_says_what_carried_it() {
    let got = run(&rules(), "My drive smells burnt and is hot.", "datalocker", &Facts::default());
    let of = |rule: &str| got.reasons.iter().find(|reason| reason.rule == rule);
    for label in ["learned.type", "learned.category"] {
        let because = &of(label).unwrap_or_else(|| panic!("{label}: {got:?}")).because;
        assert!(because.contains('"'), "no words of the text: {because}");
    }
    assert!(of("learned.scope").is_some() && got.severity.level == 2, "{got:?}");
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
    let rule = "[[severity]]\nid = \"a\"\nwhen = \"says.nothing\"\nbecause = \"x\"\nthen = { at_least = 1 }\nyes = [\"x\"]\n";
    let unknown_fact: &'static str = Box::leak(format!("{head}{rule}").into_boxed_str());
    assert!(load(unknown_fact)[0].starts_with("triage/x.toml:5:8: no fact `says.nothing`"));
}
