//! The paths that Rust code names: `a::b`, with the groups of `use` spelled out.

/// Code without comments and without what stands in strings.
pub(crate) fn bare(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(next) = rest.chars().next() {
        let skipped = comment(rest).or_else(|| text(rest)).or_else(|| character(rest));
        match skipped {
            Some(length) => {
                let lines = rest[..length].matches('\n').count();
                out.push_str(&"\n".repeat(lines));
                out.push(' ');
                rest = &rest[length..];
            }
            None => {
                // A whole word at once, so that an `r` at its end begins no raw string.
                let word = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                let length = word.max(next.len_utf8());
                out.push_str(&rest[..length]);
                rest = &rest[length..];
            }
        }
    }
    out
}

/// The length of the comment that begins here.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.starts_with("/*").then(|| rest.find("*/").map_or(rest.len(), |end| end + 2))
}

/// The length of the string that begins here.
fn text(rest: &str) -> Option<usize> {
    let raw = rest.trim_start_matches('b').trim_start_matches('r');
    let signs = raw.len() - raw.trim_start_matches('#').len();
    let prefix = rest.len() - raw.len();
    if prefix > 2 || !raw[signs..].starts_with('"') {
        return None;
    }
    let start = prefix + signs + 1;
    if rest[..prefix].ends_with('r') {
        let end = format!("\"{}", "#".repeat(signs));
        return rest[start..].find(&end).map(|at| start + at + end.len());
    }
    let mut escaped = false;
    let end = rest[start..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    (signs == 0).then(|| end.map(|at| start + at + 1)).flatten()
}

/// The length of the character literal that begins here; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return inner[2..].find('\'').map(|at| at + 4);
    }
    let length = inner.chars().next()?.len_utf8();
    inner[length..].starts_with('\'').then_some(length + 2)
}

/// Every path of bare code, and every single name too.
pub(crate) fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(is_part) {
        rest = path(&rest[at..], Vec::new(), &mut found);
    }
    found
}

/// Reads one path with its groups; returns what follows.
fn path<'a>(text: &'a str, mut so_far: Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    if &text[..end] != "self" || so_far.is_empty() {
        so_far.push(text[..end].to_owned());
    }
    let rest = &text[end..];
    let Some(after) = rest.trim_start().strip_prefix("::").map(str::trim_start) else {
        found.push(so_far);
        return rest;
    };
    if let Some(inside) = after.strip_prefix('{') {
        return group(inside, &so_far, found);
    }
    if after.starts_with(is_part) {
        return path(after, so_far, found);
    }
    if after.starts_with('*') {
        so_far.push("*".to_owned());
    }
    found.push(so_far);
    after
}

/// Reads `a, b::c, d as e}`; returns what follows.
fn group<'a>(text: &'a str, so_far: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        match rest.chars().next() {
            Some(c) if is_part(c) => rest = path(rest, so_far.to_vec(), found),
            Some('*') => {
                found.push([so_far, &["*".to_owned()]].concat());
                rest = &rest[1..];
            }
            Some('}') => return &rest[1..],
            _ => return rest,
        }
        let renamed = rest.trim_start().strip_prefix("as ");
        rest = renamed.map_or(rest, |name| name.trim_start().trim_start_matches(is_part));
    }
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[test]
fn groups_are_spelled_out() {
    let of = |code| paths(code).iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(
        of("use std::{fs, env::{self, var as v}};"),
        ["use", "std::fs", "std::env", "std::env::var"]
    );
    assert_eq!(of("a::b::<T>(super::super::x, c :: * )"), ["a::b", "T", "super::super::x", "c::*"]);
    assert_eq!(of("use a::{\n    b as d, *,\n};\nfn f"), ["use", "a::b", "a::*", "fn", "f"]);
}

#[test]
fn comments_and_strings_name_nothing() {
    let code = "a /* b */ \"c \\\" d\" 'e' '\\'' r#\"f \" g\"# b\"h\" x<'y> // z\nfor\"\"";
    let words: Vec<String> = bare(code).split_whitespace().map(str::to_owned).collect();
    assert_eq!(words, ["a", "x<'y>", "for"]);
    assert_eq!(bare("a // b\n\"c\nd\"e").lines().count(), 3);
}
