//! Text and numbers as Freshdesk wants them.

use serde_json::Value;

use crate::desk::Failure;

/// Ids exceed 32 bits.
pub(super) fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A ticket number on its way into a path.
pub(super) fn number(id: &str) -> Result<u64, Failure> {
    id.parse().map_err(|_| Failure::Unfit(format!("`{id}` is not a ticket number of this desk")))
}

/// Servers decode percent signs in multipart file names, so only plain characters go out
/// (<https://github.com/rack/rack/issues/323>).
pub(super) fn file_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.chars().map(|c| if plain(c) { c } else { '-' }).collect()
}

/// One line, at most `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(most).collect::<String>().trim().to_owned()
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
                c if c.is_control() => html.push(' '),
                c => html.push(c),
            }
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_do_not_become_markup() {
        let text = "a <b>\"x\" & 'y'\n  <script>\u{0}\n";
        let expected = "a &lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;<br>&nbsp;&nbsp;&lt;script&gt; ";
        assert_eq!(html(text), expected);
    }

    #[test]
    fn a_subject_is_one_short_line() {
        let subject = shortened(&format!("a\r\nb{}", "ü".repeat(300)), 255);
        assert_eq!(subject.chars().count(), 255);
        assert!(subject.starts_with("a  b"));
    }

    #[test]
    fn file_names_are_plain_on_the_wire() {
        assert_eq!(file_name("a%2f\"ü\r\n.zip"), "a-2f----.zip");
    }

    #[test]
    fn large_ids_and_ids_in_quotes_are_read() {
        assert_eq!(id_of(&json!(158_018_097_111_u64)), Some(158_018_097_111));
        assert_eq!(id_of(&json!("158018097111")), Some(158_018_097_111));
        assert_eq!(id_of(&json!(-1)), None);
        assert!(number("../agents/me").is_err());
    }
}
