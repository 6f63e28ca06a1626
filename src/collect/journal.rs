//! What services said about USB storage: mounting, recognizing, allowing and blocking.
//!
//! The kernel's own lines are in `kernel.log`; none stands in both files.

mod filter;

use std::time::Duration;

use filter::Filter;

use super::journalctl::{self, Refusal};
use super::log_files::{self, Found};
use super::newest::Newest;
use super::sieve::Sieve;
use super::{Budget, Collector, Context, Ending, Source, System};
use crate::host::Root;

/// Messages of services.
pub(super) struct Journal;

/// Where services' messages are when there is no journal.
pub(super) const FILES: &[&str] = &["syslog", "messages", "daemon.log"];

const BUDGET: Budget = Budget { time: Duration::from_secs(25), bytes: 4 * 1024 * 1024 };

impl Source for Journal {
    fn id(&self) -> &'static str {
        "journal"
    }
    fn reads(&self) -> &'static str {
        "what services that mount, recognize, allow or block drives said about them: the \
         journal, or log files with their rotated predecessors"
    }
    fn wanted_for(&self) -> &'static str {
        "a drive that the kernel accepts may be refused or misread by a service"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
    fn budget(&self) -> Budget {
        BUDGET
    }
}

impl Collector for Journal {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let filter = Filter::new(&context.target);
        let wants = |line: &[u8]| filter.keep(line);
        let mut sieve = Sieve::new(context, &wants);
        let mut newest = Newest::new(BUDGET.bytes);
        match read(root, context, &mut sieve, &mut newest) {
            Ok(()) if newest.is_empty() => Ending::Skipped("no service said anything".into()),
            Ok(()) => Ending::Done(vec![newest.finish("journal.log")]),
            Err(why) => Ending::Skipped(why),
        }
    }
}

fn read(
    root: &Root,
    context: &Context,
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> Result<(), String> {
    let arguments: Vec<&str> = filter::PROGRAMS.iter().flat_map(|name| ["-t", name]).collect();
    let mut refused = Vec::new();
    match journalctl::read(root, context, &arguments, sieve, newest) {
        Ok(()) => return Ok(()),
        Err(Refusal::Empty) => {}
        Err(Refusal::Failed(why)) => refused.push(why),
    }
    for name in FILES {
        match log_files::read(root, name, context, sieve, newest) {
            Found::Something => return Ok(()),
            Found::Nothing => {}
            Found::Refused(why) => refused.push(why),
        }
    }
    match refused.iter().find(|why| !why.starts_with("journalctl")) {
        Some(why) => Err(format!(
            "the logs of services may not be read ({why}); run with sudo, or join the group \
             `adm` and log in again"
        )),
        None => {
            Err(format!("no journal with such messages, and no /var/log/{}", FILES.join(", no ")))
        }
    }
}
