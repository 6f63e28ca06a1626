//! What long work is doing, on stderr, for a person who waits.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::text::bytes;
use crate::bundle::Step;
use crate::desk::Meter;
use crate::text::visible;

/// One line that changes; nothing at all when stderr is no terminal.
pub struct Progress {
    line: ProgressBar,
}

/// How often the line moves although nothing new is told.
const TICK: Duration = Duration::from_millis(100);

impl Progress {
    /// Starts at once with `first`; `quiet` shows nothing.
    pub fn start(quiet: bool, first: &str) -> Self {
        let target = match quiet {
            true => ProgressDrawTarget::hidden(),
            // It draws only on a terminal.
            false => ProgressDrawTarget::stderr(),
        };
        let line = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            line.set_style(style);
        }
        line.set_message(first.to_owned());
        line.tick();
        line.enable_steady_tick(TICK);
        Self { line }
    }

    /// Says what is going on in making a bundle.
    pub fn bundle(&self, step: Step<'_>) {
        if self.line.is_hidden() {
            return;
        }
        self.line.set_message(match step {
            Step::Collected { id, ended, all } => format!("read {id} ({ended} of {all})"),
            Step::Packing { name, bytes: done, of } => {
                format!("packing {}: {} of {}", visible(name), bytes(done), bytes(of))
            }
            Step::Auditing(name) => format!("searching {} for personal values", visible(name)),
            Step::Sealing => "encrypting the bundle".to_owned(),
        });
    }

    /// Says how many drives of a list have been judged.
    pub fn drives(&self, count: usize) {
        if !self.line.is_hidden() {
            self.line.set_message(format!("{count} drives"));
        }
    }

    /// Takes the line away.
    pub fn end(self) {
        self.line.finish_and_clear();
    }
}

/// An upload under way: how much of how much, how fast, how long still.
pub struct Upload {
    bar: ProgressBar,
}

impl Upload {
    /// Shows nothing until something goes out, and nothing at all when stderr is no terminal.
    pub fn start(quiet: bool) -> Self {
        let target = match quiet {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template(
            "sending the bundle {bar:24} {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left",
        );
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// What is told how far it is.
    pub fn meter(&self) -> Meter {
        let bar = self.bar.clone();
        Arc::new(move |sent, of| {
            bar.set_length(of);
            if sent == 0 {
                bar.reset();
            }
            bar.set_position(sent);
            if sent == of {
                bar.finish_and_clear();
            }
        })
    }

    /// Takes the line away.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}
