//! How long it takes to refuse a hostile policy pack, or to answer by one that loads.
//!
//!     cargo bench --bench hostile_packs
//!
//! Target: at most a second each.
#![expect(clippy::print_stdout, reason = "a program for one's own terminal")]

#[path = "../tests/hostile_packs/mod.rs"]
mod hostile_packs;

use std::time::{Duration, Instant};

use hostile_packs::{PACKS, drive_with_many_units};
use keycase::condition::Facts;
use keycase::packs::{Origin, Pack, PackSet};
use keycase::policy::{Policies, eligibility};
use keycase::snapshot::Lifecycle;

const TARGET: Duration = Duration::from_secs(1);

fn main() {
    for hostile in PACKS {
        let text = (hostile.make)();
        let bytes = text.len();
        let start = Instant::now();
        answer(text);
        let took = start.elapsed();
        let met = if took <= TARGET { "met" } else { "missed" };
        let end = if hostile.refused_with.is_some() { "refused" } else { "answers" };
        let milliseconds = took.as_secs_f64() * 1000.0;
        println!("{:<24} {bytes:>8} bytes  {end} in {milliseconds:>7.1} ms  {met}", hostile.name);
    }
}

/// Loads the pack and, if it can be loaded, judges a drive by it.
fn answer(text: String) {
    let mut set = PackSet::new(vec![]);
    let (path, origin) = ("hostile.toml".to_owned(), Origin::Overlay);
    set.add("policies", Pack { path, text: text.into(), origin });
    let Ok(policies) = Policies::load(&set) else { return };
    let today = jiff::civil::date(2026, 11, 22);
    for policy in policies.iter() {
        let drive = drive_with_many_units();
        eligibility(policy, &drive, &Lifecycle::default(), &Facts::default(), today);
    }
}
