//! `keycase submit` against a strict Freshdesk: what goes over the wire, and what every
//! fault leads to.

use crate::fake_freshdesk::{Act, Call, FIRST_ID, FakeFreshdesk, KEY};
use crate::submitter::{Outcome, Submitter};

fn ended(state: &str, code: i32) -> (String, i32) {
    (state.to_owned(), code)
}

#[test]
fn one_ticket_and_its_bundle_arrive_byte_for_byte() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    person.configure(
        &desk.url(),
        "[desk.acme.fields]\ncf_submission = \"submission\"\ncf_admin = \"requester_is_admin\"\ncf_serial = \"serial\"",
    );
    let outcome = person.submit();
    assert_eq!(outcome.ended(), ended("sent", 0), "{}", outcome.stderr);
    assert_eq!(desk.violations(), Vec::<String>::new());

    let answer = outcome.json();
    assert_eq!(answer["schema"], "keycase.submission/1");
    assert_eq!(answer["ticket"]["id"], FIRST_ID.to_string());
    assert_eq!(answer["bundle"]["bytes"], person.bundle_bytes().len());
    assert!(answer["error"].is_null());

    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1);
    let body = &tickets[0].body;
    assert_eq!(body["email"], "a.user+x@example.org");
    assert_eq!((&body["status"], &body["source"]), (&2.into(), &2.into()));
    let description = body["description"].as_str().unwrap();
    assert!(
        description.contains("&lt;b&gt;&quot;not&quot; recognised &amp; blinking&lt;/b&gt;<br>")
    );
    assert!(description.contains(answer["submission"].as_str().unwrap()));
    // Severity 1 is the worst, and Freshdesk's priority 4.
    let severity = description.split("Severity: ").nth(1).unwrap()[..1].parse::<u64>().unwrap();
    assert_eq!(body["priority"], 5 - severity);
    assert!(["Problem", "Question"].contains(&body["type"].as_str().unwrap()));
    // Facts, what is made of them, the person's words, what is open, the evidence.
    let places = ["Computer", "Classification", "In the requester", "Still open", "Evidence"];
    let at: Vec<usize> = places.iter().filter_map(|place| description.find(place)).collect();
    assert!(at.len() >= 4, "{description}");
    assert!(at.is_sorted(), "{description}");
    assert!(description.contains(answer["bundle"]["sha256"].as_str().unwrap()));
    assert!(body["subject"].as_str().unwrap().starts_with("encrypted USB drive not seen"));
    assert_eq!(body["custom_fields"]["cf_submission"], answer["submission"]);
    assert_eq!(body["custom_fields"]["cf_admin"], true, "typed as the account's field is");
    assert!(body["custom_fields"].get("cf_serial").is_none(), "an unknown fact is left out");

    let files = &tickets[0].files;
    assert_eq!(files.len(), 1);
    assert!(files[0].bytes == person.bundle_bytes(), "the bundle changed on its way");
    assert_eq!(files[0].kind, "application/zip");
    assert_eq!(files[0].name, person.bundle.file_name().unwrap().to_str().unwrap());

    // What has arrived is remembered, without the bundle.
    let item = person.items()[0].clone();
    assert!(item.join("request.json").exists() && !item.join("bundle.zip").exists());
}

