//! Reading long text line by line in bounded memory, keeping the newest lines.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use super::Stop;

/// A line longer than this is cut; log lines are a few hundred bytes.
const LONGEST_LINE: u64 = 8 * 1024;

/// The newest lines, up to a number of bytes.
pub(super) struct Tail {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    most: usize,
    cut: bool,
}

impl Tail {
    pub(super) fn new(most: usize) -> Self {
        Self { lines: VecDeque::new(), bytes: 0, most, cut: false }
    }

    /// Adds a line with its line break; drops the oldest ones when there is no room.
    pub(super) fn push(&mut self, line: Vec<u8>) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.bytes > self.most {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.len();
            self.cut = true;
        }
    }

    /// The text, and whether it was cut.
    pub(super) fn finish(self) -> (Vec<u8>, bool) {
        let mut text = Vec::with_capacity(self.bytes);
        for line in self.lines {
            text.extend(line);
        }
        (text, self.cut)
    }
}

/// Calls `each` with every line until the end or a stop; `false` when it stopped early.
pub(super) fn for_each(
    mut reader: impl BufRead,
    stop: &Stop,
    mut each: impl FnMut(&[u8]),
) -> io::Result<bool> {
    let mut line = Vec::with_capacity(512);
    let mut inside_long = false;
    for count in 0_u64.. {
        // Looking at the clock costs more than reading a short line.
        if count % 64 == 0 && stop.is_due() {
            return Ok(false);
        }
        line.clear();
        if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let ends = line.last() == Some(&b'\n');
        if !inside_long {
            each(line.strip_suffix(b"\n").unwrap_or(&line));
        }
        inside_long = !ends;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    fn lines(text: &[u8]) -> Vec<usize> {
        let stop = Stop::new(Arc::default(), Duration::from_secs(60));
        let mut lengths = Vec::new();
        assert!(for_each(text, &stop, |line| lengths.push(line.len())).unwrap());
        lengths
    }

    #[test]
    fn long_lines_are_cut_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; 100_000];
        text.extend(b"\nab\n\nlast");
        assert_eq!(lines(&text), [8192, 2, 0, 4]);
    }

    #[test]
    fn the_newest_lines_stay() {
        let mut tail = Tail::new(8);
        for line in ["aaa\n", "bbb\n", "ccc\n"] {
            tail.push(line.as_bytes().to_vec());
        }
        assert_eq!(tail.finish(), (b"bbb\nccc\n".to_vec(), true));
    }
}
