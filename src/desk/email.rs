//! A desk that is reached by mail: ticket and bundle in one message.
//!
//! The message is the same whenever it is made again, with the same Message-ID, so that
//! desks and mailboxes that know it drop a second one. No desk can be asked by mail whether
//! it has a message: whether one that may have been taken is sent again, the person decides.

use std::fmt;
use std::io::{Read, Seek};
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Enclosure, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use secrecy::ExposeSecret;

use super::wire::media_type;
use super::{
    Access, Attachment, BundleInfo, Capabilities, Connection, Credential, Desk, DeskConfig,
    EmailData, Failure, Request, Ticket, TicketStatus,
};
use crate::text::one_line;

/// Time for one command of the mail server; large messages get it for each piece.
const PATIENCE: Duration = Duration::from_secs(60);
const LONGEST_QUOTE: usize = 400;

/// How mail leaves: a server, and how the way to it is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    host: String,
    port: u16,
    cover: Cover,
}

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cover {
    /// With the connection (RFC 8314).
    Implicit,
    /// With STARTTLS, before anything of the message.
    StartTls,
}

impl Route {
    /// Reads `smtps://host[:465]` or `smtp://host[:587]`; what is wrong with it.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let (cover, rest) = match url.trim().split_once("://") {
            Some(("smtps", rest)) => (Cover::Implicit, rest),
            Some(("smtp", rest)) => (Cover::StartTls, rest),
            _ => return Err("its `url` is not like smtps://mail.example.org".into()),
        };
        let rest = rest.trim_end_matches('/');
        if rest.contains('@') {
            return Err("its `url` contains a user name or password; `user` is a setting of its own, and credentials are kept apart".into());
        }
        let usual = if cover == Cover::Implicit { 465 } else { 587 };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => {
                (host, port.parse().map_err(|_| "its `url` has no number as port".to_owned())?)
            }
            _ => (rest, usual),
        };
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        if host.is_empty() || !plain {
            return Err("its `url` names no host".into());
        }
        Ok(Self { host: host.to_owned(), port, cover })
    }

    /// Whether it is this machine, where TLS protects nothing.
    fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.cover == Cover::Implicit { "smtps" } else { "smtp" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// A desk's mail address, and the server that mail leaves through.
pub(super) struct Email {
    route: Route,
    tls: TlsParameters,
    to: Address,
    login: Option<(String, Credential)>,
    patience: Duration,
    able: Capabilities,
}

/// The password is not among the fields shown.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("route", &self.route).finish_non_exhaustive()
    }
}

impl Email {
    /// A desk whose settings have been checked; what is wrong with them all the same.
    pub(super) fn new(
        data: &EmailData,
        config: &DeskConfig,
        connection: Connection,
    ) -> Result<Self, String> {
        let route = Route::parse(config.url.as_deref().unwrap_or_default())?;
        let to = address(config.to.as_deref().unwrap_or_default()).map_err(|e| e.to_string())?;
        let mut tls = TlsParameters::builder(route.host.clone());
        if let Some(pem) = &connection.ca {
            super::tls::certificates(pem).map_err(|error| error.to_string())?;
            let ca = Certificate::from_pem(pem).map_err(|_| "the CA file can't be used")?;
            tls = tls.add_root_certificate(ca);
        }
        let tls = tls.build().map_err(|error| format!("can't set up TLS: {error}"))?;
        let login = config.user.clone().zip(connection.key);
        let able = Capabilities {
            in_one: true,
            access: if config.user.is_some() { Access::EndUser } else { Access::None },
            ..Capabilities::over_network(config, Some(data.attachment_bytes))
        };
        let patience = config.timeout.unwrap_or(PATIENCE);
        Ok(Self { route, tls, to, login, patience, able })
    }

    /// A connection that is encrypted, unless it stays on this machine, and logged in.
    fn connect(&self) -> Result<SmtpConnection, Failure> {
        let Route { host, port, cover } = &self.route;
        let hello = ClientId::default();
        let implicit = (*cover == Cover::Implicit).then_some(&self.tls);
        let place = (host.as_str(), *port);
        let patience = Some(self.patience);
        let connected = SmtpConnection::connect(place, patience, &hello, implicit, None);
        let mut connection = connected.map_err(|error| before(&error))?;
        if *cover == Cover::StartTls {
            let needed = !self.route.is_loopback() || self.login.is_some();
            if needed || connection.can_starttls() {
                connection.starttls(&self.tls, &hello).map_err(|error| before(&error))?;
            }
        }
        if let Some((user, key)) = &self.login {
            let login = Credentials::new(user.clone(), key.expose_secret().to_owned());
            let with = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&with, &login).map_err(|error| refused(&error))?;
        }
        Ok(connection)
    }

    /// The message of a submission: made again, it is the same byte for byte.
    fn message(&self, request: &Request, file: Option<Attachment<'_>>) -> Result<Vec<u8>, Failure> {
        let unfit = |what: &str| Failure::Unfit(format!("the mail can't be made: {what}"));
        let from = address(request.requester.as_deref().unwrap_or_default())?;
        let id = message_id(request, &from);
        let subject = one_line(&request.draft.subject);
        let mark = &request.submission.simple().to_string()[..8];
        let sent = SystemTime::UNIX_EPOCH
            + Duration::try_from(request.agreed_at.as_duration()).unwrap_or_default();
        let text = SinglePart::plain(request.draft.text.clone());
        let mut parts = MultiPart::mixed()
            .boundary(format!("keycase-{}", request.submission.simple()))
            .singlepart(text);
        if let Some(file) = file {
            let mut content = Vec::new();
            let mut source = file.content;
            source
                .rewind()
                .and_then(|()| source.take(file.bytes).read_to_end(&mut content))
                .map_err(|error| unfit(&format!("the bundle can't be read: {error}")))?;
            let kind = ContentType::parse(media_type(file.name));
            let kind = kind.map_err(|_| unfit("the file has no type"))?;
            parts = parts.singlepart(Enclosure::new(file.name.to_owned()).body(content, kind));
        }
        let message = Message::builder()
            .from(Mailbox::new(None, from))
            .to(Mailbox::new(None, self.to.clone()))
            .subject(format!("{subject} [{mark}]"))
            .date(sent)
            .message_id(Some(id))
            .multipart(parts)
            .map_err(|error| unfit(&error.to_string()))?;
        Ok(message.formatted())
    }

    fn no<T>() -> Result<T, Failure> {
        let what = "this desk is reached by mail only; answer its mail to add to the ticket";
        Err(Failure::Unfit(what.into()))
    }
}

