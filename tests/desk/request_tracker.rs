//! Single faults of a Request Tracker, answer by answer. What the real one does right is in
//! `tests/real_desks`.

use serde_json::json;
use tokio::runtime::Runtime;
use wiremock::matchers::{body_string_contains, method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate, Times};

use crate::submitter::Submitter;

/// A Request Tracker that answers as it is told, on this machine.
struct Told {
    runtime: Runtime,
    server: MockServer,
}

impl Told {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(MockServer::start());
        Self { runtime, server }
    }

    /// To the request for a ticket; it may come as often as `times`, and has to.
    fn to_create(&self, answer: ResponseTemplate, times: impl Into<Times>) -> &Self {
        let asked = Mock::given(method("POST")).and(path("/REST/2.0/ticket"));
        let asked = asked.and(body_string_contains("\"Subject\""));
        self.runtime.block_on(asked.respond_with(answer).expect(times).mount(&self.server));
        self
    }

    /// To any request below this path that reads.
    fn to_read(&self, below: &str, answer: ResponseTemplate) -> &Self {
        let asked = Mock::given(method("GET")).and(path_regex(format!("^/REST/2.0/{below}")));
        self.runtime.block_on(asked.respond_with(answer).mount(&self.server));
        self
    }

    fn person(&self) -> Submitter {
        let person = Submitter::new("http://127.0.0.1:1");
        person.configure_kind("request-tracker", &self.server.uri(), "queue = \"General\"");
        person
    }
}

fn no_tickets() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"items": [], "next_page": null}))
}

fn message(status: u16, text: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"message": text}))
}

fn page(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw("<html><form>log in</form></html>", "text/html")
}

/// After these the ticket may be there or not, so it is looked for, and made once at most.
#[test]
fn an_unclear_answer_is_followed_by_a_look_and_not_by_a_second_ticket() {
    for (name, answer, code) in [
        ("a fault of the server", message(500, "oops"), 75),
        ("a page of a proxy", page(502), 75),
        ("a portal's login page", page(200), 76),
        ("JSON of somebody else", ResponseTemplate::new(200).set_body_json(json!({"ok": 1})), 76),
        (
            "half an answer",
            ResponseTemplate::new(201).set_body_raw("{\"id\": \"1", "application/json"),
            76,
        ),
    ] {
        let desk = Told::start();
        desk.to_create(answer, 1).to_read("tickets", no_tickets());
        let outcome = desk.person().submit();
        assert_eq!(outcome.ended(), ("ambiguous".to_owned(), code), "{name}: {}", outcome.stderr);
    }
}

/// After these it is certain that there is no ticket; the person learns why.
#[test]
fn a_refusal_is_told_with_the_desks_own_words() {
    for (name, answer, said) in [
        ("a wrong token", message(401, "Unauthorized"), "Unauthorized"),
        ("a missing right", message(403, "No permission to create tickets"), "No permission"),
        ("an unknown queue", message(422, "Could not find queue"), "Could not find queue"),
    ] {
        let desk = Told::start();
        desk.to_create(answer, 1);
        let person = desk.person();
        let outcome = person.submit();
        let (state, code) = outcome.ended();
        assert!(code != 0 && state != "sent" && state != "ambiguous", "{name}: {state} {code}");
        let why = outcome.json()["error"].to_string();
        assert!(why.contains(said), "{name}: {why}");
        assert_eq!(person.items().len(), 1, "{name}: nothing is lost");
    }
}

#[test]
fn a_busy_tracker_is_left_alone_for_as_long_as_it_asks() {
    let desk = Told::start();
    desk.to_create(message(429, "busy").insert_header("retry-after", "35"), 1);
    let person = desk.person();
    assert_eq!(person.submit().ended(), ("queued".to_owned(), 75));
    assert_eq!(person.send().ended(), ("queued".to_owned(), 75));
}

/// The ticket is there, the file comes back as something else: no word of success, no second
/// ticket.
#[test]
fn a_file_that_comes_back_changed_is_not_called_attached() {
    let desk = Told::start();
    desk.to_create(ResponseTemplate::new(201).set_body_json(json!({"id": "7"})), 1);
    let replied = Mock::given(method("POST")).and(path("/REST/2.0/ticket/7/correspond"));
    let replied = replied.respond_with(message(201, "Correspondence added"));
    desk.runtime.block_on(replied.mount(&desk.server));
    let person = desk.person();
    let name = person.bundle.file_name().unwrap().to_str().unwrap();
    let length = person.bundle_bytes().len().to_string();
    let files = json!({"next_page": null,
        "items": [{"id": "9", "Filename": name, "ContentLength": length}]});
    desk.to_read("ticket/7/attachments", ResponseTemplate::new(200).set_body_json(files));
    let content = json!({"Content": "QUJD\n"});
    desk.to_read("attachment/9", ResponseTemplate::new(200).set_body_json(content));
    let outcome = person.submit();
    assert_eq!(outcome.ended().0, "created_not_attached", "{}", outcome.stderr);
    assert_eq!(outcome.json()["ticket"]["id"], "7");
    let why = outcome.json()["error"].to_string();
    assert!(why.contains("changed"), "{why}");
}
