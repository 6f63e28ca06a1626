//! Request Tracker 5, REST2.
//!
//! Facts are from RT 5.0.3 itself. A custom field that RT does not know, or a value that
//! does not fit one, is dropped without an error, so nothing here rests on custom fields:
//! a submission is found again by the mark in its subject.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Url};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::details::{Details, filled};
use super::http::{Answer, Http};
use super::wire::{OCTETS, id_of, number};
use super::{
    Access, Attachment, BundleInfo, Capabilities, Desk, DeskConfig, Failure, Request,
    RequestTrackerData, Ticket, TicketDraft, TicketStatus, upload,
};
use crate::policy::TicketState;
use crate::text::{hex, is_steering, one_line};

/// The most entries a page has.
const PAGE: &str = "100";
/// How many pages are read; a ticket with more files than this is not one of ours.
const PAGES: usize = 20;
/// How much of the draft's own subject stands in front of the mark.
const SUBJECT_CHARS: usize = 200;
/// How much of the submission id marks a subject.
const MARK: usize = 16;

/// One queue of an RT.
#[derive(Debug)]
pub(super) struct RequestTracker {
    http: Http,
    data: RequestTrackerData,
    queue: String,
    /// Custom field → fact.
    mapped: BTreeMap<String, String>,
    able: Capabilities,
}

impl RequestTracker {
    /// A queue, as it is configured.
    pub(super) fn new(http: Http, data: RequestTrackerData, config: &DeskConfig) -> Self {
        let queue = config.queue.clone().unwrap_or_else(|| data.queue_default.clone());
        let able = Capabilities {
            finds: true,
            // An account's token can do what the account can; RT has no other kind.
            access: Access::EndUser,
            ..Capabilities::over_network(config, None)
        };
        Self { http, data, queue, mapped: config.fields.clone(), able }
    }

    fn url(&self, path: &str) -> Url {
        self.http.address.join(&format!("/REST/2.0/{path}"))
    }

    fn get(&self, url: Url) -> Result<Answer, Failure> {
        self.http.call(self.http.request(Method::GET, url), 0)
    }

    fn ticket(&self, id: u64) -> Ticket {
        let page = super::fill(&self.data.ticket_page, |_| id.to_string());
        let url = Some(format!("{}{page}", self.http.address));
        Ticket { id: id.to_string(), url, requester: None }
    }

    fn body(&self, request: &Request) -> Value {
        let draft = &request.draft;
        let details = self.details(request);
        let mut body = json!({
            "Queue": details.queue.as_deref().unwrap_or(&self.queue),
            "Subject": subject(draft),
            "Content": draft.text,
            "ContentType": "text/plain",
        });
        if let Some(requester) = &request.requester {
            body["Requestor"] = Value::from(requester.as_str());
        }
        if !details.fields.is_empty() {
            body["CustomFields"] = json!(details.fields);
        }
        body
    }

    /// What was agreed to, or for a record that does not say, what is configured.
    fn details(&self, request: &Request) -> Details {
        let configured = || Details {
            queue: Some(self.queue.clone()),
            fields: filled(&self.mapped, &request.draft),
            ..Details::default()
        };
        request.details.clone().unwrap_or_else(configured)
    }

