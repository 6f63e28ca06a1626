//! Lines of logs kept from the newest back, up to a number of bytes.
//!
//! Logs are read from their end, because what happened last matters most and a budget may
//! end the reading at any moment.

use super::{Content, Cut, Gathered};

/// Text kept so far, the newest part first.
pub(super) struct Newest {
    parts: Vec<Vec<u8>>,
    room: usize,
    cut: Option<String>,
}

impl Newest {
    /// Keeps at most `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { parts: Vec::new(), room: most, cut: None }
    }

    /// Whether older lines would not be kept any more.
    pub(super) fn is_full(&self) -> bool {
        self.room == 0
    }

    /// Bytes that older lines may still take.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.iter().all(Vec::is_empty)
    }

    /// Adds whole lines that are older than all so far, as many of the newest as fit.
    pub(super) fn add_older(&mut self, mut text: Vec<u8>) {
        if text.len() > self.room {
            let end = &text[text.len() - self.room..];
            // A line that does not fit as a whole is left out.
            let line_break = end.iter().position(|byte| *byte == b'\n');
            let start = line_break.map_or(text.len(), |at| text.len() - self.room + at + 1);
            text.drain(..start);
            self.room = 0;
            self.mark_cut("older lines were left out to stay within the budget of this log");
        }
        self.room -= text.len().min(self.room);
        self.parts.push(text);
    }

    /// Remembers why the text is not all there was; the first reason stays.
    pub(super) fn mark_cut(&mut self, why: impl Into<String>) {
        self.cut.get_or_insert(why.into());
    }

    /// The text in the order of time.
    pub(super) fn finish(self, name: &str) -> Gathered {
        let text: Vec<u8> = self.parts.into_iter().rev().flatten().collect();
        let cut = self.cut.map(|why| Cut { why, of: None });
        Gathered { name: name.to_owned(), content: Content::Text(text), cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_whole_lines_stay_in_order() {
        let mut newest = Newest::new(10);
        newest.add_older(b"ccc\n".to_vec());
        newest.add_older(b"aaa\nbbb\n".to_vec());
        assert!(newest.is_full());
        newest.add_older(b"0\n".to_vec());
        let file = newest.finish("x.log");
        assert_eq!(file.content, Content::Text(b"bbb\nccc\n".to_vec()));
        assert!(file.cut.is_some());
    }

    #[test]
    fn what_fits_is_not_cut() {
        let mut newest = Newest::new(8);
        newest.add_older(b"bbb\n".to_vec());
        newest.add_older(b"aaa\n".to_vec());
        let file = newest.finish("x.log");
        assert_eq!((file.content, file.cut), (Content::Text(b"aaa\nbbb\n".to_vec()), None));
    }
}
