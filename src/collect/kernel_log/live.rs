//! The running kernel's own log.

use std::io;

use super::Log;
use crate::collect::Context;
use crate::collect::command::{self, Output};

/// The newest lines asked of the journal; a start of a busy laptop has a few thousand.
const LINES: &str = "50000";

/// The most bytes taken from the journal.
const MOST: usize = 16 * 1024 * 1024;

/// Reads `/dev/kmsg`, or else the journal; the error tells why neither was possible.
pub(super) fn read(log: &mut Log, context: &Context) -> Result<(), Vec<String>> {
    let kmsg = match kmsg(log, context) {
        Ok(()) => return Ok(()),
        Err(error) => format!("/dev/kmsg: {error}"),
    };
    let arguments = ["-k", "-b", "--no-pager", "-q", "-o", "short-iso", "-n", LINES];
    match command::run("journalctl", &arguments, MOST, &context.stop) {
        Output::Said(text, cut) if !text.is_empty() => {
            text.split(|byte| *byte == b'\n').for_each(|line| log.take(line));
            log.out_of_time |= cut;
            Ok(())
        }
        Output::Said(..) => Err(vec![kmsg, "the journal shows no kernel messages".into()]),
        Output::Failed(why) => Err(vec![kmsg, why]),
        Output::TimedOut => Err(vec![kmsg, "journalctl did not answer in time".into()]),
    }
}

/// One record a read, `priority,sequence,microseconds,flags;message`, then lines with
/// properties that start with a space (Documentation/ABI/testing/dev-kmsg).
fn record(raw: &[u8]) -> Option<Vec<u8>> {
    let semicolon = raw.iter().position(|byte| *byte == b';')?;
    let head = std::str::from_utf8(&raw[..semicolon]).ok()?;
    let micros: u64 = head.split(',').nth(2)?.parse().ok()?;
    let message = raw[semicolon + 1..].split(|byte| *byte == b'\n').next()?;
    let mut line = format!("[{:5}.{:06}] ", micros / 1_000_000, micros % 1_000_000).into_bytes();
    line.extend(message);
    Some(line)
}

#[cfg(target_os = "linux")]
fn kmsg(log: &mut Log, context: &Context) -> io::Result<()> {
    use std::io::Read;
    use std::os::unix::fs::OpenOptionsExt;

    let flags = rustix::fs::OFlags::NONBLOCK;
    #[expect(clippy::cast_possible_wrap, reason = "the flags' own type is unsigned")]
    let mut file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open("/dev/kmsg")?;
    // Longer than any record (CONSOLE_EXT_LOG_MAX); a shorter buffer gives EINVAL.
    let mut buffer = vec![0; 16 * 1024];
    while !context.stop.is_due() {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                if let Some(line) = record(&buffer[..count]) {
                    log.take(&line);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            // The oldest records were overwritten while reading; the next read goes on.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::PIPE.raw_os_error()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    log.out_of_time = true;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn kmsg(_log: &mut Log, _context: &Context) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_become_lines_as_dmesg_prints_them() {
        let raw = b"6,1234,5678901,-;usb 2-1: new device\n SUBSYSTEM=usb\n DEVICE=+usb:2-1\n";
        let line = record(raw);
        assert_eq!(line.as_deref(), Some(b"[    5.678901] usb 2-1: new device".as_slice()));
        for broken in [b"".as_slice(), b";", b"6,1;x", b"6,1,x,-;y", b"\xff,1,2;x"] {
            assert_eq!(record(broken), None);
        }
    }
}
