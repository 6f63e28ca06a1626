//! Any bytes as the records of a submission in the outbox: damaged, or shown without harm, and
//! carried on so that what was not sent is kept and what is on disk is what is known.
//!
//! The input is `request.json` and `state.json`, separated by a zero byte.
#![no_main]

use std::cell::{Cell, RefCell};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use keycase::desk::{
    Asked, Attachment, BundleInfo, Capabilities, Clock, Desk, DeskData, Failure, Outbox,
    OutboxConfig, Request, State, Store, Ticket, TicketStatus,
};
use keycase::packs::embedded;
use keycase::render::submission::Submission;
use keycase::snapshot::{DataVersion, Tool};
use keycase_fuzz::desk::request;
use keycase_fuzz::shown;
use keycase_fuzz::tree::Tree;

/// The submission that an input is about, and one beside it that waits.
const FUZZED: &str = "outbox/00000002-0000-4000-8000-000000000000";
const WAITING: &str = "outbox/00000001-0000-4000-8000-000000000000";
const QUEUED: &str =
    r#"{"schema":"keycase.outbox-state/1","state":"queued","at":"2026-11-22T10:00:00Z"}"#;

struct Bed {
    tree: Tree,
    data: DeskData,
    waiting: String,
}

static BED: LazyLock<Bed> = LazyLock::new(|| {
    let waiting = serde_json::to_string(&request()).expect("a request is JSON");
    let data = DeskData::read(&embedded()).expect("the embedded packs");
    Bed { tree: Tree::new(), data, waiting }
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Bed { tree, data, waiting } = &*BED;
    let (own, state) = (format!("{FUZZED}/request.json"), format!("{FUZZED}/state.json"));
    tree.put_parts(bytes, &[own, state]);
    tree.put(&format!("{FUZZED}/log.jsonl"), b"");
    tree.put(&format!("{WAITING}/request.json"), waiting.as_bytes());
    tree.put(&format!("{WAITING}/state.json"), QUEUED.as_bytes());
    tree.put(&format!("{WAITING}/log.jsonl"), b"");
    let store = Store::new(tree.path("outbox"));
    let listing = store.list().expect("a folder can be read");
    assert_eq!(listing.items.len() + listing.problems.len(), 2);
    let folder = tree.path(FUZZED);
    if let Some(item) = listing.items.into_iter().find(|item| item.dir() == folder) {
        show(&Submission::of(&item, tool(), data));
        carry_on(item.lock().expect("nobody else works on it"));
    }
    let late = "2030-01-01T00:00:00Z".parse().expect("a time");
    let _ = store.sweep(late);
    assert!(tree.path(WAITING).join("request.json").is_file(), "a waiting submission was removed");
});

fn tool() -> Tool {
    let data = DataVersion { version: "0".into(), hash: "0".into() };
    Tool { name: "keycase".into(), version: "0".into(), data }
}

fn show(submission: &Submission) {
    shown::check(&submission.text());
    let line = keycase::text::json::line(submission).expect("a submission is JSON");
    shown::check_line(line.trim_end());
}

fn carry_on(mut item: keycase::desk::Locked) {
    let before = item.progress().clone();
    let (desk, config) = (Deaf::default(), OutboxConfig::default());
    let clock = Stopped(before.at.checked_add(SignedDuration::from_hours(1)).unwrap_or(before.at));
    let outbox = Outbox {
        desk: &desk,
        config: &config,
        clock: &clock,
        meter: Arc::new(|_, _| {}),
        sent: RefCell::default(),
        holds: RefCell::default(),
    };
    let _ = outbox.advance(&mut item, Asked::ToSettle);
    let waits = matches!(before.state, State::Queued);
    assert!(desk.made.get() <= u32::from(waits), "{:?} was sent", before.state);
    let item = item.into_item();
    let folder = item.dir().to_owned();
    let on_disk = std::fs::read(folder.join("state.json")).expect("its state");
    let on_disk: keycase::desk::Progress = serde_json::from_slice(&on_disk).expect("its state");
    assert_eq!(on_disk, item.progress);
}

/// A desk that gives no answer.
#[derive(Debug, Default)]
struct Deaf {
    made: Cell<u32>,
}

impl Desk for Deaf {
    fn capabilities(&self) -> Capabilities {
        Capabilities { sends: true, finds: true, ..Capabilities::default() }
    }

    fn create(&self, _: &Request, _: Option<Attachment<'_>>) -> Result<Ticket, Failure> {
        self.made.set(self.made.get() + 1);
        Err(Failure::Unclear { what: "no answer".into(), wait: None })
    }

    fn attach(&self, _: &Ticket, _: Attachment<'_>, _: &str) -> Result<(), Failure> {
        Err(Failure::Unclear { what: "no answer".into(), wait: Some(Duration::MAX) })
    }

    fn note(&self, _: &Ticket, _: &str) -> Result<(), Failure> {
        Ok(())
    }

    fn has_attachment(&self, _: &Ticket, _: &BundleInfo) -> Result<bool, Failure> {
        Ok(false)
    }

    fn find(&self, _: &Request, _: Timestamp) -> Result<Option<Ticket>, Failure> {
        Err(Failure::Unclear { what: "no answer".into(), wait: None })
    }

    fn status(&self, _: &str) -> Result<TicketStatus, Failure> {
        Err(Failure::Unfit("nobody asks".into()))
    }

    fn probe(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

/// A clock that stands, and waits for nothing.
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn wait(&self, _: Duration) -> bool {
        false
    }
}
