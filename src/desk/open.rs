//! From a desk's configuration to a desk that can be asked.

#[cfg(feature = "submit")]
use super::email::{Email, Route};
#[cfg(feature = "submit")]
use super::freshdesk::Freshdesk;
#[cfg(feature = "submit")]
use super::http::{Http, Scheme};
use super::outbox_only::OutboxOnly;
#[cfg(feature = "submit")]
use super::request_tracker::RequestTracker;
#[cfg(feature = "submit")]
use super::zendesk::Zendesk;
use super::{Capabilities, Credential, Desk, DeskConfig, DeskData, DeskKind};

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

/// What it takes to reach a desk.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// The credential.
    pub key: Option<Credential>,
    /// Certificates (PEM) to trust besides the system's.
    pub ca: Option<Vec<u8>>,
}

/// Checks a desk's configuration; returns the address its tickets go to, if they go
/// anywhere. `given` are the names of facts that the configuration states.
pub fn check<'a>(
    name: &str,
    config: &DeskConfig,
    given: impl Iterator<Item = &'a str>,
) -> Result<Option<String>, DeskError> {
    let wrong = |what: String| DeskError::Config { desk: name.to_owned(), what };
    // It names a file and a variable.
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err(wrong("a desk's name has letters, digits, - and _ only".into()));
    }
    let given: Vec<&str> = given.collect();
    let unknown = config
        .fields
        .values()
        .find(|fact| !super::facts::exists(fact) && !given.contains(&fact.as_str()));
    if let Some(fact) = unknown {
        let all: Vec<_> = super::facts::names().collect();
        return Err(wrong(format!("there is no fact `{fact}`; there are {}", all.join(", "))));
    }
    let people = [("requester", &config.requester), ("to", &config.to)];
    for (setting, address) in people {
        if address.as_deref().is_some_and(|address| !is_address_of_a_person(address)) {
            return Err(wrong(format!("`{setting}` is not an e-mail address")));
        }
    }
    #[cfg(feature = "submit")]
    let required = |setting: &str, value: &Option<String>| match value {
        Some(_) => Ok(()),
        None => Err(wrong(format!("`{setting}` is missing"))),
    };
    match config.kind {
        DeskKind::OutboxOnly => Ok(None),
        DeskKind::Handoff => {
            super::handoff::check(config).map_err(wrong)?;
            Ok(None)
        }
        #[cfg(feature = "submit")]
        DeskKind::Freshdesk => {
            let address = address(name, config)?;
            required("requester", &config.requester)?;
            if let Some(field) = config.fields.keys().find(|field| !field.starts_with("cf_")) {
                return Err(wrong(format!("`{field}` is no custom field; those begin with cf_")));
            }
            Ok(Some(address.to_string()))
        }
        #[cfg(feature = "submit")]
        DeskKind::RequestTracker => Ok(Some(address(name, config)?.to_string())),
        #[cfg(feature = "submit")]
        DeskKind::Zendesk => {
            let address = address(name, config)?;
            required("requester", &config.requester)?;
            if config.access == Some(super::KeyOf::Agent) {
                required("user", &config.user)?;
            }
            if let Some(field) = config.fields.keys().find(|field| field.parse::<u64>().is_err()) {
                return Err(wrong(format!("`{field}` is no field; Zendesk's fields are numbers")));
            }
            Ok(Some(address.to_string()))
        }
        #[cfg(feature = "submit")]
        DeskKind::Email => {
            required("requester", &config.requester)?;
            required("to", &config.to)?;
            required("url", &config.url)?;
            let route = Route::parse(config.url.as_deref().unwrap_or_default()).map_err(wrong)?;
            Ok(Some(format!("{} through {route}", config.to.as_deref().unwrap_or_default())))
        }
    }
}

