//! This program's own log: kept in memory for the bundle, and shown with `-v`.

use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

use super::output;
use crate::collect::OwnLog;

/// Starts the log; `verbose` counts how often `-v` was given.
///
/// Lines carry no time: the bundle of one input is the same every time, and what takes long
/// says so itself.
pub(super) fn start(verbose: u8) -> OwnLog {
    let log = OwnLog::default();
    let shown = match verbose {
        0 => None,
        1 => Some(Level::INFO),
        2 => Some(Level::DEBUG),
        _ => Some(Level::TRACE),
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(shown.unwrap_or(Level::INFO).max(Level::INFO))
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_writer(Writer { log: log.clone(), shown })
        .finish();
    // A second start in one process keeps the first log: nothing is lost by that.
    let _ = tracing::subscriber::set_global_default(subscriber);
    log
}

/// Writes to memory, and to stderr what is to be shown.
struct Writer {
    log: OwnLog,
    shown: Option<Level>,
}

/// One line of the log.
struct Line {
    log: OwnLog,
    /// Libraries note what is on the wire: not for a bundle, and not for the eye.
    is_ours: bool,
    is_shown: bool,
}

impl<'a> MakeWriter<'a> for Writer {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { log: self.log.clone(), is_ours: false, is_shown: false }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Line {
        let is_shown = self.shown.is_some_and(|shown| *meta.level() <= shown);
        let is_ours = meta.target().starts_with(env!("CARGO_CRATE_NAME"));
        Line { log: self.log.clone(), is_ours, is_shown }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_ours {
            return Ok(bytes.len());
        }
        let text = String::from_utf8_lossy(bytes);
        self.log.add(&text);
        if self.is_shown {
            output::tell(text.trim());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
