//! Another program, run for what it says: within time and size, and never for longer than
//! somebody listens.
//!
//! Threads read its outputs, because what a program left running may hold them open after it
//! has ended. Such a thread is left behind, as every reading is that may hang.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

/// How often is looked whether the time is up.
const TICK: Duration = Duration::from_millis(10);

/// How long an output may be silent once the program has ended: what was said before comes in
/// far less, and more will not come.
const LINGER: Duration = Duration::from_secs(1);

/// Bytes read at a time, and how many pieces may wait.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;

/// Bytes kept of what a program complains about.
const COMPLAINT: usize = 4096;

/// A running program, whose output is read from it; dropping it ends the program. When its time
/// is up, it is ended and reading gives [`io::ErrorKind::TimedOut`].
pub struct Running {
    process: Process,
    said: Receiver<Vec<u8>>,
    complaint: Receiver<Vec<u8>>,
    is_due: Box<dyn Fn() -> bool + Send>,
    piece: io::Cursor<Vec<u8>>,
}

/// How a program ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whether it was content.
    pub well: bool,
    /// The first line of what it complained about; empty when it did not.
    pub complaint: String,
}

impl Ended {
    /// Why it was not content, in its own words.
    pub fn reason(&self) -> &str {
        if self.complaint.is_empty() { "it failed without a word" } else { &self.complaint }
    }
}

/// What a program said until it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// All of it.
    All(Vec<u8>, Ended),
    /// As much as was wanted; it was ended while it said more.
    Enough(Vec<u8>),
}

/// Runs a program to its end, but not beyond `most` bytes of output.
///
/// # Errors
/// When it cannot be started, and [`io::ErrorKind::TimedOut`] when its time was up.
pub fn run(
    command: Command,
    input: Option<SecretString>,
    most: usize,
    is_due: impl Fn() -> bool + Send + 'static,
) -> io::Result<Heard> {
    let mut running = Running::start(command, input, is_due)?;
    let mut said = Vec::new();
    running.by_ref().take(most as u64).read_to_end(&mut said)?;
    if said.len() >= most {
        return Ok(Heard::Enough(said));
    }
    Ok(Heard::All(said, running.end()?))
}

impl Running {
    /// Starts a program. `input` is what it reads; `is_due` says whether its time is up.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        mut command: Command,
        input: Option<SecretString>,
        is_due: impl Fn() -> bool + Send + 'static,
    ) -> io::Result<Self> {
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Process(Some(command.spawn()?));
        let (said, complaint) = process.listen(input)?;
        let piece = io::Cursor::default();
        Ok(Self { process, said, complaint, is_due: Box::new(is_due), piece })
    }

    /// Waits until it has ended by itself, which usually follows the end of its output.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when its time was up before.
    pub fn end(mut self) -> io::Result<Ended> {
        let mut complaint = Vec::new();
        while let Some(piece) = self.process.next(&self.complaint, &self.is_due)? {
            complaint.extend(piece);
        }
        let well = loop {
            match self.process.ended() {
                Some(well) => break well,
                None if (self.is_due)() => return Err(io::ErrorKind::TimedOut.into()),
                None => thread::sleep(TICK),
            }
        };
        let complaint = String::from_utf8_lossy(&complaint);
        let line = complaint.lines().map(str::trim).find(|line| !line.is_empty());
        Ok(Ended { well, complaint: line.unwrap_or_default().to_owned() })
    }
}

impl Read for Running {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.piece.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        match self.process.next(&self.said, &self.is_due)? {
            Some(piece) => self.piece = io::Cursor::new(piece),
            None => return Ok(0),
        }
        self.piece.read(buffer)
    }
}

/// A program that was started; dropping it ends it.
struct Process(Option<Child>);

type Pieces = Receiver<Vec<u8>>;

