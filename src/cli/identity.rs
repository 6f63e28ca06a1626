//! The customer's own age identity: encrypts what stays on this machine.

#[cfg(feature = "seal")]
pub(super) use with::Identity;
#[cfg(not(feature = "seal"))]
pub(super) use without::Identity;

#[cfg(feature = "seal")]
mod with {
    use std::fs::File;
    use std::io::{self, BufReader, Read, Write};
    use std::path::Path;

    use crate::cli::{CliError, CliResult, Exit};

    /// An identity, and the recipient that belongs to it.
    pub(in crate::cli) struct Identity {
        identities: Vec<Box<dyn age::Identity>>,
        recipients: Vec<Box<dyn age::Recipient>>,
    }

    impl Identity {
        /// Reads an identity file of age, or an SSH private key without a passphrase.
        pub(in crate::cli) fn read(file: &Path) -> CliResult<Self> {
            parse(file).map_err(|error| {
                let what = format!("can't use the identity {}", file.display());
                CliError::caused_by(Exit::Config, what, &error)
                    .hint("[redaction] identity names a file that `age-keygen -o FILE` writes")
            })
        }

        /// Encrypts to the identity's own recipient.
        pub(in crate::cli) fn seal(&self, text: &[u8]) -> io::Result<Vec<u8>> {
            let recipients = self.recipients.iter().map(|recipient| recipient.as_ref() as _);
            let encryptor =
                age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
            let mut sealed = Vec::with_capacity(text.len() + 512);
            let mut writer = encryptor.wrap_output(&mut sealed)?;
            writer.write_all(text)?;
            writer.finish()?;
            Ok(sealed)
        }

        /// Decrypts what `seal` has made.
        pub(in crate::cli) fn open(&self, sealed: &[u8]) -> io::Result<Vec<u8>> {
            let decryptor = age::Decryptor::new(sealed).map_err(io::Error::other)?;
            let identities = self.identities.iter().map(|identity| identity.as_ref() as _);
            let mut text = Vec::new();
            decryptor.decrypt(identities).map_err(io::Error::other)?.read_to_end(&mut text)?;
            Ok(text)
        }
    }

    fn parse(file: &Path) -> io::Result<Identity> {
        let open = || File::open(file).map(BufReader::new);
        if let Ok(ssh) = age::ssh::Identity::from_buffer(open()?, None) {
            let recipient = age::ssh::Recipient::try_from(ssh.clone()).map_err(|_| {
                io::Error::other("an SSH key with a passphrase, or of a kind age does not take")
            })?;
            return Ok(Identity {
                identities: vec![Box::new(ssh)],
                recipients: vec![Box::new(recipient)],
            });
        }
        let age = age::IdentityFile::from_buffer(open()?)?;
        let recipients = age.to_recipients().map_err(io::Error::other)?;
        let identities = age.into_identities().map_err(io::Error::other)?;
        if identities.is_empty() {
            return Err(io::Error::other("it holds no identity"));
        }
        Ok(Identity {
            identities: identities.into_iter().map(|one| one as _).collect(),
            recipients: recipients.into_iter().map(|one| one as _).collect(),
        })
    }
}

#[cfg(not(feature = "seal"))]
mod without {
    use std::io;
    use std::path::Path;

    use crate::cli::{CliError, CliResult, Exit};

    /// There is none in a build without `seal`.
    pub(in crate::cli) enum Identity {}

    impl Identity {
        /// Says that this build cannot encrypt: the map is then not kept in the open.
        pub(in crate::cli) fn read(file: &Path) -> CliResult<Self> {
            let what = format!("this build can't use the identity {}", file.display());
            Err(CliError::new(Exit::Config, what)
                .hint("install keycase with the feature `seal`, or take the identity out"))
        }

        pub(in crate::cli) fn seal(&self, _: &[u8]) -> io::Result<Vec<u8>> {
            match *self {}
        }

        pub(in crate::cli) fn open(&self, _: &[u8]) -> io::Result<Vec<u8>> {
            match *self {}
        }
    }
}
