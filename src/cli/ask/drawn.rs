//! Questions for a terminal that can move its cursor: lists to choose from, one key's answers.

use dialoguer::{Confirm, Input, Password, Select};

use crate::condition::{FactType, FactValue};

/// A question that may stay without an answer.
pub(super) fn fact(question: &str, kind: FactType) -> dialoguer::Result<Option<FactValue>> {
    if kind != FactType::Bool {
        return typed(question, kind);
    }
    let answers = ["yes", "no", "I don't know"];
    let picked = Select::new().with_prompt(question).items(answers).default(2).interact_opt()?;
    Ok(picked.filter(|picked| *picked < 2).map(|picked| (picked == 0).into()))
}

fn typed(question: &str, kind: FactType) -> dialoguer::Result<Option<FactValue>> {
    let answer: String = Input::new()
        .with_prompt(format!("{question} (empty if you don't know)"))
        .allow_empty(true)
        .validate_with(move |text: &String| {
            let text = text.trim();
            match text.is_empty() || kind.parse(text).is_ok() {
                true => Ok(()),
                false => Err(format!("please type {}", kind.wanted())),
            }
        })
        .interact_text()?;
    Ok(Some(answer.trim()).filter(|text| !text.is_empty()).and_then(|text| kind.parse(text).ok()))
}

/// A question whose answer Enter gives, too.
pub(super) fn confirm(question: &str, default: bool) -> dialoguer::Result<bool> {
    Confirm::new().with_prompt(question).default(default).interact()
}

/// A line of the person's own words.
pub(super) fn words(prompt: &str) -> dialoguer::Result<String> {
    Input::new().with_prompt(prompt).interact_text()
}

/// A line that does not show while it is typed.
pub(super) fn secret(prompt: &str) -> dialoguer::Result<String> {
    Password::new().with_prompt(prompt).interact()
}
