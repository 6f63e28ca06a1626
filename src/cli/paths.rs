//! Where configuration and state live. The only place that knows about home folders.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use super::{CliError, CliResult, Exit};

/// The person's configuration folder: `$XDG_CONFIG_HOME/keycase` or the system's equivalent.
///
/// `None` when there is no home folder; a missing configuration is not an error.
pub(crate) fn config_dir() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("keycase"))
}

/// The machine-wide configuration folder.
pub(crate) fn system_config_dir() -> Option<PathBuf> {
    cfg!(unix).then(|| PathBuf::from("/etc/keycase"))
}

/// Where the outbox and the pseudonym key live: `$XDG_STATE_HOME/keycase`.
pub(crate) fn state_dir() -> CliResult<PathBuf> {
    let strategy = etcetera::choose_base_strategy().map_err(|error| {
        CliError::caused_by(Exit::Config, "can't tell where to keep the outbox", &error)
            .hint("set HOME, or XDG_STATE_HOME to a folder only you can read")
    })?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("keycase"))
}
