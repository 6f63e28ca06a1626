//! The outbox against a desk that does anything at any time: whatever happens, never a
//! second ticket or file, and in the end exactly one of each.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use keycase::desk::{
    Asked, Attachment, BundleInfo, Capabilities, Clock, Desk, Facts, Failure, Outbox, OutboxConfig,
    Progress, REQUEST_SCHEMA, Request, State, Store, Ticket, TicketDraft, TicketStatus, hash_file,
};
use proptest::prelude::*;
use std::io::Read as _;
use std::sync::Arc;
use uuid::Uuid;

/// What becomes of one call to the desk.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Works,
    Unreachable,
    Busy,
    Refused,
    Lost { carried_out: bool },
    Portal,
    ProgramDies { carried_out: bool },
}

/// The program ended here.
struct Death;

#[derive(Debug, Default)]
struct ModelDesk {
    fates: RefCell<Vec<Fate>>,
    tickets: Cell<usize>,
    files: Cell<usize>,
    notes: Cell<usize>,
    /// Takes ticket and bundle in one message, and can't be asked for them: a mailbox.
    is_mail: bool,
}

impl ModelDesk {
    fn call<T>(&self, carry_out: impl Fn() -> T) -> Result<T, Failure> {
        let unclear = || Failure::Unclear { what: "lost".into(), wait: None };
        match self.fates.borrow_mut().pop().unwrap_or(Fate::Works) {
            Fate::Works => Ok(carry_out()),
            Fate::Unreachable => Err(Failure::Unreachable("no route".into())),
            Fate::Busy => Err(Failure::Busy { wait: Some(Duration::from_secs(30)) }),
            Fate::Refused => Err(Failure::Refused { status: Some(400), what: "no".into() }),
            Fate::Portal => Err(Failure::OutOfProtocol("a web page".into())),
            Fate::Lost { carried_out } => {
                carried_out.then(carry_out);
                Err(unclear())
            }
            Fate::ProgramDies { carried_out } => {
                carried_out.then(carry_out);
                resume_unwind(Box::new(Death))
            }
        }
    }
}

fn ticket() -> Ticket {
    Ticket { id: "1".into(), url: None, requester: None }
}

fn count(cell: &Cell<usize>) {
    cell.set(cell.get() + 1);
}

impl Desk for ModelDesk {
    fn capabilities(&self) -> Capabilities {
        let (finds, in_one) = (!self.is_mail, self.is_mail);
        Capabilities { sends: true, finds, in_one, ..Capabilities::default() }
    }
    fn create(&self, _: &Request, file: Option<Attachment<'_>>) -> Result<Ticket, Failure> {
        assert_eq!(file.is_some(), self.is_mail);
        self.call(|| {
            count(&self.tickets);
            if self.is_mail {
                count(&self.files);
            }
            ticket()
        })
    }
    fn attach(&self, _: &Ticket, file: Attachment<'_>, _: &str) -> Result<(), Failure> {
        let mut content = Vec::new();
        let mut source = file.content;
        source.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"bundle");
        self.call(|| count(&self.files))
    }
    fn note(&self, _: &Ticket, words: &str) -> Result<(), Failure> {
        assert!(words.contains("b.zip"), "{words}");
        self.call(|| count(&self.notes))
    }
    fn has_attachment(&self, _: &Ticket, _: &BundleInfo) -> Result<bool, Failure> {
        self.call(|| self.files.get() > 0)
    }
    fn find(&self, _: &Request, _: Timestamp) -> Result<Option<Ticket>, Failure> {
        self.call(|| (self.tickets.get() > 0).then(ticket))
    }
    fn status(&self, _: &str) -> Result<TicketStatus, Failure> {
        Err(Failure::Unfit("not modelled".into()))
    }
    fn probe(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

/// Passes only when told to, or when waited for.
struct ModelClock(Cell<Timestamp>);

impl ModelClock {
    fn add(&self, span: SignedDuration) {
        self.0.set(self.0.get().saturating_add(span).unwrap());
    }
}

impl Clock for ModelClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
    fn wait(&self, pause: Duration) -> bool {
        self.add(SignedDuration::try_from(pause).unwrap());
        true
    }
}

