//! Verdicts as comma-separated values (RFC 4180).

use super::{DriveVerdict, EligibilityDocument, contact_id, lifecycle_id, verdict_id};
use crate::policy::Effect;
use crate::text::visible;

/// The first line.
pub fn csv_header() -> &'static str {
    "port,model,name,serial,verdict,excluded_by,ask,lifecycle,ends,contact,policy,as_of\r\n"
}

/// One line per drive.
pub fn csv(document: &EligibilityDocument) -> String {
    document.drives.iter().map(|drive| line(drive, document)).collect()
}

fn line(drive: &DriveVerdict, document: &EligibilityDocument) -> String {
    let excludes = drive.reasons.iter().filter(|reason| reason.effect == Effect::Excludes);
    let excludes: Vec<&str> = excludes.map(|reason| reason.clause.as_str()).collect();
    let ask: Vec<&str> = drive.ask.iter().map(|asked| asked.fact.as_str()).collect();
    let fields = [
        drive.port.clone(),
        outside(drive.model.as_deref()),
        outside(Some(&drive.name)),
        outside(drive.serial.as_deref()),
        verdict_id(drive.verdict).into(),
        excludes.join(" "),
        ask.join(" "),
        lifecycle_id(drive.lifecycle.status).into(),
        drive.lifecycle.ends.clone().unwrap_or_default(),
        contact_id(drive.contact).into(),
        document.policy.id.clone(),
        document.as_of.to_string(),
    ];
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    fields.join(",") + "\r\n"
}

/// Device text: made visible, and kept from being a formula in a spreadsheet.
fn outside(text: Option<&str>) -> String {
    let text = visible(text.unwrap_or_default());
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
        assert_eq!(quoted(&outside(Some("a,\"b"))), "\"a,\"\"b\"");
        assert_eq!(outside(Some("=HYPERLINK(1)")), "'=HYPERLINK(1)");
        assert_eq!(outside(Some("a\nb")), "a\\u{a}b");
    }
}
