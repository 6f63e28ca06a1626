//! The redaction packs as values: rules, words that identify nobody, JSON fields.

use std::collections::{BTreeSet, HashMap};

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::words::Words;
use super::{Class, RedactError, form};
use crate::packs::{Pack, PackSet};

/// One pack.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<RuleRow>,
    #[serde(default)]
    ordinary: Vec<OrdinaryRow>,
    #[serde(default)]
    words: Vec<WordsRow>,
    #[serde(default)]
    field: Vec<FieldRow>,
    #[serde(default)]
    fragment: Vec<FragmentRow>,
}

/// A way to find values, with the texts that prove it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleRow {
    /// Unique name.
    pub id: String,
    /// What it finds: the class of the group `value`, or of what the shape finds.
    pub class: Class,
    /// Why the value identifies somebody, or how the text comes about.
    pub why: String,
    /// Where the form of the text is documented.
    pub source: String,
    /// When that was last checked.
    pub checked: String,
    /// A finder written in code, instead of `pattern`.
    #[serde(default)]
    pub shape: Option<String>,
    /// Literals, one of which every match begins with, in any case of letters.
    #[serde(default)]
    pub prefilter: Vec<String>,
    /// Regular expression without regard to case, for the literal and what follows; the
    /// group `value` is replaced, and so are groups named after other classes.
    #[serde(default)]
    pub pattern: Option<String>,
    /// The same for what follows the literal only: faster, and the better choice wherever
    /// the literal does not matter. Of several the first that matches counts; that takes less
    /// time than one with alternatives, as most are ruled out before any group is looked for.
    #[serde(default)]
    pub follow: Follow,
    /// Whether a match may begin inside a word.
    #[serde(default)]
    pub inside_word: bool,
    /// Whether only the part after the last `_` is the value, without unit, partition and
    /// namespace.
    #[serde(default)]
    pub last_part: bool,
    /// Texts in which the rule must find something.
    pub redacts: Vec<Redacts>,
    /// Texts in which it must find nothing.
    pub keeps: Vec<String>,
}

/// One expression or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Follow {
    /// The only one.
    One(String),
    /// In the order in which they are tried.
    Several(Vec<String>),
}

impl Default for Follow {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Follow {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// A text and the values in it that must go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redacts {
    /// The text.
    pub text: String,
    /// Every value that must not be left.
    pub values: Vec<String>,
}

/// Values of a class that identify nobody and stay as they are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrdinaryRow {
    class: Class,
    #[serde(rename = "why")]
    _why: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "checked")]
    _checked: String,
    values: Vec<String>,
}

/// Word lists that shapes consult.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsRow {
    id: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "checked")]
    _checked: String,
    words: Vec<String>,
}

/// What JSON fields of these names mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRow {
    names: Vec<String>,
    meaning: String,
    #[serde(rename = "why")]
    _why: String,
}

/// A part that the patterns of several rules share: `{name}` stands for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FragmentRow {
    name: String,
    pattern: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "checked")]
    _checked: String,
}

/// What a JSON field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A value of this class.
    Is(Class),
    /// Something technical: only values that this machine is known to hold are taken out.
    Technical,
    /// Paths at which volumes are mounted.
    Mounts,
}

/// A rule with its expressions compiled.
pub(super) struct Rule {
    pub(super) inside_word: bool,
    /// Whether the expressions begin after the literal.
    pub(super) follows: bool,
    /// Whether the value is the part after the last `_`.
    pub(super) last_part: bool,
    /// The first that matches counts.
    pub(super) expressions: Vec<Expression>,
}

/// One expression, and which of its groups are to be replaced.
pub(super) struct Expression {
    pub(super) regex: Regex,
    /// By index.
    pub(super) groups: Vec<(usize, Class)>,
}

/// All packs, compiled.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) rules: Vec<Rule>,
    /// Literal and index of its rule.
    pub(super) literals: Vec<(String, usize)>,
    pub(super) shapes: BTreeSet<String>,
    words: HashMap<String, Words>,
    fragments: HashMap<String, String>,
    pub(super) fields: HashMap<String, Meaning>,
    /// By class.
    ordinary: [Words; Class::ALL.len()],
}

/// Reads the rule rows of all packs, for the tests that run their examples.
pub fn rows(packs: &PackSet) -> Result<Vec<RuleRow>, RedactError> {
    let mut rows = Vec::new();
    for pack in packs.of("redaction") {
        rows.extend(pack.parse::<File>()?.rule);
    }
    Ok(rows)
}

impl Rules {
    /// Compiles all redaction packs.
    pub(super) fn load(packs: &PackSet) -> Result<Self, RedactError> {
        let mut rules = Self::default();
        let mut files = Vec::new();
        for pack in packs.of("redaction") {
            let mut file: File = pack.parse()?;
            for row in file.fragment.drain(..) {
                rules.fragments.insert(row.name, row.pattern);
            }
            files.push((pack, file));
        }
        for (pack, file) in files {
            for row in file.rule {
                rules.add_rule(pack, row)?;
            }
            for row in file.ordinary {
                let words = &mut rules.ordinary[row.class.index()];
                add_words(pack, words, &row.values)?;
            }
            for row in file.words {
                let words = rules.words.entry(row.id).or_default();
                add_words(pack, words, &row.words)?;
            }
            for row in file.field {
                rules.add_field(pack, row)?;
            }
        }
        if rules.rules.is_empty() && rules.shapes.is_empty() {
            return Err(RedactError::NoRules);
        }
        Ok(rules)
    }

