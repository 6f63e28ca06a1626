//! Writes `data/triage/model*.toml` from the labelled descriptions in `tests/triage/`:
//! `cargo run --example train_triage`. The same cases and cues give the same file.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a command for developers"
)]

use std::fs;

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/triage/cases.rs"]
mod cases;
#[path = "../tests/triage/training.rs"]
mod training;

fn main() {
    let rules = cases::rules();
    let lessons: Vec<_> = cases::all().iter().map(|case| case.lesson(&rules)).collect();
    let model = training::learn(&lessons.iter().collect::<Vec<_>>());
    println!("{} cases, {} features", lessons.len(), model.rows.len());
    for (name, text) in training::packs(&model, lessons.len()) {
        let file = cases::root().join("data/triage").join(&name);
        fs::write(&file, &text).unwrap();
        println!("{}: {} bytes", file.display(), text.len());
    }
}
