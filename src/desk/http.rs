//! HTTP as desks need it: one address, one credential, no redirects, bounded answers, and
//! every outcome sorted by what is certain afterwards.

mod headers;
mod secrets;

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::Value;

use self::headers::{number, retry_after};
use self::secrets::Secrets;
use super::address::Address;
use super::tls::{self, TrustError, Untrusted};
use super::{Connection, Failure};

/// Time for one exchange without a large upload. Desks answer within a second; one that is
/// overloaded takes longer, and a request given up too early is one that has to be looked for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time for what a desk may as well not answer.
const BRIEFLY: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(15);
/// The slowest upload that is waited for, in bytes per second.
const SLOWEST: u64 = 16 * 1024;
/// No answer of a desk is larger.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// A client for one desk.
pub(super) struct Http {
    /// The desk.
    pub(super) address: Address,
    client: Client,
    runtime: tokio::runtime::Runtime,
    authorization: Option<HeaderValue>,
    secrets: Secrets,
    patience: Duration,
    untrusted: Untrusted,
}

/// How a desk wants its credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// As a user name with any password: Freshdesk.
    UserName,
    /// `Authorization: token …`: Request Tracker.
    Token,
    /// As the password of `<user>/token`: Zendesk.
    TokenOf(String),
}

/// The key is not among the fields shown.
impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("address", &self.address).finish_non_exhaustive()
    }
}

/// An answer with a status that means success.
#[derive(Debug)]
pub(super) struct Answer {
    headers: HeaderMap,
    body: Result<Value, Flaw>,
}

/// What is wrong with the body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Flaw {
    /// The connection ended, or time was over, before all of it was here.
    Cut(String),
    /// It is larger than any answer, in bytes.
    TooLarge(usize),
    /// It is something else.
    NotJson,
}

impl Flaw {
    /// What it says about the desk: a cut answer is the network's doing, and comes whole the
    /// next time.
    fn failure(&self) -> Failure {
        match self {
            Self::Cut(why) => {
                Failure::Unclear { what: format!("the answer was cut: {why}"), wait: None }
            }
            Self::TooLarge(most) => {
                Failure::OutOfProtocol(format!("it has more than {most} bytes"))
            }
            Self::NotJson => Failure::OutOfProtocol("it is not JSON".into()),
        }
    }
}

/// Why the client could not be set up.
#[derive(Debug, thiserror::Error)]
pub(super) enum SetupError {
    /// No event loop.
    #[error("can't start the event loop")]
    Runtime(#[from] std::io::Error),
    /// No roots to trust.
    #[error("can't tell whom to trust")]
    Trust(#[from] TrustError),
    /// No client.
    #[error("can't set up the client")]
    Client(#[from] reqwest::Error),
}

impl Http {
    /// A client for one desk.
    pub(super) fn new(
        address: Address,
        connection: Connection,
        scheme: Scheme,
        patience: Option<Duration>,
    ) -> Result<Self, SetupError> {
        let (tls, untrusted) = tls::client(connection.ca.as_deref())?;
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("keycase/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            // A redirect could carry ticket and credential to another host.
            .redirect(reqwest::redirect::Policy::none())
            // Whether to repeat is decided by the outbox alone. Kept connections that turn
            // out dead would make a failure look like a lost answer.
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0);
        if address.is_loopback() {
            client = client.no_proxy();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let patience = patience.unwrap_or(PATIENCE);
        let client = client.build()?;
        let key = connection.key.as_ref();
        // A credential is printable text; without it the desk says 401.
        let authorization = key.and_then(|key| secrets::authorization(key, &scheme));
        let secrets = key.map(|key| Secrets::of(key, &scheme)).unwrap_or_default();
        Ok(Self { address, client, runtime, authorization, secrets, patience, untrusted })
    }

    /// A request with the credential.
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.client.request(method, url).header(ACCEPT, "application/json");
        match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value),
            None => request,
        }
    }

    /// Sends a request; `upload` is the length of what goes up with it.
    pub(super) fn call(&self, request: RequestBuilder, upload: u64) -> Result<Answer, Failure> {
        let patience = self.patience + Duration::from_secs(upload / SLOWEST);
        self.exchange(request, patience, LARGEST_ANSWER)
    }

    /// Asks for something that nothing depends on: a desk that is slow is not waited for.
    pub(super) fn ask_briefly(&self, url: Url) -> Result<Answer, Failure> {
        let patience = self.patience.min(BRIEFLY);
        self.exchange(self.request(Method::GET, url), patience, LARGEST_ANSWER)
    }

    /// Asks for something of up to `largest` bytes.
    pub(super) fn download(
        &self,
        request: RequestBuilder,
        largest: usize,
    ) -> Result<Answer, Failure> {
        let patience = self.patience + Duration::from_secs(largest as u64 / SLOWEST);
        self.exchange(request, patience, largest)
    }

    fn exchange(
        &self,
        request: RequestBuilder,
        patience: Duration,
        largest: usize,
    ) -> Result<Answer, Failure> {
        let exchange = async {
            let response = request.timeout(patience).send().await?;
            let status = response.status();
            let headers = response.headers().clone();
            let body = bounded(response, largest).await;
            Ok((status.as_u16(), headers, body))
        };
        self.untrusted.take();
        let exchanged = self.runtime.block_on(exchange);
        let (status, headers, body) = exchanged.map_err(|error| self.not_answered(&error))?;
        if let Some(left) = number(&headers, "x-ratelimit-remaining") {
            tracing::debug!(status, left, "the desk answered; requests left in this minute");
        }
        judge(status, headers, body, &self.secrets)
    }

    /// No status line came back.
    fn not_answered(&self, error: &reqwest::Error) -> Failure {
        let what = match self.untrusted.take() {
            Some(issuer) => tls::not_trusted(&issuer),
            None => reason(error),
        };
        // Name lookup, connection and TLS come before the first byte of a request.
        if error.is_connect() {
            Failure::Unreachable(what)
        } else if error.is_builder() {
            Failure::Unfit(what)
        } else {
            Failure::Unclear { what, wait: None }
        }
    }
}

impl Answer {
    /// The answer's JSON.
    pub(super) fn json(&self) -> Result<&Value, Failure> {
        self.body.as_ref().map_err(Flaw::failure)
    }

