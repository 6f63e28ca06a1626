//! A bundle reduced to a test machine: the folder that `tests/machines` holds one of for
//! each kind of machine.
//!
//! Belongs here: from redacted contents to the texts of that folder. A reduced machine scans
//! as the bundle's machine did; what a scan does not read (controllers, device numbers,
//! endpoints) is made up, and `machine.toml` says so. Serial numbers are invented anew.
//! Does not belong here: writing the files.

mod about;
mod bus;
mod files;
mod record;
mod serials;

pub use files::{File, reduce};
