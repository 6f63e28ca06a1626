//! Which form a list has, and its rows one after another.

use std::io::{self, BufRead, Cursor, Read};

use super::LONGEST_ROW;
use super::columns::Columns;
use super::csv::Csv;
use super::instead;
use super::ndjson::NdJson;
use super::row::Row;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a list cannot be read at all. What is wrong with a row stands in the row.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The list could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Not even a line of names.
    #[error("the list is empty")]
    Empty,
    /// No column says what the drives are.
    #[error("no column says which drives these are")]
    NoDrives,
    /// One JSON array.
    #[error("a JSON array is no list")]
    Array,
    /// JSON with more than one line to an object.
    #[error("an object goes on in the next line")]
    Spread,
    /// A document of this program, with its schema.
    #[error("a document `{0}` is no list")]
    Document(String),
}

/// The rows of a list, one at a time: memory does not grow with the list.
pub struct Reader<'c, 'p, R> {
    input: Whole<R>,
    columns: &'c Columns<'p>,
    form: Form,
    row: Row,
    /// Lines before the first that says something.
    skipped: u64,
}

/// The line that has been looked at, and the rest.
type Whole<R> = io::Chain<Cursor<Vec<u8>>, R>;

enum Form {
    Csv(Box<Csv>),
    NdJson(NdJson),
}

impl<'c, 'p, R: BufRead> Reader<'c, 'p, R> {
    /// Reads the start of a list: NDJSON when it begins with `{`, else CSV with a line of names.
    pub fn open(mut input: R, columns: &'c Columns<'p>) -> Result<Self, InventoryError> {
        let (line, skipped) = first_line(&mut input)?;
        let more = if line.starts_with(b"{") { input.fill_buf()? } else { &[] };
        if let Some(instead) = instead::of_a_list(&line, more) {
            return Err(instead);
        }
        let form = match line.first() {
            None => return Err(InventoryError::Empty),
            Some(b'{') => Form::NdJson(NdJson::default()),
            Some(_) => Form::Csv(Box::new(Csv::new(&line))),
        };
        let input = Cursor::new(line).chain(input);
        let mut reader = Self { input, columns, form, row: Row::new(columns), skipped };
        if let Form::Csv(csv) = &mut reader.form {
            csv.read_names(&mut reader.input, columns)?;
            if !columns.can_identify(csv.places()) {
                return Err(InventoryError::NoDrives);
            }
        }
        Ok(reader)
    }

    /// The names of the columns that mean nothing here.
    pub fn passed_over(&self) -> Vec<&str> {
        match &self.form {
            Form::NdJson(_) => Vec::new(),
            Form::Csv(csv) => {
                let names = csv.names().iter().map(String::as_str);
                names.filter(|name| self.columns.place(name).is_none()).collect()
            }
        }
    }

    /// The next row; `None` at the end. Rows that say nothing are passed over.
    pub fn next_row(&mut self) -> Result<Option<&Row>, InventoryError> {
        loop {
            let more = match &mut self.form {
                Form::Csv(csv) => csv.read(&mut self.input, &mut self.row)?,
                Form::NdJson(json) => json.read(&mut self.input, self.columns, &mut self.row)?,
            };
            if !more {
                return Ok(None);
            }
            if !self.row.is_blank() {
                self.row.line += self.skipped;
                return Ok(Some(&self.row));
            }
        }
    }
}

/// The first line that says something, without a byte order mark, and how many were before it.
fn first_line(input: &mut impl BufRead) -> io::Result<(Vec<u8>, u64)> {
    let mut line = Vec::new();
    let mut skipped = 0;
    loop {
        line.clear();
        let read = input.by_ref().take(LONGEST_ROW as u64).read_until(b'\n', &mut line)?;
        if line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if read == 0 || !line.trim_ascii().is_empty() {
            line.drain(..line.len() - line.trim_ascii_start().len());
            return Ok((line, skipped));
        }
        skipped += 1;
    }
}