fn request(bundle: &std::path::Path) -> Request {
    let (sha256, bytes) = hash_file(bundle).unwrap();
    let submission = Uuid::from_u128(7);
    Request {
        schema: REQUEST_SCHEMA.into(),
        submission,
        agreed_at: Timestamp::UNIX_EPOCH,
        desk: "model".into(),
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
            bundle: Some(BundleInfo { file: "b.zip".into(), sha256, bytes }),
        },
    }
}

fn outbox<'a>(desk: &'a ModelDesk, config: &'a OutboxConfig, clock: &'a ModelClock) -> Outbox<'a> {
    Outbox {
        desk,
        config,
        clock,
        meter: Arc::new(|_, _| {}),
        sent: RefCell::default(),
        holds: RefCell::default(),
    }
}

/// A submission in an outbox of its own.
fn kept(clock: &ModelClock) -> (tempfile::TempDir, Store) {
    // Every step waits for the disk; memory keeps this test quick where there is one.
    let memory = std::path::Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let dir = tempfile::tempdir_in(place).unwrap();
    let bundle = dir.path().join("b.zip");
    std::fs::write(&bundle, "bundle").unwrap();
    let store = Store::new(dir.path().join("outbox"));
    let progress = Progress::new(State::Queued, clock.now());
    drop(store.add(request(&bundle), progress, Some(&bundle)).unwrap());
    (dir, store)
}

/// One run of the program; true when it came to its end.
fn run(store: &Store, desk: &ModelDesk, clock: &ModelClock, asked: Asked) -> bool {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let config = OutboxConfig::default();
        let outbox = outbox(desk, &config, clock);
        let mut item = store.find("0000").unwrap().lock().unwrap();
        if asked == Asked::ToSettle {
            outbox.reopen(&mut item).unwrap();
        }
        outbox.advance(&mut item, asked).unwrap();
    }));
    match outcome {
        Ok(()) => true,
        Err(cause) if cause.is::<Death>() => false,
        Err(cause) => resume_unwind(cause),
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Works),
        1 => Just(Fate::Unreachable),
        1 => Just(Fate::Busy),
        1 => Just(Fate::Refused),
        1 => Just(Fate::Portal),
        3 => any::<bool>().prop_map(|carried_out| Fate::Lost { carried_out }),
        3 => any::<bool>().prop_map(|carried_out| Fate::ProgramDies { carried_out }),
    ]
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        Just(Asked::ToSend),
        Just(Asked::ToSettle),
        Just(Asked::WhenDue),
        Just(Asked::ToLook),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn one_ticket_and_one_file_whatever_happens(
        fates in prop::collection::vec(fate(), 0..16),
        runs in prop::collection::vec((asked(), -7200..7200_i64), 1..12),
    ) {
        let desk = ModelDesk { fates: RefCell::new(fates), ..ModelDesk::default() };
        let clock = ModelClock(Cell::new("2026-11-22T10:00:00Z".parse().unwrap()));
        let (_dir, store) = kept(&clock);

        for (asked, seconds) in runs {
            run(&store, &desk, &clock, asked);
            // Clocks jump, also backwards.
            clock.add(SignedDuration::from_secs(seconds));
            prop_assert!(desk.tickets.get() <= 1, "two tickets");
            prop_assert!(desk.files.get() <= 1, "two files");
            prop_assert!(desk.notes.get() <= 1, "two notes about a refused bundle");
            let state = store.find("0000").unwrap().progress.state;
            prop_assert!(state != State::Sent || (desk.tickets.get(), desk.files.get()) == (1, 1));
            prop_assert!(state != State::Rejected || desk.tickets.get() == 0);
        }
        // The person keeps asking. Every fate left is met at last, and time passes.
        let is_sent = || store.find("0000").unwrap().progress.state == State::Sent;
        for _ in (0..64).take_while(|_| !is_sent()) {
            run(&store, &desk, &clock, Asked::ToSettle);
            clock.add(SignedDuration::from_hours(2));
        }
        prop_assert_eq!(store.find("0000").unwrap().progress.state, State::Sent);
        prop_assert_eq!((desk.tickets.get(), desk.files.get()), (1, 1));
    }

    /// A mailbox can't be asked, so what may have arrived is sent again only when the person
    /// has found out that it has not.
    #[test]
    fn a_mail_is_never_sent_twice_by_itself(
        fates in prop::collection::vec(fate(), 0..12),
        runs in prop::collection::vec((asked(), -7200..7200_i64), 1..12),
    ) {
        let desk = ModelDesk { fates: RefCell::new(fates), is_mail: true, ..ModelDesk::default() };
        let clock = ModelClock(Cell::new("2026-11-22T10:00:00Z".parse().unwrap()));
        let (_dir, store) = kept(&clock);
        let state = || store.find("0000").unwrap().progress.state;
        for (asked, seconds) in runs {
            run(&store, &desk, &clock, asked);
            clock.add(SignedDuration::from_secs(seconds));
            prop_assert!(desk.tickets.get() <= 1, "two mails");
            prop_assert!(state() != State::Sent || desk.tickets.get() == 1);
        }
        for _ in (0..64).take_while(|_| state() != State::Sent) {
            let is_lost = state() == State::Ambiguous && desk.tickets.get() == 0;
            run(&store, &desk, &clock, if is_lost { Asked::ToSendAgain } else { Asked::ToSettle });
            clock.add(SignedDuration::from_hours(2));
        }
        prop_assert_eq!((desk.tickets.get(), desk.files.get()), (1, 1));
        prop_assert!([State::Sent, State::Ambiguous].contains(&state()));
    }
}

