//! Packs that somebody made to hurt: too long, too deep, too slow. Each is refused with its
//! place, or bounded; `benches/hostile_packs.rs` says how long that takes.

mod hostile_packs;

use hostile_packs::{PACKS, drive_with_many_units};
use keycase::condition::Facts;
use keycase::packs::{Origin, Pack, PackSet};
use keycase::policy::{Policies, eligibility};
use keycase::snapshot::Lifecycle;

fn load(text: String) -> Result<Policies, Vec<String>> {
    let mut set = PackSet::new(vec![]);
    let (path, origin) = ("hostile.toml".to_owned(), Origin::Overlay);
    set.add("policies", Pack { path, text: text.into(), origin });
    Policies::load(&set).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

#[test]
fn each_is_refused_with_line_and_column_or_is_harmless() {
    for hostile in PACKS {
        let found = load((hostile.make)());
        let (name, wanted) = (hostile.name, hostile.refused_with);
        match (found, wanted) {
            (Err(errors), Some(wanted)) => {
                assert!(errors.len() <= 20, "{name}: {} errors", errors.len());
                let error = &errors[0];
                assert!(error.contains(wanted), "{name}: {error}");
                let place: Vec<&str> = error.splitn(4, ':').collect();
                assert!(place[1].parse::<usize>().is_ok(), "{name}: no line: {error}");
                assert!(place[2].parse::<usize>().is_ok(), "{name}: no column: {error}");
            }
            (Ok(policies), None) => {
                let policy = policies.get("hostile").unwrap();
                let drive = drive_with_many_units();
                let today = jiff::civil::date(2026, 11, 22);
                let life = Lifecycle::default();
                let answer = eligibility(policy, &drive, &life, &Facts::default(), today);
                assert!(!answer.reasons.is_empty());
            }
            (Ok(_), Some(_)) => panic!("{name} loads"),
            (Err(errors), None) => panic!("{name} is refused: {}", errors[0]),
        }
    }
}
