//! Running another program for its output, within time and size.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::Stop;

/// How a program ended.
pub(super) enum Output {
    /// It ended, or had said as much as was wanted; what it said.
    Said(Vec<u8>),
    /// It could not be started, or reported a failure; what it said about that.
    Failed(String),
    /// It was ended because its time was up.
    TimedOut,
}

const TICK: Duration = Duration::from_millis(20);

/// Runs `program`, takes at most `most` bytes of its output, and ends it when it is time.
pub(super) fn run(program: &str, arguments: &[&str], most: usize, stop: &Stop) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // The output is read by a program: no colours, no pager, no translation.
    command.env("LC_ALL", "C").env("SYSTEMD_COLORS", "0").env("SYSTEMD_PAGER", "");
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Output::Failed(format!("{program}: {error}")),
    };
    let output = read(&mut child, most, stop);
    let ended = end(&mut child, output.is_some());
    match output {
        None => Output::TimedOut,
        Some((said, complaint)) => {
            // Being ended while it still wrote (the output was cut) is no failure.
            let cut = said.len() >= most;
            match ended || cut {
                true => Output::Said(said),
                false => Output::Failed(format!("{program}: {}", first_line(&complaint))),
            }
        }
    }
}

/// Whether it ended well by itself. It never outlives this call.
fn end(child: &mut Child, may_linger: bool) -> bool {
    // The exit status comes right after the outputs close.
    for _ in 0..if may_linger { 50 } else { 0 } {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(TICK),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// Both outputs, or `None` when it was time to stop.
fn read(child: &mut Child, most: usize, stop: &Stop) -> Option<(Vec<u8>, Vec<u8>)> {
    let (sender, pieces) = mpsc::channel();
    let outputs: [(Option<Box<dyn Read + Send>>, usize); 2] = [
        (child.stdout.take().map(|pipe| Box::new(pipe) as _), most),
        (child.stderr.take().map(|pipe| Box::new(pipe) as _), 4096),
    ];
    for (index, (pipe, most)) in outputs.into_iter().enumerate() {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(pipe) = pipe {
                let _ = pipe.take(most as u64).read_to_end(&mut bytes);
            }
            let _ = sender.send((index, bytes));
        });
    }
    drop(sender);
    let mut both = [None, None];
    while both[0].is_none() || both[1].is_none() {
        match pieces.recv_timeout(TICK) {
            Ok((index, bytes)) => {
                let full = index == 0 && bytes.len() >= most;
                both[index] = Some(bytes);
                if full {
                    // It may never end by itself: nobody reads on.
                    let _ = child.kill();
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if stop.is_due() => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    let [said, complaint] = both;
    Some((said.unwrap_or_default(), complaint.unwrap_or_default()))
}

fn first_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().next().unwrap_or("it failed without a word").to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn sh(script: &str, most: usize, budget: Duration) -> Output {
        run("sh", &["-c", script], most, &Stop::new(Arc::default(), budget))
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn output_and_failure_are_told_apart() {
        assert!(matches!(sh("echo hi", 100, LONG), Output::Said(said) if said == b"hi\n"));
        let Output::Failed(why) = sh("echo no right >&2; exit 1", 100, LONG) else {
            panic!("a failure passed as output")
        };
        assert_eq!(why, "sh: no right");
        assert!(matches!(
            run("/no/such", &[], 1, &Stop::new(Arc::default(), LONG)),
            Output::Failed(_)
        ));
    }

    #[test]
    fn endless_output_is_cut_and_endless_work_is_ended() {
        assert!(matches!(sh("yes", 1000, LONG), Output::Said(said) if said.len() == 1000));
        assert!(matches!(sh("exec sleep 1000", 10, Duration::ZERO), Output::TimedOut));
    }
}
