//! `config.toml`: the person's file over the machine's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{CliError, CliResult, Exit, paths};
use crate::desk::{DeskConfig, OutboxConfig};
use crate::packs::{Origin, Pack};

/// What the configuration files say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The desk used when `--desk` is not given; none means the embedded `outbox-only`.
    pub default_desk: Option<String>,
    /// Desks by name.
    pub desk: BTreeMap<String, DeskConfig>,
    /// Facts the machine cannot know, by name.
    pub facts: BTreeMap<String, toml::Value>,
    /// How the outbox waits.
    pub outbox: OutboxConfig,
    /// How the map of stand-ins is kept.
    pub redaction: RedactionConfig,
    /// The file the configuration came from, for messages; `None` without any file.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// How the map of stand-ins is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RedactionConfig {
    /// A file with an age identity, or an SSH private key: the map is encrypted to it.
    pub identity: Option<PathBuf>,
}

impl Config {
    /// Reads `explicit`, or else the person's file over the machine's.
    pub fn load(explicit: Option<&Path>) -> CliResult<Self> {
        if let Some(file) = explicit {
            return read(file)?.ok_or_else(|| {
                CliError::new(Exit::Config, format!("no configuration at {}", file.display()))
                    .hint("--config names a file; leave it out to use the default places")
            });
        }
        let dirs = [paths::system_config_dir(), paths::config_dir()];
        let mut config = Self::default();
        for dir in dirs.into_iter().flatten() {
            if let Some(next) = read(&dir.join("config.toml"))? {
                config.add(next);
            }
        }
        Ok(config)
    }

    /// Lays `over` on top: its desks and facts replace those of the same name.
    fn add(&mut self, over: Self) {
        self.default_desk = over.default_desk.or(self.default_desk.take());
        self.desk.extend(over.desk);
        self.facts.extend(over.facts);
        self.outbox = self.outbox.clone().overlaid(over.outbox);
        self.redaction.identity = over.redaction.identity.or(self.redaction.identity.take());
        self.file = over.file.or(self.file.take());
    }
}

/// Reads one file; `None` when it does not exist.
fn read(file: &Path) -> CliResult<Option<Config>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let what = format!("can't read the configuration {}", file.display());
            return Err(CliError::caused_by(Exit::Config, what, &error));
        }
    };
    let path = file.display().to_string();
    let pack = Pack { path, text: text.into(), origin: Origin::Overlay };
    let mut config: Config = pack.parse().map_err(|error| {
        CliError::caused_by(Exit::Config, "the configuration is not usable", &error)
            .hint("correct the line named above; README.md shows every key")
    })?;
    config.file = Some(file.to_owned());
    Ok(Some(config))
}
