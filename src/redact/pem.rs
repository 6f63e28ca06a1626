//! PEM blocks: everything in Base64 between `-----BEGIN` and `-----END`.

use super::Class;
use super::span::Span;

/// How a block starts (RFC 7468).
pub(super) const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// Shorter runs of Base64 characters are ordinary words, unless they are a whole line or
/// stand right before the end.
const SHORTEST_RUN: usize = 16;

/// A block whose end never comes stops being one after this many bytes.
const LONGEST_BLOCK: usize = 64 * 1024;

/// Whether a block is open, and how much of it has been seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pem(Option<usize>);

impl Pem {
    pub(super) fn is_open(self) -> bool {
        self.0.is_some()
    }

    pub(super) fn open(&mut self) {
        self.0 = Some(0);
    }

    /// The state after a stretch of text that began in this state.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let begin = memchr::memmem::rfind(text, BEGIN);
        let end = memchr::memmem::rfind(text, END);
        match (begin, end) {
            (Some(begin), end) if end.is_none_or(|end| end < begin) => {
                Self(Some(text.len() - begin))
            }
            (_, Some(_)) => Self(None),
            _ => Self(self.0.map(|seen| seen + text.len()).filter(|&n| n < LONGEST_BLOCK)),
        }
    }

    /// Adds the Base64 runs of the open block from `from` on, up to its end or the end of
    /// the text.
    pub(super) fn spans(&mut self, text: &[u8], from: usize, out: &mut Vec<Span>) {
        let seen = self.0.unwrap_or(0);
        let most = text.len().min(from + LONGEST_BLOCK.saturating_sub(seen));
        let found = memchr::memmem::find(&text[from..most], END).map(|at| from + at);
        let end = found.unwrap_or(most);
        let mut at = from;
        // The rest of the opening line names the kind of block.
        if seen == 0 {
            at += memchr::memmem::find(&text[from..end], b"-----").map_or(0, |i| i + 5);
        }
        while let Some((start, past)) = next_run(text, at, end) {
            let whole_line = is_line_start(text, start) && is_line_end(text, past);
            if start < past && (past - start >= SHORTEST_RUN || whole_line || closes(past, found)) {
                out.push(Span::value(Class::Pem, start, past));
            }
            at = past;
        }
        let over = found.is_some() || seen + (end - from) >= LONGEST_BLOCK;
        self.0 = (!over).then_some(seen + end - from);
    }
}

fn next_run(text: &[u8], from: usize, end: usize) -> Option<(usize, usize)> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let mut start = from + text.get(from..end)?.iter().position(is_part)?;
    let past = text[start..end].iter().position(|b| !is_part(b)).map_or(end, |i| start + i);
    // `\n` inside a string is an escape, not the first letter of the next line.
    if start > from && text[start - 1] == b'\\' && matches!(text[start], b'n' | b'r') {
        start += 1;
    }
    Some((start, past))
}

fn is_line_start(text: &[u8], at: usize) -> bool {
    let head = text[..at].trim_ascii_end();
    at == 0 || head.len() < at && text[head.len()..at].contains(&b'\n') || text[at - 1] == b'\n'
}

fn is_line_end(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|&b| b == b'\n' || b == b'\r')
}

/// Whether nothing but a line break lies between here and the end of the block.
fn closes(at: usize, end: Option<usize>) -> bool {
    end.is_some_and(|end| end - at <= 4)
}
