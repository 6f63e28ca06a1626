//! `keycase check --inventory`: the same question for every drive of a list.
//!
//! Rows are read, judged and printed one by one, so memory does not grow with the list; what
//! equal rows share is worked out once.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;

use jiff::civil::Date;

use super::{Format, exit, status};
use crate::catalog::Catalog;
use crate::cli::output::{self, Stream};
use crate::cli::{App, CheckExit, CliError, CliResult, Exit};
use crate::condition::Facts;
use crate::inventory::{Columns, InventoryError, Reader, Row};
use crate::policy::{Contact, Effect, LifecycleStatus, Policy, Verdict, eligibility};
use crate::render::eligibility::{
    self as render, DriveVerdict, EligibilityDocument, Fleet, FleetRow, Frame, LifecycleRow,
    ReasonRow,
};
use crate::render::progress::Progress;
use crate::text::{count, visible};

/// Kinds of rows remembered at a time.
const MOST_KINDS: usize = 20_000;

/// Rows that cannot be read of which each is told.
const MOST_TOLD: usize = 10;

/// Rows between two signs of life.
const ROWS_A_STEP: usize = 1 << 15;

/// Bytes of a list read, and of an answer written, at a time.
const PIECE: usize = 128 * 1024;

/// Checks the drives of a list.
pub(super) fn check(
    list: &Path,
    format: Format,
    policy: &Policy,
    facts: &Facts<'_>,
    app: &App,
) -> CliResult<CheckExit> {
    if app.global.from.is_some() || app.global.sysroot.is_some() {
        return Err(App::usage("--inventory is instead of a machine, recorded or not")
            .hint("leave out --from and --sysroot"));
    }
    let columns = Columns::new(policy);
    let shown = if list.as_os_str() == "-" { "stdin".into() } else { list.display().to_string() };
    let failed = |error: InventoryError| unreadable(&shown, &columns, error);
    let mut rows = Reader::open(open(list)?, &columns).map_err(failed)?;
    let passed_over = rows.passed_over();
    if !passed_over.is_empty() && !app.global.quiet {
        let columns = if passed_over.len() == 1 { "column" } else { "columns" };
        output::hint(&format!("not used: the {columns} {}", passed_over.join(", ")));
    }
    let head = EligibilityDocument::new(app.tool()?, app.now, policy, Vec::new());
    let mut judge = Judge {
        policy,
        facts,
        columns: &columns,
        catalog: app.catalog()?,
        today: policy.today(app.now),
        head: &head,
        kinds: HashMap::new(),
        key: Vec::new(),
        fleet: Fleet::default(),
    };
    let mut answer = Answer::new(format, &head)?;
    let mut flaws = Flaws { list: &shown, count: 0 };
    let progress = Progress::start(app.global.quiet || answer.would_mix(), "reading the list");
    let mut count = 0;
    while let Some(row) = rows.next_row().map_err(failed)? {
        let kind = judge.kind(row)?;
        kind.drives += 1;
        flaws.tell(row, kind);
        answer.row(row, &columns, &kind.row)?;
        count += 1;
        if count % ROWS_A_STEP == 0 {
            progress.drives(count);
        }
        if answer.nobody_reads() {
            break;
        }
    }
    progress.end();
    flaws.tell_rest();
    let mut fleet = judge.into_fleet();
    let exit = exit(fleet.summary, fleet.advised);
    answer.end(&mut fleet, &shown, head, exit)?;
    if count == 0 {
        CliError::new(Exit::NoInput, format!("no drive found in {shown}"))
            .hint("a list has a row or a JSON object for each drive, with its ids or its model")
            .print();
    }
    Ok(exit)
}

fn open(list: &Path) -> CliResult<Box<dyn BufRead>> {
    if list.as_os_str() == "-" {
        return Ok(Box::new(BufReader::with_capacity(PIECE, io::stdin().lock())));
    }
    let file = File::open(list).map_err(|error| {
        CliError::caused_by(Exit::NoInput, format!("can't read {}", list.display()), &error)
            .hint("give the path of a list, or - for stdin")
    })?;
    Ok(Box::new(BufReader::with_capacity(PIECE, file)))
}

