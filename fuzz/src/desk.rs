//! A desk on loopback that answers whatever it is told to, and the clients that ask it.
//!
//! The client's whole way is taken, from the bytes on the wire on: status line, headers, body,
//! JSON, and what each kind of desk makes of it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use keycase::desk::{
    Connection, Credential, Desk, DeskConfig, DeskData, DeskKind, KeyOf, Request, open,
};
use keycase::packs::embedded;
use serde_json::json;

/// The key that no answer may bring into a message.
pub const KEY: &str = "fuzzed-key-7Yq2Zr";

/// The longest that is waited for; the desk closes each connection, so nothing waits this long.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// What the desk will answer, and how often it was asked.
#[derive(Clone, Default)]
pub struct Answers(Arc<Mutex<(VecDeque<Vec<u8>>, usize)>>);

impl Answers {
    /// Takes the answers of an input, which zero bytes separate. One that begins like JSON is
    /// a body; any other is a whole answer from its status line on. The last one is repeated.
    pub fn set(&self, input: &[u8]) {
        let answers = input.split(|&byte| byte == 0).map(|part| match part.first() {
            Some(b'{' | b'[') => success(part),
            _ => part.to_vec(),
        });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (answers.collect(), 0);
    }

    /// How often the desk was asked since then.
    pub fn asked(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn next(&self) -> Vec<u8> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += 1;
        match state.0.len() {
            0 | 1 => state.0.front().cloned().unwrap_or_default(),
            _ => state.0.pop_front().unwrap_or_default(),
        }
    }
}

fn success(body: &[u8]) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
    let mut answer = format!("{head} {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// The desk, and a client of each kind.
pub struct Bed {
    /// What it answers.
    pub answers: Answers,
    /// Freshdesk, Request Tracker, Zendesk for agents, for end users, for anybody.
    pub desks: Vec<Box<dyn Desk>>,
    /// Base address, with which every ticket's page begins.
    pub url: String,
}

impl Default for Bed {
    fn default() -> Self {
        Self::start()
    }
}

impl Bed {
    /// Starts the desk on a thread of its own.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answers = Answers::default();
        let told = answers.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, &told);
            }
        });
        let data = DeskData::read(&embedded()).expect("the embedded packs");
        let desk = |kind: DeskKind, access: Option<KeyOf>, user: Option<&str>| {
            let mut config = DeskConfig::of(kind);
            config.url = Some(url.clone());
            config.requester = Some("o@example.test".into());
            config.timeout = Some(PATIENCE);
            (config.access, config.user) = (access, user.map(str::to_owned));
            let field = match kind {
                DeskKind::Freshdesk => "cf_model",
                DeskKind::Zendesk => "36",
                _ => "Model",
            };
            config.fields = [(field.to_owned(), "model".to_owned())].into();
            let connection = Connection { key: Some(Credential::from(KEY.to_owned())), ca: None };
            open("fuzzed", &config, &data, connection).expect("a desk")
        };
        let desks = vec![
            desk(DeskKind::Freshdesk, None, None),
            desk(DeskKind::RequestTracker, None, None),
            desk(DeskKind::Zendesk, Some(KeyOf::Agent), Some("a@example.test")),
            desk(DeskKind::Zendesk, None, Some("o@example.test")),
            desk(DeskKind::Zendesk, None, None),
        ];
        // Freshdesk's list of fields is asked for once; afterwards every input meets the same.
        answers.set(FIELDS.as_bytes());
        let _ = desks[0].status("1");
        Self { answers, desks, url }
    }
}

/// A ticket that is also no list of fields: the client goes on with its own words.
const FIELDS: &str = r#"{"id":1,"status":2}"#;

/// Reads a request to its end, so that closing resets nothing, and writes the next answer.
fn serve(stream: TcpStream, answers: &Answers) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    reader.get_mut().write_all(&answers.next())
}

/// A submission as the outbox hands it to a desk.
pub fn request() -> Request {
    let submission = "00000001-0000-4000-8000-000000000000";
    let draft = json!({
        "submission": submission, "subject": "s", "text": "t", "facts": {"model": "D300"},
        "given": {}, "drives": [], "words": "w", "severity": 2,
        "bundle": {"file": "b.zip", "sha256": "00", "bytes": 3},
    });
    let request = json!({
        "schema": keycase::desk::REQUEST_SCHEMA, "submission": submission,
        "agreed_at": "2026-11-22T10:00:00Z", "desk": "fuzzed", "address": null,
        "requester": "o@example.test", "draft": draft,
    });
    serde_json::from_value(request).expect("a request")
}