fn address(text: &str) -> Result<Address, Failure> {
    text.parse().map_err(|_| Failure::Unfit(format!("`{text}` is not an e-mail address")))
}

fn message_id(request: &Request, from: &Address) -> String {
    format!("<keycase.{}@{}>", request.submission, from.domain())
}

/// Before the first byte of the message: nothing has arrived.
fn before(error: &SmtpError) -> Failure {
    if error.status().is_some() { refused(error) } else { Failure::Unreachable(reason(error)) }
}

/// The server answered, and not with yes.
fn refused(error: &SmtpError) -> Failure {
    if error.is_transient() {
        return Failure::Busy { wait: None };
    }
    if error.is_permanent() || error.is_client() {
        return Failure::Refused { status: None, what: reason(error) };
    }
    Failure::Unreachable(reason(error))
}

/// After the message has begun: without the server's word it may have been taken.
fn after(error: &SmtpError) -> Failure {
    match error.status() {
        Some(_) => refused(error),
        None => Failure::Unclear { what: reason(error), wait: None },
    }
}

/// A read that waits no longer ends as one that would have to wait.
fn is_timeout(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    matches!(error.kind(), TimedOut | WouldBlock)
}

fn reason(error: &SmtpError) -> String {
    if error.is_timeout() {
        return "it took too long".into();
    }
    let mut chain = error.to_string();
    let mut next: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(source) = next {
        if source.downcast_ref::<std::io::Error>().is_some_and(is_timeout) {
            return "it took too long".into();
        }
        chain = source.to_string();
        next = source.source();
    }
    if chain.contains("UnknownIssuer") {
        return super::tls::not_trusted("that of the mail server");
    }
    let text = match error.status() {
        Some(code) => format!("{code} {chain}"),
        None => chain,
    };
    one_line(&text).chars().take(LONGEST_QUOTE).collect()
}

impl Desk for Email {
    fn capabilities(&self) -> Capabilities {
        self.able.clone()
    }

    fn create(&self, request: &Request, file: Option<Attachment<'_>>) -> Result<Ticket, Failure> {
        let from = address(request.requester.as_deref().unwrap_or_default())?;
        let message = self.message(request, file)?;
        let mut server = self.connect()?;
        let envelope = Mail::new(Some(from.clone()), Vec::new());
        server.command(envelope).map_err(|error| before(&error))?;
        let to = Rcpt::new(self.to.clone(), Vec::new());
        server.command(to).map_err(|error| before(&error))?;
        server.command(Data).map_err(|error| before(&error))?;
        server.message(&message).map_err(|error| after(&error))?;
        if let Some(file) = file {
            (file.meter)(file.bytes, file.bytes);
        }
        // The server has taken the message; how it says goodbye changes nothing.
        let _ = server.quit();
        Ok(Ticket { id: message_id(request, &from), url: None, requester: None })
    }

    fn attach(&self, _: &Ticket, _: Attachment<'_>, _: &str) -> Result<(), Failure> {
        Self::no()
    }

    fn note(&self, _: &Ticket, _: &str) -> Result<(), Failure> {
        Self::no()
    }

    fn has_attachment(&self, _: &Ticket, _: &BundleInfo) -> Result<bool, Failure> {
        Self::no()
    }

    fn find(&self, _: &Request, _: Timestamp) -> Result<Option<Ticket>, Failure> {
        Self::no()
    }

    fn status(&self, _: &str) -> Result<TicketStatus, Failure> {
        Self::no()
    }

    fn probe(&self) -> Result<Option<String>, Failure> {
        let mut server = self.connect()?;
        let _ = server.quit();
        Ok(self.login.as_ref().map(|(user, _)| user.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_a_server_and_when_tls_begins() {
        let route = |url: &str| Route::parse(url).map(|route| route.to_string());
        assert_eq!(route("smtps://mail.example").as_deref(), Ok("smtps://mail.example:465"));
        assert_eq!(route("smtp://mail.example/").as_deref(), Ok("smtp://mail.example:587"));
        assert_eq!(route("smtp://127.0.0.1:2525").as_deref(), Ok("smtp://127.0.0.1:2525"));
        for bad in [
            "mail.example",
            "https://mail.example",
            "smtp://",
            "smtp://me:secret9@mail.example",
            "smtp://mail.example:x",
            "smtp://mail.example/x",
            "smtp://a b",
        ] {
            let wrong = route(bad).unwrap_err();
            assert!(!wrong.contains("secret9"), "{wrong}");
        }
        assert!(Route::parse("smtp://localhost").unwrap().is_loopback());
        assert!(!Route::parse("smtp://localhost.example").unwrap().is_loopback());
    }
}
