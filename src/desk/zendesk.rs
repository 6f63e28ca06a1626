//! Zendesk: the Requests API for the people who ask, the Tickets API for those who answer.
//!
//! Facts are from <https://developer.zendesk.com/api-reference/>. A file goes up by itself
//! first and gets a token, which a comment then consumes. Making a ticket as an agent takes
//! an `Idempotency-Key`, which the desk knows for two hours; for the Requests API none is
//! documented, so there only looking helps.

mod fields;

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::details::{Details, filled};
use super::http::{Answer, Http};
use super::wire::{media_type, number, plain_file_name};
use super::{
    Access, Attachment, BundleInfo, Capabilities, Desk, DeskConfig, Failure, KeyOf, Request,
    Ticket, TicketDraft, TicketStatus, ZendeskData, fill, upload,
};
use crate::policy::TicketState;
use crate::text::one_line;

/// How many rows a page has, the most the service gives.
const PAGE: &str = "100";
/// How many pages are read.
const PAGES: usize = 20;

/// A Zendesk account.
#[derive(Debug)]
pub(super) struct Zendesk {
    http: Http,
    data: ZendeskData,
    /// Field number → fact.
    mapped: BTreeMap<String, String>,
    agent: bool,
    able: Capabilities,
}

impl Zendesk {
    /// An account, as it is configured.
    pub(super) fn new(http: Http, data: ZendeskData, config: &DeskConfig) -> Self {
        let agent = config.access == Some(KeyOf::Agent);
        // Who asks without an account can neither add to a ticket nor see it again.
        let anonymous = !agent && config.user.is_none();
        let able = Capabilities {
            finds: !anonymous,
            in_one: anonymous,
            access: match (agent, anonymous) {
                (true, _) => Access::Agent,
                (false, true) => Access::None,
                (false, false) => Access::EndUser,
            },
            ..Capabilities::over_network(config, Some(data.attachment_bytes))
        };
        Self { http, data, mapped: config.fields.clone(), agent, able }
    }

    /// `tickets` and `ticket`, or `requests` and `request`.
    fn words(&self) -> (&'static str, &'static str) {
        if self.agent { ("tickets", "ticket") } else { ("requests", "request") }
    }

    fn url(&self, path: &str) -> Url {
        self.http.address.join(&format!("/api/v2/{path}"))
    }

    fn get(&self, url: Url) -> Result<Answer, Failure> {
        self.http.call(self.http.request(Method::GET, url), 0)
    }

    fn ticket(&self, body: &Value) -> Option<Ticket> {
        let id = body.get("id")?.as_u64()?;
        let page = if self.agent { &self.data.ticket_page } else { &self.data.request_page };
        let page = fill(page, |_| id.to_string());
        let url = Some(self.http.address.join(&page).to_string());
        let requester = body.get("requester_id").and_then(Value::as_u64);
        Some(Ticket { id: id.to_string(), url, requester })
    }

    /// What was agreed to, or for a record that does not say, what is configured.
    fn details(&self, request: &Request) -> Details {
        let configured = || details_of(self.agent, &self.data, &self.mapped, &request.draft);
        request.details.clone().unwrap_or_else(configured)
    }

    fn custom(&self, request: &Request) -> Vec<Value> {
        let fields = self.details(request).fields.into_iter();
        let rows = fields.filter_map(|(field, value)| {
            let id: u64 = field.parse().ok()?;
            Some(json!({"id": id, "value": value}))
        });
        rows.collect()
    }

    /// The body of a new ticket. Made again, it is the same: the desk compares it.
    fn body(&self, request: &Request, upload: Option<&str>) -> Value {
        let draft = &request.draft;
        let mut comment = json!({"body": draft.text});
        if let Some(token) = upload {
            comment["uploads"] = json!([token]);
        }
        let mut ticket = json!({"subject": one_line(&draft.subject), "comment": comment});
        let custom = self.custom(request);
        if !custom.is_empty() {
            ticket["custom_fields"] = Value::from(custom);
        }
        let email = request.requester.as_deref().unwrap_or_default();
        let requester = json!({"name": email.split('@').next(), "email": email});
        if self.agent {
            ticket["requester"] = requester;
            ticket["external_id"] = Value::from(request.submission.to_string());
            let details = self.details(request);
            ticket["tags"] = Value::from(details.tags);
            if let Some(priority) = details.priority {
                ticket["priority"] = Value::from(priority);
            }
        } else if self.able.access == Access::None {
            ticket["requester"] = requester;
        }
        json!({ self.words().1: ticket })
    }

