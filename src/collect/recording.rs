//! A recording: only what happened between two marks is kept.
//!
//! The first mark notes where every log ends; afterwards only what came behind it is read.
//! Notes of places are exact where times of log lines are not: many logs write neither a
//! year nor a time zone.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::{Asked, Collector, Context, Ending, Source, System, log_files};
use crate::host::{self, Connected, Root};

/// What was noted when the recording began, and what was seen until it ended.
#[derive(Debug)]
pub struct Recording {
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// Where the logs ended when it began.
    pub marks: Marks,
    /// Devices that came and went, in the order of time.
    pub events: Vec<Event>,
}

/// A device that came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since the recording began.
    pub at_ms: u64,
    /// Whether it came.
    pub attached: bool,
    /// The device.
    pub device: Connected,
}

/// Where logs ended.
#[derive(Debug, Default)]
pub struct Marks {
    files: BTreeMap<String, u64>,
    kernel: Option<std::fs::File>,
}

impl Marks {
    /// Notes where the logs of a machine end now.
    pub fn now(root: &Root) -> Self {
        let mut marks = Self::default();
        log_files::note(root, &host::logs::KERNEL_FILES, &mut marks);
        log_files::note(root, super::journal::FILES, &mut marks);
        if root.is_live() {
            marks.kernel = host::kmsg::at_its_end().ok();
        }
        marks
    }

    pub(super) fn note(&mut self, path: &str, length: u64) {
        self.files.insert(path.to_owned(), length);
    }

    /// Where reading a file of this length starts.
    pub(super) fn start_of(&self, path: &str, length: u64) -> u64 {
        // A file that is shorter than it was, or was not there, began anew meanwhile.
        self.files.get(path).copied().filter(|noted| *noted <= length).unwrap_or(0)
    }

    /// The kernel's buffer, opened where it ended.
    pub(super) fn kernel(&self) -> Option<&std::fs::File> {
        self.kernel.as_ref()
    }
}

/// What was seen during the recording.
pub(super) struct Events;

impl Source for Events {
    fn id(&self) -> &'static str {
        "recording"
    }
    fn reads(&self) -> &'static str {
        "which USB devices came and went between the two marks; only with --record"
    }
    fn wanted_for(&self) -> &'static str {
        "shows a drive that appears, drops out and comes back, also where logs may not be read"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
    fn is_wanted(&self, asked: &Asked) -> bool {
        asked.recording.is_some()
    }
}

impl Collector for Events {
    fn collect(&self, _root: &Root, context: &Context) -> Ending {
        let Some(recording) = &context.asked.recording else {
            return Ending::Skipped("nothing was recorded; --record does".into());
        };
        let mut text = format!("from {}\nuntil {}\n", recording.from, recording.until);
        for event in &recording.events {
            let what = if event.attached { "attached" } else { "detached" };
            let (seconds, ms) = (event.at_ms / 1000, event.at_ms % 1000);
            let _ = write!(text, "+{seconds}.{ms:03} s {what} port {}", event.device.port);
            let is_drive = context.target.is_maker(&event.device);
            let ids = (&event.device.vid, &event.device.pid);
            // Other devices are somebody else's business: class only.
            let _ = match (ids, &event.device.class) {
                ((Some(vid), Some(pid)), _) if is_drive => writeln!(text, " {vid}:{pid}"),
                (_, Some(class)) => writeln!(text, " class {class}"),
                _ => writeln!(text),
            };
        }
        if recording.events.is_empty() {
            text.push_str("no USB device came or went\n");
        }
        Ending::text("recording.txt", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_began_anew_is_read_from_its_start() {
        let mut marks = Marks::default();
        marks.note("var/log/kern.log", 100);
        assert_eq!(marks.start_of("var/log/kern.log", 150), 100);
        assert_eq!(marks.start_of("var/log/kern.log", 40), 0);
        assert_eq!(marks.start_of("var/log/new.log", 40), 0);
    }
}
