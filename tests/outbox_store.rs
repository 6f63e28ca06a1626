//! What the outbox keeps, and for how long.

use jiff::{SignedDuration, Timestamp};
use keycase::desk::{
    Facts, Hold, Looks, Progress, REQUEST_SCHEMA, Request, State, Store, StoreError, TicketDraft,
};
use serde_json::json;
use uuid::Uuid;

fn request(number: u128, at: Timestamp) -> Request {
    let submission = Uuid::from_u128(number << 96);
    Request {
        schema: REQUEST_SCHEMA.into(),
        submission,
        agreed_at: at,
        desk: "d".into(),
        address: None,
        requester: None,
        to_ticket: None,
        place: None,
        hand_to: None,
        details: None,
        can_be_found: true,
        draft: TicketDraft {
            submission,
            subject: "s".into(),
            text: "t".into(),
            facts: Facts::new(),
            given: Facts::new(),
            drives: Vec::new(),
            findings: Vec::new(),
            words: "w".into(),
            questions: Vec::new(),
            severity: None,
            bundle: None,
        },
    }
}

#[test]
fn only_what_has_long_been_at_the_desk_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().join("outbox"));
    let then: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    for (number, state) in
        [(1, State::Sent), (2, State::Queued), (3, State::Ready), (4, State::CreatedNotAttached)]
    {
        drop(store.add(request(number, then), Progress::new(state, then), None).unwrap());
    }
    let later = |days: i64| then + SignedDuration::from_hours(24 * days);
    assert_eq!(store.sweep(later(89)).unwrap(), 0);
    assert_eq!(store.sweep(later(90)).unwrap(), 1);
    let left: Vec<State> =
        store.list().unwrap().items.iter().map(|item| item.progress.state).collect();
    assert_eq!(left, [State::Queued, State::Ready, State::CreatedNotAttached]);
}

#[test]
fn halves_of_a_killed_process_are_no_submissions_and_go_away() {
    let dir = tempfile::tempdir().unwrap();
    let half = dir.path().join(".new-abc");
    std::fs::create_dir(&half).unwrap();
    std::fs::write(half.join("bundle.zip"), "half").unwrap();
    let store = Store::new(dir.path().to_owned());
    let listing = store.list().unwrap();
    assert!(listing.items.is_empty() && listing.problems.is_empty());
    let made = Timestamp::try_from(half.metadata().unwrap().modified().unwrap()).unwrap();
    assert_eq!(store.sweep(made + SignedDuration::from_hours(1)).unwrap(), 0);
    assert!(half.exists(), "somebody may be writing it");
    assert_eq!(store.sweep(made + SignedDuration::from_hours(25)).unwrap(), 1);
    assert!(!half.exists());
}

#[test]
fn an_id_may_be_shortened_as_long_as_it_names_one() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().to_owned());
    let then: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    for number in [0x1111_1111, 0x1111_2222] {
        drop(store.add(request(number, then), Progress::new(State::Ready, then), None).unwrap());
    }
    assert!(matches!(store.find("1111"), Err(StoreError::AmbiguousId(id)) if id == "1111"));
    assert!(store.find("11112").is_ok());
    for id in ["2222", "../.."] {
        assert!(matches!(store.find(id), Err(StoreError::NotFound(_))), "{id}");
    }
    for id in ["", "1", "111", "../"] {
        assert!(matches!(store.remove(id), Err(StoreError::IdTooShort(_))), "{id}");
    }
}

#[test]
fn a_hold_is_read_under_its_old_name_too() {
    let until = "2026-06-01T00:00:00Z";
    for name in ["asked_by_desk", "binds_person"] {
        let hold: Hold = serde_json::from_value(json!({"until": until, name: true})).unwrap();
        assert!(hold.binds_person, "{name}");
    }
}

#[test]
fn looks_written_as_times_are_read_as_their_number() {
    let then: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let mut record = json!(Progress::new(State::Ambiguous, then));
    record["looks"] = json!(["2026-05-31T00:00:00Z", then]);
    let mut read: Progress = serde_json::from_value(record).unwrap();
    assert_eq!(read.looks, Looks { absent: 2, failed: 0, last_absent: Some(then) });
    read.looks.failed = 3;
    let again: Progress = serde_json::from_value(json!(read)).unwrap();
    assert_eq!(again, read);
}

#[test]
fn a_copied_folder_does_not_stand_for_the_submission_it_was_copied_from() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().to_owned());
    let then: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    drop(store.add(request(1, then), Progress::new(State::Queued, then), None).unwrap());
    let original = store.find("00000001").unwrap().dir().to_owned();
    let copy = dir.path().join(Uuid::from_u128(2 << 96).to_string());
    std::fs::create_dir(&copy).unwrap();
    for name in ["request.json", "log.jsonl"] {
        std::fs::copy(original.join(name), copy.join(name)).unwrap();
    }
    let sent = serde_json::to_vec(&Progress::new(State::Sent, then)).unwrap();
    std::fs::write(copy.join("state.json"), sent).unwrap();
    let listing = store.list().unwrap();
    assert_eq!((listing.items.len(), listing.problems.len()), (1, 1));
    // What the copy says about itself does not remove the one that still waits.
    store.sweep(then + SignedDuration::from_hours(24 * 90)).unwrap();
    assert!(original.join("request.json").is_file());
}
