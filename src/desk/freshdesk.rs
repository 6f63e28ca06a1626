//! Freshdesk, API v2.
//!
//! Facts are from <https://developers.freshdesk.com/api/> and from what clients of it
//! recorded; where the two differ the comment says which was followed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Url};
use serde_json::{Map, Value, json};

use super::http::{Answer, Http};
use super::{
    Attachment, Capabilities, Desk, Failure, FreshdeskData, Request, Ticket, TicketDraft,
    TicketStatus,
};

/// How many tickets a list page has, the most the service gives.
const PAGE: usize = 100;
/// How many pages are read: more tickets than this no requester has in a month.
const PAGES: usize = 20;

/// A Freshdesk account.
#[derive(Debug)]
pub(super) struct Freshdesk {
    http: Http,
    data: FreshdeskData,
    fields: BTreeMap<String, String>,
}

impl Freshdesk {
    /// A desk that fills `fields` (custom field → fact).
    pub(super) fn new(http: Http, data: FreshdeskData, fields: BTreeMap<String, String>) -> Self {
        Self { http, data, fields }
    }

    fn url(&self, path: &str) -> Url {
        self.http.address.join(&format!("/api/v2/{path}"))
    }

    fn get(&self, url: Url) -> Result<Answer, Failure> {
        self.http.call(self.http.request(Method::GET, url), 0)
    }

    /// The ticket of an answer; everything but the id may be missing.
    fn ticket(&self, body: &Value) -> Option<Ticket> {
        let id = id_of(body.get("id")?)?;
        let requester = body.get("requester_id").and_then(Value::as_u64);
        Some(Ticket { url: Some(self.page(id)), id: id.to_string(), requester })
    }

    /// A ticket as the desk shows it, if it does.
    fn shown(&self, id: &str) -> Option<Ticket> {
        let answer = self.get(self.url(&format!("tickets/{}", number(id).ok()?))).ok()?;
        self.ticket(answer.json().ok()?)
    }

    fn page(&self, id: u64) -> String {
        let path = super::fill(&self.data.ticket_page, |_| id.to_string());
        self.http.address.join(&path).to_string()
    }

    /// The submission's mark at the desk, and at once how it is found again.
    fn tag(&self, draft: &TicketDraft) -> String {
        let mut tag = format!("sub-{}", draft.submission.simple());
        tag.truncate(self.data.tag_chars);
        tag
    }

    /// The body of a new ticket. Empty values are left out: they are refused.
    fn body(&self, request: &Request) -> Value {
        let draft = &request.draft;
        let priority = draft.severity.and_then(|s| self.data.priorities.get(&s.to_string()));
        let mut body = json!({
            "subject": shortened(&draft.subject, self.data.subject_chars),
            "description": html(&draft.text),
            "status": self.data.status,
            "priority": priority.copied().unwrap_or(self.data.priority_default),
            "source": self.data.source_channel,
            "email": request.requester,
            "tags": ["keycase", self.tag(draft)],
        });
        let custom: Map<String, Value> = self
            .fields
            .iter()
            .filter_map(|(field, fact)| Some((field.clone(), draft.fact(fact)?)))
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(field, value)| (field, Value::from(value)))
            .collect();
        if !custom.is_empty() {
            body["custom_fields"] = Value::Object(custom);
        }
        body
    }

    fn list_url(&self, email: &str, since: Timestamp, page: usize) -> Url {
        let mut url = self.url("tickets");
        // Freshdesk takes whole seconds.
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        url.query_pairs_mut()
            .append_pair("email", email)
            .append_pair("updated_since", &since)
            .append_pair("order_by", "created_at")
            .append_pair("order_type", "desc")
            .append_pair("per_page", &PAGE.to_string())
            .append_pair("page", &page.to_string());
        url
    }

    fn rows(&self, url: Url) -> Result<Vec<Value>, Failure> {
        match self.get(url)?.json()? {
            Value::Array(rows) => Ok(rows.clone()),
            _ => Err(Failure::OutOfProtocol("it is not a list".into())),
        }
    }
}

impl Desk for Freshdesk {
    fn capabilities(&self) -> Capabilities {
        let attachment_bytes = Some(self.data.attachment_bytes);
        Capabilities { sends: true, attachment_bytes, needs_key: true }
    }

