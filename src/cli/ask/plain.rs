//! Questions for a terminal that cannot move its cursor: a line that asks, a line that answers.
//!
//! Nothing here writes an escape sequence: such terminals are editors, serial consoles and
//! screen readers, which would show or read it.

use std::io::{self, BufRead, Write};

use dialoguer::console::{Term, is_dumb};

use crate::condition::{FactType, FactValue};
use crate::text::visible;

/// Whether the terminal is one for which questions are plain lines.
pub(super) fn is_wanted() -> bool {
    is_dumb()
}

/// A question that may stay without an answer; `place` says the how-manyeth it is.
pub(super) fn fact(
    question: &str,
    kind: FactType,
    place: &str,
) -> dialoguer::Result<Option<FactValue>> {
    let wanted = match kind {
        FactType::Bool => "yes, no,",
        kind => kind.wanted(),
    };
    let prompt = format!("{wanted} or Enter if you don't know ({place}): ");
    let parse = |line: &str| match kind {
        _ if line.is_empty() => Some(None),
        FactType::Bool => yes_or_no(line).map(|yes| Some(yes.into())),
        kind => kind.parse(line).ok().map(Some),
    };
    tell(question)?;
    Ok(answer(&prompt, parse)?)
}

/// A question whose answer Enter gives, too.
pub(super) fn confirm(question: &str, default: bool) -> dialoguer::Result<bool> {
    let enter = if default { "yes" } else { "no" };
    tell(question)?;
    let parse = |line: &str| if line.is_empty() { Some(default) } else { yes_or_no(line) };
    Ok(answer(&format!("yes or no (Enter: {enter}): "), parse)?)
}

/// A line of the person's own words.
pub(super) fn words(prompt: &str) -> dialoguer::Result<String> {
    Ok(answer(&format!("{}: ", visible(prompt)), |line| {
        (!line.is_empty()).then(|| line.to_owned())
    })?)
}

/// A line that does not show while it is typed.
pub(super) fn secret(prompt: &str) -> dialoguer::Result<String> {
    loop {
        say(&format!("{}: ", visible(prompt)))?;
        let typed = Term::stderr().read_secure_line()?;
        if !typed.is_empty() {
            return Ok(typed);
        }
    }
}

/// The question itself, in lines of 80 columns.
fn tell(question: &str) -> io::Result<()> {
    say(&format!("{}\n", textwrap::fill(&visible(question), 80)))
}

fn say(text: &str) -> io::Result<()> {
    let mut screen = io::stderr().lock();
    screen.write_all(text.as_bytes())?;
    screen.flush()
}

fn answer<T>(prompt: &str, parse: impl Fn(&str) -> Option<T>) -> io::Result<T> {
    loop {
        say(prompt)?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nothing more is typed"));
        }
        if let Some(value) = parse(line.trim()) {
            return Ok(value);
        }
    }
}

fn yes_or_no(line: &str) -> Option<bool> {
    match line.to_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_and_no_are_answers() {
        assert_eq!(yes_or_no("Yes"), Some(true));
        assert_eq!(yes_or_no("n"), Some(false));
        assert_eq!(yes_or_no("maybe"), None);
        assert_eq!(yes_or_no(""), None);
    }
}
