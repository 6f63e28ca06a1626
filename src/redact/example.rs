//! Whether redaction packs are usable and keep what they promise: the examples of their rules,
//! and a made-up value of every class.

use super::audit::{Audit, self_test};
use super::rules::rows;
use super::{Key, RedactError, Redactor, RuleRow, Seeds};
use crate::packs::{Pack, PackError, PackSet};

/// Everything that is wrong with the redaction packs, as far as it can be seen.
pub fn failed_examples(packs: &PackSet) -> Vec<PackError> {
    let found = |error: RedactError| vec![place(packs, error)];
    // What the stand-ins are does not matter here.
    let key = Key([0; 32]);
    let redactor = match Redactor::new(packs, &Seeds::default(), key) {
        Ok(redactor) => redactor,
        Err(error) => return found(error),
    };
    if let Err(error) = Audit::new(packs, &Seeds::default()) {
        return found(error);
    }
    let rows = match rows(packs) {
        Ok(rows) => rows,
        Err(error) => return found(error),
    };
    let mut errors: Vec<PackError> =
        rows.iter().flat_map(|row| broken(row, &redactor, packs)).collect();
    if let Err(error) = self_test(&redactor) {
        errors.push(PackError::whole("redaction", error.to_string()));
    }
    errors
}

/// The examples of a rule that come out otherwise.
fn broken(row: &RuleRow, redactor: &Redactor, packs: &PackSet) -> Vec<PackError> {
    let at = |what: String| match holder(packs, &row.id) {
        Some(pack) => pack.error_at(&row.id, format!("rule `{}`: {what}", row.id)),
        None => PackError::whole("redaction", format!("rule `{}`: {what}", row.id)),
    };
    let after = |text: &str| {
        let redacted = redactor.text(text.as_bytes()).map_err(|error| at(error.to_string()))?;
        Ok::<_, PackError>(String::from_utf8_lossy(redacted.bytes()).into_owned())
    };
    let mut errors = Vec::new();
    for example in &row.redacts {
        match after(&example.text) {
            Ok(out) => {
                let left = example.values.iter().filter(|value| out.contains(value.as_str()));
                errors.extend(left.map(|value| at(format!("`{value}` is left in `{out}`"))));
            }
            Err(error) => errors.push(error),
        }
    }
    for kept in &row.keeps {
        match after(kept) {
            Ok(out) if out == *kept => {}
            Ok(out) => errors.push(at(format!("`{kept}` became `{out}`"))),
            Err(error) => errors.push(error),
        }
    }
    errors
}

/// An error at the pack that is to blame.
fn place(packs: &PackSet, error: RedactError) -> PackError {
    match error {
        RedactError::Pack(error) => error,
        RedactError::Shape(name) => {
            let what = RedactError::Shape(name.clone()).to_string();
            let shape = format!("\"{name}\"");
            match holder(packs, &name) {
                Some(pack) => pack.error_at(&shape, what),
                None => PackError::whole("redaction", what),
            }
        }
        error => PackError::whole("redaction", error.to_string()),
    }
}

/// The last pack that writes a name as a value: an overlay before an embedded one.
fn holder<'p>(packs: &'p PackSet, name: &str) -> Option<&'p Pack> {
    let written = format!("\"{name}\"");
    packs.of("redaction").filter(|pack| pack.text.contains(&written)).last()
}
