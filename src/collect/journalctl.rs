//! The journal through `journalctl`, newest entry first, within time and size.
//!
//! The journal's own format is systemd's business, and reading it is journalctl's. It runs
//! with a fixed list of arguments, its output is taken as bytes, and it is ended when the
//! time is up or enough has been read.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::newest::Newest;
use super::sieve::Sieve;
use super::{Context, Stop};

/// Without another bound, this far back.
const USUAL_SINCE: &str = "-30days";

/// An entry longer than this is cut: services write whole documents at times.
const LONGEST_ENTRY: usize = 8 * 1024;

/// Entries handed over at a time.
const BATCH: usize = 256;

const TICK: Duration = Duration::from_millis(20);

/// Why nothing could be read.
pub(super) enum Refusal {
    /// There is no journalctl, or it reported a failure.
    Failed(String),
    /// It shows nothing at all.
    Empty,
}

/// Reads the entries that `matches` select.
pub(super) fn read(
    context: &Context,
    matches: &[&str],
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> Result<(), Refusal> {
    let mut child = start(context, matches)?;
    let (Some(output), Some(complaint)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Refusal::Failed("journalctl: no output".into()));
    };
    let complaint = thread::spawn(move || {
        let mut text = String::new();
        let _ = complaint.take(4096).read_to_string(&mut text);
        text
    });
    let any = take(&entries(output), &context.stop, sieve, newest);
    let ended_well = end(&mut child, matches!(any, Ended::Early | Ended::TimeUp));
    match any {
        Ended::Early => Ok(()),
        Ended::TimeUp => {
            newest.mark_cut("the time of this collector was up before older entries were read");
            Ok(())
        }
        Ended::All if ended_well => Ok(()),
        Ended::All | Ended::Nothing if !ended_well => {
            let said = complaint.join().unwrap_or_default();
            let said = said.lines().next().unwrap_or("it failed without a word").to_owned();
            Err(Refusal::Failed(format!("journalctl: {said}")))
        }
        Ended::All | Ended::Nothing => Err(Refusal::Empty),
    }
}

fn start(context: &Context, matches: &[&str]) -> Result<Child, Refusal> {
    let mut command = Command::new("journalctl");
    command.args(["--quiet", "--no-pager", "--reverse", "--output=short-iso", "--all"]);
    if let Some(root) = context.root.as_ref().filter(|root| !root.is_live()) {
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
    if context.since.is_some() || context.root.as_ref().is_none_or(|root| root.is_live()) {
        command.arg(format!("--since={since}"));
    }
    command.args(matches);
    // The output is read by a program: no colours, no translation, and no time zone, which
    // would tell where the person is.
    command.env("LC_ALL", "C").env("TZ", "UTC").env("SYSTEMD_COLORS", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| Refusal::Failed(format!("journalctl: {error}")))
}

/// Entries, newest first: a head line and the lines that continue it.
fn entries(output: impl Read + Send + 'static) -> Receiver<Vec<Vec<u8>>> {
    let (sender, batches) = mpsc::sync_channel(4);
    thread::spawn(move || {
        let mut reader = BufReader::with_capacity(256 * 1024, output);
        let mut batch: Vec<Vec<u8>> = Vec::new();
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = LONGEST_ENTRY as u64;
            if reader.by_ref().take(most).read_until(b'\n', &mut line).unwrap_or(0) == 0 {
                break;
            }
            if line.last() != Some(&b'\n') {
                let _ = reader.skip_until(b'\n');
                line.push(b'\n');
            }
            match batch.last_mut() {
                // journalctl indents what continues an entry.
                Some(entry) if line.starts_with(b" ") => {
                    if entry.len() + line.len() <= LONGEST_ENTRY {
                        entry.extend_from_slice(&line);
                    }
                }
                _ => {
                    if batch.len() >= BATCH && sender.send(std::mem::take(&mut batch)).is_err() {
                        return;
                    }
                    batch.push(line.clone());
                }
            }
        }
        let _ = sender.send(batch);
    });
    batches
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// It said all it had.
    All,
    /// It said nothing.
    Nothing,
    /// No more was wanted.
    Early,
    /// It was time to stop.
    TimeUp,
}

fn take(
    batches: &Receiver<Vec<Vec<u8>>>,
    stop: &Stop,
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> Ended {
    let mut ended = Ended::Nothing;
    loop {
        if stop.is_due() {
            return Ended::TimeUp;
        }
        match batches.recv_timeout(TICK) {
            Ok(batch) => {
                for entry in &batch {
                    ended = Ended::All;
                    sieve.restart();
                    if let Some(kept) = kept(entry, sieve) {
                        newest.add_older(kept);
                    }
                    if newest.is_full() || sieve.is_past() {
                        return Ended::Early;
                    }
                }
            }
            Err(RecvTimeoutError::Disconnected) => return ended,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// What is kept of an entry: its head decides about all of it.
fn kept(entry: &[u8], sieve: &mut Sieve<'_>) -> Option<Vec<u8>> {
    let text = entry.strip_suffix(b"\n").unwrap_or(entry);
    let mut kept = sieve.take(text)?;
    kept.push(b'\n');
    Some(kept)
}

/// Whether it ended well by itself; it never outlives this call.
fn end(child: &mut Child, kill: bool) -> bool {
    for _ in 0..if kill { 0 } else { 50 } {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(TICK),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    child.wait().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::host::Root;

    #[test]
    fn entries_come_in_the_order_of_time_with_their_continuations() {
        let output = b"t3 pc a[1]: three\nt2 pc b[1]: two\n    more\nt1 pc c[1]: one\n".to_vec();
        let context = Context::for_tests(&Root::at("/nonexistent"));
        let all = |line: &[u8]| Some(line.to_vec());
        let mut sieve = Sieve::new(&context, &all);
        let mut newest = Newest::new(1000);
        let batches = entries(std::io::Cursor::new(output));
        assert!(take(&batches, &context.stop, &mut sieve, &mut newest) == Ended::All);
        let file = newest.finish("x");
        let wanted = b"t1 pc c[1]: one\nt2 pc b[1]: two\n    more\nt3 pc a[1]: three\n".to_vec();
        assert_eq!(file.content, super::super::Content::Text(wanted));
    }

    struct Hangs;

    impl Read for Hangs {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            loop {
                thread::park();
            }
        }
    }

    #[test]
    fn an_output_that_never_ends_is_left() {
        let context = Context {
            stop: Stop::new(Arc::default(), Duration::ZERO),
            ..Context::for_tests(&Root::at("/nonexistent"))
        };
        let all = |line: &[u8]| Some(line.to_vec());
        let mut sieve = Sieve::new(&context, &all);
        let batches = entries(Hangs);
        let ended = take(&batches, &context.stop, &mut sieve, &mut Newest::new(10));
        assert!(ended == Ended::TimeUp);
    }
}