/// What a desk takes by its settings and by what its kind fixes: all that can be told without
/// a credential.
#[cfg_attr(not(feature = "submit"), expect(unused_variables, reason = "no desk is asked"))]
pub fn limits(config: &DeskConfig, data: &DeskData) -> Capabilities {
    #[cfg(feature = "submit")]
    let over_network = |usual| Capabilities::over_network(config, usual);
    match config.kind {
        DeskKind::OutboxOnly | DeskKind::Handoff => Capabilities::default(),
        #[cfg(feature = "submit")]
        DeskKind::Freshdesk => over_network(Some(data.freshdesk.attachment_bytes)),
        #[cfg(feature = "submit")]
        DeskKind::RequestTracker => over_network(None),
        #[cfg(feature = "submit")]
        DeskKind::Zendesk => over_network(Some(data.zendesk.attachment_bytes)),
        #[cfg(feature = "submit")]
        DeskKind::Email => over_network(Some(data.email.attachment_bytes)),
    }
}

/// Opens a desk whose configuration has passed [`check`].
#[cfg_attr(not(feature = "submit"), expect(unused_variables, reason = "no desk is asked"))]
pub fn open(
    name: &str,
    config: &DeskConfig,
    data: &DeskData,
    connection: Connection,
) -> Result<Box<dyn Desk>, DeskError> {
    if config.needs_key() && connection.key.is_none() {
        return Err(DeskError::NoCredential(name.to_owned()));
    }
    match config.kind {
        DeskKind::OutboxOnly | DeskKind::Handoff => Ok(Box::new(OutboxOnly)),
        #[cfg(feature = "submit")]
        DeskKind::Freshdesk => {
            let http = http(name, config, connection, Scheme::UserName)?;
            Ok(Box::new(Freshdesk::new(http, data.freshdesk.clone(), config)))
        }
        #[cfg(feature = "submit")]
        DeskKind::RequestTracker => {
            let http = http(name, config, connection, Scheme::Token)?;
            Ok(Box::new(RequestTracker::new(http, data.request_tracker.clone(), config)))
        }
        #[cfg(feature = "submit")]
        DeskKind::Zendesk => {
            let user = config.user.clone().unwrap_or_default();
            let http = http(name, config, connection, Scheme::TokenOf(user))?;
            Ok(Box::new(Zendesk::new(http, data.zendesk.clone(), config)))
        }
        #[cfg(feature = "submit")]
        DeskKind::Email => {
            let wrong = |what: String| DeskError::Config { desk: name.to_owned(), what };
            let email = Email::new(&data.email, config, connection).map_err(wrong)?;
            Ok(Box::new(email))
        }
    }
}

#[cfg(feature = "submit")]
fn http(
    name: &str,
    config: &DeskConfig,
    connection: Connection,
    scheme: Scheme,
) -> Result<Http, DeskError> {
    use super::http::SetupError;
    let address = address(name, config)?;
    Http::new(address, connection, scheme, config.timeout).map_err(|error| match error {
        SetupError::Trust(error @ super::tls::TrustError::NoCertificate) => {
            DeskError::Config { desk: name.to_owned(), what: error.to_string() }
        }
        error => DeskError::Client(Box::new(error)),
    })
}

#[cfg(feature = "submit")]
fn address(name: &str, config: &DeskConfig) -> Result<super::address::Address, DeskError> {
    let wrong = |what: String| DeskError::Config { desk: name.to_owned(), what };
    let url = config.url.as_deref().ok_or_else(|| wrong("`url` is missing".into()))?;
    // The address itself is not repeated: it may hold a password.
    super::address::Address::parse(url).map_err(|error| wrong(format!("its `url`: {error}")))
}

/// One name, one `@`, one host, nothing that could end a header or a query.
fn is_address_of_a_person(text: &str) -> bool {
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;".contains(c));
    let parts = text.split_once('@');
    plain && parts.is_some_and(|(n, h)| !n.is_empty() && !h.is_empty() && !h.contains('@'))
}
