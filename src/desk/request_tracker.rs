//! Request Tracker 5, REST2.
//!
//! Facts are from RT 5.0.3 itself. A custom field that RT does not know, or a value that
//! does not fit one, is dropped without an error, so nothing here rests on custom fields:
//! a submission is found again by the mark in its subject.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Url};
use serde_json::{Map, Value, json};

use super::http::{Answer, Http};
use super::{
    Attachment, Capabilities, Desk, Failure, Request, RequestTrackerData, Ticket, TicketDraft,
    TicketStatus,
};

/// The most entries a page has.
const PAGE: &str = "100";
/// How many pages are read; a ticket with more files than this is not one of ours.
const PAGES: usize = 20;
/// How much of the submission id marks a subject.
const MARK: usize = 16;

/// One queue of an RT.
#[derive(Debug)]
pub(super) struct RequestTracker {
    http: Http,
    data: RequestTrackerData,
    queue: String,
    fields: BTreeMap<String, String>,
}

impl RequestTracker {
    /// A desk that fills `fields` (custom field → fact).
    pub(super) fn new(
        http: Http,
        data: RequestTrackerData,
        queue: Option<String>,
        fields: BTreeMap<String, String>,
    ) -> Self {
        let queue = queue.unwrap_or_else(|| data.queue_default.clone());
        Self { http, data, queue, fields }
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
        let mut body = json!({
            "Queue": self.queue,
            "Subject": format!("{} [{}]", one_line(&draft.subject), mark(draft)),
            "Content": draft.text,
            "ContentType": "text/plain",
        });
        if let Some(requester) = &request.requester {
            body["Requestor"] = Value::from(requester.as_str());
        }
        let custom: Map<String, Value> = self
            .fields
            .iter()
            .filter_map(|(field, fact)| Some((field.clone(), Value::from(draft.fact(fact)?))))
            .collect();
        if !custom.is_empty() {
            body["CustomFields"] = Value::Object(custom);
        }
        body
    }

    /// Entries of a list, page by page, until `wanted` says yes.
    fn any(&self, path: &str, query: &[(&str, &str)], wanted: impl Fn(&Value) -> bool) -> Found {
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
        Capabilities { sends: true, attachment_bytes: None, needs_key: true }
    }

    fn accepts(&self, request: &Request) -> Result<(), Failure> {
        match &request.draft.bundle {
            // RT takes an empty file for none.
            Some(bundle) if bundle.bytes == 0 => Err(Failure::Unfit("the bundle is empty".into())),
            _ => Ok(()),
        }
    }

    fn create(&self, request: &Request) -> Result<Ticket, Failure> {
        let body = self.body(request);
        let call = self.http.request(Method::POST, self.url("ticket")).json(&body);
        let answer = self.http.call(call, 0)?;
        let named = answer.json().ok().and_then(|body| id_of(body.get("id")?));
        let id = named.or_else(|| answer.located()?.parse().ok());
        let id = id.ok_or_else(|| Failure::OutOfProtocol("it names no ticket".into()))?;
        Ok(self.ticket(id))
    }

    fn attach(&self, ticket: &Ticket, file: Attachment<'_>) -> Result<(), Failure> {
        let unfit = |_| Failure::Unfit("the file has no type".into());
        let words = json!({"ContentType": "text/plain",
            "Content": format!("Diagnostic bundle {}", file.name)});
        // Under any other part name RT answers 201 and stores no file.
        let words = Part::text(words.to_string()).mime_str("application/json").map_err(unfit)?;
        let content = Part::bytes(file.bytes.to_vec())
            .file_name(file.name.to_owned())
            .mime_str("application/octet-stream")
            .map_err(unfit)?;
        let form = Form::new().part("JSON", words).part("Attachments", content);
        let url = self.url(&format!("ticket/{}/correspond", number(&ticket.id)?));
        let call = self.http.request(Method::POST, url).multipart(form);
        self.http.call(call, file.bytes.len() as u64)?;
        // RT drops or cuts files without an error, so its word is not enough.
        let bytes = file.bytes.len() as u64;
        match self.has_attachment(ticket, file.name, bytes) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::Unclear {
                what: "the file is not at the ticket as it was sent".into(),
                wait: None,
            }),
            Err(failure) => Err(Failure::Unclear { what: failure.to_string(), wait: None }),
        }
    }

    fn has_attachment(&self, ticket: &Ticket, name: &str, bytes: u64) -> Result<bool, Failure> {
        let path = format!("ticket/{}/attachments", number(&ticket.id)?);
        let is_it = |item: &Value| {
            item.get("Filename").and_then(Value::as_str) == Some(name)
                && item.get("ContentLength").and_then(id_of) == Some(bytes)
        };
        self.any(&path, &[("fields", "Filename,ContentLength")], is_it).map(|found| found.is_some())
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
        Ok(TicketStatus {
            ticket: self.ticket(id),
            subject: text("Subject"),
            state: text("Status"),
            updated_at: text("LastUpdated"),
            attached_bytes: 0,
        })
    }

    fn probe(&self) -> Result<Option<String>, Failure> {
        // Reading the queue needs the credential and the right to see it.
        let mut url = self.url("queue/");
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().push(&self.queue);
        }
        let answer = self.get(url)?;
        let name = answer.json()?.get("Name").and_then(Value::as_str);
        match name {
            Some(_) => Ok(None),
            None => Err(Failure::OutOfProtocol("it names no queue".into())),
        }
    }
}

fn mark(draft: &TicketDraft) -> String {
    let mut id = draft.submission.simple().to_string();
    id.truncate(MARK);
    format!("sub-{id}")
}

/// RT writes ids and lengths as text or as numbers.
fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn number(id: &str) -> Result<u64, Failure> {
    id.parse().map_err(|_| Failure::Unfit(format!("`{id}` is not a ticket number of this desk")))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}