    /// Puts a file up; returns the token that a comment consumes. Nobody sees it until then.
    fn upload(&self, file: &Attachment<'_>) -> Result<String, Failure> {
        let mut url = self.url("uploads.json");
        url.query_pairs_mut().append_pair("filename", &plain_file_name(file.name));
        let call = self
            .http
            .request(Method::POST, url)
            .header(CONTENT_TYPE, media_type(file.name))
            .header("content-length", file.bytes)
            .body(upload::body(file)?);
        let answer = self.http.call(call, file.bytes)?;
        let token = answer.json()?.get("upload").and_then(|upload| upload.get("token")?.as_str());
        token.map(str::to_owned).ok_or_else(|| Failure::OutOfProtocol("it gives no token".into()))
    }

    /// Adds a comment that requester and desk see.
    fn comment(&self, ticket: &Ticket, comment: Value) -> Result<(), Failure> {
        let (many, one) = self.words();
        let url = self.url(&format!("{many}/{}.json", number(&ticket.id)?));
        let body = json!({ one: {"comment": comment} });
        let answer = self.http.call(self.http.request(Method::PUT, url).json(&body), 0)?;
        let named = answer.json()?.get(one).and_then(|ticket| ticket.get("id")?.as_u64());
        named.map(|_| ()).ok_or_else(|| Failure::OutOfProtocol("it names no ticket".into()))
    }

    /// The first row of a list that is wanted.
    fn any(
        &self,
        mut url: Url,
        rows: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Option<Value>, Failure> {
        url.query_pairs_mut().append_pair("per_page", PAGE);
        for page in 1..=PAGES {
            let mut url = url.clone();
            url.query_pairs_mut().append_pair("page", &page.to_string());
            let answer = self.get(url)?;
            let body = answer.json()?;
            let Some(list) = body.get(rows).and_then(Value::as_array) else {
                return Err(Failure::OutOfProtocol("it is not a list".into()));
            };
            if let Some(row) = list.iter().find(|row| wanted(row)) {
                return Ok(Some(row.clone()));
            }
            if body.get("next_page").is_none_or(Value::is_null) {
                return Ok(None);
            }
        }
        Err(Failure::Unclear { what: "the list does not end".into(), wait: None })
    }
}

/// What goes along with a ticket, by what is configured.
pub(super) fn details(data: &ZendeskData, config: &DeskConfig, draft: &TicketDraft) -> Details {
    details_of(config.access == Some(KeyOf::Agent), data, &config.fields, draft)
}

/// Only agents set a priority and tags.
fn details_of(
    agent: bool,
    data: &ZendeskData,
    mapped: &BTreeMap<String, String>,
    draft: &TicketDraft,
) -> Details {
    let priority = draft.severity.and_then(|s| data.priorities.get(&s.to_string())).cloned();
    let tags = std::iter::once("keycase").chain(draft.fact("category")).map(str::to_owned);
    Details {
        queue: None,
        priority: priority.filter(|_| agent),
        kind: None,
        tags: tags.filter(|_| agent).collect(),
        fields: filled(mapped, draft),
    }
}

/// Refusals after which the ticket may be there all the same: a request with the same key is
/// being carried out, or was carried out with another body.
fn not_created(failure: Failure) -> Failure {
    match failure {
        Failure::Refused { status: Some(409), what } => Failure::Unclear { what, wait: None },
        Failure::Refused { what, .. }
            if what.contains("IdempotentRequest") || what.contains("idempotency key") =>
        {
            Failure::Unclear { what, wait: None }
        }
        other => other,
    }
}

/// A file that did not get up makes no ticket, so trying again is harmless.
fn not_uploaded(failure: Failure) -> Failure {
    match failure {
        Failure::Unclear { what, wait: None } => Failure::Unreachable(what),
        Failure::Unclear { wait, .. } => Failure::Busy { wait },
        Failure::OutOfProtocol(what) => Failure::Unreachable(what),
        other => other,
    }
}

impl Desk for Zendesk {
    fn capabilities(&self) -> Capabilities {
        self.able.clone()
    }

    fn validate(&self, request: &Request) -> Result<Vec<String>, Failure> {
        if self.able.access == Access::None {
            return Ok(Vec::new());
        }
        let answer = match self.http.ask_briefly(self.url("ticket_fields.json")) {
            Ok(answer) => answer,
            Err(Failure::Refused { status: Some(403 | 404), .. }) => return Ok(Vec::new()),
            Err(failure) => return Err(failure),
        };
        let list = answer.json()?.get("ticket_fields").cloned().unwrap_or_default();
        Ok(fields::wrong(&list, &self.custom(request), !self.agent))
    }

