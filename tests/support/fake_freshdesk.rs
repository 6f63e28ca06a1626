//! A strict Freshdesk on loopback, with faults on demand.
//!
//! It has its own multipart parser, so that it does not agree with the client by
//! construction. Error bodies for over-size and blocked files are assumptions; the rest
//! follows recorded answers.

use std::collections::{HashMap, VecDeque};
use std::io::{BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{Answer, Body, Request, read_head, write_answer};
use super::multipart;

pub(crate) const KEY: &str = "fd-key-7Yq2";
/// base64 of `fd-key-7Yq2:X`.
const AUTHORIZATION: &str = "Basic ZmQta2V5LTdZcTI6WA==";
/// Ids beyond 32 bits, as the service gives them.
pub(crate) const FIRST_ID: u64 = 158_018_097_111;
const REQUESTER: u64 = 158_000_000_001;
/// Far more than a request takes; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);
const CREATED: &str = "2026-11-22T10:00:00Z";

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Call {
    Create,
    Attach,
    List,
    Conversations,
    View,
    Me,
    Fields,
}

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Whether the request is carried out all the same.
    pub(crate) commit: bool,
    pub(crate) act: Act,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Close the connection without an answer.
    Drop,
    /// Close the connection before the body is read.
    DropEarly,
    /// Reset the connection in the middle of the body.
    ResetMidway,
    /// Carry out, or not, and keep the client waiting until it is gone.
    Hang,
    /// Say so, and do nothing until the client is gone; then carry out, or not.
    Stall,
    /// This instead of the real answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: String },
    /// The real answer's head and the first bytes of its body.
    Truncate,
    /// The real answer without a body.
    NoBody,
}

#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct FakeTicket {
    pub(crate) id: u64,
    pub(crate) body: Value,
    pub(crate) files: Vec<File>,
    /// Notes without a file.
    pub(crate) notes: Vec<String>,
}

#[derive(Default)]
struct State {
    tickets: Vec<FakeTicket>,
    faults: HashMap<Call, VecDeque<Fault>>,
    calls: Vec<Call>,
    violations: Vec<String>,
    blocked: String,
}

pub(crate) struct FakeFreshdesk {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    busy: Arc<Busy>,
    stalled: Mutex<Receiver<Call>>,
    gone: Mutex<Receiver<Call>>,
}

impl FakeFreshdesk {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let (say_stalled, stalled) = channel();
        let (say_gone, gone) = channel();
        let busy = Arc::new(Busy::default());
        let shared = (state.clone(), busy.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (state, stalled, gone) =
                    (shared.0.clone(), say_stalled.clone(), say_gone.clone());
                // A client that has reset the connection already has no address any more.
                let Ok((stream, peer)) = stream.and_then(|s| s.peer_addr().map(|p| (s, p))) else {
                    continue;
                };
                let one = Busy::enter(&shared.1, peer);
                thread::spawn(move || {
                    serve(stream, &state, &stalled, &gone);
                    drop(one);
                });
            }
        });
        Self { address, state, busy, stalled: Mutex::new(stalled), gone: Mutex::new(gone) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn fail(&self, call: Call, commit: bool, act: Act) {
        let fault = Fault { commit, act };
        self.state.lock().unwrap().faults.entry(call).or_default().push_back(fault);
    }

    /// Refuses files of this extension, as an administrator can configure; none if empty.
    pub(crate) fn block(&self, extension: &str) {
        self.state.lock().unwrap().blocked = extension.to_owned();
    }

    pub(crate) fn tickets(&self) -> Vec<FakeTicket> {
        self.state.lock().unwrap().tickets.clone()
    }

    pub(crate) fn calls(&self, of: Call) -> usize {
        self.state.lock().unwrap().calls.iter().filter(|call| **call == of).count()
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.state.lock().unwrap().violations.clone()
    }

    /// Waits until everything that was sent here, by clients that are dead as well, is
    /// dealt with.
    pub(crate) fn wait_idle(&self) {
        // Connections are accepted in order: once this one is, all earlier ones are.
        let knock = TcpStream::connect(self.address).unwrap();
        let own = knock.local_addr().unwrap();
        self.busy.wait_until(|busy| busy.latest == Some(own));
        drop(knock);
        self.busy.wait_until(|busy| busy.open == 0);
    }

    /// Waits until a request stalls.
    pub(crate) fn wait_stalled(&self) -> Call {
        self.stalled.lock().unwrap().recv_timeout(PATIENCE).unwrap()
    }

    /// Waits until the client of a stalled request is gone and the request is dealt with.
    pub(crate) fn wait_gone(&self) -> Call {
        self.gone.lock().unwrap().recv_timeout(PATIENCE).unwrap()
    }
}

