//! Finding a desk's credential. It is never an argument, and never shown.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub use secrecy::SecretString as Credential;
use secrecy::zeroize::Zeroizing;

use super::keyring::Keyring;
use crate::files;

/// A larger file than this is not a credential.
const LONGEST: u64 = 4096;
/// Memory for what is read, never outgrown.
const ROOM: usize = 2 * LONGEST as usize;

/// Where credentials may be, as the shell knows it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// `$CREDENTIALS_DIRECTORY`, set by the service manager.
    pub service_dir: Option<PathBuf>,
    /// `--credential-file`; `-` is stdin.
    pub file: Option<PathBuf>,
    /// The program's configuration folder.
    pub config_dir: Option<PathBuf>,
}

/// Why there is no credential.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// None of the sources has one.
    #[error("no credential for desk `{desk}`")]
    Missing {
        /// The desk.
        desk: String,
        /// Where it was looked for, one line each.
        looked: Vec<String>,
    },
    /// A file is there, but others can read it as well.
    #[error("{path} can be read by others (mode {mode:03o})")]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file is there and cannot be read.
    #[error("can't read the credential {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What is there cannot be a credential.
    #[error("{place} does not hold a credential: {why}")]
    Unusable {
        /// Which source.
        place: String,
        /// What is wrong, without the content.
        why: &'static str,
    },
}

impl Sources {
    /// The credential for a desk, from the first source that has one.
    ///
    /// `variable` reads the environment.
    pub fn find(
        &self,
        desk: &str,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Credential, CredentialError> {
        let mut looked = Vec::new();
        if let Some(dir) = &self.service_dir {
            let path = dir.join(desk);
            // The service manager guards its folder itself, and with access lists that
            // show as group bits.
            match read(&path, Guard::Folder)? {
                Some(found) => return Ok(found),
                None => looked.push(format!("{} (no such file)", path.display())),
            }
        } else {
            looked.push("$CREDENTIALS_DIRECTORY (not set)".into());
        }
        match &self.file {
            Some(path) if path.as_os_str() == "-" => return from_stdin(),
            Some(path) => match read(path, Guard::File)? {
                Some(found) => return Ok(found),
                None => looked.push(format!("--credential-file {} (no such file)", path.display())),
            },
            None => looked.push("--credential-file (not given)".into()),
        }
        let name = variable_name(desk);
        if let Some(value) = variable(&name).filter(|value| !value.is_empty()) {
            let place = format!("${name}");
            return usable(&Zeroizing::new(value.into_encoded_bytes()), &place);
        }
        looked.push(format!("${name} (not set)"));
        match Keyring::of_session(&variable).and_then(|keyring| keyring.read(desk)) {
            Ok(found) => return found,
            Err(why) => looked.push(format!("the keyring ({why})")),
        }
        if let Some(dir) = &self.config_dir {
            let path = file_of(dir, desk);
            match read(&path, Guard::File)? {
                Some(found) => return Ok(found),
                None => looked.push(format!("{} (no such file)", path.display())),
            }
        }
        Err(CredentialError::Missing { desk: desk.to_owned(), looked })
    }
}

/// Where a desk's credential is kept when there is no keyring.
fn file_of(config_dir: &Path, desk: &str) -> PathBuf {
    config_dir.join("credentials").join(desk)
}

/// Keeps a credential in a file that only its owner can read; returns which.
pub fn keep_in_file(config_dir: &Path, desk: &str, key: &Credential) -> io::Result<PathBuf> {
    use secrecy::ExposeSecret;
    let path = file_of(config_dir, desk);
    let folder = config_dir.join("credentials");
    files::create_dir(&folder)?;
    let line = Zeroizing::new(format!("{}\n", key.expose_secret()));
    files::replace(&folder, desk, line.as_bytes())?;
    Ok(path)
}

/// The environment variable for a desk: `KEYCASE_<DESK>_TOKEN`.
pub fn variable_name(desk: &str) -> String {
    let upper = desk.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    format!("KEYCASE_{}_TOKEN", upper.collect::<String>().to_ascii_uppercase())
}

/// What keeps others from reading a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    Folder,
    File,
}