    fn create(&self, request: &Request, file: Option<Attachment<'_>>) -> Result<Ticket, Failure> {
        let token = file.map(|file| self.upload(&file)).transpose().map_err(not_uploaded)?;
        let (many, one) = self.words();
        let body = self.body(request, token.as_deref());
        let mut call = self.http.request(Method::POST, self.url(&format!("{many}.json")));
        if self.agent {
            call = call.header("Idempotency-Key", request.submission.to_string());
        }
        let answer = self.http.call(call.json(&body), 0).map_err(not_created)?;
        let named = answer.json().ok().and_then(|body| self.ticket(body.get(one)?));
        let located = || {
            let id = answer.located()?.trim_end_matches(".json").parse::<u64>().ok()?;
            self.ticket(&json!({ "id": id }))
        };
        named.or_else(located).ok_or_else(|| answer.without("it names no ticket"))
    }

    fn attach(&self, ticket: &Ticket, file: Attachment<'_>, words: &str) -> Result<(), Failure> {
        let token = self.upload(&file).map_err(not_uploaded)?;
        self.comment(ticket, json!({"body": words, "uploads": [token]}))
    }

    fn note(&self, ticket: &Ticket, words: &str) -> Result<(), Failure> {
        self.comment(ticket, json!({ "body": words }))
    }

    fn has_attachment(&self, ticket: &Ticket, bundle: &BundleInfo) -> Result<bool, Failure> {
        let name = plain_file_name(&bundle.file);
        let url = self.url(&format!("{}/{}/comments.json", self.words().0, number(&ticket.id)?));
        let is_it = |file: &Value| {
            file.get("file_name").and_then(Value::as_str) == Some(&name)
                && file.get("size").and_then(Value::as_u64) == Some(bundle.bytes)
        };
        let has = |comment: &Value| {
            let files = comment.get("attachments").and_then(Value::as_array);
            files.into_iter().flatten().any(is_it)
        };
        self.any(url, "comments", has).map(|found| found.is_some())
    }

    /// Lists rather than searches: the search index lags behind by minutes.
    fn find(&self, request: &Request, _since: Timestamp) -> Result<Option<Ticket>, Failure> {
        let id = request.submission.to_string();
        let (many, _) = self.words();
        let mut url = self.url(&format!("{many}.json"));
        if self.agent {
            url.query_pairs_mut().append_pair("external_id", &id);
        } else {
            url.query_pairs_mut()
                .append_pair("sort_by", "created_at")
                .append_pair("sort_order", "desc");
        }
        let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
        let is_it = |row: &Value| match self.agent {
            true => text(row, "external_id").as_ref() == Some(&id),
            // The ticket's text ends with its submission.
            false => text(row, "description").is_some_and(|text| text.contains(&id)),
        };
        let Some(row) = self.any(url, many, is_it)? else { return Ok(None) };
        let unnamed = || Failure::OutOfProtocol("it lists a ticket without id".into());
        self.ticket(&row).map(Some).ok_or_else(unnamed)
    }

    fn status(&self, id: &str) -> Result<TicketStatus, Failure> {
        let (many, one) = self.words();
        let answer = self.get(self.url(&format!("{many}/{}.json", number(id)?)))?;
        let body = answer.json()?.get(one).cloned().unwrap_or_default();
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let time = |key: &str| text(key).and_then(|time| time.parse().ok());
        let state = text("status");
        let phase = state.as_ref().and_then(|state| self.data.phases.get(state));
        Ok(TicketStatus {
            ticket: self
                .ticket(&body)
                .ok_or_else(|| Failure::OutOfProtocol("it names no ticket".into()))?,
            subject: text("subject"),
            phase: phase.and_then(|phase| TicketState::parse(phase)),
            state: state.map(|state| self.data.states.get(&state).cloned().unwrap_or(state)),
            created_at: time("created_at"),
            since: time("updated_at"),
            updated_at: text("updated_at"),
            // The limit is for each file.
            attached_bytes: 0,
        })
    }

    /// Also tells the two kinds of credentials apart.
    fn probe(&self) -> Result<Option<String>, Failure> {
        if self.able.access == Access::None {
            // There is nothing to check a credential with, but the desk answers.
            return self.get(self.url("users/me.json")).map(|_| None);
        }
        let answer = self.get(self.url("users/me.json"))?;
        let user = answer.json()?.get("user").cloned().unwrap_or_default();
        let refused = |what: &str| Failure::Refused { status: Some(401), what: what.to_owned() };
        if user.get("id").is_none_or(Value::is_null) {
            return Err(refused("it does not know this credential"));
        }
        let role = user.get("role").and_then(Value::as_str).unwrap_or_default();
        if self.agent && role == "end-user" {
            return Err(refused(
                "this is an end user's key, not an agent's; set access = \"end-user\"",
            ));
        }
        let email = user.get("email").and_then(Value::as_str).unwrap_or_default();
        Ok(Some(format!("{email} ({role})")))
    }
}