    fn accepts(&self, request: &Request) -> Result<(), Failure> {
        let Some(bundle) = &request.draft.bundle else { return Ok(()) };
        let most = self.data.attachment_bytes;
        if bundle.bytes > most {
            return Err(Failure::Unfit(format!(
                "the bundle has {} bytes; this desk takes {most}",
                bundle.bytes
            )));
        }
        if bundle.bytes == 0 {
            return Err(Failure::Unfit("the bundle is empty".into()));
        }
        Ok(())
    }

    fn create(&self, request: &Request) -> Result<Ticket, Failure> {
        let body = self.body(request);
        let call = self.http.request(Method::POST, self.url("tickets")).json(&body);
        let answer = self.http.call(call, 0)?;
        if let Some(ticket) = answer.json().ok().and_then(|body| self.ticket(body)) {
            return Ok(ticket);
        }
        let located = answer.located().and_then(|id| id.parse::<u64>().ok());
        let id = located.ok_or_else(|| Failure::OutOfProtocol("it names no ticket".into()))?;
        // The answer was cut, but the ticket is there; who asks is worth one more look.
        Ok(self.shown(&id.to_string()).unwrap_or(Ticket {
            url: Some(self.page(id)),
            id: id.to_string(),
            requester: None,
        }))
    }

    /// A note, not a reply: a reply is mailed to the requester in the desk's name.
    fn attach(&self, ticket: &Ticket, file: Attachment<'_>) -> Result<(), Failure> {
        let kind = if file.name.ends_with(".zip") { "application/zip" } else { OCTETS };
        // Text parts must have no file name, file parts must have one and a type
        // (https://github.com/freshworks/fresh-samples/issues/78,
        // https://github.com/arjunkomath/node-freshdesk-api/pull/147).
        let part = Part::bytes(file.bytes.to_vec())
            .file_name(wire_name(file.name))
            .mime_str(kind)
            .map_err(|_| Failure::Unfit("the file has no type".into()))?;
        let mut form = Form::new()
            .text("body", html(&format!("Diagnostic bundle {}", file.name)))
            .text("private", "false")
            .text("incoming", "true");
        if let Some(requester) = ticket.requester.or_else(|| self.shown(&ticket.id)?.requester) {
            form = form.text("user_id", requester.to_string());
        }
        let form = form.part("attachments[]", part);
        let url = self.url(&format!("tickets/{}/notes", number(&ticket.id)?));
        let call = self.http.request(Method::POST, url).multipart(form);
        let answer = self.http.call(call, file.bytes.len() as u64)?;
        let named = answer.json().ok().and_then(|body| id_of(body.get("id")?)).is_some();
        match named || answer.located().is_some_and(|id| id.parse::<u64>().is_ok()) {
            true => Ok(()),
            false => Err(Failure::OutOfProtocol("it names no note".into())),
        }
    }

    fn has_attachment(&self, ticket: &Ticket, name: &str, bytes: u64) -> Result<bool, Failure> {
        let name = wire_name(name);
        let id = number(&ticket.id)?;
        for page in 1..=PAGES {
            let mut url = self.url(&format!("tickets/{id}/conversations"));
            url.query_pairs_mut()
                .append_pair("per_page", &PAGE.to_string())
                .append_pair("page", &page.to_string());
            let notes = self.rows(url)?;
            if notes.iter().flat_map(attachments).any(|file| is_file(file, &name, bytes)) {
                return Ok(true);
            }
            if notes.len() < PAGE {
                break;
            }
        }
        Ok(false)
    }

    /// Lists rather than searches: the search index lags behind by minutes.
    fn find(&self, request: &Request, since: Timestamp) -> Result<Option<Ticket>, Failure> {
        let tag = self.tag(&request.draft);
        let email = request.requester.as_deref().unwrap_or_default();
        for page in 1..=PAGES {
            let rows = self.rows(self.list_url(email, since, page))?;
            if let Some(row) = rows.iter().find(|row| has_tag(row, &tag)) {
                let unnamed = || Failure::OutOfProtocol("it lists a ticket without id".into());
                return self.ticket(row).map(Some).ok_or_else(unnamed);
            }
            if rows.len() < PAGE {
                return Ok(None);
            }
        }
        let what = "there are too many tickets to look through".into();
        Err(Failure::Unclear { what, wait: None })
    }

