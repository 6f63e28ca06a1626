//! A strict Zendesk on loopback: Tickets API for an agent, Requests API for everybody else.

use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::http::{Answer, Body, Request, read_head, write_answer};

pub(crate) const KEY: &str = "zd-key-44Hb";
/// base64 of `agent@desk.example/token:zd-key-44Hb` and of `user@example.org/token:…`.
const AGENT: &str = "Basic YWdlbnRAZGVzay5leGFtcGxlL3Rva2VuOnpkLWtleS00NEhi";
const END_USER: &str = "Basic dXNlckBleGFtcGxlLm9yZy90b2tlbjp6ZC1rZXktNDRIYg==";
const FIRST_ID: u64 = 35_436;

/// What happens to the next request of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The connection closes without an answer; the request is carried out, or not.
    Dropped { carried_out: bool },
    /// 409: a request with the same key is being carried out, and it is.
    InProgress,
    /// 503.
    Down,
}

#[derive(Clone, Debug)]
pub(crate) struct ZendeskTicket {
    pub(crate) id: u64,
    pub(crate) body: Value,
    /// Name and content of all files.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) key: Option<String>,
    pub(crate) by_agent: bool,
}

#[derive(Default)]
struct State {
    tickets: Vec<ZendeskTicket>,
    uploads: HashMap<String, (String, Vec<u8>)>,
    trouble: HashMap<&'static str, Vec<Trouble>>,
    violations: Vec<String>,
    hits: usize,
}

pub(crate) struct FakeZendesk {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FakeZendesk {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let state = shared.clone();
                thread::spawn(move || serve(&stream.unwrap(), &state));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Troubles the next request that `what` is about: `create`, `upload` or `comment`.
    pub(crate) fn trouble(&self, what: &'static str, trouble: Trouble) {
        self.state.lock().unwrap().trouble.entry(what).or_default().push(trouble);
    }

    pub(crate) fn tickets(&self) -> Vec<ZendeskTicket> {
        self.state.lock().unwrap().tickets.clone()
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.state.lock().unwrap().violations.clone()
    }
}

fn serve(stream: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut request, length) = read_head(&mut reader)?;
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    let mut stream = stream.try_clone().ok()?;
    let what = what(&request);
    let trouble = state.lock().unwrap().trouble.get_mut(what).and_then(Vec::pop);
    match trouble {
        None => write_answer(&mut stream, &handle(what, &request, state), Body::Whole),
        Some(Trouble::Dropped { carried_out }) => {
            carried_out.then(|| handle(what, &request, state));
            None
        }
        Some(Trouble::InProgress) => {
            handle(what, &request, state);
            let body = json!({"error": "IdempotentRequestInProgress"});
            write_answer(&mut stream, &answer(409, &body), Body::Whole)
        }
        Some(Trouble::Down) => write_answer(&mut stream, &answer(503, &json!({})), Body::Whole),
    }
}

fn what(request: &Request) -> &'static str {
    let path = request.path.strip_prefix("/api/v2/").unwrap_or_default();
    match (request.method.as_str(), path) {
        ("POST", "uploads.json") => "upload",
        ("POST", "tickets.json" | "requests.json") => "create",
        ("PUT", _) => "comment",
        ("GET", "users/me.json") => "me",
        ("GET", "ticket_fields.json") => "fields",
        ("GET", "tickets.json" | "requests.json") => "list",
        ("GET", path) if path.ends_with("/comments.json") => "comments",
        ("GET", _) => "view",
        _ => "nothing",
    }
}

fn answer(status: u16, body: &Value) -> Answer {
    let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
    Answer { status, headers, body: body.to_string() }
}

fn handle(what: &str, request: &Request, state: &Mutex<State>) -> Answer {
    let mut state = state.lock().unwrap();
    let by_agent = match request.headers.get("authorization").map(String::as_str) {
        Some(AGENT) => Some(true),
        Some(END_USER) => Some(false),
        Some(_) => return answer(401, &json!({"error": "Couldn't authenticate you"})),
        None => None,
    };
    let of_agents = request.path.contains("/tickets");
    if of_agents && by_agent != Some(true) {
        return answer(403, &json!({"error": "Forbidden"}));
    }
    match what {
        "me" => me(by_agent),
        "fields" => answer(
            200,
            &json!({"ticket_fields": [
            {"id": 1, "title": "Subject", "removable": false, "required_in_portal": true},
            {"id": 77, "title": "Serial", "removable": true, "active": true}]}),
        ),
        "upload" => upload(request, &mut state),
        "create" => create(request, by_agent, &mut state),
        "comment" => comment(request, by_agent, &mut state),
        "list" => list(request, by_agent, &state),
        "view" | "comments" => view(what, request, &state),
        _ => {
            state.violations.push(format!("{} {}", request.method, request.path));
            answer(404, &json!({"error": "InvalidEndpoint"}))
        }
    }
}

fn me(by_agent: Option<bool>) -> Answer {
    let user = match by_agent {
        Some(true) => json!({"id": 1, "email": "agent@desk.example", "role": "agent"}),
        Some(false) => json!({"id": 2, "email": "user@example.org", "role": "end-user"}),
        None => json!({"id": null, "email": "invalid@example.com", "role": "end-user"}),
    };
    answer(200, &json!({ "user": user }))
}

