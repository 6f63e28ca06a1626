//! A file read ahead by a thread of its own, so that a reader never waits for ever.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::Stop;

/// Bytes handed over at a time, and how many pieces may wait.
const PIECE: usize = 256 * 1024;
const WAITING: usize = 4;

const TICK: Duration = Duration::from_millis(20);

/// Reads what a thread brings, and ends when it is time to stop although none comes.
pub struct Pump {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    stop: Stop,
}

impl Pump {
    /// Starts to read.
    pub fn start(mut source: impl Read + Send + 'static, stop: Stop) -> io::Result<Self> {
        let (sender, pieces) = mpsc::sync_channel(WAITING);
        thread::Builder::new().name("read".into()).spawn(move || {
            loop {
                let mut piece = Vec::with_capacity(PIECE);
                let read = source.by_ref().take(PIECE as u64).read_to_end(&mut piece);
                let last = read.as_ref().map_or(true, |count| *count == 0);
                // Nobody listens any more when the reading was given up.
                if !piece.is_empty() && sender.send(Ok(piece)).is_err() {
                    return;
                }
                if let Err(error) = read {
                    let _ = sender.send(Err(error));
                }
                if last {
                    return;
                }
            }
        })?;
        Ok(Self { pieces, piece: Vec::new(), at: 0, stop })
    }
}

impl Read for Pump {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            match self.pieces.recv_timeout(TICK) {
                Ok(piece) => (self.piece, self.at) = (piece?, 0),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                // The stop is an end like another; whoever asks looks why.
                Err(RecvTimeoutError::Timeout) if self.stop.is_due() => return Ok(0),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        let count = buffer.len().min(self.piece.len() - self.at);
        buffer[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    struct Hangs;

    impl Read for Hangs {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            loop {
                thread::park();
            }
        }
    }

    struct Breaks(bool);

    impl Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match std::mem::replace(&mut self.0, true) {
                true => Err(io::Error::other("broken")),
                false => {
                    buffer[0] = b'x';
                    Ok(1)
                }
            }
        }
    }

    fn stop(left: Duration) -> Stop {
        Stop::new(Arc::default(), left)
    }

    #[test]
    fn everything_comes_through_and_errors_too() {
        let bytes: Vec<u8> = (0..2_000_000_u32).map(|n| (n % 251) as u8).collect();
        let hour = Duration::from_secs(3600);
        let mut read = Vec::new();
        let source = io::Cursor::new(bytes.clone());
        Pump::start(source, stop(hour)).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == bytes);
        let mut read = Vec::new();
        let error = Pump::start(Breaks(false), stop(hour)).unwrap().read_to_end(&mut read);
        assert_eq!((error.unwrap_err().to_string().as_str(), read), ("broken", b"x".to_vec()));
    }

    #[test]
    fn a_source_that_hangs_ends_with_the_stop() {
        let mut pump = Pump::start(Hangs, stop(Duration::ZERO)).unwrap();
        assert_eq!(pump.read(&mut [0; 8]).unwrap(), 0);
    }
}
