//! Rules files as udev(7) describes them: lines, continuations, and `KEY{attribute}OP"value"`.

/// What stands between a key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `==`: a condition.
    Equal,
    /// `!=`: its opposite.
    Differ,
    /// `=` and `:=`: sets, and for an attribute writes into the device's sysfs file.
    Set,
    /// `+=`.
    Add,
    /// `-=`.
    Remove,
}

/// One `KEY{attribute}OP"value"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) key: String,
    pub(super) attribute: Option<String>,
    pub(super) operator: Operator,
    pub(super) value: String,
}

/// One rule: its first line's number and its tokens, or what is not a rule about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) line: usize,
    pub(super) tokens: Result<Vec<Token>, String>,
}

/// The rules of a file; comments and empty lines are left out.
pub(super) fn parse(text: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut pending: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let (number, mut whole) = pending.take().unwrap_or((index + 1, String::new()));
        // A comment is one even between continued lines.
        if line.trim_start().starts_with('#') {
            pending = (!whole.is_empty()).then_some((number, whole));
            continue;
        }
        match line.strip_suffix('\\') {
            Some(part) => {
                whole.push_str(part);
                pending = Some((number, whole));
            }
            None => {
                whole.push_str(line);
                push(&mut rules, number, &whole);
            }
        }
    }
    if let Some((number, whole)) = pending {
        push(&mut rules, number, &whole);
    }
    rules
}

fn push(rules: &mut Vec<Rule>, line: usize, text: &str) {
    if !text.trim().is_empty() {
        rules.push(Rule { line, tokens: tokens(text) });
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(separator);
    while !rest.is_empty() {
        let (token, after) =
            token(rest).ok_or_else(|| format!("`{}` is not KEY==\"value\"", shorten(rest)))?;
        found.push(token);
        rest = after.trim_start_matches(separator);
    }
    Ok(found)
}

fn separator(c: char) -> bool {
    c == ',' || c.is_whitespace()
}

fn token(text: &str) -> Option<(Token, &str)> {
    let end = text.find(|c: char| !c.is_ascii_uppercase() && c != '_')?;
    let (key, rest) = text.split_at(end);
    let (attribute, rest) = match rest.strip_prefix('{') {
        Some(inner) => {
            let (name, rest) = inner.split_once('}')?;
            (Some(name.to_owned()), rest)
        }
        None => (None, rest),
    };
    let (operator, rest) = operator(rest.trim_start())?;
    // `e"…"` and `i"…"` are an escaped value and one without case.
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(['e', 'i']).unwrap_or(rest);
    let (value, rest) = rest.strip_prefix('"')?.split_once('"')?;
    let token = Token { key: key.to_owned(), attribute, operator, value: value.to_owned() };
    (!key.is_empty()).then_some((token, rest))
}

fn operator(text: &str) -> Option<(Operator, &str)> {
    use Operator::{Add, Differ, Equal, Remove, Set};
    let known =
        [("==", Equal), ("!=", Differ), ("+=", Add), ("-=", Remove), (":=", Set), ("=", Set)];
    known.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Vec<Token> {
        let mut rules = parse(text);
        assert_eq!(rules.len(), 1, "{rules:?}");
        rules.remove(0).tokens.unwrap()
    }

    #[test]
    fn keys_attributes_and_operators_are_told_apart() {
        let tokens = only("ATTR{idVendor}=\"1953\", TAG+=\"uaccess\" ENV{X}!=\"a b\"\n");
        let kinds: Vec<_> = tokens.iter().map(|t| (t.key.as_str(), t.operator)).collect();
        use Operator::{Add, Differ, Set};
        assert_eq!(kinds, [("ATTR", Set), ("TAG", Add), ("ENV", Differ)]);
        assert_eq!(tokens[0].attribute.as_deref(), Some("idVendor"));
        assert_eq!(tokens[2].value, "a b");
    }

    #[test]
    fn continued_lines_are_one_rule_with_the_first_lines_number() {
        let rules = parse("\n# c\nA==\"1\", \\\n  # between\n  B==\"2\"\nC==\"3\"");
        let lines: Vec<_> = rules.iter().map(|r| r.line).collect();
        assert_eq!(lines, [3, 6]);
        assert_eq!(rules[0].tokens.as_ref().unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_rule_is_an_error_and_ends() {
        for text in ["A", "A==", "A==\"x", "{a}==\"x\"", "a==\"x\"", "A{b==\"x\"", "ü"] {
            assert!(parse(text)[0].tokens.is_err(), "{text}");
        }
        assert!(parse("A==\"1\" \\")[0].tokens.is_ok(), "udev takes a last continuation");
    }

    proptest::proptest! {
        #[test]
        fn any_text_ends_without_a_panic(text: String) {
            proptest::prop_assert!(parse(&text).len() <= text.lines().count());
        }
    }
}
