//! The desk a command is about: chosen, checked, its credential found, opened.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::{App, CliError, CliResult, Exit, io_exit, paths, policies};
use crate::desk::{
    self, Clock, Connection, Credential, CredentialError, Desk, DeskConfig, DeskData, DeskError,
    DeskKind, Facts, Item, Outbox, Progress, Sources, State, Store, StoreError,
};
use crate::render::progress::Upload;

/// How a desk is reached, on the command line.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Reach {
    /// Read the desk's key from a file (`-` is stdin)
    #[arg(long, value_name = "FILE")]
    pub(super) credential_file: Option<PathBuf>,
    /// Trust the certificates (PEM) in a file besides the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
}

/// The desk that is there without any configuration.
pub(crate) const OUTBOX_ONLY: &str = "outbox-only";

/// A desk of the configuration that has passed its check.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// Its name.
    pub(crate) name: String,
    /// Its settings.
    pub(crate) config: DeskConfig,
    /// Where tickets go; `None` when nothing goes over the network.
    pub(crate) address: Option<String>,
}

/// The desk named, or the default one, or the one that keeps everything here.
pub(crate) fn choose(app: &App, named: Option<&str>) -> CliResult<Chosen> {
    let config = app.config()?;
    let name = named.or(config.default_desk.as_deref()).unwrap_or(OUTBOX_ONLY);
    let settings = settings(app, name)?.cloned();
    let settings = settings.unwrap_or_else(|| DeskConfig::of(DeskKind::OutboxOnly));
    policy(app, name, &settings)?;
    let stated = config.facts.keys().map(String::as_str);
    let asked = app.policies()?.iter().flat_map(|policy| &policy.pack.facts);
    let facts = stated.chain(asked.map(|row| row.id.get_ref().as_str()));
    let address = desk::check(name, &settings, facts).map_err(|error| desk_error(app, &error))?;
    Ok(Chosen { name: name.to_owned(), config: settings, address })
}

/// The policy of the default desk; `None` when there is no such desk, or it names none.
pub(super) fn usual_policy(app: &App) -> CliResult<Option<&str>> {
    let Some(name) = app.config()?.default_desk.as_deref() else { return Ok(None) };
    let Some(settings) = settings(app, name)? else { return Ok(None) };
    policy(app, name, settings)
}

/// What the configuration says about a desk; `None` for the one that is always there.
fn settings<'a>(app: &'a App, name: &str) -> CliResult<Option<&'a DeskConfig>> {
    match app.config()?.desk.get(name) {
        None if name != OUTBOX_ONLY => Err(no_such_desk(app, name)),
        settings => Ok(settings),
    }
}

/// The policy that a desk names, which must exist.
fn policy<'s>(app: &App, desk: &str, settings: &'s DeskConfig) -> CliResult<Option<&'s str>> {
    let Some(id) = settings.policy.as_deref() else { return Ok(None) };
    let policies = app.policies()?;
    if policies.get(id).is_some() {
        return Ok(Some(id));
    }
    let what = format!("desk `{desk}` names the policy `{id}`, which does not exist");
    let error = CliError::new(Exit::Config, what).hint(policies::known(policies));
    Err(correct(app, error))
}

impl Chosen {
    /// Whether the program itself sends tickets there.
    pub(crate) fn sends(&self) -> bool {
        self.config.kind.sends()
    }

    /// Opens it, with its credential if it needs one.
    pub(super) fn open(
        &self,
        app: &App,
        data: &DeskData,
        reach: &Reach,
    ) -> CliResult<Box<dyn Desk>> {
        let connection = Connection { key: self.key(reach)?, ca: self.ca(reach)? };
        desk::open(&self.name, &self.config, data, connection)
            .map_err(|error| desk_error(app, &error))
    }

    /// Finds its credential, if it needs one.
    fn key(&self, reach: &Reach) -> CliResult<Option<Credential>> {
        if !self.config.needs_key() {
            return Ok(None);
        }
        let sources = Sources {
            service_dir: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            file: reach.credential_file.clone(),
            config_dir: paths::config_dir(),
        };
        let found = sources.find(&self.name, |name| std::env::var_os(name));
        found.map(Some).map_err(|error| credential_error(&self.name, &error))
    }

    /// Reads the certificates of its own CA, if it has one.
    fn ca(&self, reach: &Reach) -> CliResult<Option<Vec<u8>>> {
        let Some(file) = reach.ca_file.as_ref().or(self.config.ca_file.as_ref()) else {
            return Ok(None);
        };
        std::fs::read(file).map(Some).map_err(|error| {
            let what = format!("can't read the CA certificates {}", file.display());
            CliError::caused_by(Exit::Config, what, &error)
                .hint("--ca-file and `ca-file` name a file of PEM certificates")
        })
    }
}

