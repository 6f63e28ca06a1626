//! Columns for people.

use crate::text::visible;
pub use crate::text::{bytes, count};

/// Width that every terminal, and every mail, has.
const WIDTH: usize = 80;

/// Appends `label` and `text`, wrapped to 80 columns with the text in a column of its own.
pub fn labelled(out: &mut String, label: &str, text: &str) {
    let first = format!("    {label:<10} ");
    let rest = " ".repeat(first.len());
    // A command, an id or a port path must not be broken at its hyphens.
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(&first)
        .subsequent_indent(&rest)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    out.push_str(&textwrap::fill(&visible(text), options));
    out.push('\n');
}

/// The answers about several machines, each below a heading of its own; that about the only
/// one stands alone.
pub fn machines(answers: &[String]) -> String {
    match answers {
        [one] => one.clone(),
        many => {
            let below = |(at, answer): (usize, &String)| format!("machine {}\n\n{answer}", at + 1);
            many.iter().enumerate().map(below).collect::<Vec<_>>().join("\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_wrap_in_their_column() {
        let mut out = String::new();
        labelled(&mut out, "serial", &"word ".repeat(30));
        assert!(out.lines().all(|line| line.len() <= 80));
        assert!(out.lines().nth(1).is_some_and(|line| line.starts_with("               word")));
    }
}
