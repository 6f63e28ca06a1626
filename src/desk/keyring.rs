//! The desktop's keyring, through its own client program.
//!
//! On Linux that is `secret-tool` of libsecret, which speaks to whatever keeps secrets there
//! (GNOME Keyring, KWallet, KeePassXC). Speaking D-Bus ourselves would add two megabytes to
//! the program for what most machines that run it, servers and kiosks, do not have. The
//! secret goes through a pipe, never through arguments.

use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;

use super::{Credential, CredentialError, usable};
use crate::host::child::{self, Heard};

/// The client program.
const CLIENT: &str = "secret-tool";
/// Time for a person to unlock the keyring.
const PATIENCE: Duration = Duration::from_secs(60);
/// An answer longer than this is no credential.
const LONGEST: usize = 64 * 1024;

/// A keyring that can be asked.
#[derive(Clone, Debug)]
pub struct Keyring {
    client: PathBuf,
}

/// Why there is no keyring, or nothing in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// No session with a keyring: a server, an SSH login, WSL.
    #[error("there is no desktop session with a keyring")]
    NoSession,
    /// The client program is not installed.
    #[error("secret-tool is not installed")]
    NoClient,
    /// It was asked, and there is nothing for this desk.
    #[error("it has nothing for this desk")]
    Nothing,
    /// It was asked, and failed.
    #[error("it does not work: {0}")]
    Failed(String),
}

impl Keyring {
    /// The keyring of this session. That there is one shows only when it is read.
    ///
    /// `variable` reads the environment.
    pub fn of_session(
        variable: impl Fn(&str) -> Option<std::ffi::OsString>,
    ) -> Result<Self, KeyringError> {
        let bus = variable("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join("bus"));
        let has_bus =
            variable("DBUS_SESSION_BUS_ADDRESS").is_some() || bus.is_some_and(|b| b.exists());
        if !cfg!(target_os = "linux") || !has_bus {
            return Err(KeyringError::NoSession);
        }
        let path = variable("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path).map(|dir| dir.join(CLIENT)).find(|p| p.is_file());
        found.map(|client| Self { client }).ok_or(KeyringError::NoClient)
    }

    /// Reads the credential of a desk.
    pub fn read(&self, desk: &str) -> Result<Result<Credential, CredentialError>, KeyringError> {
        let mut lookup = Command::new(&self.client);
        lookup.args(["lookup", "application", "keycase", "desk", desk]);
        let (found, ended) = match run(lookup, None, PATIENCE)? {
            Heard::All(found, ended) => (Zeroizing::new(found), ended),
            Heard::Enough(found) => return Ok(usable(&Zeroizing::new(found), "the keyring")),
        };
        match (ended.well, ended.complaint.is_empty()) {
            (true, _) if !found.is_empty() => Ok(usable(&found, "the keyring")),
            // It says nothing when there is nothing.
            (_, true) => Err(KeyringError::Nothing),
            (_, false) => Err(KeyringError::Failed(ended.complaint)),
        }
    }

    /// Keeps the credential of a desk.
    pub fn write(&self, desk: &str, credential: &Credential) -> Result<(), KeyringError> {
        let mut store = Command::new(&self.client);
        store.args(["store", "--label", &format!("keycase desk {desk}")]);
        store.args(["application", "keycase", "desk", desk]);
        match run(store, Some(credential.clone()), PATIENCE)? {
            Heard::All(_, ended) if ended.well => Ok(()),
            Heard::All(_, ended) => Err(KeyringError::Failed(ended.reason().to_owned())),
            Heard::Enough(_) => Err(KeyringError::Failed("it does not stop talking".into())),
        }
    }
}

/// Runs the client, which may wait for a person; not for ever.
fn run(
    command: Command,
    input: Option<Credential>,
    patience: Duration,
) -> Result<Heard, KeyringError> {
    let until = Instant::now() + patience;
    let heard = child::run(command, input, LONGEST, move || Instant::now() >= until);
    heard.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => KeyringError::Failed("nobody unlocked it".into()),
        _ => KeyringError::Failed(error.to_string()),
    })
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "clippy knows tests by a plain `cfg(test)` only")]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A client that does what a shell script says.
    fn client(dir: &tempfile::TempDir, script: &str) -> Keyring {
        let client = dir.path().join(CLIENT);
        std::fs::write(&client, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&client, PermissionsExt::from_mode(0o755)).unwrap();
        Keyring { client }
    }

    #[test]
    fn what_the_client_leaves_running_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let ring = client(&dir, "sleep 100 &\necho word");
        assert!(ring.read("acme").unwrap().is_ok());
        assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    }

    #[test]
    fn an_answer_of_any_length_is_an_answer() {
        let dir = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let long = client(&dir, "yes");
        assert!(matches!(long.read("acme"), Ok(Err(CredentialError::Unusable { .. }))));
        let complains = client(&dir, "yes no | head -c 300000 >&2\nexit 1");
        let said = complains.read("acme").unwrap_err();
        assert_eq!(said, KeyringError::Failed("no".into()));
        assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    }

    #[test]
    fn a_keyring_that_nobody_unlocks_is_given_up() {
        let failed = run(Command::new("yes"), None, Duration::ZERO);
        assert_eq!(failed, Err(KeyringError::Failed("nobody unlocked it".into())));
    }
}