fn unreadable(list: &str, columns: &Columns<'_>, error: InventoryError) -> CliError {
    match error {
        InventoryError::Io(error) => {
            CliError::caused_by(Exit::Io, format!("can't read {list} to its end"), &error)
                .hint("what was printed before is right, and not all")
        }
        InventoryError::Empty => CliError::new(Exit::NoInput, format!("{list} is empty"))
            .hint("a list has a line of column names, or one JSON object a line"),
        InventoryError::NoDrives => {
            let message = format!("{list}:1: no column says which drives these are");
            CliError::new(Exit::BadData, message).hint(format!(
                "name them `vid` and `pid`, `product` or `model` in the first line; known are: {}",
                columns.names().join(", ")
            ))
        }
        InventoryError::Array => {
            CliError::new(Exit::BadData, format!("{list} is one JSON array, and no list"))
                .hint("a list has one JSON object a line; `jq -c '.[]'` makes such lines")
        }
        InventoryError::Spread => {
            let message = format!("{list}:1: a JSON object goes on in the next line");
            CliError::new(Exit::BadData, message)
                .hint("a list has one JSON object a line; `jq -c .` makes such lines")
        }
        InventoryError::Document(schema) => document(list, &schema),
    }
}

/// A document of this program is for another option, if for any.
fn document(list: &str, schema: &str) -> CliError {
    let schema = visible(schema);
    if schema.starts_with("keycase.snapshot/") {
        let from = if list == "stdin" { "-" } else { list };
        return CliError::new(
            Exit::BadData,
            format!("{list} is a snapshot ({schema}), and no list"),
        )
        .hint(format!("`keycase check --from {from}` checks the drives in it"));
    }
    CliError::new(Exit::BadData, format!("{list} is a document `{schema}`, and no list"))
        .hint("a list has a line of column names, or one JSON object a line")
}

/// All drives whose rows are equal but for port and serial number.
struct Kind {
    row: FleetRow,
    drives: usize,
    flaw: Option<String>,
}

struct Judge<'a> {
    policy: &'a Policy,
    facts: &'a Facts<'a>,
    columns: &'a Columns<'a>,
    catalog: &'a Catalog,
    today: Date,
    head: &'a EligibilityDocument,
    kinds: HashMap<Vec<u8>, Kind>,
    key: Vec<u8>,
    fleet: Fleet,
}

impl Judge<'_> {
    fn kind(&mut self, row: &Row) -> CliResult<&mut Kind> {
        row.key(self.columns, &mut self.key);
        if !self.kinds.contains_key(&self.key) {
            if self.kinds.len() >= MOST_KINDS {
                self.forget();
            }
            let kind = self.judge(row)?;
            self.kinds.insert(self.key.clone(), kind);
        }
        self.kinds.get_mut(&self.key).ok_or_else(|| CliError::new(Exit::Failed, "a row was lost"))
    }

    fn judge(&self, row: &Row) -> CliResult<Kind> {
        let (verdict, flaw) = match row.describe(self.columns, self.catalog, self.facts) {
            Err(flaw) => (cannot_be_read(&flaw), Some(flaw)),
            Ok(described) => {
                let drive = &described.drive;
                let life = self.catalog.lifecycle(&drive.identity);
                let answer = eligibility(self.policy, drive, &life, &described.facts, self.today);
                let verdict = DriveVerdict::new(drive, &answer, self.catalog, self.today);
                (DriveVerdict { name: described.name, ..verdict }, None)
            }
        };
        let row = FleetRow::new(verdict, self.head).map_err(|error| no_json(&error))?;
        Ok(Kind { row, drives: 0, flaw })
    }

    /// Counts what is remembered, and starts over.
    fn forget(&mut self) {
        for kind in std::mem::take(&mut self.kinds).into_values() {
            self.fleet.add(&kind.row, kind.drives);
        }
    }

    fn into_fleet(mut self) -> Fleet {
        self.forget();
        self.fleet
    }
}

