//! FIPS certificates of a model: facts beside the verdict, and never part of it. A
//! certificate that has become historical ends nobody's support.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::catalog::{FipsCertificate, FipsStatus};

/// A FIPS 140 certificate that names the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FipsRow {
    /// Its number.
    pub certificate: u32,
    /// The module it is about.
    pub module: String,
    /// `140-2` or `140-3`.
    pub standard: String,
    /// Overall level.
    pub level: u8,
    /// What it was on the day `as_of`; not a statement about support.
    pub status: FipsStatus,
    /// The day on which the status was read.
    pub as_of: String,
    /// The day on which it becomes historical, when one is published.
    pub sunset: Option<String>,
    /// Where the record stands.
    pub source: String,
    /// The same in words.
    pub note: String,
}

impl FipsRow {
    /// The certificate as it looks on the day `today`.
    pub fn new(certificate: &FipsCertificate, today: Date) -> Self {
        Self {
            certificate: certificate.certificate,
            module: certificate.module.clone(),
            standard: certificate.standard.clone(),
            level: certificate.level,
            status: certificate.status,
            as_of: certificate.as_of.to_string(),
            sunset: certificate.sunset.map(|date| date.to_string()),
            source: certificate.source.clone(),
            note: words(certificate, today),
        }
    }
}

fn words(certificate: &FipsCertificate, today: Date) -> String {
    let FipsCertificate { certificate: number, module, standard, level, as_of, .. } = certificate;
    let status = match certificate.status {
        FipsStatus::Active => "active",
        FipsStatus::Historical => "historical",
    };
    let active = certificate.sunset.filter(|_| certificate.status == FipsStatus::Active);
    let sunset = match active {
        Some(sunset) if today >= sunset => format!("; its sunset, {sunset}, has come since"),
        Some(sunset) => format!(", until {sunset}"),
        None => String::new(),
    };
    format!("{number} ({module}, FIPS {standard}, level {level}): {status} on {as_of}{sunset}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(status: FipsStatus, sunset: Option<&str>, today: &str) -> String {
        let certificate = FipsCertificate {
            certificate: 5091,
            module: "DL4 FE".into(),
            standard: "140-2".into(),
            level: 3,
            status,
            as_of: "2026-04-15".parse().unwrap(),
            first_validated: None,
            sunset: sunset.map(|date| date.parse().unwrap()),
            vendor_of_record: None,
            source: "NIST".into(),
        };
        FipsRow::new(&certificate, today.parse().unwrap()).note
    }

    #[test]
    fn the_state_is_the_one_that_was_read_and_a_sunset_since_then_is_said() {
        let head = "5091 (DL4 FE, FIPS 140-2, level 3): ";
        for (status, sunset, today, tail) in [
            (FipsStatus::Historical, None, "2026-11-22", "historical on 2026-04-15"),
            (
                FipsStatus::Active,
                Some("2030-11-11"),
                "2026-11-22",
                "active on 2026-04-15, until 2030-11-11",
            ),
            (
                FipsStatus::Active,
                Some("2030-11-11"),
                "2030-11-11",
                "active on 2026-04-15; its sunset, 2030-11-11, has come since",
            ),
        ] {
            assert_eq!(note(status, sunset, today), format!("{head}{tail}"));
        }
    }
}
