//! One made-up value of each class that rules must catch. A rule that was broken by an
//! overlay, or lost from the packs, is noticed before anything is written; and the same
//! values, redacted with everything else, stand in every bundle, where the audit searches
//! for them.

use crate::redact::{Class, RedactError, Redactor};

/// Class, value, and a line as a program would write it.
const CANARIES: &[(Class, &str, &str)] = &[
    (Class::User, "canarybird", "Accepted publickey for canarybird from 203.0.113.201 port 22"),
    (Class::Host, "canary-cage-7", "Static hostname: canary-cage-7"),
    (Class::Domain, "cage.canary-works.example", "lookup of cage.canary-works.example failed"),
    (Class::Ipv4, "203.0.113.202", "bound to 203.0.113.202 -- renewal"),
    (Class::Ipv6, "2001:db8:ca:4a:77::1", "address 2001:db8:ca:4a:77::1 on eth0"),
    (Class::Mac, "ca:4a:77:00:00:01", "lladdr ca:4a:77:00:00:01 STALE"),
    (Class::Email, "canary@cage.example", "mail=canary@cage.example"),
    (
        Class::Uuid,
        "ca4a77aa-0001-4001-8001-ca4a77000001",
        "uuid ca4a77aa-0001-4001-8001-ca4a77000001",
    ),
    (Class::Serial, "CA4A77000000000001", "usb 2-1: SerialNumber: CA4A77000000000001"),
    (Class::VolumeLabel, "CANARYCAGE", "E: ID_FS_LABEL=CANARYCAGE"),
    (Class::FileName, "nest-plan.docx", "open /run/media/root/CANARYCAGE/nest-plan.docx"),
    (
        Class::Sid,
        "3474747471-1474747472-2474747473",
        "S-1-5-21-3474747471-1474747472-2474747473-1001",
    ),
    (Class::UrlCredentials, "canary:seedmix99", "proxy http://canary:seedmix99@localhost:3128/"),
    (Class::Token, "ca4a77token0123456789", "api_key=ca4a77token0123456789"),
    (Class::Jwt, "eyJjYW5hcnkiOjF9", "jwt eyJjYW5hcnkiOjF9.eyJjYW5hcnkiOjF9.Y2FuYXJ5"),
    (
        Class::Pem,
        "Y2FuYXJ5Y2FuYXJ5",
        "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5Y2FuYXJ5\n-----END PRIVATE KEY-----",
    ),
    (Class::Password, "seedmix-77", "password=seedmix-77"),
    (
        Class::BitlockerKey,
        "474747-474747-474747-474747-474747-474747-474747-474747",
        "key 474747-474747-474747-474747-474747-474747-474747-474747",
    ),
    (Class::RecoveryCode, "CA4A-7700-0001", "recovery code: CA4A-7700-0001"),
];

/// A rule no longer catches what it should. Nothing may leave.
#[derive(Debug, thiserror::Error)]
pub enum CanaryError {
    /// A made-up value came through.
    #[error("the redaction rules let a {} through; no file may leave", .0.name())]
    Through(Class),
    /// The canary text could not be redacted at all.
    #[error("the redaction rules could not be tested")]
    Redact(#[from] RedactError),
}

/// The made-up values, for the search in the finished bundle.
pub(super) fn values() -> impl Iterator<Item = (Class, &'static str)> {
    CANARIES.iter().map(|&(class, value, _)| (class, value))
}

/// All canaries as one text, as a bundle's input holds it; never to be written as it is.
pub fn canary_text() -> String {
    let head = "One made-up value of each kind, redacted together with everything else in this \
                bundle.\nNothing here is real.\n\n";
    CANARIES
        .iter()
        .fold(head.to_owned(), |text, (class, _, line)| text + class.name() + ":\n" + line + "\n\n")
}

/// Redacts one made-up value of each class and looks for it in the result.
pub fn self_test(redactor: &Redactor) -> Result<(), CanaryError> {
    for &(class, value, line) in CANARIES {
        let redacted = redactor.text(line.as_bytes())?;
        let found = redacted.bytes().windows(value.len()).any(|part| part == value.as_bytes());
        if found {
            return Err(CanaryError::Through(class));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_canary_of_every_class_and_it_stands_in_its_line() {
        for class in Class::ALL {
            assert!(CANARIES.iter().any(|canary| canary.0 == class), "{}", class.name());
        }
        assert!(CANARIES.iter().all(|(_, value, line)| line.contains(value)));
        let text = canary_text();
        assert!(values().all(|(_, value)| text.contains(value)));
    }
}
