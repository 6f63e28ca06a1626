//! The running kernel's own buffer, `/dev/kmsg`: one record a read.

use std::fs::File;
use std::io;

use super::Stop;

/// Longer than any record (`CONSOLE_EXT_LOG_MAX`); a shorter buffer gives EINVAL.
const LONGEST: usize = 16 * 1024;

/// Opens the buffer at its start, without waiting for messages to come.
#[cfg(target_os = "linux")]
pub(super) fn open() -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK;
    #[expect(clippy::cast_possible_wrap, reason = "the flags' own type is unsigned")]
    std::fs::OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open("/dev/kmsg")
}

#[cfg(not(target_os = "linux"))]
pub(super) fn open() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Opens the buffer behind its last message.
pub(super) fn at_its_end() -> io::Result<File> {
    use std::io::Seek;
    let mut file = open()?;
    file.seek(io::SeekFrom::End(0))?;
    Ok(file)
}

/// Reads every record; `false` when it was time to stop.
pub(super) fn read(mut file: &File, stop: &Stop, each: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
    use std::io::Read;
    let mut buffer = vec![0; LONGEST];
    while !stop.is_due() {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(true),
            Ok(count) => {
                if let Some(line) = record(&buffer[..count]) {
                    each(&line);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted || was_overwritten(&error) => {
            }
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// The oldest record was overwritten while it was read; the next read goes on.
#[cfg(unix)]
fn was_overwritten(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::PIPE.raw_os_error())
}

#[cfg(not(unix))]
fn was_overwritten(_error: &io::Error) -> bool {
    false
}

/// `priority,sequence,microseconds,flags;message`, then lines with properties that start
/// with a space (Documentation/ABI/testing/dev-kmsg).
fn record(raw: &[u8]) -> Option<Vec<u8>> {
    let semicolon = raw.iter().position(|byte| *byte == b';')?;
    let head = std::str::from_utf8(&raw[..semicolon]).ok()?;
    let micros: u64 = head.split(',').nth(2)?.parse().ok()?;
    let message = raw[semicolon + 1..].split(|byte| *byte == b'\n').next()?;
    let mut line = format!("[{:5}.{:06}] ", micros / 1_000_000, micros % 1_000_000).into_bytes();
    line.extend(message);
    Some(line)
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