    fn add_rule(&mut self, pack: &Pack, row: RuleRow) -> Result<(), RedactError> {
        let error = |what: String| pack.error_at(&row.id, format!("rule `{}`: {what}", row.id));
        if row.redacts.is_empty() || row.keeps.is_empty() {
            return Err(error("examples of both kinds are missing".into()).into());
        }
        let (patterns, follows) = match (&row.pattern, row.follow.all(), &row.shape) {
            (Some(pattern), [], None) => (std::slice::from_ref(pattern), false),
            (None, several @ [_, ..], None) => (several, true),
            (None, [], Some(shape)) => {
                self.shapes.insert(shape.clone());
                return Ok(());
            }
            _ => {
                return Err(error("one of `pattern`, `follow` and `shape` is needed".into()).into());
            }
        };
        if row.prefilter.is_empty() {
            return Err(error("`prefilter` is missing".into()).into());
        }
        let expressions = patterns.iter().map(|pattern| self.expression(pattern, row.class));
        let expressions = expressions.collect::<Result<_, _>>().map_err(error)?;
        let index = self.rules.len();
        self.literals.extend(row.prefilter.into_iter().map(|literal| (literal, index)));
        self.rules.push(Rule {
            inside_word: row.inside_word,
            follows,
            last_part: row.last_part,
            expressions,
        });
        Ok(())
    }

    fn expression(&self, pattern: &str, class: Class) -> Result<Expression, String> {
        let pattern = self.expanded(pattern, NESTED)?;
        let regex = RegexBuilder::new(&format!("\\A(?:{pattern})"))
            .unicode(false)
            .case_insensitive(true)
            .size_limit(1 << 20)
            .build()
            .map_err(|e| e.to_string())?;
        let groups = groups(&regex, class)?;
        Ok(Expression { regex, groups })
    }

    /// A pattern with the fragments it names in their places; those may name others.
    fn expanded(&self, pattern: &str, depth: usize) -> Result<String, String> {
        let mut whole = String::new();
        let mut rest = pattern;
        while let Some((before, name, after)) = next_name(rest) {
            let fragment = self.fragments.get(name).filter(|_| depth > 0);
            let fragment = fragment.ok_or_else(|| format!("there is no fragment `{name}`"))?;
            whole.push_str(before);
            whole.push_str(&self.expanded(fragment, depth - 1)?);
            rest = after;
        }
        Ok(whole + rest)
    }

    fn add_field(&mut self, pack: &Pack, row: FieldRow) -> Result<(), RedactError> {
        let meaning = match row.meaning.as_str() {
            "technical" => Meaning::Technical,
            "mounts" => Meaning::Mounts,
            name => Meaning::Is(Class::from_name(name).ok_or_else(|| {
                pack.error_at(name, format!("`{name}` is neither a class nor a meaning"))
            })?),
        };
        self.fields.extend(row.names.into_iter().map(|name| (name.to_lowercase(), meaning)));
        Ok(())
    }

    /// Whether a value of a class identifies nobody.
    pub(super) fn is_ordinary(&self, class: Class, value: &[u8]) -> bool {
        let known = &self.ordinary[class.index()];
        if known.has(value) || form::is_ordinary(class, value) {
            return true;
        }
        // A name below a public domain is as public as the domain.
        class == Class::Domain
            && memchr::memchr_iter(b'.', value).any(|dot| known.has(&value[dot + 1..]))
    }

    /// Whether a word stands in a list.
    pub(super) fn has_word(&self, list: &str, word: &[u8]) -> bool {
        self.words.get(list).is_some_and(|words| words.has(word))
    }

    /// A list of words; an empty one when no pack has it.
    pub(super) fn words(&self, list: &str) -> Words {
        self.words.get(list).cloned().unwrap_or_default()
    }
}

/// How deep fragments may name each other.
const NESTED: usize = 4;

/// The first `{name}` of a pattern, with what stands before and after it. A count, `{1,3}`,
/// and an escaped brace are none.
fn next_name(pattern: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = pattern.get(from..)?.find('{').map(|at| from + at) {
        let (before, rest) = (pattern.get(..open)?, pattern.get(open + 1..)?);
        let length = rest.bytes().take_while(|b| b.is_ascii_lowercase() || *b == b'_').count();
        let name = rest.get(..length)?;
        match rest.get(length..)?.strip_prefix('}') {
            Some(after) if length > 0 && !before.ends_with('\\') => {
                return Some((before, name, after));
            }
            _ => from = open + 1,
        }
    }
    None
}

fn add_words(pack: &Pack, words: &mut Words, add: &[String]) -> Result<(), RedactError> {
    for word in add {
        words.add(word).map_err(|what| pack.error_at(word, what))?;
    }
    Ok(())
}

fn groups(regex: &Regex, class: Class) -> Result<Vec<(usize, Class)>, String> {
    let mut groups = Vec::new();
    for (index, name) in regex.capture_names().enumerate() {
        match name {
            None => {}
            Some("value") => groups.push((index, class)),
            Some(name) => {
                // Two groups of one class are told apart by a trailing digit.
                let class = name.trim_end_matches(|c: char| c.is_ascii_digit());
                let class = Class::from_name(name)
                    .or_else(|| Class::from_name(class))
                    .ok_or_else(|| format!("group `{name}` is not a class"))?;
                groups.push((index, class));
            }
        }
    }
    if groups.is_empty() {
        return Err("no group `value` and none named after a class".into());
    }
    Ok(groups)
}