    /// The queue as the account sees it.
    fn queue(&self) -> Result<Value, Failure> {
        let mut url = self.url("queue/");
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().push(&self.queue);
        }
        self.get(url)?.json().cloned()
    }

    /// The fields of a ticket that RT dropped: it says 201 all the same.
    fn dropped(&self, id: u64, sent: &BTreeMap<String, String>) -> Result<Vec<String>, Failure> {
        if sent.is_empty() {
            return Ok(Vec::new());
        }
        let answer = self.get(self.url(&format!("ticket/{id}")))?;
        let stored = answer.json()?.get("CustomFields").cloned().unwrap_or_default();
        let has = |field: &String, value: &String| {
            let rows = stored.as_array().into_iter().flatten();
            let mut named =
                rows.filter(|row| row.get("name").and_then(Value::as_str) == Some(field));
            named.any(|row| {
                let values = row.get("values").and_then(Value::as_array).into_iter().flatten();
                values.into_iter().any(|stored| stored.as_str() == Some(value.as_str()))
            })
        };
        let dropped = sent.iter().filter(|&(field, value)| !has(field, value));
        Ok(dropped.map(|(field, _)| field.clone()).collect())
    }

    /// A reply that requester and desk see, with a file or without.
    fn reply(
        &self,
        ticket: &Ticket,
        words: &str,
        file: Option<Part>,
        bytes: u64,
    ) -> Result<(), Failure> {
        let words = json!({"ContentType": "text/plain", "Content": words});
        // Under any other part name RT answers 201 and stores no file.
        let words = Part::text(words.to_string()).mime_str("application/json").map_err(unfit)?;
        let mut form = Form::new().part("JSON", words);
        if let Some(file) = file {
            form = form.part("Attachments", file);
        }
        let url = self.url(&format!("ticket/{}/correspond", number(&ticket.id)?));
        let call = self.http.request(Method::POST, url).multipart(form);
        self.http.call(call, bytes).map(|_| ())
    }

    /// The id of a file at a ticket.
    fn file(&self, ticket: &Ticket, name: &str, bytes: u64) -> Result<Option<u64>, Failure> {
        let path = format!("ticket/{}/attachments", number(&ticket.id)?);
        let is_it = |item: &Value| {
            item.get("Filename").and_then(Value::as_str) == Some(name)
                && item.get("ContentLength").and_then(id_of) == Some(bytes)
        };
        let found = self.any(&path, &[("fields", "Filename,ContentLength")], is_it)?;
        Ok(found.and_then(|item| id_of(item.get("id")?)))
    }

    /// The SHA-256 of a file at the ticket, read back.
    fn hash(&self, id: u64, bytes: u64) -> Result<String, Failure> {
        // RT gives files as base64 inside JSON, with a line break after each 76 characters.
        let largest = usize::try_from(bytes).unwrap_or(usize::MAX).saturating_mul(2) + 65_536;
        let mut url = self.url(&format!("attachment/{id}"));
        url.query_pairs_mut().append_pair("fields", "Content");
        let answer = self.http.download(self.http.request(Method::GET, url), largest)?;
        let content = answer.json()?.get("Content").and_then(Value::as_str);
        let content = content.ok_or_else(|| Failure::OutOfProtocol("it shows no file".into()))?;
        let mut hasher = Sha256::new();
        let packed: Vec<u8> = content.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        // Four characters are three bytes, so whole groups can be read by themselves.
        for group in packed.chunks(4 * 16_384) {
            let piece = BASE64
                .decode(group)
                .map_err(|_| Failure::OutOfProtocol("the file is not base64".into()))?;
            hasher.update(piece);
        }
        Ok(hex(&hasher.finalize()))
    }

    /// Entries of a list, page by page, until `wanted` says yes.
    fn any(
        &self,
        path: &str,
        query: &[(&str, &str)],
        mut wanted: impl FnMut(&Value) -> bool,
    ) -> Found {
        for page in 1..=PAGES {
            let mut url = self.url(path);
            url.query_pairs_mut()
                .extend_pairs(query)
                .append_pair("per_page", PAGE)
                .append_pair("page", &page.to_string());
            let answer = self.get(url)?;
            let body = answer.json()?;
            let Some(items) = body.get("items").and_then(Value::as_array) else {
                return Err(Failure::OutOfProtocol("it is not a list".into()));
            };
            if let Some(item) = items.iter().find(|item| wanted(item)) {
                return Ok(Some(item.clone()));
            }
            // `pages` is null on some lists; `next_page` is on all that go on.
            if body.get("next_page").is_none_or(Value::is_null) {
                return Ok(None);
            }
        }
        Err(Failure::Unclear { what: "the list does not end".into(), wait: None })
    }
}

/// An entry of a list, if there is one.
type Found = Result<Option<Value>, Failure>;

impl Desk for RequestTracker {
    fn capabilities(&self) -> Capabilities {
        self.able.clone()
    }

    /// The queue's own fields, as far as the account may see them.
    fn validate(&self, request: &Request) -> Result<Vec<String>, Failure> {
        let fields = self.details(request).fields;
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        let queue = match self.queue() {
            Ok(queue) => queue,
            Err(Failure::Refused { .. }) => return Ok(Vec::new()),
            Err(failure) => return Err(failure),
        };
        let rows = queue.get("TicketCustomFields").and_then(Value::as_array);
        let names = rows.into_iter().flatten().filter_map(|row| row.get("name")?.as_str());
        let known: Vec<&str> = names.collect();
        // Without the right to see fields the list is empty, and says nothing.
        let unknown = fields.into_keys();
        let unknown = unknown.filter(|field| !known.is_empty() && !known.contains(&field.as_str()));
        Ok(unknown.map(|field| format!("queue {} has no field {field}", self.queue)).collect())
    }

    fn create(&self, request: &Request, _: Option<Attachment<'_>>) -> Result<Ticket, Failure> {
        let body = self.body(request);
        let call = self.http.request(Method::POST, self.url("ticket")).json(&body);
        let answer = self.http.call(call, 0)?;
        let named = answer.json().ok().and_then(|body| id_of(body.get("id")?));
        let id = named.or_else(|| answer.located()?.parse().ok());
        let id = id.ok_or_else(|| answer.without("it names no ticket"))?;
        let ticket = self.ticket(id);
        // The ticket is there; that its fields cannot be read back takes nothing away.
        let fields = self.details(request).fields;
        let dropped = self.dropped(id, &fields).unwrap_or_default();
        if !dropped.is_empty() {
            let lines =
                dropped.iter().filter_map(|field| Some(format!("{field}: {}", fields.get(field)?)));
            let lines = lines.collect::<Vec<_>>().join("\n");
            tracing::warn!(?dropped, "the desk did not take these fields; they go as a note");
            let _ =
                self.reply(&ticket, &format!("Fields this queue did not take:\n{lines}"), None, 0);
        }
        Ok(ticket)
    }

