//! The server that is to be reached, as people write it.

/// Host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Name or address.
    pub host: String,
    /// TCP port; 443 unless it is given.
    pub port: u16,
}

impl std::str::FromStr for Destination {
    type Err = String;

    /// `host`, `host:port`, `[address]:port`, or an address copied from a browser.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a host like console.example.com or host:8443");
        let rest = text.trim();
        let rest = rest.strip_prefix("https://").unwrap_or(rest);
        // A path names a page, not another server.
        let rest = rest.split(['/', '?', '#']).next().unwrap_or("");
        let (host, port) = match rest.strip_prefix('[') {
            Some(inner) => {
                let (host, after) = inner.split_once(']').ok_or_else(wrong)?;
                (host, after.strip_prefix(':').or(if after.is_empty() { None } else { Some("") }))
            }
            None if rest.matches(':').count() > 1 => (rest, None),
            None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Ok(443), |port| port.parse().map_err(|_| wrong()))?;
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        let is_host = !host.is_empty() && host.len() <= 253 && host.chars().all(fits) && port != 0;
        // Anything before an `@` would be a credential, which has no business here.
        if is_host { Ok(Self { host: host.to_owned(), port }) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_people_write_them() {
        for (text, host, port) in [
            ("console.example.com", "console.example.com", 443),
            ("console.example.com:8443", "console.example.com", 8443),
            ("https://console.example.com/connect?x=1", "console.example.com", 443),
            ("[2001:db8::1]:444", "2001:db8::1", 444),
            ("[2001:db8::1]", "2001:db8::1", 443),
            ("2001:db8::1", "2001:db8::1", 443),
            ("192.0.2.7", "192.0.2.7", 443),
        ] {
            assert_eq!(text.parse(), Ok(Destination { host: host.into(), port }), "{text}");
        }
        for text in
            ["", "https://", "a b", "user:pw@host", "host:0", "host:99999", "[::1", "h:x", "[::1]x"]
        {
            assert!(text.parse::<Destination>().is_err(), "{text}");
        }
    }
}
