//! What this program noted about its own run: the last lines of its log, kept in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Account, Context, Ending, Source, System};

/// Lines kept; a run has a few dozen.
const MOST_LINES: usize = 1000;

/// A line longer than this is cut.
const LONGEST: usize = 1000;

/// The log in memory; clones share it.
#[derive(Clone, Debug, Default)]
pub struct OwnLog(Arc<Mutex<VecDeque<String>>>);

impl OwnLog {
    /// Adds a line; the oldest one goes when there are too many.
    pub fn add(&self, line: &str) {
        let line = line.trim_end().chars().take(LONGEST).collect();
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MOST_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// All lines.
    pub fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

/// The log as a file of the bundle.
pub(super) struct OwnLogFile;

impl Source for OwnLogFile {
    fn id(&self) -> &'static str {
        "own-log"
    }
    fn reads(&self) -> &'static str {
        "what this program noted about its own run"
    }
    fn wanted_for(&self) -> &'static str {
        "tells a fault of this program from one of the drive or the machine"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux, System::Windows, System::Macos]
    }
}

impl Account for OwnLogFile {
    fn account(&self, context: &Context) -> Ending {
        match context.asked.log.text() {
            text if text.is_empty() => Ending::Skipped("nothing was noted".into()),
            text => Ending::text("keycase.log", text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_stay_and_long_ones_are_cut() {
        let log = OwnLog::default();
        for number in 0..MOST_LINES + 5 {
            log.clone().add(&format!("line {number}\n"));
        }
        log.add(&"ü".repeat(5000));
        let text = log.text();
        assert!(text.starts_with("line 6\n"), "{}", &text[..20]);
        assert_eq!(text.lines().last().map(|line| line.chars().count()), Some(LONGEST));
    }
}