impl Process {
    /// Starts to write what it reads, and to read both that it says and that it complains about.
    fn listen(&mut self, input: Option<SecretString>) -> io::Result<(Pieces, Pieces)> {
        let (said_to, said) = mpsc::sync_channel(WAITING);
        let (complained_to, complaint) = mpsc::channel();
        let Some(child) = &mut self.0 else { return Ok((said, complaint)) };
        if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
            // A program that does not want to read all says so when it ends.
            on_a_thread(move || drop(pipe.write_all(input.expose_secret().as_bytes())))?;
        }
        if let Some(pipe) = child.stdout.take() {
            on_a_thread(move || read(pipe, |piece| said_to.send(piece.to_owned()).is_ok()))?;
        }
        if let Some(pipe) = child.stderr.take() {
            let mut room = COMPLAINT;
            // What is too much is read as well, so that the program can go on.
            on_a_thread(move || {
                read(pipe, |piece| {
                    let kept = piece.get(..room).unwrap_or(piece);
                    room -= kept.len();
                    kept.is_empty() || complained_to.send(kept.to_owned()).is_ok()
                });
            })?;
        }
        Ok((said, complaint))
    }

    /// The next piece of an output, or `None` at its end.
    fn next(&mut self, pieces: &Pieces, is_due: &dyn Fn() -> bool) -> io::Result<Option<Vec<u8>>> {
        let mut since: Option<Instant> = None;
        loop {
            if is_due() {
                self.kill();
                return Err(io::ErrorKind::TimedOut.into());
            }
            match pieces.recv_timeout(TICK) {
                Ok(piece) => return Ok(Some(piece)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.ended().is_some() && since.get_or_insert_with(Instant::now).elapsed() > LINGER {
                return Ok(None);
            }
        }
    }

    /// Whether it ended well; `None` as long as it runs.
    fn ended(&mut self) -> Option<bool> {
        match self.0.as_mut().map(Child::try_wait) {
            Some(Ok(status)) => status.map(|status| status.success()),
            None | Some(Err(_)) => Some(false),
        }
    }

    fn kill(&mut self) {
        let Some(mut child) = self.0.take() else { return };
        let _ = child.kill();
        // One that the kernel holds ends when the kernel lets go, which nobody waits for.
        if !matches!(child.try_wait(), Ok(Some(_))) {
            let _ = on_a_thread(move || drop(child.wait()));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn on_a_thread(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name("program".into()).spawn(work).map(drop)
}

/// Reads to the end, or until nobody listens any more.
fn read(mut pipe: impl Read, mut hand: impl FnMut(&[u8]) -> bool) {
    let mut buffer = vec![0; PIECE];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) if buffer.get(..count).is_none_or(&mut hand) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) => return,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn never() -> bool {
        false
    }

    fn ended(well: bool, complaint: &str) -> Ended {
        Ended { well, complaint: complaint.into() }
    }

    #[test]
    fn what_is_said_and_complained_about_is_told_apart() {
        let heard = run(sh("echo hi; echo; echo odd >&2; echo more >&2"), None, 100, never);
        assert_eq!(heard.unwrap(), Heard::All(b"hi\n\n".to_vec(), ended(true, "odd")));
        let heard = run(sh("exit 3"), None, 100, never);
        assert_eq!(heard.unwrap(), Heard::All(vec![], ended(false, "")));
        assert!(run(Command::new("/no/such"), None, 1, never).is_err());
    }

    #[test]
    fn it_reads_what_it_is_given_and_need_not() {
        let heard = run(sh("cat"), Some("word".into()), 100, never).unwrap();
        assert_eq!(heard, Heard::All(b"word".to_vec(), ended(true, "")));
        let long = "x".repeat(1 << 20);
        let heard = run(sh("exit 0"), Some(long.into()), 100, never).unwrap();
        assert_eq!(heard, Heard::All(vec![], ended(true, "")));
    }

    #[test]
    fn endless_output_is_cut_and_endless_complaint_is_not_waited_for() {
        let heard = run(sh("yes"), None, 100_000, never).unwrap();
        assert!(matches!(heard, Heard::Enough(said) if said.len() == 100_000));
        let heard = run(sh("yes | head -c 1000000 >&2"), None, 100, never).unwrap();
        assert_eq!(heard, Heard::All(vec![], ended(true, "y")));
    }

    #[test]
    fn its_time_ends_a_program_that_is_silent_and_one_that_is_not() {
        for script in
            ["exec sleep 1000", "while :; do echo; done", "exec 1>&- 2>&-; exec sleep 1000"]
        {
            let until = Instant::now() + Duration::from_millis(100);
            let error = run(sh(script), None, usize::MAX, move || Instant::now() > until);
            assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut, "{script}");
        }
    }

    #[test]
    fn what_it_leaves_running_is_not_waited_for() {
        let start = Instant::now();
        let heard = run(sh("echo hi; sleep 60 & exit 0"), None, 100, never).unwrap();
        assert_eq!(heard, Heard::All(b"hi\n".to_vec(), ended(true, "")));
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    }

    #[test]
    fn nobody_who_listens_is_the_end_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let there = dir.path().join("there");
        let script = format!("echo on; sleep 0.5; echo x > {}", there.display());
        let mut running = Running::start(sh(&script), None, never).unwrap();
        assert_eq!(running.read(&mut [0; 1]).unwrap(), 1);
        drop(running);
        thread::sleep(Duration::from_secs(1));
        assert!(!there.exists());
    }
}