    fn attach(&self, ticket: &Ticket, file: Attachment<'_>, words: &str) -> Result<(), Failure> {
        let content = Part::stream_with_length(upload::body(&file)?, file.bytes)
            .file_name(file_name(file.name))
            .mime_str(OCTETS)
            .map_err(unfit)?;
        self.reply(ticket, words, Some(content), file.bytes)?;
        // RT drops or cuts files without an error, so its word is not enough.
        let unclear = |what: String| Failure::Unclear { what, wait: None };
        let id = self
            .file(ticket, &file_name(file.name), file.bytes)
            .map_err(|e| unclear(e.to_string()))?;
        let Some(id) = id else {
            return Err(unclear("the file is not at the ticket as it was sent".into()));
        };
        match self.hash(id, file.bytes).map_err(|e| unclear(e.to_string()))? == file.sha256 {
            true => Ok(()),
            false => Err(unclear("the file came back changed".into())),
        }
    }

    fn note(&self, ticket: &Ticket, words: &str) -> Result<(), Failure> {
        self.reply(ticket, words, None, 0)
    }

    fn has_attachment(&self, ticket: &Ticket, bundle: &BundleInfo) -> Result<bool, Failure> {
        match self.file(ticket, &file_name(&bundle.file), bundle.bytes)? {
            Some(id) => Ok(self.hash(id, bundle.bytes)? == bundle.sha256),
            None => Ok(false),
        }
    }

    /// By the mark in the subject. The search reads the database, so it is never behind.
    fn find(&self, request: &Request, _since: Timestamp) -> Result<Option<Ticket>, Failure> {
        // The mark has hex digits only, nothing that could end the quotes.
        let mark = mark(&request.draft);
        let query = format!("Subject LIKE '{mark}'");
        let query = [("query", query.as_str()), ("fields", "Subject")];
        let has_mark = |item: &Value| {
            item.get("Subject").and_then(Value::as_str).is_some_and(|text| text.contains(&mark))
        };
        let Some(item) = self.any("tickets", &query, has_mark)? else { return Ok(None) };
        let id = item.get("id").and_then(id_of);
        let id = id.ok_or_else(|| Failure::OutOfProtocol("it lists a ticket without id".into()))?;
        Ok(Some(self.ticket(id)))
    }

    fn status(&self, id: &str) -> Result<TicketStatus, Failure> {
        let id = number(id)?;
        let answer = self.get(self.url(&format!("ticket/{id}")))?;
        let body = answer.json()?;
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        // A date that is not set is the beginning of 1970.
        let time = |key: &str| {
            let time: Option<Timestamp> = body.get(key)?.as_str()?.parse().ok();
            time.filter(|time| *time > Timestamp::UNIX_EPOCH)
        };
        let state = text("Status");
        let phase = state.as_ref().and_then(|state| self.data.phases.get(state));
        let since = match state.as_deref() {
            Some("resolved" | "rejected" | "deleted") => time("Resolved"),
            _ => None,
        };
        Ok(TicketStatus {
            ticket: self.ticket(id),
            subject: text("Subject"),
            phase: phase.and_then(|phase| TicketState::parse(phase)),
            created_at: time("Created"),
            since: since.or_else(|| time("LastUpdated")),
            state,
            updated_at: text("LastUpdated"),
            attached_bytes: 0,
        })
    }

    fn probe(&self) -> Result<Option<String>, Failure> {
        // Reading the queue needs the credential and the right to see it.
        let queue = self.queue()?;
        let name = queue.get("Name").and_then(Value::as_str);
        match name {
            Some(_) => Ok(None),
            None => Err(Failure::OutOfProtocol("it names no queue".into())),
        }
    }
}

/// What goes along with a ticket, by what is configured.
pub(super) fn details(
    data: &RequestTrackerData,
    config: &DeskConfig,
    draft: &TicketDraft,
) -> Details {
    let queue = config.queue.clone().unwrap_or_else(|| data.queue_default.clone());
    Details { queue: Some(queue), fields: filled(&config.fields, draft), ..Details::default() }
}

/// Any script is kept. Quotes and backslashes are escaped on the wire, and RT stores them
/// with the escapes, so they do not go out.
fn file_name(name: &str) -> String {
    let replaced = |c: char| match c {
        '"' => '\'',
        c if c == '\\' || is_steering(c) => '-',
        c => c,
    };
    name.chars().map(replaced).collect()
}

fn unfit(_: reqwest::Error) -> Failure {
    Failure::Unfit("the file has no type".into())
}

fn mark(draft: &TicketDraft) -> String {
    let mut id = draft.submission.simple().to_string();
    id.truncate(MARK);
    format!("sub-{id}")
}

fn subject(draft: &TicketDraft) -> String {
    let line: String = one_line(&draft.subject).chars().take(SUBJECT_CHARS).collect();
    format!("{line} [{}]", mark(draft))
}
