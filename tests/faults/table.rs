//! How the runs ended, as a table.

use std::collections::BTreeMap;
use std::fmt;

use crate::plan::{Fault, Kill, Plan};
use crate::run::{Ended, Wrong};

/// One line of the table.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    runs: usize,
    commands: usize,
    killed: usize,
    lost: usize,
    doubled: usize,
    untrue: usize,
}

/// The whole table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    create: BTreeMap<Fault, Row>,
    attach: BTreeMap<Fault, Row>,
    look: BTreeMap<Fault, Row>,
    kill: BTreeMap<u8, (Kill, Row)>,
    all: Row,
    wrong: Vec<String>,
}

impl Row {
    fn add(&mut self, ended: &Ended) {
        self.runs += 1;
        self.commands += ended.commands;
        self.killed += ended.killed;
        let any = |of: fn(&Wrong) -> bool| usize::from(ended.wrong.iter().any(of));
        self.lost += any(|wrong| matches!(wrong, Wrong::Lost(_)));
        self.doubled += any(|wrong| matches!(wrong, Wrong::Doubled(_)));
        self.untrue += any(|wrong| matches!(wrong, Wrong::Untrue(_)));
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        let Self { runs, commands, killed, lost, doubled, untrue } = self;
        let each = *commands as f64 / (*runs).max(1) as f64;
        writeln!(
            f,
            "  {name:<40} {runs:>6} {killed:>7} {each:>10.2} {lost:>6} {doubled:>8} {untrue:>7}"
        )
    }
}

impl Table {
    pub(crate) fn add(&mut self, plan: &Plan, ended: &Ended) {
        self.all.add(ended);
        self.create.entry(plan.create[0]).or_default().add(ended);
        self.attach.entry(plan.attach[0]).or_default().add(ended);
        let look = plan.look.first().copied().unwrap_or(Fault::None);
        self.look.entry(look).or_default().add(ended);
        let kill = plan.kills[0];
        let place = match kill {
            Kill::Never => 0,
            Kill::AtStep(..) => 1,
            Kill::AtInstant(..) => 2,
        };
        self.kill.entry(place).or_insert((kill, Row::default())).1.add(ended);
        let wrong = ended.wrong.iter().map(|wrong| format!("seed {}: {wrong}", plan.seed));
        self.wrong.extend(wrong);
    }

    /// Whether every promise was kept in every run.
    pub(crate) fn is_clean(&self) -> bool {
        self.wrong.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = |f: &mut fmt::Formatter<'_>, what: &str| {
            writeln!(
                f,
                "\n{what:<42} {:>6} {:>7} {:>10} {:>6} {:>8} {:>7}",
                "runs", "killed", "commands", "lost", "doubled", "untrue"
            )
        };
        for (what, rows) in [
            ("first fault at the ticket", &self.create),
            ("first fault at the bundle", &self.attach),
            ("first fault at the look", &self.look),
        ] {
            head(f, what)?;
            for (fault, row) in rows {
                row.write(f, fault.name())?;
            }
        }
        head(f, "first command killed")?;
        for (kill, row) in self.kill.values() {
            row.write(f, kill.name())?;
        }
        head(f, "all")?;
        self.all.write(f, "")?;
        for wrong in &self.wrong {
            writeln!(f, "{wrong}")?;
        }
        Ok(())
    }
}