/// Fault at the creation → state and exit code of `submit`, and of the `outbox send` after.
#[test]
fn no_fault_at_the_ticket_loses_it_or_makes_two() {
    let page = |status, body: &str| Act::Answer {
        status,
        headers: vec![("content-type", "text/html".into())],
        body: body.into(),
    };
    let json = |status, body: &str| Act::Answer {
        status,
        headers: vec![("content-type", "application/json".into())],
        body: body.into(),
    };
    let oops = r#"{"code":"internal_error","message":"We're sorry, but something went wrong"}"#;
    let cases = [
        ("dropped before", false, Act::Drop, ended("ambiguous", 75)),
        ("dropped early", false, Act::DropEarly, ended("ambiguous", 75)),
        ("dropped after", true, Act::Drop, ended("sent", 0)),
        ("truncated", true, Act::Truncate, ended("sent", 0)),
        ("no body", true, Act::NoBody, ended("sent", 0)),
        ("500 before", false, json(500, oops), ended("ambiguous", 75)),
        ("500 after", true, json(500, oops), ended("sent", 0)),
        ("502 page", false, page(502, "<html>bad gateway</html>"), ended("ambiguous", 75)),
        ("503 after", true, page(503, ""), ended("sent", 0)),
        ("login page", false, page(200, "<html>welcome, log in</html>"), ended("ambiguous", 76)),
        ("login page after", true, page(200, "<html>log in</html>"), ended("sent", 0)),
        ("other json", false, json(200, r#"{"status":"login"}"#), ended("ambiguous", 76)),
        ("not json", false, json(201, "hello"), ended("ambiguous", 76)),
        ("408", true, json(408, ""), ended("sent", 0)),
    ];
    for (name, commit, act, expected) in cases {
        let desk = FakeFreshdesk::start();
        let person = Submitter::at(&desk);
        desk.fail(Call::Create, commit, act);
        let outcome = person.submit();
        assert_eq!(outcome.ended(), expected, "{name}: {}", outcome.stderr);
        assert_eq!(desk.tickets().len(), usize::from(commit), "{name}");
        let again = person.send();
        assert_eq!(again.code, 0, "{name}: {}", again.stderr);
        assert_eq!(person.state(), "sent", "{name}");
        assert_eq!(desk.tickets().len(), 1, "{name}");
        assert_eq!(desk.tickets()[0].files.len(), 1, "{name}");
        assert_eq!(desk.violations(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn no_fault_at_the_bundle_makes_a_second_ticket_or_file() {
    let json = |status, body: &str| Act::Answer {
        status,
        headers: vec![("content-type", "application/json".into())],
        body: body.into(),
    };
    let cases = [
        ("dropped before", false, Act::Drop),
        ("dropped early", false, Act::DropEarly),
        ("dropped after", true, Act::Drop),
        ("truncated", true, Act::Truncate),
        ("no body", true, Act::NoBody),
        ("500 before", false, json(500, "")),
        ("500 after", true, json(500, "")),
        ("429", false, json(429, "")),
    ];
    for (name, commit, act) in cases {
        let desk = FakeFreshdesk::start();
        let person = Submitter::at(&desk);
        desk.fail(Call::Attach, commit, act);
        let outcome = person.submit();
        let (state, code) = outcome.ended();
        let settled = (state.as_str(), code) == ("sent", 0) && commit;
        let open = (state.as_str(), code) == ("created_not_attached", 75);
        assert!(settled || open, "{name}: {state} {code}");
        assert_eq!(outcome.json()["ticket"]["id"], FIRST_ID.to_string(), "{name}");
        assert_eq!(person.send().code, 0, "{name}");
        assert_eq!(person.state(), "sent", "{name}");
        assert_eq!(desk.tickets().len(), 1, "{name}");
        assert_eq!(desk.tickets()[0].files.len(), 1, "{name}");
    }
}

#[test]
fn a_desk_that_is_down_gets_the_ticket_later() {
    let person = Submitter::new("http://127.0.0.1:1");
    let outcome = person.submit();
    assert_eq!(outcome.ended(), ended("queued", 75));
    assert!(outcome.json()["next"].as_str().unwrap().contains("outbox send"));
    assert_eq!(person.send().ended(), ended("queued", 75));
}

#[test]
fn a_busy_desk_is_left_alone_for_as_long_as_it_asks() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let headers = vec![("retry-after", "35".to_owned())];
    desk.fail(Call::Create, false, Act::Answer { status: 429, headers, body: "busy".into() });
    assert_eq!(person.submit().ended(), ended("queued", 75));
    assert_eq!(person.send().ended(), ended("queued", 75));
    assert_eq!(desk.calls(Call::Create), 1, "it was asked again too early");

    let later = person.command(&["outbox", "send", "--json", "--now", "2026-11-22T10:00:36Z"]);
    let mut later = replace_now(later);
    assert!(later.output().unwrap().status.success());
    assert_eq!(desk.tickets().len(), 1);
}

/// `--now` may be given once; the later of two wins here.
fn replace_now(command: std::process::Command) -> std::process::Command {
    let mut args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let at = args.iter().rposition(|arg| arg == "--now").unwrap();
    args.drain(at..at + 2);
    let mut again = std::process::Command::new(command.get_program());
    again.args(args).env_clear();
    again.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    again
}

#[test]
fn a_refusal_is_final_until_the_person_asks_again() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let body = r#"{"description":"Validation failed","errors":[{"field":"cf_x",
        "message":"Unexpected/invalid field in request","code":"invalid_field"}]}"#;
    desk.fail(
        Call::Create,
        false,
        Act::Answer { status: 400, headers: Vec::new(), body: body.into() },
    );
    let outcome = person.submit();
    assert_eq!(outcome.ended(), ended("rejected", 76));
    let error = outcome.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("cf_x: Unexpected/invalid field"), "{error}");
    assert_eq!(person.send().ended(), ended("rejected", 76), "nothing is waiting");
    assert_eq!(desk.calls(Call::Create), 1);

    let id = outcome.json()["submission"].as_str().unwrap().to_owned();
    assert_eq!(person.run(&["outbox", "send", &id[..8], "--json"]).ended(), ended("sent", 0));
    assert_eq!(desk.tickets().len(), 1);
}

#[test]
fn a_wrong_key_is_refused_and_never_shown() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let wrong = "wrong-key-9931";
    let mut command = person.command(&person.submit_args(&["-vv"]));
    let outcome = Outcome::of(command.env("KEYCASE_ACME_TOKEN", wrong).output().unwrap());
    assert_eq!(outcome.ended(), ended("rejected", 76));
    for item in person.items() {
        for file in std::fs::read_dir(item).unwrap() {
            let text = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!String::from_utf8_lossy(&text).contains(wrong));
        }
    }
    assert!(!outcome.stdout.contains(wrong) && !outcome.stderr.contains(wrong));
    assert!(!outcome.stderr.contains(KEY));
}

