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
//! `README.md` beside this file lists every collector with what it reads and may use; a
//! test holds it to [`all`].

mod block_devices;
mod capacity;
mod collector;
mod command;
mod context;
mod device_control;
mod journal;
mod journalctl;
mod kernel_log;
mod launcher_cd;
mod lines;
mod log_files;
mod mounts;
mod newest;
mod os_facts;
mod own_log;
mod packages;
mod pump;
#[cfg(feature = "submit")]
mod reachability;
mod recording;
mod run;
pub mod seeds;
mod sieve;
mod stamp;
mod storage_drivers;
mod udev_properties;
mod usb_topology;

pub use collector::{
    Account, Budget, Collector, Content, Cut, Ending, Gathered, Source, Sources, System,
};
pub use context::{Asked, Context, Launcher, Stop, Target};
pub use own_log::OwnLog;
pub use pump::Pump;
#[cfg(feature = "submit")]
pub use reachability::Destination;
pub use recording::{Event, Marks, Recording};
pub use run::{Clock, Progress, Report, run};

use std::sync::Arc;

/// Every source; when space runs out, the earlier ones matter more.
pub fn all() -> Sources {
    let machine: Vec<Arc<dyn Collector>> = vec![
        Arc::new(recording::Events),
        Arc::new(kernel_log::KernelLog),
        Arc::new(launcher_cd::LauncherCd),
        Arc::new(device_control::DeviceControl),
        Arc::new(block_devices::BlockDevices),
        Arc::new(udev_properties::UdevProperties),
        Arc::new(usb_topology::UsbTopology),
        Arc::new(mounts::Mounts),
        Arc::new(capacity::Capacity),
        Arc::new(storage_drivers::StorageDrivers),
        Arc::new(os_facts::OsFacts),
        Arc::new(packages::Packages),
        #[cfg(feature = "submit")]
        Arc::new(reachability::Reachability),
        Arc::new(journal::Journal),
    ];
    Sources { machine, run: vec![Arc::new(own_log::OwnLogFile)] }
}

/// The sources that this run is to have.
pub fn wanted(asked: &Asked) -> Sources {
    let mut sources = all();
    sources.machine.retain(|collector| collector.is_wanted(asked));
    sources.run.retain(|account| account.is_wanted(asked));
    sources
}
