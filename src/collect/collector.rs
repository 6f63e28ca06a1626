//! What a collector is: who it is, what it may use, and how it ends.

use std::time::Duration;

use super::{Asked, Context};

/// One source of evidence.
pub trait Collector: Send + Sync {
    /// Its name in the manifest.
    fn id(&self) -> &'static str;
    /// What it reads, for people.
    fn reads(&self) -> &'static str;
    /// Why support wants it, for people.
    fn wanted_for(&self) -> &'static str;
    /// The systems it knows.
    fn systems(&self) -> &'static [System];
    /// How much it may use.
    fn budget(&self) -> Budget {
        Budget { time: Duration::from_secs(5), bytes: 256 * 1024 }
    }
    /// Whether the person asked for it; most are always wanted.
    fn is_wanted(&self, _asked: &Asked) -> bool {
        true
    }
    /// Whether it waits until all others have ended: it reports about them.
    fn is_last(&self) -> bool {
        false
    }
    /// Whether it needs a machine; the others tell about the run itself.
    fn needs_machine(&self) -> bool {
        true
    }
    /// Reads, within the bounds of `context`.
    fn collect(&self, context: &Context) -> Ending;
}

/// How much a collector may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Wall time.
    pub time: Duration,
    /// Bytes brought.
    pub bytes: usize,
}

/// Operating systems a collector knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux, live or as a folder.
    Linux,
    /// Windows.
    Windows,
    /// macOS.
    Macos,
}

impl System {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Windows => "Windows",
            Self::Macos => "macOS",
        }
    }
}

/// How a collector ended. Everything in it is unredacted.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// It brought what it reads.
    Done(Vec<Gathered>),
    /// There was nothing to read, or it was not allowed to; says what grants it.
    Skipped(String),
    /// It broke.
    Failed(String),
    /// It used up its time.
    TimedOut(String),
}

/// One file that a collector brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// Its name below `logs/`.
    pub name: String,
    /// Its content, as the machine said it.
    pub content: Content,
    /// What a budget cut, if it did.
    pub cut: Option<Cut>,
}

/// What a file holds, before redaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Lines of a log, or a list for people: redacted as text.
    Text(Vec<u8>),
    /// Values with names: redacted by what each field means, before it becomes text.
    Fields(serde_json::Value),
}

/// That a file is not all there was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What was left out, and by which bound.
    pub why: String,
    /// How many bytes there were, where that is known.
    pub of: Option<u64>,
}

impl Ending {
    /// One text file.
    pub(super) fn text(name: &str, text: String) -> Self {
        Self::one(name, Content::Text(text.into_bytes()))
    }

    /// One document of named values.
    pub(super) fn fields(name: &str, value: serde_json::Value) -> Self {
        Self::one(name, Content::Fields(value))
    }

    fn one(name: &str, content: Content) -> Self {
        Self::Done(vec![Gathered { name: name.to_owned(), content, cut: None }])
    }
}
