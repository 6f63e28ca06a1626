//! The running kernel's own buffer, `/dev/kmsg`: one record a read, and an error instead of
//! waiting at its end (Documentation/ABI/testing/dev-kmsg).

use std::fs::File;
use std::io::{self, Read, Seek};

/// Longer than any record (`CONSOLE_EXT_LOG_MAX`); a shorter buffer gives EINVAL.
const LONGEST: usize = 16 * 1024;

/// Opens the buffer at its start, without waiting for messages to come.
#[cfg(target_os = "linux")]
pub fn open() -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    #[expect(clippy::cast_possible_wrap, reason = "the flags' own type is unsigned")]
    let flags = flags.bits() as i32;
    std::fs::OpenOptions::new().read(true).custom_flags(flags).open("/dev/kmsg")
}

#[cfg(not(target_os = "linux"))]
pub fn open() -> io::Result<File> {
    Err(io::ErrorKind::NotFound.into())
}

/// Opens the buffer behind its last message.
pub fn at_its_end() -> io::Result<File> {
    let mut file = open()?;
    file.seek(io::SeekFrom::End(0))?;
    Ok(file)
}

/// The buffer as a stream that ends where the buffer ends; to be read in large pieces.
pub(super) struct Records<R>(pub(super) R);

impl<R: Read> Read for Records<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if was_overwritten(&error) => {}
                other => return other,
            }
        }
    }
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

/// Gives every record to `each` as a line that dmesg would print; `false` when it was time to
/// stop before the end.
pub fn lines(
    buffer: impl Read,
    is_due: impl Fn() -> bool,
    mut each: impl FnMut(&[u8]),
) -> io::Result<bool> {
    let mut records = Records(buffer);
    let mut record = vec![0; LONGEST];
    while !is_due() {
        let count = records.read(&mut record)?;
        if count == 0 {
            return Ok(true);
        }
        if let Some(line) = record.get(..count).and_then(line) {
            each(&line);
        }
    }
    Ok(false)
}

/// `priority,sequence,microseconds,flags;message`, then lines with properties that start
/// with a space.
fn line(raw: &[u8]) -> Option<Vec<u8>> {
    let semicolon = raw.iter().position(|byte| *byte == b';')?;
    let head = std::str::from_utf8(&raw[..semicolon]).ok()?;
    let micros: u64 = head.split(',').nth(2)?.parse().ok()?;
    let message = raw[semicolon + 1..].split(|byte| *byte == b'\n').next()?;
    let mut line = format!("[{:5}.{:06}] ", micros / 1_000_000, micros % 1_000_000).into_bytes();
    line.extend(message);
    Some(line)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const RAW: &[u8] = b"6,1234,5678901,-;usb 2-1: new device\n SUBSYSTEM=usb\n DEVICE=+usb:2-1\n";
    const LINE: &[u8] = b"[    5.678901] usb 2-1: new device";

    #[test]
    fn records_become_lines_as_dmesg_prints_them() {
        assert_eq!(line(RAW).as_deref(), Some(LINE));
        for broken in [b"".as_slice(), b";", b"6,1;x", b"6,1,x,-;y", b"\xff,1,2;x"] {
            assert_eq!(line(broken), None);
        }
    }

    /// As the kernel answers: a record was overwritten, then there is one, then no more.
    struct Buffer(u8);

    impl Read for Buffer {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(rustix::io::Errno::PIPE.into()),
                2 => Err(io::ErrorKind::Interrupted.into()),
                3 => {
                    let mut record = RAW;
                    record.read(buffer)
                }
                _ => Err(io::ErrorKind::WouldBlock.into()),
            }
        }
    }

    #[test]
    fn the_buffer_is_read_to_its_end_and_not_beyond_its_time() {
        let mut found = Vec::new();
        let whole = lines(Buffer(0), || false, |line| found.push(line.to_owned()));
        assert_eq!((whole.unwrap(), found), (true, vec![LINE.to_vec()]));
        assert!(!lines(Buffer(0), || true, |_| panic!("no time")).unwrap());
        let (mut records, mut raw) = (Records(Buffer(0)), [0; LONGEST]);
        let counts = [records.read(&mut raw).unwrap(), records.read(&mut raw).unwrap()];
        assert_eq!(counts, [RAW.len(), 0]);
    }
}
