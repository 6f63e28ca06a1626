//! A desk's address, checked before anything is sent there.

use std::fmt;

use reqwest::Url;

/// Why an address is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressError {
    /// Not an address at all.
    #[error("it is not an address like https://example.freshdesk.com")]
    Malformed,
    /// Plain http to another machine.
    #[error("it is not https; plain http is for this machine only")]
    NotSecure,
    /// A name or password in it.
    #[error("it contains a user name or password; credentials are kept apart")]
    Credentials,
    /// More than scheme, host and port.
    #[error("it has a path, a query or a fragment; the host is enough")]
    Extra,
}

/// Scheme, host and port of a desk.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address(Url);

impl Address {
    /// Checks an address as the configuration gives it.
    pub(super) fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text.trim()).map_err(|_| AddressError::Malformed)?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(AddressError::Malformed);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        let address = Self(url);
        match address.0.scheme() {
            "https" => {}
            "http" if address.is_loopback() => {}
            "http" => return Err(AddressError::NotSecure),
            _ => return Err(AddressError::Malformed),
        }
        let url = &address.0;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Extra);
        }
        Ok(address)
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// An address below this one. `path` is made of the program's own words and numbers.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine() {
        use AddressError as E;
        for (text, expected) in [
            ("http://desk.example", E::NotSecure),
            ("http://127.0.0.1.example:80", E::NotSecure),
            ("http://localhost.example", E::NotSecure),
            ("http://10.0.0.1", E::NotSecure),
            ("https://me:secret@desk.example", E::Credentials),
            ("https://me@desk.example", E::Credentials),
            ("https://desk.example/helpdesk", E::Extra),
            ("https://desk.example/?key=x", E::Extra),
            ("https://desk.example/#x", E::Extra),
            ("ftp://desk.example", E::Malformed),
            ("file:///etc/passwd", E::Malformed),
            ("desk.example", E::Malformed),
            ("", E::Malformed),
        ] {
            assert_eq!(Address::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        let plain = Address::parse("https://desk.example").unwrap();
        for text in ["https://DESK.example/", "https://desk.example:443", " https://desk.example "]
        {
            assert_eq!(Address::parse(text).unwrap(), plain, "{text}");
        }
        assert_ne!(Address::parse("https://desk.example:444").unwrap(), plain);
        assert_eq!(plain.to_string(), "https://desk.example");
        for text in ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1"] {
            assert!(Address::parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
