//! The credential as a header, and as it may come back in a desk's words.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use super::Scheme;
use crate::desk::Credential;
use crate::text::one_line;

/// How much of a desk's own words is kept.
const LONGEST_QUOTE: usize = 400;

/// What must not come into a message: the credential by itself, and as it stands in a header.
#[derive(Default)]
pub(super) struct Secrets(Vec<Zeroizing<String>>);

impl Secrets {
    /// The credential in every form it goes out in.
    pub(super) fn of(key: &Credential, scheme: &Scheme) -> Self {
        let key = key.expose_secret();
        let encoded = pair(key, scheme).map(|pair| Zeroizing::new(BASE64.encode(&*pair)));
        let plain = Zeroizing::new(key.to_owned());
        Self(std::iter::once(plain).chain(encoded).filter(|secret| !secret.is_empty()).collect())
    }

    /// Outside text on its way into a message: short, without what steers a terminal, and
    /// without the credential. Messages are kept, logged, and repeated in the ticket.
    pub(super) fn quote(&self, text: &str) -> String {
        let hide =
            |text: String, secret: &Zeroizing<String>| text.replace(secret.as_str(), "[the key]");
        let text = self.0.iter().fold(text.to_owned(), hide);
        one_line(&text).chars().take(LONGEST_QUOTE).collect()
    }
}

/// The header that carries the credential; `None` when it cannot stand in one.
pub(super) fn authorization(key: &Credential, scheme: &Scheme) -> Option<HeaderValue> {
    let key = key.expose_secret();
    let text = Zeroizing::new(match pair(key, scheme) {
        Some(pair) => format!("Basic {}", *Zeroizing::new(BASE64.encode(&*pair))),
        None => format!("token {key}"),
    });
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// User name and password, where the scheme has them.
fn pair(key: &str, scheme: &Scheme) -> Option<Zeroizing<String>> {
    match scheme {
        Scheme::UserName => Some(Zeroizing::new(format!("{key}:X"))),
        Scheme::TokenOf(user) => Some(Zeroizing::new(format!("{user}/token:{key}"))),
        Scheme::Token => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_has_its_header_and_hides_every_form_of_the_key() {
        let key = Credential::from("key-7Yq2");
        for (scheme, header) in [
            (Scheme::UserName, "Basic a2V5LTdZcTI6WA=="),
            (Scheme::Token, "token key-7Yq2"),
            (
                Scheme::TokenOf("me@example.org".into()),
                "Basic bWVAZXhhbXBsZS5vcmcvdG9rZW46a2V5LTdZcTI=",
            ),
        ] {
            let value = authorization(&key, &scheme).unwrap();
            assert_eq!(value.to_str().unwrap(), header);
            assert!(value.is_sensitive() && !format!("{value:?}").contains("7Yq2"));
            let secrets = Secrets::of(&key, &scheme);
            let quoted = secrets.quote(&format!("a key-7Yq2 b {header}"));
            assert!(!quoted.contains("7Yq2") && !quoted.contains("a2V5"), "{quoted}");
        }
        assert!(authorization(&Credential::from("a\nb"), &Scheme::Token).is_none());
    }

    #[test]
    fn where_a_text_is_cut_no_half_of_the_key_is_left() {
        let secrets = Secrets::of(&Credential::from("key-7Yq2"), &Scheme::UserName);
        let long = "x".repeat(LONGEST_QUOTE - 5) + "key-7Yq2";
        assert!(!secrets.quote(&long).contains("key"));
    }

    #[test]
    fn a_quote_is_one_line_that_steers_nobody() {
        assert_eq!(Secrets::default().quote("a\u{202e}b\nc"), "a b c");
    }
}
