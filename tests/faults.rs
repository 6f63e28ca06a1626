//! The promise "nothing lost, nothing twice" against real runs: the program is killed with
//! `SIGKILL` and the desk fails in every way a desk, a proxy or a network can, and whatever
//! happens each submission ends as exactly one ticket with exactly one bundle, and never
//! claims anything else on the way.
//!
//! A part of the runs is in the suite; all of them, with their table:
//! `cargo test --test faults -- --ignored --nocapture`
#![expect(clippy::print_stdout, reason = "a test stops at the first surprise")]
#![cfg(all(feature = "submit", target_os = "linux"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/fake_freshdesk.rs"]
mod fake_freshdesk;
#[path = "support/http.rs"]
mod http;
#[path = "support/multipart.rs"]
mod multipart;
#[path = "faults/plan.rs"]
mod plan;
#[path = "faults/run.rs"]
mod run;
#[path = "faults/steps.rs"]
mod steps;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/submitter.rs"]
mod submitter;
#[path = "faults/table.rs"]
mod table;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use plan::Plan;
use run::Stage;
use table::Table;

/// Runs the plans of these seeds on all cores; the table of how they ended.
fn run_all(seeds: std::ops::Range<u64>) -> Table {
    let stage = Stage::new();
    let next = AtomicU64::new(seeds.start);
    let table = Mutex::new(Table::default());
    let workers = std::thread::available_parallelism().map_or(2, usize::from) * 2;
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let plan = Plan::of(seed);
                    let ended = stage.run(&plan);
                    table.lock().unwrap().add(&plan, &ended);
                }
            });
        }
    });
    table.into_inner().unwrap()
}

#[test]
fn a_part_of_the_seeded_runs() {
    let table = run_all(0..48);
    assert!(table.is_clean(), "{table}");
}

#[test]
#[ignore = "takes minutes; the whole table"]
fn a_thousand_seeded_runs() {
    let table = run_all(0..1000);
    println!("{table}");
    assert!(table.is_clean(), "see the table");
}