/// A row that cannot be read is still answered: not known.
fn cannot_be_read(flaw: &str) -> DriveVerdict {
    let reason = ReasonRow {
        clause: "inventory".into(),
        effect: Effect::Unknown,
        text: "The row can't be read.".into(),
        evidence: flaw.to_owned(),
        source: "the inventory".into(),
    };
    let life = LifecycleRow {
        status: LifecycleStatus::Unknown,
        ends: None,
        ending: None,
        checked: None,
        source: None,
        note: "no published end-of-life date known".into(),
    };
    DriveVerdict {
        machine: None,
        port: String::new(),
        id: None,
        vendor: None,
        model: None,
        name: "a row that can't be read".into(),
        serial: None,
        verdict: Verdict::Unknown,
        reasons: vec![reason],
        lifecycle: life,
        fips: Vec::new(),
        advice: Vec::new(),
        ask: Vec::new(),
        contact: Contact::None,
        meanwhile: None,
    }
}

/// Says which rows cannot be read, and why.
struct Flaws<'l> {
    list: &'l str,
    count: usize,
}

impl Flaws<'_> {
    fn tell(&mut self, row: &Row, kind: &Kind) {
        let Some(flaw) = &kind.flaw else { return };
        self.count += 1;
        if self.count <= MOST_TOLD {
            output::warning(&format!("{}:{}: {flaw}; its verdict is unknown", self.list, row.line));
        }
    }

    fn tell_rest(&self) {
        if let Some(more @ 1..) = self.count.checked_sub(MOST_TOLD) {
            let more = count(more, "more row");
            output::warning(&format!("{}: {more} can't be read", self.list));
        }
    }
}

/// What goes to stdout, in pieces.
struct Answer {
    format: Format,
    frame: Frame,
    stream: Stream,
    text: String,
    is_first: bool,
}

impl Answer {
    fn new(format: Format, head: &EligibilityDocument) -> CliResult<Self> {
        let frame = Frame::new(head).map_err(|error| no_json(&error))?;
        let text = match format {
            Format::Csv => render::csv_header().to_owned(),
            Format::Json => frame.head().to_owned(),
            Format::Table | Format::Ndjson | Format::Prometheus | Format::Nagios => String::new(),
        };
        Ok(Self { format, frame, stream: Stream::stdout(), text, is_first: true })
    }

    /// Whether rows and progress would land on the same screen.
    fn would_mix(&self) -> bool {
        let streams = matches!(self.format, Format::Csv | Format::Ndjson | Format::Json);
        streams && io::stdout().is_terminal()
    }

    fn nobody_reads(&self) -> bool {
        self.stream.is_gone()
    }

    fn row(&mut self, row: &Row, columns: &Columns<'_>, kind: &FleetRow) -> CliResult<()> {
        if !matches!(self.format, Format::Csv | Format::Ndjson | Format::Json) {
            return Ok(());
        }
        let (port, serial) = (row.port(columns), row.serial(columns));
        let port = port.as_deref();
        if self.format == Format::Csv {
            kind.csv(port.unwrap_or_default(), serial.as_deref(), &mut self.text);
        } else {
            if self.format == Format::Json && !self.is_first {
                self.text.push_str(",\n");
            }
            kind.json(port, serial.as_deref(), &mut self.text).map_err(|error| no_json(&error))?;
            if self.format == Format::Ndjson {
                self.text.push('\n');
            }
        }
        self.is_first = false;
        if self.text.len() >= PIECE {
            self.stream.write(&self.text)?;
            self.text.clear();
        }
        Ok(())
    }

    fn end(
        mut self,
        fleet: &mut Fleet,
        list: &str,
        mut head: EligibilityDocument,
        exit: CheckExit,
    ) -> CliResult<()> {
        head.summary = fleet.summary;
        match self.format {
            Format::Csv | Format::Ndjson => {}
            Format::Json => {
                let tail = self.frame.tail(fleet.summary).map_err(|error| no_json(&error))?;
                self.text.push_str(&tail);
            }
            Format::Table => self.text = fleet.table(list, &head),
            Format::Prometheus => self.text = render::prometheus(&[head]),
            Format::Nagios => {
                self.text = render::nagios(&[head], fleet.advised, status(exit));
            }
        }
        self.stream.write(&self.text)?;
        self.stream.flush()
    }
}

fn no_json(error: &serde_json::Error) -> CliError {
    CliError::caused_by(Exit::Failed, "can't write JSON", error)
}
