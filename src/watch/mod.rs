//! What happened to drives, told from one reading of a port after another.
//!
//! Belongs here: which reading is an arrival, a departure, a lock or an unlock. Pure: values
//! in, values out; time is an argument. Does not belong here: listening to the kernel and
//! reading a port (`host`), printing (`render`), the loop around all that (`cli`).

mod changes;

pub use changes::{Change, Seen, Watched, What};
