//! The program is killed at a known point of a submission; the next run settles it.

use crate::fake_freshdesk::{Act, Call, FIRST_ID, FakeFreshdesk};
use crate::submitter::Submitter;

/// Kills `args` while its `call` is under way; the desk carries the request out, or not.
fn kill_during(desk: &FakeFreshdesk, person: &Submitter, args: &[&str], call: Call, commit: bool) {
    desk.fail(call, commit, Act::Stall);
    let mut program = person.start(args);
    assert_eq!(desk.wait_stalled(), call);
    program.kill().unwrap();
    program.wait().unwrap();
    desk.wait_gone();
}

fn assert_settled(desk: &FakeFreshdesk, person: &Submitter, name: &str) {
    let outcome = person.send();
    assert_eq!(outcome.code, 0, "{name}: {}", outcome.stderr);
    assert_eq!(person.state(), "sent", "{name}");
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1, "{name}");
    assert_eq!(tickets[0].id, FIRST_ID, "{name}");
    assert_eq!(tickets[0].files.len(), 1, "{name}");
    assert!(tickets[0].files[0].bytes == person.bundle_bytes(), "{name}: the bundle changed");
    assert_eq!(desk.violations(), Vec::<String>::new(), "{name}");
}

#[test]
fn killed_while_the_ticket_is_on_its_way() {
    for commit in [false, true] {
        let name = format!("commit {commit}");
        let desk = FakeFreshdesk::start();
        let person = Submitter::at(&desk);
        kill_during(&desk, &person, &person.submit_args(&[]), Call::Create, commit);
        assert_eq!(person.state(), "sending", "{name}");
        let listed = person.run(&["outbox", "list", "--json"]);
        assert_eq!(listed.ended(), ("ambiguous".to_owned(), 0), "{name}");
        assert_settled(&desk, &person, &name);
    }
}

#[test]
fn killed_while_the_bundle_is_on_its_way() {
    for commit in [false, true] {
        let name = format!("commit {commit}");
        let desk = FakeFreshdesk::start();
        let person = Submitter::at(&desk);
        kill_during(&desk, &person, &person.submit_args(&[]), Call::Attach, commit);
        assert_eq!(person.state(), "created_not_attached", "{name}");
        assert_settled(&desk, &person, &name);
    }
}

#[test]
fn killed_while_looking_and_sending_again() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let send = ["outbox", "send"];
    desk.fail(Call::Create, false, Act::Drop);
    assert_eq!(person.submit().ended().0, "ambiguous");
    kill_during(&desk, &person, &send, Call::List, true);
    assert_eq!(person.state(), "ambiguous");
    kill_during(&desk, &person, &send, Call::Create, true);
    assert_eq!(person.state(), "sending");
    kill_during(&desk, &person, &send, Call::List, true);
    kill_during(&desk, &person, &send, Call::Attach, true);
    kill_during(&desk, &person, &send, Call::Conversations, true);
    assert_settled(&desk, &person, "after five deaths");
}

#[test]
fn a_second_process_leaves_a_submission_alone_while_it_is_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    desk.fail(Call::Create, true, Act::Stall);
    let mut program = person.start(&person.submit_args(&[]));
    desk.wait_stalled();
    let second = person.send();
    assert_eq!(second.code, 75, "{}", second.stderr);
    assert!(second.stderr.contains("another process"), "{}", second.stderr);
    assert_eq!(person.run(&["outbox", "list", "--json"]).ended().0, "sending");
    let id = person.items()[0].file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(person.run(&["outbox", "drop", &id, "--yes"]).code, 75);
    program.kill().unwrap();
    program.wait().unwrap();
    desk.wait_gone();
    assert_settled(&desk, &person, "after the first is gone");
}
