//! What a collector is: who it is, what it may use, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use super::{Asked, Context};
use crate::host::Root;

/// One source of evidence, and what it tells about itself.
pub trait Source: Send + Sync {
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
}

/// A source that reads a machine.
pub trait Collector: Source {
    /// Reads below `root`, within the bounds of `context`.
    fn collect(&self, root: &Root, context: &Context) -> Ending;
}

/// A source that tells about the run itself, once every collector has ended: it needs no machine,
/// and reads memory only.
pub trait Account: Source {
    /// What there is to tell.
    fn account(&self, context: &Context) -> Ending;
}

/// The sources of a run; when space runs out, the earlier ones matter more.
#[derive(Clone, Default)]
pub struct Sources {
    /// Those that read the machine.
    pub machine: Vec<Arc<dyn Collector>>,
    /// Those that tell about the run, after all others.
    pub run: Vec<Arc<dyn Account>>,
}

impl Sources {
    /// What every source tells about itself.
    pub fn about(&self) -> impl Iterator<Item = &dyn Source> {
        let machine = self.machine.iter().map(|source| -> &dyn Source { source.as_ref() });
        machine.chain(self.run.iter().map(|source| -> &dyn Source { source.as_ref() }))
    }
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
