//! Lists of drives from somewhere else: an asset database, a management console, `scan` on many
//! machines. A row says what is known about one drive; which drive that is, is the catalog's to
//! say.
//!
//! Belongs here: what columns a list may have, reading rows one by one in bounded memory, and
//! the drive that a row describes. Does not belong here: opening files, and what a policy says.
//!
//! | file | |
//! |---|---|
//! | `columns` | the names a column may have |
//! | `csv`, `ndjson` | the two forms |
//! | `instead` | what is none: an array, a document |
//! | `reader` | which form a list has, and its rows |
//! | `row` | the drive that a row describes |

mod columns;
mod csv;
mod instead;
mod ndjson;
mod reader;
mod row;

pub use columns::Columns;
pub use reader::{InventoryError, Reader};
pub use row::{Described, Row};

/// No row of a list is longer; a quotation mark that is not closed would make one of the rest.
const LONGEST_ROW: usize = 64 * 1024;