    /// Why it does not say what it should: `what`, unless a part of it is missing.
    pub(super) fn without(&self, what: &str) -> Failure {
        match &self.body {
            Err(flaw @ Flaw::Cut(_)) => flaw.failure(),
            _ => Failure::OutOfProtocol(what.into()),
        }
    }

    /// The last part of where the desk says the new object is.
    pub(super) fn located(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()?.rsplit('/').next()
    }
}

/// Reads a body up to a limit. An error means that it is not complete.
async fn bounded(mut response: reqwest::Response, largest: usize) -> Result<Vec<u8>, Flaw> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Flaw::Cut(reason(&error)))? {
        if body.len() + chunk.len() > largest {
            return Err(Flaw::TooLarge(largest));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The innermost reason, which names no address and no credential.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".into();
    }
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match error.source() {
        Some(_) => Secrets::default().quote(&innermost.to_string()),
        None => "the exchange failed".into(),
    }
}

fn judge(
    status: u16,
    headers: HeaderMap,
    body: Result<Vec<u8>, Flaw>,
    secrets: &Secrets,
) -> Result<Answer, Failure> {
    let wait = retry_after(&headers);
    match status {
        200..=299 => success(headers, body),
        429 => Err(Failure::Busy { wait }),
        // A request the server did not wait for to the end may have reached it all the same.
        408 => Err(Failure::Unclear { what: "408 from the desk".into(), wait }),
        300..=399 => Err(Failure::Refused {
            status: Some(status),
            what: format!("{status}: it points to another address; is `url` the desk's own?"),
        }),
        400..=499 => {
            let what = refusal(status, &body.unwrap_or_default(), secrets);
            Err(Failure::Refused { status: Some(status), what })
        }
        500..=599 => {
            let request = headers.get("x-request-id").and_then(|id| id.to_str().ok());
            let named = request.map(|id| format!(" (request {})", secrets.quote(id)));
            let named = named.unwrap_or_default();
            Err(Failure::Unclear { what: format!("{status} from the desk{named}"), wait })
        }
        _ => Err(Failure::OutOfProtocol(format!("status {status}"))),
    }
}

fn success(headers: HeaderMap, body: Result<Vec<u8>, Flaw>) -> Result<Answer, Failure> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.to_ascii_lowercase().contains("html") {
        return Err(Failure::OutOfProtocol(
            "it is a web page; does this network ask for a login first?".into(),
        ));
    }
    // A success whose body was cut still says where the new object is.
    let body = body.and_then(|body| serde_json::from_slice(&body).map_err(|_| Flaw::NotJson));
    Ok(Answer { headers, body })
}

