//! The launcher CD of a drive: label, files, and which version of the software it states.
//!
//! Belongs here: finding the CD's content without harm, and parsing it as what it is:
//! bytes from a device, which may lie. Does not belong here: deciding whether it may be
//! read at all (the shell asks), and what a version means (`policy`).
//!
//! A launcher is read from where it is mounted, or else from the read-only node of its CD
//! unit, opened for reading and without waiting, so that the kernel neither locks the tray
//! nor asks for a medium. Reading sends READ requests to the CD unit, as looking at it in a
//! file manager does. No other unit of a drive is ever opened.
//!
//! | file | reads |
//! |---|---|
//! | `contents.rs` | a launcher as a whole |
//! | `mounted.rs` | a mounted medium |
//! | `iso9660.rs` | a medium itself: ISO 9660 and Joliet |
//! | `udf.rs` | a medium itself: UDF |
//! | `pe_version.rs` | the version resource of a Windows program |
//! | `text_files.rs` | `Info.plist`, `autorun.inf`, readme |
//! | `bytes.rs` | numbers and texts at places in bytes |

mod bytes;
mod contents;
pub mod iso9660;
mod mounted;
pub mod pe_version;
pub mod text_files;
pub mod udf;

pub use bytes::ReadAt;
pub use contents::{Launcher, LauncherError, LauncherFile, Place, Stated};
