//! Gathering evidence from a machine, each source within its own bounds.
//!
//! Belongs here: one collector per file, the list of all, and running them. A collector
//! reads what the system already holds; it opens no drive and changes nothing. Everything
//! that only one system has stays in its file. Does not belong here: what may leave
//! (`redact`) and what it is packed in (`bundle`).
//!
//! Collecting from a broken machine fails often, so an ending is a value, never an error:
//! one hung source costs its own time budget and nothing else.
//!
//! | collector | file in the bundle |
//! |---|---|
//! | `kernel-log` | `logs/kernel.log` |
//! | `block-devices` | `logs/block-devices.txt` |
//! | `usb-topology` | `logs/usb-topology.txt` |
//! | `mounts` | `logs/mounts.txt` |
//! | `storage-drivers` | `logs/storage-drivers.txt` |
//! | `os-facts` | `logs/os-facts.txt` |

mod block_devices;
mod command;
mod context;
mod kernel_log;
mod lines;
mod mounts;
mod os_facts;
mod run;
pub mod seeds;
mod stamp;
mod storage_drivers;
mod usb_topology;

pub use context::{Context, Stop, Target};
pub use run::{Clock, Progress, Report, run};

use std::sync::Arc;
use std::time::Duration;

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

/// How a collector ended. Everything in it is unredacted.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// Its name below `logs/`.
    pub name: String,
    /// Its content, as the machine said it.
    pub bytes: Vec<u8>,
    /// Whether a budget cut it.
    pub truncated: bool,
}

impl Ending {
    /// One text file.
    fn text(name: &str, text: String) -> Self {
        let bytes = text.into_bytes();
        Self::Done(vec![Gathered { name: name.to_owned(), bytes, truncated: false }])
    }
}

/// Every collector; when space runs out, the earlier ones matter more.
pub fn all() -> Vec<Arc<dyn Collector>> {
    vec![
        Arc::new(kernel_log::KernelLog),
        Arc::new(block_devices::BlockDevices),
        Arc::new(usb_topology::UsbTopology),
        Arc::new(mounts::Mounts),
        Arc::new(storage_drivers::StorageDrivers),
        Arc::new(os_facts::OsFacts),
    ]
}