/// Why a desk refused, in its own words: `{"description", "errors": [{"field", "message",
/// "code"}]}`, `{"code", "message"}`, or `{"error", "description", "details": {field:
/// [{"description"}]}}`. Bodies may be empty or web pages.
fn refusal(status: u16, body: &[u8], secrets: &Secrets) -> String {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return status.to_string() };
    let quote = |text: &str| secrets.quote(text);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(quote);
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten().take(8);
    let errors: Vec<String> = errors
        .filter_map(|error| {
            let message = text(error.get("message"))?;
            let field = text(error.get("field")).unwrap_or_default();
            let code = text(error.get("code")).unwrap_or_default();
            Some(format!("{field}: {message} ({code})"))
        })
        .collect();
    let details = body.get("details").and_then(Value::as_object).into_iter().flatten().take(8);
    let details = details.flat_map(|(field, rows)| {
        let rows = rows.as_array().into_iter().flatten();
        rows.filter_map(move |row| Some(format!("{field}: {}", text(row.get("description"))?)))
    });
    let keys = ["message", "description", "error"];
    let head = keys.into_iter().find_map(|key| text(body.get(key)));
    let all = head.into_iter().chain(errors).chain(details).collect::<Vec<_>>().join("; ");
    if all.is_empty() { status.to_string() } else { format!("{status}: {}", quote(&all)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Credential;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn statuses_are_sorted_by_what_is_certain() {
        let of = |status| {
            judge(status, HeaderMap::new(), Ok(Vec::new()), &Secrets::default()).unwrap_err()
        };
        assert!(of(429).is_harmless());
        for status in [301, 302, 307, 308, 400, 401, 403, 404, 405, 409, 413, 415, 422] {
            assert!(of(status).is_final(), "{status}");
        }
        for status in [408, 500, 502, 503, 504, 599, 199, 600] {
            let failure = of(status);
            assert!(!failure.is_harmless() && !failure.is_final(), "{status}");
        }
    }

    #[test]
    fn a_web_page_is_not_an_answer() {
        let html = headers(&[("content-type", "text/HTML; charset=utf-8")]);
        let judged = judge(200, html, Ok(b"<html>login</html>".to_vec()), &Secrets::default());
        assert!(matches!(judged, Err(Failure::OutOfProtocol(_))));
    }

    #[test]
    fn an_answer_that_was_cut_is_not_one_of_another_protocol() {
        let of = |body| judge(200, HeaderMap::new(), body, &Secrets::default()).unwrap();
        let cut = of(Err(Flaw::Cut("connection reset".into())));
        for failure in [cut.json().unwrap_err(), cut.without("it names no ticket")] {
            assert!(matches!(failure, Failure::Unclear { .. }), "{failure:?}");
            assert!(failure.to_string().contains("the answer was cut: connection reset"));
        }
        let large = of(Err(Flaw::TooLarge(8))).json().unwrap_err();
        assert_eq!(large, Failure::OutOfProtocol("it has more than 8 bytes".into()));
        let other = of(Ok(b"hello".to_vec()));
        assert_eq!(other.json().unwrap_err(), Failure::OutOfProtocol("it is not JSON".into()));
        assert_eq!(other.without("x"), Failure::OutOfProtocol("x".into()));
    }

    #[test]
    fn a_refusal_is_quoted_short_and_plain() {
        let body = br#"{"description":"Validation failed","errors":[
            {"field":"status","message":"It should be one of these values: '2,3'","code":"missing_field"}]}"#;
        let text = refusal(400, body, &Secrets::default());
        assert!(text.contains("status: It should be one of these values: '2,3' (missing_field)"));
        assert_eq!(refusal(404, b"", &Secrets::default()), "404");
        assert_eq!(refusal(403, b"<html>", &Secrets::default()), "403");
        let long = serde_json::json!({"message": "\u{1b}x".repeat(10_000)}).to_string();
        let text = refusal(400, long.as_bytes(), &Secrets::default());
        assert!(text.len() < 1000 && !text.contains('\u{1b}'));
        assert_eq!(
            refusal(400, "{\"message\":\"a\u{202e}b\"}".as_bytes(), &Secrets::default()),
            "400: a b"
        );
    }

    #[test]
    fn a_desk_that_quotes_the_key_does_not_bring_it_into_a_message() {
        let secrets = Secrets::of(&Credential::from("key-7Yq2"), &Scheme::UserName);
        let body = br#"{"message":"bad key-7Yq2","errors":[{"field":"key-7Yq2","message":"m"}],
            "details":{"key-7Yq2":[{"description":"Basic a2V5LTdZcTI6WA== \u006bey-7Yq2"}]}}"#;
        let text = refusal(401, body, &secrets);
        assert!(!text.contains("7Yq2") && !text.contains("a2V5"), "{text}");
        assert!(text.contains("bad [the key]"), "{text}");
        let judged = judge(500, headers(&[("x-request-id", "key-7Yq2")]), Ok(Vec::new()), &secrets);
        assert!(!judged.unwrap_err().to_string().contains("7Yq2"));
    }
}
