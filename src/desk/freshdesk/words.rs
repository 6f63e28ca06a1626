//! Text as Freshdesk wants it.

use crate::text::{is_steering, one_line};

/// One line, at most `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    one_line(text).chars().take(most).collect::<String>().trim().to_owned()
}

/// Text as HTML: descriptions and notes are HTML, and people's words are not.
pub(super) fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for (at, line) in text.trim_end().lines().enumerate() {
        if at > 0 {
            html.push_str("<br>");
        }
        // Browsers fold leading blanks, which carry the sections here.
        let words = line.trim_start_matches(' ');
        html.push_str(&"&nbsp;".repeat(line.len() - words.len()));
        for character in words.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                c if is_steering(c) => html.push(' '),
                c => html.push(c),
            }
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_become_markup() {
        let text = "a <b>\"x\" & 'y'\n  <script>\u{202e}\n";
        let expected = "a &lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;<br>&nbsp;&nbsp;&lt;script&gt; ";
        assert_eq!(html(text), expected);
    }

    #[test]
    fn a_subject_is_one_short_line() {
        let subject = shortened(&format!("a\r\nb\u{202e}{}", "ü".repeat(300)), 255);
        assert_eq!(subject.chars().count(), 255);
        assert!(subject.starts_with("a  b ü"));
    }
}
