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
#[path = "../tests/triage/levels.rs"]
mod levels;
#[path = "../tests/triage/training.rs"]
mod training;

fn main() {
    let rules = cases::rules();
    let lessons = cases::lessons(&cases::all(), &rules);
    let model = training::learn(&lessons.iter().collect::<Vec<_>>());
    println!("{} cases, {} features", lessons.len(), model.rows.len());
    let folder = cases::root().join("data/triage");
    for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()) {
        if file.file_name().to_str().is_some_and(|name| name.starts_with("model")) {
            fs::remove_file(file.path()).unwrap();
        }
    }
    for (name, text) in training::packs(&model, lessons.len()) {
        let file = folder.join(&name);
        fs::write(&file, &text).unwrap();
        println!("{}: {} bytes", file.display(), text.len());
    }
}
