//! Verdicts as comma-separated values (RFC 4180).

use super::{DriveVerdict, EligibilityDocument, contact_id, lifecycle_id, verdict_id};
use crate::policy::Effect;
use crate::text::visible;

/// The first line.
pub fn csv_header() -> &'static str {
    "port,model,name,serial,verdict,excluded_by,ask,lifecycle,ends,contact,policy,as_of,advice,why\r\n"
}

/// The first line, and one line per drive; where there are several machines, their numbers
/// come first.
pub fn csv(documents: &[EligibilityDocument]) -> String {
    let machine = if documents.len() > 1 { "machine," } else { "" };
    let rows =
        documents.iter().flat_map(|document| document.drives.iter().map(move |d| (d, document)));
    let lines: String = rows.map(|(drive, document)| line(drive, document)).collect();
    format!("{machine}{}{lines}", csv_header())
}

fn line(drive: &DriveVerdict, document: &EligibilityDocument) -> String {
    let LineParts { before_serial, after_serial } = parts(drive, document);
    let (port, serial) = (own(&drive.port), own(drive.serial.as_deref().unwrap_or_default()));
    let machine = drive.machine.map(|number| format!("{number},")).unwrap_or_default();
    format!("{machine}{port}{before_serial}{serial}{after_serial}")
}

/// A line without what tells equal drives apart: port and serial number.
#[derive(Debug)]
pub(super) struct LineParts {
    /// Between the two.
    pub(super) before_serial: String,
    /// After both.
    pub(super) after_serial: String,
}

pub(super) fn parts(drive: &DriveVerdict, document: &EligibilityDocument) -> LineParts {
    let excludes = drive.reasons.iter().filter(|reason| reason.effect == Effect::Excludes);
    let excludes: Vec<&str> = excludes.map(|reason| reason.clause.as_str()).collect();
    let ask: Vec<&str> = drive.ask.iter().map(|asked| asked.fact.as_str()).collect();
    let advice: Vec<&str> = drive.advice.iter().map(|advice| advice.id.as_str()).collect();
    let after = [
        verdict_id(drive.verdict).into(),
        excludes.join(" "),
        ask.join(" "),
        lifecycle_id(drive.lifecycle.status).into(),
        drive.lifecycle.ends.clone().unwrap_or_default(),
        contact_id(drive.contact).into(),
        document.policy.id.clone(),
        document.as_of.to_string(),
        advice.join(" "),
    ];
    let why = own(&drive.why());
    let after: Vec<String> = after.iter().map(|field| quoted(field)).chain([why]).collect();
    let model = own(drive.model.as_deref().unwrap_or_default());
    LineParts {
        before_serial: format!(",{model},{},", own(&drive.name)),
        after_serial: format!(",{}\r\n", after.join(",")),
    }
}

/// A field of outside text.
pub(super) fn own(text: &str) -> String {
    quoted(&outside(text))
}

/// Device text: made visible, and kept from being a formula in a spreadsheet.
fn outside(text: &str) -> String {
    let text = visible(text);
    match text.starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text.into_owned(),
    }
}

fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_text_stays_a_field() {
        assert_eq!(own("a,\"b"), "\"a,\"\"b\"");
        assert_eq!(outside("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(outside("a\nb"), "a\\u{a}b");
    }
}
