//! What is wrong with a pack, and where.

use std::fmt;

/// A place in a pack's text; both numbers start at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl Span {
    /// The place of byte `offset` in `text`; an offset past the end is the end.
    pub fn at(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// A pack that cannot be used. Prints as `file:line:column: what`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PackError {
    /// The pack's file.
    pub file: String,
    /// Where in the file, when the error has a place.
    pub span: Option<Span>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(Span { line, column }) = self.span {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.what)
    }
}

impl PackError {
    /// An error about the file as a whole.
    pub fn whole(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), span: None, what: what.into() }
    }

    /// An error at byte `offset` of the file's `text`.
    pub fn at(file: &str, text: &str, offset: usize, what: impl Into<String>) -> Self {
        let span = Some(Span::at(text, offset));
        Self { file: file.to_owned(), span, what: what.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let text = "a\nüb\n";
        assert_eq!(Span::at(text, 0), Span { line: 1, column: 1 });
        assert_eq!(Span::at(text, 4), Span { line: 2, column: 2 });
        assert_eq!(Span::at(text, 3), Span { line: 2, column: 1 }, "inside ü");
        assert_eq!(Span::at(text, 999), Span { line: 3, column: 1 });
    }
}
