//! Freshdesk, API v2.
//!
//! Facts are from <https://developers.freshdesk.com/api/> and from what clients of it
//! recorded; where the two differ the comment says which was followed.

mod fields;
mod words;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Url};
use serde_json::{Map, Value, json};

use self::fields::FieldList;
use self::words::{html, shortened};
use super::details::{Details, filled};
use super::http::{Answer, Http};
use super::wire::{id_of, media_type, number, plain_file_name};
use super::{
    Access, Attachment, BundleInfo, Capabilities, Desk, DeskConfig, Failure, FreshdeskData,
    Request, Ticket, TicketDraft, TicketStatus, upload,
};
use crate::policy::TicketState;

/// How many tickets a list page has, the most the service gives.
const PAGE: usize = 100;
/// How many pages are read: more tickets than this no requester has in a month.
const PAGES: usize = 20;

/// A Freshdesk account.
#[derive(Debug)]
pub(super) struct Freshdesk {
    http: Http,
    data: FreshdeskData,
    /// Custom field → fact.
    mapped: BTreeMap<String, String>,
    able: Capabilities,
    /// The account's own fields, asked for once; `None` when it does not show them.
    fields: OnceCell<Option<FieldList>>,
}

impl Freshdesk {
    /// An account, as it is configured.
    pub(super) fn new(http: Http, data: FreshdeskData, config: &DeskConfig) -> Self {
        let able = Capabilities {
            finds: true,
            // Version 2 of the API has no keys for requesters.
            access: Access::Agent,
            ..Capabilities::over_network(config, Some(data.attachment_bytes))
        };
        Self { http, data, mapped: config.fields.clone(), able, fields: OnceCell::new() }
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

    /// What was agreed to, or for a record that does not say, what is configured.
    fn details(&self, request: &Request) -> Details {
        let configured = || details(&self.data, &self.mapped, &request.draft);
        request.details.clone().unwrap_or_else(configured)
    }

    /// The body of a new ticket. Empty values are left out: they are refused.
    fn body(&self, request: &Request) -> Value {
        let draft = &request.draft;
        let details = self.details(request);
        let priority = details.priority.and_then(|priority| priority.parse().ok());
        let mut body = json!({
            "subject": shortened(&draft.subject, self.data.subject_chars),
            "description": html(&draft.text),
            "status": self.data.status,
            "priority": priority.unwrap_or(self.data.priority_default),
            "source": self.data.source_channel,
            "email": request.requester,
            "tags": details.tags,
        });
        let wants_list = !details.fields.is_empty() || details.kind.is_some();
        let list = wants_list.then(|| self.fields()).flatten();
        let has_kind = |kind: &String| list.is_some_and(|list| list.has_type(kind));
        if let Some(kind) = details.kind.filter(has_kind) {
            body["type"] = Value::from(kind);
        }
        let typed = |field: &String, text: &str| match list {
            Some(list) => list.typed(field, text),
            None => Value::from(text),
        };
        let typed = |(field, value): (&String, &String)| (field.clone(), typed(field, value));
        let custom: Map<String, Value> = details.fields.iter().map(typed).collect();
        if !custom.is_empty() {
            body["custom_fields"] = Value::Object(custom);
        }
        body
    }

    /// The account's own fields, if it shows them to this key.
    fn fields(&self) -> Option<&FieldList> {
        let ask = || {
            let answer = self.http.ask_briefly(self.url("ticket_fields")).ok()?;
            FieldList::read(answer.json().ok()?)
        };
        self.fields.get_or_init(ask).as_ref()
    }

    /// The notes of a ticket, page by page.
    fn notes(&self, id: u64, mut each: impl FnMut(&Value) -> bool) -> Result<(), Failure> {
        for page in 1..=PAGES {
            let mut url = self.url(&format!("tickets/{id}/conversations"));
            url.query_pairs_mut()
                .append_pair("per_page", &PAGE.to_string())
                .append_pair("page", &page.to_string());
            let notes = self.rows(url)?;
            if notes.iter().any(&mut each) || notes.len() < PAGE {
                break;
            }
        }
        Ok(())
    }

    /// A note that requester and desk see, as if it came from the requester. Not a reply: a
    /// reply is mailed to the requester in the desk's name.
    fn add_note(
        &self,
        ticket: &Ticket,
        words: &str,
        file: Option<Part>,
        bytes: u64,
    ) -> Result<(), Failure> {
        let mut form =
            Form::new().text("body", html(words)).text("private", "false").text("incoming", "true");
        if let Some(requester) = ticket.requester.or_else(|| self.shown(&ticket.id)?.requester) {
            form = form.text("user_id", requester.to_string());
        }
        if let Some(file) = file {
            form = form.part("attachments[]", file);
        }
        let url = self.url(&format!("tickets/{}/notes", number(&ticket.id)?));
        let call = self.http.request(Method::POST, url).multipart(form);
        let answer = self.http.call(call, bytes)?;
        let named = answer.json().ok().and_then(|body| id_of(body.get("id")?)).is_some();
        match named || answer.located().is_some_and(|id| id.parse::<u64>().is_ok()) {
            true => Ok(()),
            false => Err(answer.without("it names no note")),
        }
    }

    /// What a requester reads for a state: the account's own words, or ours.
    fn state_in_words(&self, number: u64) -> String {
        let own = self.fields().and_then(|list| list.state(number)).map(str::to_owned);
        let usual = || self.data.states.get(&number.to_string()).cloned();
        own.or_else(usual).unwrap_or_else(|| format!("state {number}"))
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
        self.able.clone()
    }

    fn validate(&self, request: &Request) -> Result<Vec<String>, Failure> {
        let answer = self.http.ask_briefly(self.url("ticket_fields"));
        let list = match answer {
            Ok(answer) => FieldList::read(answer.json()?),
            // A key may be allowed to file tickets and not to read the list.
            Err(Failure::Refused { status: Some(403 | 404), .. }) => None,
            Err(failure) => return Err(failure),
        };
        let list = self.fields.get_or_init(|| list).as_ref();
        Ok(list.map(|list| list.wrong(&self.body(request))).unwrap_or_default())
    }

    fn create(&self, request: &Request, _: Option<Attachment<'_>>) -> Result<Ticket, Failure> {
        let body = self.body(request);
        let call = self.http.request(Method::POST, self.url("tickets")).json(&body);
        let answer = self.http.call(call, 0)?;
        if let Some(ticket) = answer.json().ok().and_then(|body| self.ticket(body)) {
            return Ok(ticket);
        }
        let located = answer.located().and_then(|id| id.parse::<u64>().ok());
        let id = located.ok_or_else(|| answer.without("it names no ticket"))?;
        // The answer was cut, but the ticket is there; who asks is worth one more look.
        Ok(self.shown(&id.to_string()).unwrap_or(Ticket {
            url: Some(self.page(id)),
            id: id.to_string(),
            requester: None,
        }))
    }

    fn attach(&self, ticket: &Ticket, file: Attachment<'_>, words: &str) -> Result<(), Failure> {
        // Text parts must have no file name, file parts must have one and a type
        // (https://github.com/freshworks/fresh-samples/issues/78,
        // https://github.com/arjunkomath/node-freshdesk-api/pull/147).
        let part = Part::stream_with_length(upload::body(&file)?, file.bytes)
            .file_name(plain_file_name(file.name))
            .mime_str(media_type(file.name))
            .map_err(|_| Failure::Unfit("the file has no type".into()))?;
        self.add_note(ticket, words, Some(part), file.bytes)
    }

    fn note(&self, ticket: &Ticket, words: &str) -> Result<(), Failure> {
        self.add_note(ticket, words, None, 0)
    }

    fn has_attachment(&self, ticket: &Ticket, bundle: &BundleInfo) -> Result<bool, Failure> {
        let name = plain_file_name(&bundle.file);
        let mut found = false;
        self.notes(number(&ticket.id)?, |note| {
            found |= attachments(note).any(|file| is_file(file, &name, bundle.bytes));
            found
        })?;
        Ok(found)
    }

    /// Lists rather than searches: the search index lags behind by minutes.
    fn find(&self, request: &Request, since: Timestamp) -> Result<Option<Ticket>, Failure> {
        let tag = tag(&self.data, &request.draft);
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
        let id = number(id)?;
        let mut url = self.url(&format!("tickets/{id}"));
        url.query_pairs_mut().append_pair("include", "stats");
        let answer = self.get(url)?;
        let body = answer.json()?;
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let time = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
        let state = body.get("status").and_then(Value::as_u64);
        let since = body.get("stats").and_then(|stats| stats.get("status_updated_at"));
        let since = since.and_then(time).or_else(|| body.get("updated_at").and_then(time));
        let phase = state.and_then(|number| self.data.phases.get(&number.to_string()));
        let mut attached_bytes = sizes(body);
        // The limit is for the whole case, and a ticket shows only its first notes.
        self.notes(id, |note| {
            attached_bytes = attached_bytes.saturating_add(sizes(note));
            false
        })?;
        Ok(TicketStatus {
            ticket: self
                .ticket(body)
                .ok_or_else(|| Failure::OutOfProtocol("it names no ticket".into()))?,
            subject: text("subject"),
            state: state.map(|number| self.state_in_words(number)),
            phase: phase.and_then(|phase| TicketState::parse(phase)),
            created_at: body.get("created_at").and_then(time),
            since,
            updated_at: text("updated_at"),
            attached_bytes,
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

/// What goes along with a ticket, by what is configured.
pub(super) fn details(
    data: &FreshdeskData,
    mapped: &BTreeMap<String, String>,
    draft: &TicketDraft,
) -> Details {
    let priority = draft.severity.and_then(|s| data.priorities.get(&s.to_string()));
    Details {
        queue: None,
        priority: Some(priority.copied().unwrap_or(data.priority_default).to_string()),
        kind: draft.fact("type").and_then(|kind| data.types.get(kind)).cloned(),
        tags: tags(data, draft),
        fields: filled(mapped, draft),
    }
}

/// The submission's mark at the desk, and at once how it is found again.
fn tag(data: &FreshdeskData, draft: &TicketDraft) -> String {
    let mut tag = format!("sub-{}", draft.submission.simple());
    tag.truncate(data.tag_chars);
    tag
}

/// How the desk sorts it: by program, submission and category.
fn tags(data: &FreshdeskData, draft: &TicketDraft) -> Vec<String> {
    let mut tags = vec!["keycase".to_owned(), tag(data, draft)];
    let category = draft.fact("category").filter(|text| text.len() <= data.tag_chars);
    tags.extend(category.map(str::to_owned));
    tags
}

fn has_tag(row: &Value, tag: &str) -> bool {
    let tags = row.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(Value::as_str).any(|other| other.eq_ignore_ascii_case(tag))
}

fn attachments(object: &Value) -> impl Iterator<Item = &Value> {
    object.get("attachments").and_then(Value::as_array).into_iter().flatten()
}

/// Bytes of all files of a ticket or a note.
fn sizes(object: &Value) -> u64 {
    let sizes = attachments(object).filter_map(|file| file.get("file_size")?.as_u64());
    sizes.fold(0, u64::saturating_add)
}

fn is_file(file: &Value, name: &str, bytes: u64) -> bool {
    let same_name = file.get("name").and_then(Value::as_str) == Some(name);
    let size = file.get("file_size").and_then(Value::as_u64);
    same_name && size.is_none_or(|size| size == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_no_number_holds_are_more_than_any_limit() {
        let ticket = json!({"attachments": [{"file_size": u64::MAX}, {"file_size": 2}]});
        assert_eq!(sizes(&ticket), u64::MAX);
    }
}
