//! What kinds of values are taken out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of value that does not leave the machine.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// User names and home folders.
    User,
    /// Host name.
    Host,
    /// Domains and fully qualified names.
    Domain,
    /// IPv4 addresses.
    Ipv4,
    /// IPv6 addresses.
    Ipv6,
    /// MAC addresses and other EUI-48/EUI-64 identifiers.
    Mac,
    /// E-mail addresses.
    Email,
    /// Machine id, disk and volume UUIDs.
    Uuid,
    /// Serial numbers of disks and of USB devices the case is not about.
    Serial,
    /// Volume labels.
    VolumeLabel,
    /// Names of files and folders on secure volumes.
    FileName,
    /// Windows security identifiers of accounts and machines.
    Sid,
    /// User name and password inside a URL.
    UrlCredentials,
    /// API keys, access tokens, cookies, SafeConsole tokens.
    Token,
    /// JSON web tokens.
    Jwt,
    /// PEM blocks: private keys, certificates.
    Pem,
    /// Passwords, passphrases and PINs.
    Password,
    /// BitLocker recovery keys.
    BitlockerKey,
    /// Recovery, response and unlock codes.
    RecoveryCode,
}

impl Class {
    /// Its place in a list of all classes.
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Every class, in the order of declaration.
    pub const ALL: [Self; 19] = [
        Self::User,
        Self::Host,
        Self::Domain,
        Self::Ipv4,
        Self::Ipv6,
        Self::Mac,
        Self::Email,
        Self::Uuid,
        Self::Serial,
        Self::VolumeLabel,
        Self::FileName,
        Self::Sid,
        Self::UrlCredentials,
        Self::Token,
        Self::Jwt,
        Self::Pem,
        Self::Password,
        Self::BitlockerKey,
        Self::RecoveryCode,
    ];

    /// The name that packs, manifests and pseudonym keys use.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Host => "host",
            Self::Domain => "domain",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Mac => "mac",
            Self::Email => "email",
            Self::Uuid => "uuid",
            Self::Serial => "serial",
            Self::VolumeLabel => "volume_label",
            Self::FileName => "file_name",
            Self::Sid => "sid",
            Self::UrlCredentials => "url_credentials",
            Self::Token => "token",
            Self::Jwt => "jwt",
            Self::Pem => "pem",
            Self::Password => "password",
            Self::BitlockerKey => "bitlocker_key",
            Self::RecoveryCode => "recovery_code",
        }
    }

    /// The class of a name; `None` when there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Whether the value opens something. Such values are replaced like all others, and
    /// never remembered, not even on the machine itself.
    pub fn is_secret(self) -> bool {
        matches!(
            self,
            Self::UrlCredentials
                | Self::Token
                | Self::Jwt
                | Self::Pem
                | Self::Password
                | Self::BitlockerKey
                | Self::RecoveryCode
        )
    }
}

/// How many values of each class were replaced.
pub type Counts = BTreeMap<Class, u64>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_serialized_ones_and_complete() {
        for class in Class::ALL {
            let json = serde_json::to_string(&class).unwrap_or_default();
            assert_eq!(json, format!("\"{}\"", class.name()));
            assert_eq!(Class::from_name(class.name()), Some(class));
        }
    }
}