#[test]
fn a_blocked_file_type_leaves_the_ticket_and_says_what_to_do() {
    let desk = FakeFreshdesk::start();
    desk.block(".zip");
    let person = Submitter::at(&desk);
    let outcome = person.submit();
    assert_eq!(outcome.ended(), ended("created_not_attached", 76));
    let answer = outcome.json();
    assert!(answer["error"].as_str().unwrap().contains("not allowed"));
    assert!(answer["next"].as_str().unwrap().contains("bundle.zip"));
    assert_eq!(answer["ticket"]["id"], FIRST_ID.to_string());
    let notes = desk.tickets()[0].notes.clone();
    let name = person.bundle.file_name().unwrap().to_str().unwrap();
    assert_eq!(notes.len(), 1, "the ticket is told once: {notes:?}");
    assert!(notes[0].contains(name) && notes[0].contains("not allowed"), "{notes:?}");
    let listed = person.run(&["outbox", "send", "--json"]);
    assert_eq!(listed.code, 76, "{}", listed.stderr);
    assert_eq!(desk.tickets()[0].notes.len(), 1);
}

#[test]
fn a_desk_known_to_refuse_zip_says_so_before_anything_is_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    person.configure(&desk.url(), "refused-endings = [\".zip\"]");
    let outcome = person.submit();
    assert_eq!(outcome.code, 65, "{}", outcome.stderr);
    assert!(outcome.stderr.contains(".zip") && outcome.stderr.contains("--seal-to"));
    assert_eq!(desk.calls(Call::Create), 0);
}

#[test]
fn the_desk_s_own_fields_are_checked_before_anybody_is_asked() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    for (field, fact, said) in [
        ("cf_unheard_of", "submission", "no field cf_unheard_of"),
        ("cf_admin", "submission", "cf_admin takes true or false"),
        ("cf_lock", "submission", "cf_lock takes one of locked, unlocked"),
    ] {
        person.configure(&desk.url(), &format!("[desk.acme.fields]\n{field} = \"{fact}\""));
        let outcome = person.submit();
        assert_eq!(outcome.code, 78, "{field}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(said), "{said} in {}", outcome.stderr);
    }
    assert!(person.items().is_empty());
    assert_eq!(desk.calls(Call::Create), 0);
}

#[test]
fn a_desk_that_hides_its_fields_gets_the_ticket_all_the_same() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    desk.fail(
        Call::Fields,
        false,
        Act::Answer { status: 403, headers: Vec::new(), body: String::new() },
    );
    assert_eq!(person.submit().ended(), ended("sent", 0));
}

#[test]
fn a_redirect_is_not_followed() {
    let desk = FakeFreshdesk::start();
    let elsewhere = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let headers = vec![("location", format!("{}/api/v2/tickets", elsewhere.url()))];
    desk.fail(Call::Create, false, Act::Answer { status: 307, headers, body: String::new() });
    assert_eq!(person.submit().ended(), ended("rejected", 76));
    assert_eq!(elsewhere.calls(Call::Create), 0);
}

#[test]
fn a_submission_goes_only_where_the_person_agreed_to() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::new("http://127.0.0.1:1");
    person.submit();
    person.configure(&desk.url(), "");
    let outcome = person.send();
    assert_eq!(outcome.code, 78, "{}", outcome.stderr);
    assert_eq!(desk.calls(Call::Create), 0);
    assert_eq!(person.state(), "queued");
}

#[test]
fn a_desk_that_stalls_is_given_up_and_looked_at() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    person.configure(&desk.url(), "timeout = \"300ms\"");
    desk.fail(Call::Create, true, Act::Stall);
    let outcome = person.submit();
    desk.wait_stalled();
    desk.wait_gone();
    // The look may have come before or after the desk carried the request out.
    assert!(["sent", "ambiguous"].contains(&outcome.ended().0.as_str()));
    assert_eq!(person.send().code, 0);
    assert_eq!((person.state().as_str(), desk.tickets().len()), ("sent", 1));
}

#[test]
fn a_bundle_the_desk_cannot_take_is_said_before_anything_is_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    person.grow_bundle();
    let outcome = person.submit();
    assert_eq!(outcome.code, 65, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("19000000"));
    assert!(person.items().is_empty());
    assert_eq!(desk.calls(Call::Create), 0);
}

#[test]
fn desk_test_tells_refused_from_unreachable() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let outcome = person.run(&["desk", "test", "acme"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains("agent@desk.example"));
    let mut wrong = person.command(&["desk", "test", "acme"]);
    assert_eq!(wrong.env("KEYCASE_ACME_TOKEN", "wrong").output().unwrap().status.code(), Some(76));
    assert_eq!(Submitter::new("http://127.0.0.1:1").run(&["desk", "test", "acme"]).code, 69);
    assert!(desk.tickets().is_empty());
}