/// The outbox at work for the desk at `address`: with the tickets that have left this machine
/// lately, what the desk asked of any of them, and a line that shows how far an upload is.
pub(super) fn outbox<'a>(
    app: &'a App,
    desk: &'a dyn Desk,
    address: Option<&str>,
    clock: &'a dyn Clock,
    progress: &Upload,
) -> CliResult<Outbox<'a>> {
    let hour = SignedDuration::from_hours(1);
    let since = app.now.saturating_sub(hour).unwrap_or(Timestamp::UNIX_EPOCH);
    let known = store()?.list().map_err(|error| store_error(&error))?.items;
    let sent = known.iter().filter_map(|item| item.progress.last_sent);
    let sent = sent.filter(|at| *at > since).collect();
    let same_desk = |item: &&Item| address.is_some() && item.request.address.as_deref() == address;
    let holds = known.iter().filter(same_desk).filter_map(|item| item.progress.hold);
    let holds = holds.filter(|hold| hold.binds_person).map(|hold| hold.until).collect();
    Ok(Outbox {
        desk,
        config: &app.config()?.outbox,
        clock,
        meter: progress.meter(),
        sent: RefCell::new(sent),
        holds: RefCell::new(holds),
    })
}

/// What the packs say about desks.
pub(crate) fn data(app: &App) -> CliResult<DeskData> {
    DeskData::read(app.packs()?).map_err(|error| {
        CliError::caused_by(Exit::Config, "the desk packs are not usable", &error)
            .hint("`keycase data lint` checks overlay packs")
    })
}

/// The outbox.
pub(crate) fn store() -> CliResult<Store> {
    Ok(Store::new(paths::state_dir()?.join("outbox")))
}

/// Facts that the configuration and the command line state, as text.
pub(crate) fn given(app: &App, stated: &[String]) -> CliResult<Facts> {
    let configured = app.config()?.facts.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.clone(), text)
    });
    let stated = stated.iter().filter_map(|fact| fact.split_once('='));
    let stated = stated.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    Ok(configured.chain(stated).collect())
}

/// The desks that a ticket of this number was sent to, by name.
pub(super) fn having(items: &[Item], ticket: &str) -> BTreeSet<String> {
    let has = |item: &&Item| item.progress.ticket.as_ref().is_some_and(|own| own.id == ticket);
    items.iter().filter(has).map(|item| item.request.desk.clone()).collect()
}

/// How a run ends that leaves a submission like this.
pub(crate) fn exit(progress: &Progress) -> Exit {
    match progress.state {
        State::Sent | State::Ready | State::Draft => Exit::Done,
        State::Rejected => Exit::DeskRefused,
        _ if progress.refused => Exit::DeskRefused,
        // No timer sends it any more, so it does not count as on its way.
        _ if progress.given_up => Exit::Failed,
        State::Queued | State::Sending | State::Ambiguous | State::CreatedNotAttached => {
            Exit::Queued
        }
    }
}

/// How a run ends that came to several ends: the one that needs the person most.
pub(super) fn most_urgent(exits: &[Exit]) -> Exit {
    let order = [
        Exit::Config,
        Exit::MissingRight,
        Exit::Io,
        Exit::BadData,
        Exit::Usage,
        Exit::DeskRefused,
        Exit::DeskUnreachable,
        Exit::Failed,
        Exit::Queued,
    ];
    order.into_iter().find(|exit| exits.contains(exit)).unwrap_or(Exit::Done)
}

