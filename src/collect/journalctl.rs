//! The journal through `journalctl`, newest entry first, within time and size.
//!
//! The journal's own format is systemd's business, and reading it is journalctl's. It runs
//! with a fixed list of arguments, its output is taken as bytes, and it is ended when the
//! time is up or enough has been read.

use std::io::{self, BufRead, BufReader, Read};
use std::process::Command;

use super::Context;
use super::newest::Newest;
use super::sieve::Sieve;
use crate::host::Root;
use crate::host::child::Running;

/// Without another bound, this far back.
const USUAL_SINCE: &str = "-30days";

/// An entry longer than this is cut: services write whole documents at times.
const LONGEST_ENTRY: u64 = 8 * 1024;

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

/// Why nothing could be read.
pub(super) enum Refusal {
    /// There is no journalctl, or it reported a failure.
    Failed(String),
    /// It shows nothing at all.
    Empty,
}

/// Reads the entries that `matches` select.
pub(super) fn read(
    root: &Root,
    context: &Context,
    matches: &[&str],
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> Result<(), Refusal> {
    let stop = context.stop.clone();
    let started = Running::start(command(root, context, matches)?, None, move || stop.is_due());
    let mut output = started.map_err(failed)?;
    let any = match take(&mut output, sieve, newest) {
        Ok(Ended::Early) => return Ok(()),
        Ok(Ended::All) => true,
        Ok(Ended::Nothing) => false,
        Err(error) => return time_up(error, newest),
    };
    match output.end() {
        Ok(ended) if !ended.well => Err(Refusal::Failed(format!("journalctl: {}", ended.reason()))),
        Ok(_) if any => Ok(()),
        Ok(_) => Err(Refusal::Empty),
        Err(error) => time_up(error, newest),
    }
}

fn failed(error: io::Error) -> Refusal {
    Refusal::Failed(format!("journalctl: {error}"))
}

fn time_up(error: io::Error, newest: &mut Newest) -> Result<(), Refusal> {
    if error.kind() != io::ErrorKind::TimedOut {
        return Err(failed(error));
    }
    newest.mark_cut("the time of this collector was up before older entries were read");
    Ok(())
}

fn command(root: &Root, context: &Context, matches: &[&str]) -> Result<Command, Refusal> {
    let mut command = Command::new("journalctl");
    command.args(["--quiet", "--no-pager", "--reverse", "--output=short-iso", "--all"]);
    if !root.is_live() {
        let folder = root.real("var/log/journal").map_err(|_| Refusal::Empty)?;
        command.arg("--directory").arg(folder);
    }
    let since = match (&context.asked.recording, context.since) {
        (Some(recording), _) => format!("@{}", recording.from.as_second()),
        (None, Some(since)) => {
            let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
            format!("@{}", context.now.as_second().saturating_sub(seconds).max(0))
        }
        (None, None) => USUAL_SINCE.to_owned(),
    };
    // A recorded tree may be of any age: without a wish all of it is read.
    if context.since.is_some() || root.is_live() {
        command.arg(format!("--since={since}"));
    }
    command.args(matches);
    // The output is read by a program: no colours, no translation, and no time zone, which
    // would tell where the person is.
    command.env("LC_ALL", "C").env("TZ", "UTC").env("SYSTEMD_COLORS", "0");
    Ok(command)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It said all it had.
    All,
    /// It said nothing.
    Nothing,
    /// No more was wanted.
    Early,
}

fn take(output: impl Read, sieve: &mut Sieve<'_>, newest: &mut Newest) -> io::Result<Ended> {
    let mut any = Ended::Nothing;
    let is_whole = for_each_entry(BufReader::with_capacity(PIECE, output), |entry| {
        any = Ended::All;
        sieve.restart();
        if let Some(kept) = kept(entry, sieve) {
            newest.add_older(kept);
        }
        !newest.is_full() && !sieve.is_past()
    })?;
    Ok(if is_whole { any } else { Ended::Early })
}

/// Calls `each` with every entry, newest first, until it wants no more; `false` when it did not
/// want all. An entry is a head line and the lines that continue it.
fn for_each_entry(
    mut output: impl BufRead,
    mut each: impl FnMut(&[u8]) -> bool,
) -> io::Result<bool> {
    let (mut entry, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        let is_end = output.by_ref().take(LONGEST_ENTRY).read_until(b'\n', &mut line)? == 0;
        if !is_end && line.last() != Some(&b'\n') {
            output.skip_until(b'\n')?;
            line.push(b'\n');
        }
        // journalctl indents what continues an entry.
        if line.starts_with(b" ") && !entry.is_empty() {
            if (entry.len() + line.len()) as u64 <= LONGEST_ENTRY {
                entry.extend_from_slice(&line);
            }
            continue;
        }
        if !entry.is_empty() && !each(&entry) {
            return Ok(false);
        }
        if is_end {
            return Ok(true);
        }
        std::mem::swap(&mut entry, &mut line);
    }
}

/// What is kept of an entry: its head decides about all of it.
fn kept(entry: &[u8], sieve: &mut Sieve<'_>) -> Option<Vec<u8>> {
    let text = entry.strip_suffix(b"\n").unwrap_or(entry);
    let mut kept = sieve.take(text)?;
    kept.push(b'\n');
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(output: impl Read, most: usize) -> (io::Result<Ended>, Vec<u8>) {
        let context = Context::for_tests(&Root::at("/nonexistent"));
        let all = |line: &[u8]| Some(line.to_vec());
        let mut newest = Newest::new(most);
        let ended = take(output, &mut Sieve::new(&context, &all), &mut newest);
        let super::super::Content::Text(text) = newest.finish("x").content else {
            panic!("a log is text")
        };
        (ended, text)
    }

    #[test]
    fn entries_come_in_the_order_of_time_with_their_continuations() {
        let output = b"t3 pc a[1]: three\nt2 pc b[1]: two\n    more\nt1 pc c[1]: one\n";
        let (ended, text) = taken(output.as_slice(), 1000);
        assert_eq!(ended.unwrap(), Ended::All);
        let wanted = b"t1 pc c[1]: one\nt2 pc b[1]: two\n    more\nt3 pc a[1]: three\n";
        assert_eq!(text, wanted);
        assert_eq!(taken(io::empty(), 1000).0.unwrap(), Ended::Nothing);
        assert_eq!(taken(output.as_slice(), 20).0.unwrap(), Ended::Early);
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_entry_is_whole() {
        let mut output = vec![b'x'; 100_000];
        output.extend(b"\n  more\nt1 pc c[1]: one");
        let (_, text) = taken(output.as_slice(), 100_000);
        assert!(text.starts_with(b"t1 pc c[1]: one\nxxx"), "{}", text.len());
        assert!(text.len() as u64 <= LONGEST_ENTRY + 20, "{}", text.len());
    }

    #[cfg(unix)]
    #[test]
    fn an_output_that_never_ends_is_left() {
        let mut sleep = Command::new("sh");
        sleep.args(["-c", "echo t2 pc a: two; echo t1 pc a: one; exec sleep 1000"]);
        let start = std::time::Instant::now();
        let short = std::time::Duration::from_millis(300);
        let running = Running::start(sleep, None, move || start.elapsed() > short).unwrap();
        let (ended, text) = taken(running, 1000);
        let ended = ended.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
        assert_eq!(text, b"t2 pc a: two\n", "the entry that may go on is not known");
        let mut newest = Newest::new(10);
        assert!(time_up(ended, &mut newest).is_ok());
        assert!(newest.finish("x").cut.is_some());
    }
}