/// Which connections there are.
#[derive(Default)]
struct Busy {
    counts: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Default)]
struct Counts {
    latest: Option<SocketAddr>,
    open: usize,
}

/// One open connection.
struct Open(Arc<Busy>);

impl Busy {
    fn enter(this: &Arc<Self>, peer: SocketAddr) -> Open {
        let mut counts = this.counts.lock().unwrap();
        counts.latest = Some(peer);
        counts.open += 1;
        this.changed.notify_all();
        Open(this.clone())
    }

    fn wait_until(&self, wanted: impl Fn(&Counts) -> bool) {
        let counts = self.counts.lock().unwrap();
        let waited = self.changed.wait_timeout_while(counts, PATIENCE, |counts| !wanted(counts));
        assert!(!waited.unwrap().1.timed_out(), "a connection does not end");
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.counts.lock().unwrap().open -= 1;
        self.0.changed.notify_all();
    }
}

fn serve(
    stream: TcpStream,
    state: &Mutex<State>,
    stalled: &Sender<Call>,
    gone: &Sender<Call>,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    let (mut request, length) = read_head(&mut reader)?;
    let Some((call, id)) = route(&request) else {
        note(state, format!("no such call: {} {}", request.method, request.path));
        return write_answer(&mut stream, &answer(404, ""), Body::Whole);
    };
    let fault = {
        let mut state = state.lock().unwrap();
        state.calls.push(call);
        state.faults.get_mut(&call).and_then(VecDeque::pop_front)
    };
    match &fault {
        Some(Fault { act: Act::DropEarly, .. }) => return None,
        Some(Fault { act: Act::ResetMidway, .. }) => {
            // Closing a socket with unread bytes in it sends a reset.
            let _ = reader.read_exact(&mut vec![0; length / 2]);
            return None;
        }
        _ => {}
    }
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    let Some(fault) = fault else {
        let real = handle(call, id, &request, state);
        return write_answer(&mut stream, &real, Body::Whole);
    };
    if matches!(fault.act, Act::Stall) {
        stalled.send(call).unwrap();
        // Blocks until the other side closes.
        let _ = reader.read(&mut [0; 1]);
    }
    let real = fault.commit.then(|| handle(call, id, &request, state));
    match fault.act {
        Act::Drop | Act::DropEarly | Act::ResetMidway => None,
        Act::Hang => {
            let _ = reader.read(&mut [0; 1]);
            None
        }
        Act::Stall => {
            gone.send(call).unwrap();
            None
        }
        Act::Answer { status, headers, body } => {
            write_answer(&mut stream, &Answer { status, headers, body }, Body::Whole)
        }
        Act::Truncate => write_answer(&mut stream, &real?, Body::Cut),
        Act::NoBody => {
            let real = Answer { body: String::new(), ..real? };
            write_answer(&mut stream, &real, Body::Whole)
        }
    }
}

fn note(state: &Mutex<State>, violation: String) {
    state.lock().unwrap().violations.push(violation);
}