fn read(path: &Path, guard: Guard) -> Result<Option<Credential>, CredentialError> {
    let unreadable = |source| CredentialError::Unreadable { path: path.to_owned(), source };
    let file = match files::open_no_link(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if guard == Guard::File
        && let Some(mode) = files::readable_by_others(&file).map_err(unreadable)?
    {
        return Err(CredentialError::Exposed { path: path.to_owned(), mode });
    }
    let content = read_short(file).map_err(unreadable)?;
    usable(&content, &path.display().to_string()).map(Some)
}

fn from_stdin() -> Result<Credential, CredentialError> {
    let content = read_short(io::stdin().lock())
        .map_err(|source| CredentialError::Unreadable { path: "-".into(), source })?;
    usable(&content, "stdin")
}

/// Reads what may be a credential: no more than tells that it is too long, into memory that is
/// wiped afterwards.
pub fn read_short(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    // Memory that grows leaves its old place behind as it was.
    let mut content = Zeroizing::new(Vec::with_capacity(ROOM));
    source.take(LONGEST + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// A credential from bytes, if it can be one; `place` is for the message.
pub fn usable(content: &[u8], place: &str) -> Result<Credential, CredentialError> {
    let no = |why| Err(CredentialError::Unusable { place: place.to_owned(), why });
    if content.len() as u64 > LONGEST {
        return no("it is longer than any key");
    }
    let Ok(text) = std::str::from_utf8(content) else { return no("it is not text") };
    let text = text.trim();
    if text.is_empty() {
        return no("it is empty");
    }
    // Anything else would end up as a second header, or as a name and password.
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return no("it has blanks, colons or line breaks inside");
    }
    Ok(Credential::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn none(_: &str) -> Option<OsString> {
        None
    }

    #[test]
    fn the_service_manager_comes_before_the_environment() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("acme"), "from-file\n").unwrap();
        let sources = Sources { service_dir: Some(dir.path().into()), ..Sources::default() };
        let variable = |name: &str| (name == "KEYCASE_ACME_TOKEN").then(|| "from-env".into());
        assert_eq!(sources.find("acme", variable).unwrap().expose_secret(), "from-file");
        let found = Sources::default().find("acme", variable).unwrap();
        assert_eq!(found.expose_secret(), "from-env");
    }

    #[test]
    fn every_source_is_named_when_none_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let sources = Sources { config_dir: Some(dir.path().into()), ..Sources::default() };
        let Err(CredentialError::Missing { looked, .. }) = sources.find("my-desk", none) else {
            panic!("a credential out of nowhere");
        };
        let all = looked.join("\n");
        for source in ["CREDENTIALS_DIRECTORY", "--credential-file", "KEYCASE_MY_DESK_TOKEN"] {
            assert!(all.contains(source), "{source} in {all}");
        }
        assert!(all.contains("credentials"), "{all}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        std::fs::write(&file, "abc").unwrap();
        let sources = Sources { file: Some(file.clone()), ..Sources::default() };
        for (mode, refused) in [(0o640, true), (0o604, true), (0o600, false), (0o400, false)] {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
            let found = sources.find("x", none);
            assert_eq!(found.is_err(), refused, "mode {mode:o}");
        }
    }

    #[test]
    fn what_is_read_never_outgrows_its_memory() {
        for length in [0, 10, 4096, 4097, 100_000] {
            let read = read_short(io::repeat(b'a').take(length)).unwrap();
            assert_eq!(read.capacity(), ROOM, "{length}");
            assert_eq!(usable(&read, "here").is_ok(), (1..=LONGEST).contains(&length), "{length}");
        }
    }

    #[test]
    fn what_would_break_a_header_is_not_a_key_and_is_not_shown() {
        for bad in ["", "  \n", "a b", "a\r\nX-Evil: 1", "user:pass", "schlüssel"] {
            let error = usable(bad.as_bytes(), "here").unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(bad.trim().is_empty() || !shown.contains(bad), "{shown}");
        }
        assert!(usable(&[b'a'; 5000], "here").is_err());
        let good = usable(b" abc123 \n", "here").unwrap();
        assert_eq!(good.expose_secret(), "abc123");
        assert!(!format!("{good:?}").contains("abc123"));
    }
}