#[test]
fn a_machine_sends_nine_tickets_an_hour() {
    let clock = ModelClock(Cell::new("2026-11-22T10:00:00Z".parse().unwrap()));
    let desk = ModelDesk::default();
    let config = OutboxConfig::default();
    let (_dir, store) = kept(&clock);
    let lately = |minutes: i64| clock.now() - SignedDuration::from_mins(minutes);
    let advance = |sent: Vec<Timestamp>, asked: Asked| {
        let outbox = outbox(&desk, &config, &clock);
        *outbox.sent.borrow_mut() = sent;
        let mut item = store.find("0000").unwrap().lock().unwrap();
        outbox.advance(&mut item, asked).unwrap();
        item.progress().clone()
    };
    let nine: Vec<Timestamp> = (1..10).map(|n| lately(n * 6)).collect();
    for asked in [Asked::ToSend, Asked::WhenDue] {
        assert_eq!((advance(nine.clone(), asked).state, desk.tickets.get()), (State::Queued, 0));
    }
    let held = advance(nine.clone(), Asked::WhenDue);
    assert_eq!(held.hold.unwrap().until, lately(54) + SignedDuration::from_hours(1));
    assert!(held.error.unwrap().contains("9 tickets"));
    clock.add(SignedDuration::from_mins(6));
    let sent = advance(nine, Asked::WhenDue);
    assert_eq!(sent.state, State::Sent, "the first of the nine is an hour old");
}

#[test]
fn a_person_who_asks_is_not_held_by_the_share() {
    let clock = ModelClock(Cell::new("2026-11-22T10:00:00Z".parse().unwrap()));
    let (desk, config) = (ModelDesk::default(), OutboxConfig::default());
    let (_dir, store) = kept(&clock);
    let outbox = outbox(&desk, &config, &clock);
    *outbox.sent.borrow_mut() = vec![clock.now(); 9];
    let mut item = store.find("0000").unwrap().lock().unwrap();
    outbox.advance(&mut item, Asked::ToSend).unwrap();
    assert_eq!(item.progress().state, State::Queued);
    outbox.advance(&mut item, Asked::ToSettle).unwrap();
    assert_eq!(item.progress().state, State::Sent);
}

