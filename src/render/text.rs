//! Columns and sizes for people.

use crate::text::visible;

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

/// A number of things: `1 drive`, `2 drives`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A size as people write it: `62.1 GB`, decimal as on the drive's case.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if size < 1000 {
        return format!("{size} bytes");
    }
    let (mut whole, mut tenths, mut unit) = (size, 0, "");
    for next in UNITS {
        if whole < 1000 {
            break;
        }
        tenths = whole % 1000 / 100;
        whole /= 1000;
        unit = next;
    }
    format!("{whole}.{tenths} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal() {
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(300_000_000), "300.0 MB");
        assert_eq!(bytes(62_109_253_632), "62.1 GB");
        assert_eq!(bytes(u64::MAX), "18446.7 PB");
    }

    #[test]
    fn long_values_wrap_in_their_column() {
        let mut out = String::new();
        labelled(&mut out, "serial", &"word ".repeat(30));
        assert!(out.lines().all(|line| line.len() <= 80));
        assert!(out.lines().nth(1).is_some_and(|line| line.starts_with("               word")));
    }
}
