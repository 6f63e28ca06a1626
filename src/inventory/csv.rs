//! Rows of comma-separated values, with a line of names first.
//!
//! Written for what spreadsheets and consoles export: `,`, `;` or a tab between the fields,
//! quotation marks where needed, a byte order mark at the start.

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

use super::LONGEST_ROW;
use super::columns::Columns;
use super::row::Row;
use crate::text::count;

/// More fields than any list has.
const MOST_FIELDS: usize = 1024;

/// Reads records into buffers of a fixed size.
pub(super) struct Csv {
    core: csv_core::Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// The known column of each field, in the order of the list.
    places: Vec<Option<usize>>,
    names: Vec<String>,
}

/// One record: how many fields it has, and whether it was longer than can be.
struct Record {
    fields: usize,
    is_cut: bool,
}

impl Csv {
    /// For a list that begins with this line.
    pub(super) fn new(first_line: &[u8]) -> Self {
        let delimiter = delimiter(first_line);
        Self {
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            fields: vec![0; LONGEST_ROW],
            ends: vec![0; MOST_FIELDS],
            places: Vec::new(),
            names: Vec::new(),
        }
    }

    /// Reads the line of names.
    pub(super) fn read_names(
        &mut self,
        input: &mut impl BufRead,
        columns: &Columns<'_>,
    ) -> io::Result<()> {
        if let Some(record) = self.record(input)? {
            let names = (0..record.fields).map(|at| String::from_utf8_lossy(self.field(at)));
            self.names = names.map(|name| name.trim().to_owned()).collect();
            self.places = self.names.iter().map(|name| columns.place(name)).collect();
        }
        Ok(())
    }

    /// The names of the list's columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The known columns that the list has.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        self.places.iter().flatten().copied()
    }

    /// Reads the next row; false at the end.
    pub(super) fn read(&mut self, input: &mut impl BufRead, row: &mut Row) -> io::Result<bool> {
        self.pass_empty_lines(input)?;
        row.clear(self.core.line());
        let Some(record) = self.record(input)? else { return Ok(false) };
        if record.is_cut {
            row.flaw = Some(format!(
                "the row has more than {LONGEST_ROW} bytes; is a quotation mark not closed?"
            ));
            return Ok(true);
        }
        if record.fields != self.places.len() {
            let (has, wants) = (count(record.fields, "field"), self.places.len());
            row.flaw = Some(format!("the row has {has}, the first line has {wants}"));
            return Ok(true);
        }
        for (at, place) in self.places.iter().enumerate() {
            if let Some(value) = place.and_then(|place| row.values.get_mut(place)) {
                value.extend_from_slice(self.field(at));
            }
        }
        Ok(true)
    }

    /// The parser passes over empty lines too, but then the row is where they began.
    fn pass_empty_lines(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        while let Some(end @ (b'\r' | b'\n')) = input.fill_buf()?.first() {
            self.core.set_line(self.core.line() + u64::from(*end == b'\n'));
            input.consume(1);
        }
        Ok(())
    }

    fn field(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.fields.get(start..self.ends[at]).unwrap_or_default()
    }

    /// Reads one record. What does not fit is read and dropped.
    fn record(&mut self, input: &mut impl BufRead) -> io::Result<Option<Record>> {
        let (mut filled, mut fields, mut is_cut) = (0, 0, false);
        loop {
            let available = input.fill_buf()?;
            let out = &mut self.fields[filled..];
            let ends = &mut self.ends[fields..];
            let (result, read, wrote, ended) = self.core.read_record(available, out, ends);
            input.consume(read);
            filled += wrote;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (filled, fields, is_cut) = (0, 0, true);
                }
                ReadRecordResult::Record => return Ok(Some(Record { fields, is_cut })),
                ReadRecordResult::End => return Ok(None),
            }
        }
    }
}

/// The sign that stands most often between the names.
fn delimiter(names: &[u8]) -> u8 {
    let count = |sign: u8| names.iter().filter(|byte| **byte == sign).count();
    // Of equals the last wins, and without any of them it is one column.
    *b"\t;,".iter().max_by_key(|sign| count(**sign)).unwrap_or(&b',')
}
