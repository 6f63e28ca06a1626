//! Ctrl-C: long work asks whether it should end; a second Ctrl-C ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use super::{CliError, CliResult, Exit};

/// A flag that Ctrl-C sets. There is one in the program, whoever listens.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Starts to listen. Before this call Ctrl-C ends the program as usual.
    pub fn listen() -> Self {
        static LISTENING: LazyLock<Interrupt> = LazyLock::new(Interrupt::register);
        LISTENING.clone()
    }

    fn register() -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        if heed_in_a_thread(&flag).is_ok() {
            return Self(flag);
        }
        let signals = [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM];
        for signal in signals {
            // The order matters: the second signal finds the flag set and ends the program.
            // A system that refuses the registration keeps its default, which also ends it.
            let code = i32::from(Exit::Interrupted.code());
            let _ = signal_hook::flag::register_conditional_shutdown(signal, code, flag.clone());
            let _ = signal_hook::flag::register(signal, flag.clone());
        }
        Self(flag)
    }

    /// A socket that becomes readable when a signal arrives, for a loop that waits for
    /// several things at once. The signal no longer ends the program.
    #[cfg(unix)]
    pub(super) fn socket(signal: i32) -> std::io::Result<std::os::unix::net::UnixStream> {
        let (ours, handlers) = std::os::unix::net::UnixStream::pair()?;
        signal_hook::low_level::pipe::register(signal, handlers)?;
        Ok(ours)
    }

    /// Whether the person asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Forgets that the person asked: what was ended by it is over, and the rest goes on.
    pub fn clear(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// The flag itself, for code below the shell.
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }

    /// Ends with exit code 130 when the person asked to stop.
    pub fn check(&self, what_is_kept: &str) -> CliResult<()> {
        if self.is_set() {
            return Err(CliError::new(Exit::Interrupted, format!("interrupted; {what_is_kept}")));
        }
        Ok(())
    }
}

/// Signals that come closer together than this are one: a question at a terminal that is
/// interrupted by the terminal's signal sends itself another.
#[cfg(unix)]
const ONE_PRESS: std::time::Duration = std::time::Duration::from_millis(100);

/// Sets the flag at the first signal; ends the program at another one that comes while it is set.
#[cfg(unix)]
fn heed_in_a_thread(flag: &Arc<AtomicBool>) -> std::io::Result<()> {
    use std::io::Read as _;
    let (mut signals, handlers) = std::os::unix::net::UnixStream::pair()?;
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::low_level::pipe::register(signal, handlers.try_clone()?)?;
    }
    let flag = flag.clone();
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        let mut first = std::time::Instant::now();
        while signals.read_exact(&mut [0]).is_ok() {
            if !flag.swap(true, Ordering::Relaxed) {
                first = std::time::Instant::now();
            } else if first.elapsed() >= ONE_PRESS {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    })?;
    Ok(())
}
