//! The desktop's keyring, through its own client program.
//!
//! On Linux that is `secret-tool` of libsecret, which speaks to whatever keeps secrets there
//! (GNOME Keyring, KWallet, KeePassXC). Speaking D-Bus ourselves would add two megabytes to
//! the program for what most machines that run it, servers and kiosks, do not have. The
//! secret goes through a pipe, never through arguments.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use super::{Credential, CredentialError, read_short, usable};

/// The client program.
const CLIENT: &str = "secret-tool";
/// Time for a person to unlock the keyring.
const PATIENCE: Duration = Duration::from_secs(60);
const SLICE: Duration = Duration::from_millis(10);

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
        let (success, found, complaint) = run(lookup, b"")?;
        match (success, complaint.is_empty()) {
            (true, _) if !found.is_empty() => Ok(usable(&found, "the keyring")),
            // It says nothing when there is nothing.
            (_, true) => Err(KeyringError::Nothing),
            (_, false) => Err(KeyringError::Failed(complaint)),
        }
    }

    /// Keeps the credential of a desk.
    pub fn write(&self, desk: &str, credential: &Credential) -> Result<(), KeyringError> {
        let mut store = Command::new(&self.client);
        store.args(["store", "--label", &format!("keycase desk {desk}")]);
        store.args(["application", "keycase", "desk", desk]);
        let (success, _, complaint) = run(store, credential.expose_secret().as_bytes())?;
        if success { Ok(()) } else { Err(KeyringError::Failed(complaint)) }
    }
}

/// Runs the client; returns whether it was content, what it said, and its complaint.
fn run(
    mut command: Command,
    input: &[u8],
) -> Result<(bool, Zeroizing<Vec<u8>>, String), KeyringError> {
    let failed = |error: std::io::Error| KeyringError::Failed(error.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input).map_err(failed)?;
    }
    let success = wait(&mut child)?;
    let mut said = Zeroizing::default();
    let mut complaint = String::new();
    if let Some(pipe) = child.stdout.take() {
        said = read_short(pipe).map_err(failed)?;
    }
    if let Some(pipe) = child.stderr.take() {
        // What is not text is no complaint a person could read.
        let _ = pipe.take(4096).read_to_string(&mut complaint);
    }
    Ok((success, said, complaint.lines().next().unwrap_or_default().trim().to_owned()))
}

/// Waits for the client, which may wait for a person; not for ever.
fn wait(child: &mut Child) -> Result<bool, KeyringError> {
    let end = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if Instant::now() < end => std::thread::sleep(SLICE),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(KeyringError::Failed("nobody unlocked it".into()));
            }
            Err(error) => return Err(KeyringError::Failed(error.to_string())),
        }
    }
}