fn upload(request: &Request, state: &mut State) -> Answer {
    let name = request.query.get("filename").cloned().unwrap_or_default();
    let kind = request.headers.get("content-type").map(String::as_str);
    let fits = name.ends_with(".zip") && kind == Some("application/zip");
    if !fits || request.headers.contains_key("transfer-encoding") || request.body.is_empty() {
        state.violations.push(format!("upload of {name} as {kind:?}"));
        return answer(422, &json!({"error": "AttachmentUnprocessable"}));
    }
    let token = format!("token{}", state.uploads.len());
    state.uploads.insert(token.clone(), (name, request.body.clone()));
    answer(201, &json!({"upload": {"token": token}}))
}

/// The ticket or the request inside a body.
fn inner(request: &Request, by_agent: Option<bool>) -> Option<Value> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    let json = request.headers.get("content-type").map(String::as_str) == Some("application/json");
    let one = if by_agent == Some(true) { "ticket" } else { "request" };
    body.get(one).cloned().filter(|_| json)
}

fn files(comment: &Value, state: &mut State) -> Option<Vec<(String, Vec<u8>)>> {
    let tokens = comment.get("uploads").and_then(Value::as_array).cloned().unwrap_or_default();
    tokens.iter().map(|token| state.uploads.remove(token.as_str()?)).collect()
}

fn create(request: &Request, by_agent: Option<bool>, state: &mut State) -> Answer {
    let key = request.headers.get("idempotency-key").cloned();
    let Some(body) = inner(request, by_agent) else {
        state.violations.push("a body that is no ticket".into());
        return answer(400, &json!({"error": "RecordInvalid"}));
    };
    if let Some(known) = state.tickets.iter().find(|ticket| key.is_some() && ticket.key == key) {
        if known.body != body {
            let words = "Request parameters don't match the given idempotency key";
            return answer(400, &json!({"error": "IdempotentRequestError", "description": words}));
        }
        let shown = show(known);
        state.hits += 1;
        return answer(201, &shown);
    }
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let needs_requester = by_agent != Some(false);
    let complete = !text("/subject").is_empty()
        && !text("/comment/body").is_empty()
        && (!needs_requester || text("/requester/email").contains('@'))
        && (by_agent != Some(true) || (key.is_some() && !text("/external_id").is_empty()));
    let Some(files) = files(&body["comment"], state).filter(|_| complete) else {
        state.violations.push(format!("incomplete: {body}"));
        return answer(
            422,
            &json!({"error": "RecordInvalid", "description": "Record validation errors",
            "details": {"base": [{"description": "Requester: Name: is too short"}]}}),
        );
    };
    let id = FIRST_ID + state.tickets.len() as u64;
    let by_agent = by_agent == Some(true);
    let ticket = ZendeskTicket { id, body, files, key, by_agent };
    let shown = show(&ticket);
    state.tickets.push(ticket);
    answer(201, &shown)
}

fn show(ticket: &ZendeskTicket) -> Value {
    let shown = row(ticket);
    if ticket.by_agent { json!({ "ticket": shown }) } else { json!({ "request": shown }) }
}

fn row(ticket: &ZendeskTicket) -> Value {
    json!({"id": ticket.id, "subject": ticket.body["subject"], "status": "pending",
        "external_id": ticket.body["external_id"], "description": ticket.body["comment"]["body"],
        "requester_id": 2, "created_at": "2026-11-22T10:00:00Z", "updated_at": "2026-11-22T10:00:00Z"})
}

fn of_path(request: &Request) -> Option<u64> {
    let last = request.path.trim_end_matches("/comments.json").trim_end_matches(".json");
    last.rsplit('/').next()?.parse().ok()
}

fn comment(request: &Request, by_agent: Option<bool>, state: &mut State) -> Answer {
    if by_agent.is_none() {
        return answer(401, &json!({"error": "Couldn't authenticate you"}));
    }
    let inner = inner(request, by_agent).unwrap_or_default();
    let files = files(&inner["comment"], state);
    let id = of_path(request);
    let found = state.tickets.iter_mut().find(|ticket| Some(ticket.id) == id);
    let (Some(ticket), Some(files)) = (found, files) else {
        return answer(404, &json!({"error": "RecordNotFound", "description": "Not found"}));
    };
    ticket.files.extend(files);
    let shown = show(ticket);
    answer(200, &shown)
}

fn list(request: &Request, by_agent: Option<bool>, state: &State) -> Answer {
    let external = request.query.get("external_id");
    let fits = |ticket: &&ZendeskTicket| {
        external.is_none_or(|id| ticket.body["external_id"] == id.as_str())
    };
    let rows: Vec<Value> = state.tickets.iter().filter(fits).map(row).collect();
    match by_agent {
        Some(true) => answer(200, &json!({"tickets": rows, "next_page": null})),
        Some(false) => answer(200, &json!({"requests": rows, "next_page": null})),
        None => answer(401, &json!({"error": "Couldn't authenticate you"})),
    }
}

fn view(what: &str, request: &Request, state: &State) -> Answer {
    let Some(ticket) = state.tickets.iter().find(|ticket| Some(ticket.id) == of_path(request))
    else {
        return answer(404, &json!({"error": "RecordNotFound", "description": "Not found"}));
    };
    if what == "view" {
        return answer(200, &show(ticket));
    }
    let files: Vec<Value> = ticket
        .files
        .iter()
        .map(|(name, bytes)| json!({"file_name": name, "size": bytes.len()}))
        .collect();
    answer(200, &json!({"comments": [{"id": 1, "attachments": files}], "next_page": null}))
}
