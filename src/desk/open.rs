//! From a desk's configuration to a desk that can be asked.

#[cfg(feature = "submit")]
use super::freshdesk::Freshdesk;
#[cfg(feature = "submit")]
use super::http::{Http, Scheme};
use super::outbox_only::OutboxOnly;
#[cfg(feature = "submit")]
use super::request_tracker::RequestTracker;
use super::{Credential, Desk, DeskConfig, DeskData, DeskKind};

/// Why a desk cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// A setting is missing or wrong.
    #[error("desk `{desk}`: {what}")]
    Config {
        /// The desk.
        desk: String,
        /// What is wrong with which setting.
        what: String,
    },
    /// It needs a credential.
    #[error("desk `{0}` needs a credential")]
    NoCredential(String),
    /// The network client cannot be set up.
    #[error("can't set up the network client")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Checks a desk's configuration; returns the address its tickets go to, if they go
/// anywhere. `given` are the names of facts that the configuration states.
pub fn check<'a>(
    name: &str,
    config: &DeskConfig,
    given: impl Iterator<Item = &'a str>,
) -> Result<Option<String>, DeskError> {
    let wrong = |what: String| DeskError::Config { desk: name.to_owned(), what };
    let given: Vec<&str> = given.collect();
    let unknown = config
        .fields
        .values()
        .find(|fact| !super::facts::exists(fact) && !given.contains(&fact.as_str()));
    if let Some(fact) = unknown {
        let all: Vec<_> = super::facts::names().collect();
        return Err(wrong(format!("there is no fact `{fact}`; there are {}", all.join(", "))));
    }
    match config.kind {
        DeskKind::OutboxOnly => Ok(None),
        #[cfg(feature = "submit")]
        DeskKind::Freshdesk => {
            let address = address(name, config)?;
            if !config.requester.as_deref().is_some_and(is_address_of_a_person) {
                return Err(wrong("`requester` must be the e-mail address of who asks".into()));
            }
            if let Some(field) = config.fields.keys().find(|field| !field.starts_with("cf_")) {
                return Err(wrong(format!("`{field}` is no custom field; those begin with cf_")));
            }
            Ok(Some(address.to_string()))
        }
        #[cfg(feature = "submit")]
        DeskKind::RequestTracker => {
            let requester = config.requester.as_deref();
            if requester.is_some_and(|requester| !is_address_of_a_person(requester)) {
                return Err(wrong("`requester` is not an e-mail address".into()));
            }
            Ok(Some(address(name, config)?.to_string()))
        }
    }
}

/// Opens a desk whose configuration has passed [`check`].
#[cfg_attr(not(feature = "submit"), expect(unused_variables, reason = "no desk is asked"))]
pub fn open(
    name: &str,
    config: &DeskConfig,
    data: &DeskData,
    key: Option<Credential>,
) -> Result<Box<dyn Desk>, DeskError> {
    match config.kind {
        DeskKind::OutboxOnly => Ok(Box::new(OutboxOnly)),
        #[cfg(feature = "submit")]
        DeskKind::Freshdesk => {
            let key = key.ok_or_else(|| DeskError::NoCredential(name.to_owned()))?;
            let address = address(name, config)?;
            let http = Http::new(address, key, Scheme::UserName, config.timeout).map_err(client)?;
            let fields = config.fields.clone();
            Ok(Box::new(Freshdesk::new(http, data.freshdesk.clone(), fields)))
        }
        #[cfg(feature = "submit")]
        DeskKind::RequestTracker => {
            let key = key.ok_or_else(|| DeskError::NoCredential(name.to_owned()))?;
            let address = address(name, config)?;
            let http = Http::new(address, key, Scheme::Token, config.timeout).map_err(client)?;
            let (queue, fields) = (config.queue.clone(), config.fields.clone());
            let data = data.request_tracker.clone();
            Ok(Box::new(RequestTracker::new(http, data, queue, fields)))
        }
    }
}

#[cfg(feature = "submit")]
fn client(error: super::http::SetupError) -> DeskError {
    DeskError::Client(Box::new(error))
}

#[cfg(feature = "submit")]
fn address(name: &str, config: &DeskConfig) -> Result<super::address::Address, DeskError> {
    let wrong = |what: String| DeskError::Config { desk: name.to_owned(), what };
    let url = config.url.as_deref().ok_or_else(|| wrong("`url` is missing".into()))?;
    // The address itself is not repeated: it may hold a password.
    super::address::Address::parse(url).map_err(|error| wrong(format!("its `url`: {error}")))
}

/// One name, one `@`, one host, nothing that could end a header or a query.
#[cfg(feature = "submit")]
fn is_address_of_a_person(text: &str) -> bool {
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;".contains(c));
    let parts = text.split_once('@');
    plain && parts.is_some_and(|(n, h)| !n.is_empty() && !h.is_empty() && !h.contains('@'))
}
