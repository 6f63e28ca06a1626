//! `keycase desk login`: keeps a desk's key in the keyring, or in a file only its owner reads.

use std::fmt;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::zeroize::Zeroizing;

use crate::cli::{App, CliError, CliResult, Exit, ask, desks, io_exit, output, paths};
use crate::desk::{Credential, Keyring, KeyringError, keep_in_file, read_short, usable};

#[derive(Debug, Args)]
pub(super) struct LoginArgs {
    /// The desk's name in the configuration
    name: String,
    /// Keep it in a file although there is a keyring
    #[arg(long)]
    file: bool,
}

/// Where a key is kept.
enum Place {
    Keyring,
    File(PathBuf),
}

impl Place {
    /// Its name in documents.
    fn id(&self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File(_) => "file",
        }
    }

    fn file(&self) -> Option<&Path> {
        match self {
            Self::Keyring => None,
            Self::File(file) => Some(file),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("the keyring"),
            Self::File(file) => write!(f, "{} (only you can read it)", file.display()),
        }
    }
}

/// Takes the key, keeps it, and says where.
pub(super) fn run(args: &LoginArgs, app: &App) -> CliResult {
    let chosen = desks::choose(app, Some(&args.name))?;
    if !chosen.config.needs_key() {
        return Err(App::usage(format!("desk `{}` takes no credential", args.name))
            .hint("desks that are written to by mail or without an account need `user` first"));
    }
    let key = obtain(app, &args.name)?;
    let place = match args.file {
        true => None,
        false => in_keyring(&args.name, &key).map_err(|why| tell_why(app, &why)).ok(),
    };
    let place = match place {
        Some(place) => place,
        None => in_file(&args.name, &key)?,
    };
    match app.global.json {
        true => output::document(&serde_json::json!({
            "schema": "keycase.desk-login/1",
            "tool": app.tool()?,
            "desk": args.name,
            "kept_in": place.id(),
            "file": place.file().map(|file| file.display().to_string()),
        }))?,
        false => output::answer(&format!("the key of desk `{}` is kept in {place}\n", args.name))?,
    }
    if !app.global.quiet {
        output::hint(&format!("`keycase desk test {}` tries it", args.name));
    }
    Ok(Exit::Done.code())
}

/// Asks a person, or reads what is piped in; never from the command line, which every
/// process of the machine can read.
fn obtain(app: &App, desk: &str) -> CliResult<Credential> {
    let fail =
        |error: &dyn std::error::Error| CliError::caused_by(Exit::Io, "can't read the key", error);
    let typed = if app.may_ask() {
        let prompt = format!("Key of desk {desk}");
        Zeroizing::new(ask::secret(prompt)?.into_bytes())
    } else if std::io::stdin().is_terminal() {
        return Err(App::usage("nobody can be asked here").hint("pipe the key into the command"));
    } else {
        read_short(std::io::stdin().lock()).map_err(|e| fail(&e))?
    };
    usable(&typed, "the input").map_err(|error| CliError::from_error(Exit::BadData, &error))
}

/// Keeps it in the keyring and reads it back; returns the place.
fn in_keyring(desk: &str, key: &Credential) -> Result<Place, KeyringError> {
    use secrecy::ExposeSecret;
    let keyring = Keyring::of_session(|name| std::env::var_os(name))?;
    keyring.write(desk, key)?;
    match keyring.read(desk)? {
        Ok(found) if found.expose_secret() == key.expose_secret() => Ok(Place::Keyring),
        _ => Err(KeyringError::Failed("what it gives back is something else".into())),
    }
}

fn tell_why(app: &App, why: &KeyringError) {
    if !app.global.quiet {
        output::tell(&format!("the keyring is not used: {why}"));
    }
}

fn in_file(desk: &str, key: &Credential) -> CliResult<Place> {
    let Some(dir) = paths::config_dir() else {
        return Err(CliError::new(Exit::Config, "there is no home folder to keep the key in")
            .hint("set HOME or XDG_CONFIG_HOME"));
    };
    let kept = keep_in_file(&dir, desk, key).map_err(|error| {
        let what = format!("can't keep the key below {}", dir.display());
        CliError::caused_by(io_exit(&error), what, &error)
    })?;
    Ok(Place::File(kept))
}
