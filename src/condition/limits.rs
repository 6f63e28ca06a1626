//! Limits that a text must keep before it is parsed, so that a hostile one fails at once.
//!
//! The parser recurses with the nesting of the text and the evaluator with the nesting of
//! the tree; both stay far from the end of any thread's stack within these limits. Texts
//! in quotes are counted like the rest: a count that cannot be fooled beats an exact one.

use super::ConditionError;

/// Longest condition in characters.
const LENGTH: usize = 1000;
/// Deepest nesting of brackets, and of the tree.
pub(super) const DEPTH: usize = 24;
/// Most signs that nest without brackets: `!`, `-`, `?`.
const NESTING_SIGNS: usize = 48;
/// Most words and signs together.
const TOKENS: usize = 240;

/// Refuses a text that is empty, too long or too deep.
pub(super) fn check(text: &str) -> Result<(), ConditionError> {
    let fail = |column: usize, what: String| Err(ConditionError { column, what });
    if text.trim().is_empty() {
        return fail(1, "the condition is empty".into());
    }
    let (mut depth, mut signs, mut tokens, mut in_word) = (0_usize, 0, 0, false);
    for (index, character) in text.chars().enumerate() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '!' | '-' | '?' => signs += 1,
            _ => {}
        }
        let word = character.is_alphanumeric() || character == '_';
        let continues = character.is_whitespace() || (word && in_word);
        tokens += usize::from(!continues);
        in_word = word;
        if index >= LENGTH {
            return fail(index + 1, format!("a condition has at most {LENGTH} characters"));
        }
        if depth > DEPTH || signs > NESTING_SIGNS {
            return fail(index + 1, format!("a condition nests at most {DEPTH} levels"));
        }
        if tokens > TOKENS {
            return fail(index + 1, format!("a condition has at most {TOKENS} words and signs"));
        }
    }
    Ok(())
}
