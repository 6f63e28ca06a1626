//! From a person's text to words: lower case, folded letters, numbers, sentences, clauses.
//!
//! Everything after this module works on [`Word`]s. Folding makes `Lösch es!` and
//! `loesch es` the same text, so that packs are written without accents.

/// Only so much of a text is read; a description is a page, a log belongs in the bundle.
pub const LONGEST: usize = 32 * 1024;

/// One word of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded, and corrected where a typing mistake was found.
    pub text: String,
    /// Its number, when it is one: `1,400` is 1400.
    pub value: Option<u64>,
    /// Which sentence it stands in.
    pub sentence: usize,
    /// Which clause it stands in; clauses are counted through the whole text.
    pub clause: usize,
}

/// A text in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The words in order.
    pub words: Vec<Word>,
    /// The sentences that end in a question mark.
    pub questions: Vec<usize>,
    /// Whether the text was longer than what was read.
    pub cut: bool,
}

impl Text {
    /// Reads a text.
    pub fn new(text: &str) -> Self {
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut reader =
            Reader { text: Self { cut: end < text.len(), ..Self::default() }, ..Reader::default() };
        let folded = fold(&text[..end]);
        reader.read(&folded);
        reader.text
    }
}

/// Lower case, one apostrophe, no accents; German umlauts as they are spelled without them.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 16);
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'ø' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => folded.push('a'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' => folded.push('o'),
            'ù' | 'ú' | 'û' => folded.push('u'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => folded.push('\''),
            '\u{300}'..='\u{36f}' => {}
            other => folded.push(other),
        }
    }
    folded
}

#[derive(Default)]
struct Reader {
    text: Text,
    sentence: usize,
    clause: usize,
}

impl Reader {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            rest = if first.is_alphanumeric() {
                self.word(rest)
            } else {
                let after = &rest[first.len_utf8()..];
                self.mark(first, after);
                after
            };
        }
    }

    /// Takes one word off the front.
    fn word<'t>(&mut self, rest: &'t str) -> &'t str {
        let (length, value) = number(rest).unwrap_or_else(|| (letters(rest), None));
        // `the user's drive` is about a user, not about users.
        let stem = rest[..length].strip_suffix("'s").unwrap_or(&rest[..length]);
        let text = stem.replace('\'', "");
        let word = Word { text, value, sentence: self.sentence, clause: self.clause };
        self.text.words.push(word);
        &rest[length..]
    }

    /// A sign ends a sentence, a clause, or nothing.
    fn mark(&mut self, sign: char, after: &str) {
        let then_space = after.chars().next().is_none_or(|next| !next.is_alphanumeric());
        match sign {
            '?' => {
                self.text.questions.push(self.sentence);
                self.end_sentence();
            }
            '!' | '\n' => self.end_sentence(),
            '.' if then_space => self.end_sentence(),
            ',' | ';' | '(' | ')' | '\u{2013}' | '\u{2014}' => self.clause += 1,
            ':' | '-' if then_space => self.clause += 1,
            _ => {}
        }
    }

    fn end_sentence(&mut self) {
        self.sentence += 1;
        self.clause += 1;
    }
}

/// Length of the word at the front; an apostrophe inside belongs to it.
fn letters(rest: &str) -> usize {
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let inside =
            character == '\'' && characters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !character.is_alphanumeric() && !inside {
            return at;
        }
    }
    rest.len()
}

/// Length and value of the number at the front: `1,400`, `1.400`, `20k`; a version or a
/// decimal (`24.04`) is a number without a value.
fn number(rest: &str) -> Option<(usize, Option<u64>)> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut length = digits(0);
    if length == 0 {
        return None;
    }
    let mut value: u64 = rest[..length].parse().ok()?;
    let mut whole = true;
    while matches!(bytes.get(length), Some(b'.' | b',' | b'\'')) && digits(length + 1) > 0 {
        let group = digits(length + 1);
        let thousands = group == 3 && whole && value < 1_000_000;
        let part: u64 = rest[length + 1..length + 1 + group].parse().ok()?;
        value = if thousands { value * 1000 + part } else { value };
        whole &= thousands;
        length += 1 + group;
    }
    let suffix = letters(&rest[length..]);
    match &rest[length..length + suffix] {
        "" => Some((length, whole.then_some(value))),
        "k" => Some((length + 1, whole.then_some(value.saturating_mul(1000)))),
        // `128gb`, `2tb`, `3rd`, `5x`: a word of its own.
        _ => Some((length + suffix, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Text::new(text).words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn letters_are_folded_and_signs_fall_away() {
        assert_eq!(words("Can’t UNLOCK my Locker+ 50!"), ["cant", "unlock", "my", "locker", "50"]);
        assert_eq!(
            words("Gerät läßt sich – nicht öffnen"),
            ["geraet", "laesst", "sich", "nicht", "oeffnen"]
        );
        assert_eq!(words("on-prem unlocker.exe"), ["on", "prem", "unlocker", "exe"]);
    }

    #[test]
    fn numbers_have_values_and_sizes_have_none() {
        let value = |text: &str| Text::new(text).words[0].value;
        assert_eq!(value("1,400 drives"), Some(1400));
        assert_eq!(value("1.400 Sticks"), Some(1400));
        assert_eq!(value("2k"), Some(2000));
        assert_eq!(value("600."), Some(600));
        assert_eq!(value("24.04"), None);
        assert_eq!(value("128GB"), None);
        assert_eq!(value("99999999999999999999999"), None);
    }

    #[test]
    fn sentences_and_questions_are_told_apart() {
        let text = Text::new("It broke. Can you help? Thanks");
        assert_eq!(text.questions, [1]);
        assert_eq!(text.words.last().map(|word| word.sentence), Some(2));
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let text = Text::new(&"ü".repeat(LONGEST));
        assert!(text.cut);
    }
}