#[test]
fn a_timer_gives_up_where_the_person_sees_it() {
    let clock = ModelClock(Cell::new("2026-11-22T10:00:00Z".parse().unwrap()));
    let fates = vec![Fate::Unreachable; 8];
    let desk = ModelDesk { fates: RefCell::new(fates), ..ModelDesk::default() };
    let (_dir, store) = kept(&clock);
    for _ in 0..20 {
        run(&store, &desk, &clock, Asked::WhenDue);
        clock.add(SignedDuration::from_hours(2));
    }
    let progress = store.find("0000").unwrap().progress;
    assert_eq!((progress.state, progress.attempts), (State::Queued, 8));
    assert!(progress.given_up && !progress.refused, "no desk has refused anything");
    assert!(progress.error.unwrap().starts_with("given up after 8 attempts"));
    run(&store, &desk, &clock, Asked::ToSettle);
    assert_eq!(store.find("0000").unwrap().progress.state, State::Sent, "a person asked");
}

/// One ticket of which nothing is heard: it is looked for eight times, whatever the looks come
/// to, and not sent again before a person asks.
#[test]
fn a_timer_does_not_look_for_a_ticket_without_end() {
    let lost = Fate::Lost { carried_out: false };
    let finds_nothing = vec![lost];
    let mut hears_nothing = vec![Fate::Unreachable; 40];
    hears_nothing.push(lost);
    for (fates, absent) in [(finds_nothing, 8), (hears_nothing, 0)] {
        let clock = ModelClock(Cell::new("2026-11-22T10:00:00Z".parse().unwrap()));
        let desk = ModelDesk { fates: RefCell::new(fates), ..ModelDesk::default() };
        let (_dir, store) = kept(&clock);
        let progress = || store.find("0000").unwrap().progress;
        let mut lengths = Vec::new();
        for _ in 0..30 {
            run(&store, &desk, &clock, Asked::WhenDue);
            clock.add(SignedDuration::from_hours(2));
            lengths.push(std::fs::metadata(store.find("0000").unwrap().log_path()).unwrap().len());
        }
        let last = progress();
        assert_eq!((last.state, last.attempts), (State::Ambiguous, 1));
        assert_eq!((last.looks.count(), last.looks.absent), (8, absent));
        assert!(last.given_up && !last.refused);
        assert!(last.error.unwrap().starts_with("given up after 8 looks for the ticket"));
        assert_eq!(lengths[20], lengths[29], "nothing more is written once it is given up");
        desk.fates.borrow_mut().clear();
        run(&store, &desk, &clock, Asked::ToSettle);
        assert_eq!((progress().state, desk.tickets.get()), (State::Sent, 1), "a person asked");
        assert!(!progress().given_up);
    }
}

/// Once given up, a ticket that did arrive is found by the person's look and not made again.
#[test]
fn a_ticket_that_shows_late_is_found_and_not_sent_again() {
    let mut fates = vec![Fate::Unreachable; 8];
    fates.push(Fate::Lost { carried_out: true });
    let desk = ModelDesk { fates: RefCell::new(fates), ..ModelDesk::default() };
    let clock = ModelClock(Cell::new("2026-11-22T10:00:00Z".parse().unwrap()));
    let (_dir, store) = kept(&clock);
    for _ in 0..20 {
        run(&store, &desk, &clock, Asked::WhenDue);
        clock.add(SignedDuration::from_hours(2));
    }
    assert!(store.find("0000").unwrap().progress.given_up);
    run(&store, &desk, &clock, Asked::ToSettle);
    assert_eq!(store.find("0000").unwrap().progress.state, State::Sent);
    assert_eq!((desk.tickets.get(), desk.files.get()), (1, 1));
}