fn route(request: &Request) -> Option<(Call, Option<u64>)> {
    let path = request.path.strip_prefix("/api/v2/")?;
    let parts: Vec<&str> = path.split('/').collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["tickets"]) => Some((Call::Create, None)),
        ("GET", ["tickets"]) => Some((Call::List, None)),
        ("GET", ["tickets", id]) => Some((Call::View, id.parse().ok())),
        ("POST", ["tickets", id, "notes"]) => Some((Call::Attach, id.parse().ok())),
        ("GET", ["tickets", id, "conversations"]) => Some((Call::Conversations, id.parse().ok())),
        ("GET", ["agents", "me"]) => Some((Call::Me, None)),
        ("GET", ["ticket_fields"]) => Some((Call::Fields, None)),
        _ => None,
    }
}

fn handle(call: Call, id: Option<u64>, request: &Request, state: &Mutex<State>) -> Answer {
    if request.headers.get("authorization").map(String::as_str) != Some(AUTHORIZATION) {
        let body = json!({"code": "invalid_credentials",
            "message": "You have to be logged in to perform this action."});
        return answer(401, &body.to_string());
    }
    let mut state = state.lock().unwrap();
    match call {
        Call::Create => create(request, &mut state),
        Call::Attach => attach(request, id, &mut state),
        Call::List => list(request, &state),
        Call::Fields => answer(200, &field_list().to_string()),
        Call::Me => answer(200, r#"{"id":1,"contact":{"email":"agent@desk.example"}}"#),
        Call::View | Call::Conversations => match state.tickets.iter().find(|t| Some(t.id) == id) {
            None => answer(404, ""),
            Some(ticket) if call == Call::View => answer(200, &view(ticket).to_string()),
            Some(ticket) => answer(200, &Value::Array(conversations(ticket)).to_string()),
        },
    }
}

/// Field, whether it must be there, and what it is.
const FIELDS: &[(&str, bool, &str)] = &[
    ("subject", true, "String"),
    ("description", true, "String"),
    ("status", true, "Integer"),
    ("priority", true, "Integer"),
    ("source", true, "Integer"),
    ("email", true, "String"),
    ("tags", false, "Array"),
    ("custom_fields", false, "Object"),
    ("type", false, "String"),
];
const CUSTOM: &[(&str, &str)] = &[
    ("cf_serial", "custom_text"),
    ("cf_firmware", "custom_text"),
    ("cf_submission", "custom_text"),
    ("cf_admin", "custom_checkbox"),
    ("cf_lock", "custom_dropdown"),
];
const LOCK_CHOICES: &[&str] = &["locked", "unlocked"];

/// The account's own list, with the words its requesters read.
fn field_list() -> Value {
    let custom = CUSTOM.iter().map(|(name, kind)| {
        let choices = if *kind == "custom_dropdown" { json!(LOCK_CHOICES) } else { json!([]) };
        json!({"id": 150_000_000_001_u64, "name": name, "label": name, "type": kind,
            "default": false, "required_for_agents": false, "choices": choices})
    });
    let fixed = json!([
        {"name": "requester", "label": "Search a requester", "type": "default_requester", "required_for_agents": true},
        {"name": "subject", "label": "Subject", "type": "default_subject", "required_for_agents": true},
        {"name": "ticket_type", "label": "Type", "type": "default_ticket_type", "required_for_agents": false,
         "choices": ["Question", "Incident", "Problem", "Feature Request", "Refund"]},
        {"name": "status", "label": "Status", "type": "default_status", "required_for_agents": true,
         "choices": {"2": ["Open", "Being Processed"], "5": ["Closed", "This ticket has been Closed"]}},
        {"name": "priority", "label": "Priority", "type": "default_priority", "required_for_agents": true,
         "choices": {"Low": 1, "Medium": 2, "High": 3, "Urgent": 4}},
        {"name": "description", "label": "Description", "type": "default_description", "required_for_agents": true},
    ]);
    Value::Array(fixed.as_array().unwrap().iter().cloned().chain(custom).collect())
}

/// Whether a custom field takes a value.
fn takes(name: &str, value: &Value) -> bool {
    match CUSTOM.iter().find(|(custom, _)| *custom == name).map(|(_, kind)| *kind) {
        Some("custom_checkbox") => value.is_boolean(),
        Some("custom_dropdown") => value.as_str().is_some_and(|text| LOCK_CHOICES.contains(&text)),
        Some(_) => value.as_str().is_some_and(|text| !text.is_empty()),
        None => false,
    }
}

fn create(request: &Request, state: &mut State) -> Answer {
    if request.headers.get("content-type").map(String::as_str) != Some("application/json") {
        return answer(415, "");
    }
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return answer(400, r#"{"code":"invalid_json","message":"Request body has invalid json"}"#);
    };
    let errors = wrong_fields(&body);
    if !errors.is_empty() {
        state.violations.push(format!("{errors:?}"));
        return invalid(&errors);
    }
    let id = FIRST_ID + state.tickets.len() as u64;
    let ticket = FakeTicket { id, body, files: Vec::new(), notes: Vec::new() };
    let shown = view(&ticket).to_string();
    state.tickets.push(ticket);
    let mut created = answer(201, &shown);
    let location = format!("https://desk.example/api/v2/tickets/{id}");
    created.headers.push(("location", location));
    created
}

fn wrong_fields(body: &Value) -> Vec<Value> {
    let error = |field: &str, message: &str, code: &str| json!({"field": field, "message": message, "code": code});
    let mut errors = Vec::new();
    let given = body.as_object().unwrap();
    for (field, required, kind) in FIELDS {
        let fits = match (given.get(*field), *kind) {
            (None, _) => !required,
            (Some(value), "String") => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            (Some(value), "Integer") => value.is_u64(),
            (Some(value), "Array") => value.as_array().is_some_and(|tags| {
                tags.iter().all(|tag| tag.as_str().is_some_and(|tag| tag.len() <= 32))
            }),
            (Some(value), _) => value.as_object().is_some_and(|fields| {
                !fields.is_empty() && fields.iter().all(|(name, value)| takes(name, value))
            }),
        };
        if !fits {
            errors.push(error(field, &format!("It should be a/an {kind}"), "missing_field"));
        }
    }
    let custom = given.get("custom_fields").and_then(Value::as_object).into_iter().flatten();
    let unknown = given
        .keys()
        .filter(|key| FIELDS.iter().all(|(field, ..)| field != key))
        .chain(custom.map(|(key, _)| key).filter(|key| CUSTOM.iter().all(|(name, _)| name != key)));
    errors
        .extend(unknown.map(|k| error(k, "Unexpected/invalid field in request", "invalid_field")));
    if given.get("subject").and_then(Value::as_str).is_some_and(|s| s.chars().count() > 255) {
        errors.push(error("subject", "Has 256 characters, it can have maximum of 255", "too_long"));
    }
    errors
}

fn attach(request: &Request, id: Option<u64>, state: &mut State) -> Answer {
    if !state.tickets.iter().any(|ticket| Some(ticket.id) == id) {
        return answer(404, "");
    }
    let kind = request.headers.get("content-type").map(String::as_str).unwrap_or_default();
    let parts = match multipart::parse(kind, &request.body) {
        Ok(parts) => parts,
        Err(what) => {
            state.violations.push(what.clone());
            return invalid(&[
                json!({"field": "attachments", "message": what, "code": "datatype_mismatch"}),
            ]);
        }
    };
    let mut files = Vec::new();
    let mut errors = Vec::new();
    let mut texts = HashMap::new();
    for part in parts {
        match (part.name.as_str(), part.filename, part.kind) {
            ("attachments[]", Some(name), Some(kind)) if !name.is_empty() => {
                files.push(File { name, kind, bytes: part.bytes });
            }
            ("attachments[]", ..) => errors
                .push(json!({"field": "attachments", "code": "datatype_mismatch",
                "message": "It should contain elements of type valid file format only"})),
            ("body" | "private" | "incoming" | "user_id", None, _) => {
                texts.insert(part.name, String::from_utf8(part.bytes).unwrap());
            }
            (name, ..) => errors.push(json!({"field": name, "code": "invalid_field",
                "message": "Unexpected/invalid field in request"})),
        }
    }
    let expected =
        [("private", "false"), ("incoming", "true"), ("user_id", &REQUESTER.to_string())];
    for (name, value) in expected {
        if texts.get(name).map(String::as_str) != Some(value) {
            errors.push(json!({"field": name, "code": "missing_field", "message": value}));
        }
    }
    if texts.get("body").is_none_or(String::is_empty) {
        errors.push(json!({"field": "body", "code": "missing_field", "message": "String"}));
    }
    if !errors.is_empty() {
        state.violations.push(format!("{errors:?}"));
        return invalid(&errors);
    }
    let blocked = |file: &File| !state.blocked.is_empty() && file.name.ends_with(&state.blocked);
    if files.iter().any(blocked) {
        return invalid(&[json!({"field": "attachments", "code": "invalid_value",
            "message": "This file type is not allowed"})]);
    }
    let ticket = state.tickets.iter_mut().find(|ticket| Some(ticket.id) == id).unwrap();
    let all: usize = ticket.files.iter().chain(&files).map(|file| file.bytes.len()).sum();
    if all > 20_000_000 {
        return invalid(&[json!({"field": "attachments", "code": "invalid_size",
            "message": "Total attachment(s) size should not exceed 20 MB"})]);
    }
    if files.is_empty() {
        ticket.notes.push(texts.remove("body").unwrap());
        return answer(201, r#"{"id":77}"#);
    }
    ticket.files.extend(files);
    let note = conversations(ticket).pop().unwrap();
    let mut created = answer(201, &note.to_string());
    created.headers.push(("location", "https://desk.example/api/v2/conversations/9".into()));
    created
}

fn list(request: &Request, state: &State) -> Answer {
    let given = |name: &str| request.query.get(name).cloned().unwrap_or_default();
    let since = given("updated_since");
    let page: usize = given("page").parse().unwrap_or(1);
    let per_page: usize = given("per_page").parse().unwrap_or(30);
    let fitting = state.tickets.iter().rev().filter(|ticket| {
        let email = given("email");
        (email.is_empty() || ticket.body["email"] == *email)
            && (since.is_empty() || since.as_str() <= CREATED)
    });
    let rows: Vec<Value> = fitting
        .skip((page - 1) * per_page)
        .take(per_page)
        .map(|ticket| {
            let mut row = view(ticket);
            row.as_object_mut().unwrap().remove("description");
            row
        })
        .collect();
    answer(200, &Value::Array(rows).to_string())
}

fn view(ticket: &FakeTicket) -> Value {
    let mut view = ticket.body.clone();
    view["id"] = json!(ticket.id);
    view["requester_id"] = json!(REQUESTER);
    view["created_at"] = json!(CREATED);
    view["updated_at"] = json!(CREATED);
    view["attachments"] = json!([]);
    view["due_by"] = Value::Null;
    view["a_key_of_next_year"] = json!({"x": [1, null]});
    view["conversations"] = Value::Array(conversations(ticket));
    view
}

fn conversations(ticket: &FakeTicket) -> Vec<Value> {
    let note = |(at, file): (usize, &File)| {
        json!({"id": 9 + at, "user_id": null, "attachments": [{"id": 1, "name": file.name,
            "content_type": file.kind, "file_size": file.bytes.len(),
            "attachment_url": "https://files.example/signed?token=x"}]})
    };
    ticket.files.iter().enumerate().map(note).collect()
}

fn invalid(errors: &[Value]) -> Answer {
    answer(400, &json!({"description": "Validation failed", "errors": errors}).to_string())
}

fn answer(status: u16, body: &str) -> Answer {
    let headers = vec![
        ("content-type", "application/json; charset=utf-8".to_owned()),
        ("x-ratelimit-total", "50.0".to_owned()),
        ("x-ratelimit-remaining", "8.0".to_owned()),
        ("x-request-id", "req-1".to_owned()),
        ("x-freshdesk-api-version", "latest=v2; requested=v2".to_owned()),
    ];
    Answer { status, headers, body: body.to_owned() }
}