    fn status(&self, id: &str) -> Result<TicketStatus, Failure> {
        let mut url = self.url(&format!("tickets/{}", number(id)?));
        url.query_pairs_mut().append_pair("include", "conversations");
        let answer = self.get(url)?;
        let body = answer.json()?;
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let state = body.get("status").and_then(Value::as_u64).map(|number| {
            let name = self.data.states.get(&number.to_string()).cloned();
            name.unwrap_or_else(|| format!("state {number}"))
        });
        let notes = body.get("conversations").and_then(Value::as_array).into_iter().flatten();
        let files = attachments(body).chain(notes.flat_map(attachments));
        let sizes = files.filter_map(|file| file.get("file_size").and_then(Value::as_u64));
        Ok(TicketStatus {
            ticket: self
                .ticket(body)
                .ok_or_else(|| Failure::OutOfProtocol("it names no ticket".into()))?,
            subject: text("subject"),
            state,
            updated_at: text("updated_at"),
            attached_bytes: sizes.sum(),
        })
    }

    fn probe(&self) -> Result<Option<String>, Failure> {
        match self.get(self.url("agents/me")) {
            Ok(answer) => {
                let body = answer.json()?;
                let contact = body.get("contact").unwrap_or(body);
                Ok(contact.get("email").and_then(Value::as_str).map(str::to_owned))
            }
            // A key may be allowed to file tickets and not to read agents.
            Err(Failure::Refused { status: Some(403 | 404), .. }) => {
                let mut url = self.url("tickets");
                url.query_pairs_mut().append_pair("per_page", "1");
                self.rows(url).map(|_| None)
            }
            Err(failure) => Err(failure),
        }
    }
}

const OCTETS: &str = "application/octet-stream";

/// Ids exceed 32 bits.
fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A ticket number on its way into a path.
fn number(id: &str) -> Result<u64, Failure> {
    id.parse().map_err(|_| Failure::Unfit(format!("`{id}` is not a ticket number of this desk")))
}

fn has_tag(row: &Value, tag: &str) -> bool {
    let tags = row.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(Value::as_str).any(|other| other.eq_ignore_ascii_case(tag))
}

fn attachments(object: &Value) -> impl Iterator<Item = &Value> {
    object.get("attachments").and_then(Value::as_array).into_iter().flatten()
}

fn is_file(file: &Value, name: &str, bytes: u64) -> bool {
    let same_name = file.get("name").and_then(Value::as_str) == Some(name);
    let size = file.get("file_size").and_then(Value::as_u64);
    same_name && size.is_none_or(|size| size == bytes)
}

/// Servers decode percent signs in multipart file names, so only plain characters go out
/// (<https://github.com/rack/rack/issues/323>).
fn wire_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.chars().map(|c| if plain(c) { c } else { '-' }).collect()
}

/// One line, at most `most` characters.
fn shortened(text: &str, most: usize) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(most).collect::<String>().trim().to_owned()
}

/// Text as HTML: descriptions and notes are HTML, and people's words are not.
fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for (at, line) in text.trim_end().lines().enumerate() {
        if at > 0 {
            html.push_str("<br>");
        }
        // Browsers fold leading blanks, which carry the sections here.
        let words = line.trim_start_matches(' ');
        html.push_str(&"&nbsp;".repeat(line.len() - words.len()));
        for character in words.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                c if c.is_control() => html.push(' '),
                c => html.push(c),
            }
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_become_markup() {
        let text = "a <b>\"x\" & 'y'\n  <script>\u{0}\n";
        let expected = "a &lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;<br>&nbsp;&nbsp;&lt;script&gt; ";
        assert_eq!(html(text), expected);
    }

    #[test]
    fn a_subject_is_one_short_line() {
        let subject = shortened(&format!("a\r\nb{}", "ü".repeat(300)), 255);
        assert_eq!(subject.chars().count(), 255);
        assert!(subject.starts_with("a  b"));
    }

    #[test]
    fn file_names_are_plain_on_the_wire() {
        assert_eq!(wire_name("a%2f\"ü\r\n.zip"), "a-2f----.zip");
    }

    #[test]
    fn large_ids_and_ids_in_quotes_are_read() {
        assert_eq!(id_of(&json!(158_018_097_111_u64)), Some(158_018_097_111));
        assert_eq!(id_of(&json!("158018097111")), Some(158_018_097_111));
        assert_eq!(id_of(&json!(-1)), None);
        assert!(number("../agents/me").is_err());
    }
}
