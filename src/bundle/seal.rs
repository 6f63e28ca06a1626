//! Encrypting a bundle to its recipients (age).

use std::io::{self, BufWriter, Read, Write};

use super::inputs::{SealError, Sealer};

/// Whom a bundle is encrypted to.
pub struct Recipients(Vec<Box<dyn age::Recipient>>);

/// A text that names no recipient.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an age recipient (age1…) or an SSH public key (ssh-ed25519 …, ssh-rsa …)")]
pub struct NotARecipient(String);

impl Recipients {
    /// Reads recipients: X25519 ones and SSH public keys.
    pub fn parse(texts: &[String]) -> Result<Self, NotARecipient> {
        texts.iter().map(|text| recipient(text.trim())).collect::<Result<_, _>>().map(Self)
    }
}

fn recipient(text: &str) -> Result<Box<dyn age::Recipient>, NotARecipient> {
    if let Ok(x25519) = text.parse::<age::x25519::Recipient>() {
        return Ok(Box::new(x25519));
    }
    match text.parse::<age::ssh::Recipient>() {
        Ok(ssh) => Ok(Box::new(ssh)),
        Err(_) => Err(NotARecipient(shown(text))),
    }
}

/// A secret key given by mistake is not repeated.
fn shown(text: &str) -> String {
    match text.to_ascii_uppercase().contains("SECRET") {
        true => "AGE-SECRET-KEY-…".to_owned(),
        false => text.chars().take(40).collect(),
    }
}

impl Sealer for Recipients {
    fn seal(&self, from: &mut dyn Read, to: &mut dyn Write) -> Result<(), SealError> {
        let recipients = self.0.iter().map(|recipient| recipient.as_ref() as _);
        let encryptor = age::Encryptor::with_recipients(recipients)?;
        let mut sealed = encryptor.wrap_output(BufWriter::with_capacity(128 * 1024, to))?;
        io::copy(from, &mut sealed)?;
        sealed.finish()?.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_recipient_opens_a_sealed_bundle() {
        let identity = age::x25519::Identity::generate();
        let recipients = Recipients::parse(&[identity.to_public().to_string()]).ok();
        let mut sealed = Vec::new();
        recipients.unwrap().seal(&mut b"PK zip".as_slice(), &mut sealed).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
        assert_eq!(age::decrypt(&identity, &sealed).unwrap(), b"PK zip");
        assert!(age::decrypt(&age::x25519::Identity::generate(), &sealed).is_err());
    }

    #[test]
    fn a_secret_key_is_refused_without_being_repeated() {
        let secret = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ";
        let error = Recipients::parse(&[secret.into()]).err().unwrap().to_string();
        assert!(!error.contains("QQQ"), "{error}");
        assert!(Recipients::parse(&["alice@example.org".into()]).is_err());
    }
}