/// The outbox's own failures.
pub(crate) fn store_error(error: &StoreError) -> CliError {
    match error {
        StoreError::Io { source, .. } => CliError::from_error(io_exit(source), error)
            .hint("nothing was lost: what is in the outbox stays there; make room or give this user the right to write, then run `keycase outbox list`"),
        StoreError::Damaged { .. } => CliError::from_error(Exit::BadData, error)
            .hint("it was not sent; the folder still holds the ticket's text and the bundle"),
        StoreError::BundleChanged(_) => CliError::from_error(Exit::BadData, error)
            .hint("it was not sent; make a new bundle and submit that"),
        StoreError::RequestChanged(_) => CliError::from_error(Exit::BadData, error)
            .hint("it was not sent; drop it with `keycase outbox drop` and submit again"),
        StoreError::IdTooShort(_) => CliError::from_error(Exit::Usage, error)
            .hint("give at least its first four characters; `keycase outbox list` shows each in full"),
        StoreError::Busy(_) => CliError::from_error(Exit::Queued, error)
            .hint("wait for it, then run `keycase outbox list`"),
        StoreError::NotFound(_) => CliError::from_error(Exit::NoInput, error)
            .hint("`keycase outbox list` shows what there is"),
        StoreError::AmbiguousId(_) => CliError::from_error(Exit::Usage, error)
            .hint("give more of its id; `keycase outbox list` shows each in full"),
        StoreError::Impossible { .. } => CliError::from_error(Exit::Failed, error)
            .hint("this is a fault of keycase; the submission stands as `keycase outbox list` shows it, and nothing of it is lost"),
    }
}

/// Says that a submission is not sent to another address than the one agreed to.
pub(crate) fn check_address(item: &Item, chosen: &Chosen) -> CliResult<()> {
    let agreed = &item.request.address;
    if *agreed == chosen.address {
        return Ok(());
    }
    let name = |address: &Option<String>| address.clone().unwrap_or_else(|| "nowhere".into());
    let what = format!(
        "submission {} was agreed to be sent to {}, but desk `{}` is now {}",
        item.request.submission,
        name(agreed),
        chosen.name,
        name(&chosen.address),
    );
    Err(CliError::new(Exit::Config, what)
        .hint("set the desk's `url` back, or drop the submission and submit again"))
}

fn no_such_desk(app: &App, name: &str) -> CliError {
    let error = CliError::new(Exit::Config, format!("there is no desk `{name}`"));
    let Ok(config) = app.config() else { return error };
    let known: Vec<&str> = config.desk.keys().map(String::as_str).collect();
    let error = match known.is_empty() {
        true => error.hint(format!("add [desk.{name}] to config.toml, or use {OUTBOX_ONLY}")),
        false => error.hint(format!("the configuration has {}", known.join(", "))),
    };
    match &config.file {
        Some(file) if config.default_desk.as_deref() == Some(name) => {
            error.hint(format!("`default-desk` in {} names it", file.display()))
        }
        _ => error,
    }
}

fn desk_error(app: &App, error: &DeskError) -> CliError {
    correct(app, CliError::from_error(Exit::Config, error))
}

/// Says which file to correct.
fn correct(app: &App, error: CliError) -> CliError {
    match app.config().ok().and_then(|config| config.file.as_ref()) {
        Some(file) => error.hint(format!("correct {}", file.display())),
        None => error,
    }
}

fn credential_error(desk: &str, error: &CredentialError) -> CliError {
    let shown = CliError::from_error(Exit::MissingRight, error);
    match error {
        CredentialError::Missing { looked, .. } => {
            let shown = looked.iter().fold(shown, |e, place| e.hint(format!("looked at {place}")));
            shown.hint(format!(
                "`keycase desk login {desk}` keeps one; or pass --credential-file FILE, or set {}",
                desk::variable_name(desk)
            ))
        }
        CredentialError::Exposed { path, .. } => shown.hint(format!(
            "a key that others could have read is not used; run `chmod 600 {}`",
            path.display()
        )),
        CredentialError::Unreadable { .. } | CredentialError::Unusable { .. } => {
            shown.hint("the source must hold the key alone, in a file of its own")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::state::Event;

    #[test]
    fn what_timers_have_given_up_is_neither_refused_nor_on_its_way() {
        let mut progress = Progress::new(State::Queued, Timestamp::UNIX_EPOCH);
        assert_eq!(exit(&progress), Exit::Queued);
        progress.given_up = true;
        assert_eq!(exit(&progress), Exit::Failed);
        progress.refused = true;
        assert_eq!(exit(&progress), Exit::DeskRefused);
    }

    #[test]
    fn an_error_of_the_outbox_ends_as_what_it_is() {
        let impossible = StoreError::Impossible { from: State::Sent, on: Event::Started };
        for (error, exit, what) in [
            (StoreError::NotFound("7".into()), Exit::NoInput, "no submission 7"),
            (StoreError::AmbiguousId("7".into()), Exit::Usage, "begins with 7"),
            (impossible, Exit::Failed, "`started` cannot happen to a submission that is sent"),
        ] {
            let shown = store_error(&error);
            assert_eq!((shown.exit, shown.hints().len()), (exit, 1), "{error}");
            assert!(shown.message().contains(what), "{error}");
        }
    }
}
