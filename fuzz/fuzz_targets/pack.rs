//! Any text as a pack of devices, problems, triage rules, redaction rules or desks: errors of
//! which one names the pack, or something that decides.
//!
//! Every kind is tried. Policies have a target of their own.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use keycase::catalog::Catalog;
use keycase::condition::Facts;
use keycase::desk::{DeskData, DeskKind};
use keycase::diagnose::{Case, Observed, Problems, diagnose};
use keycase::packs::{Origin, Pack, PackError, PackSet, embedded};
use keycase::redact::{Key, Redactor, Seeds};
use keycase::snapshot::{DataVersion, Machine, Snapshot, Tool, UsbDevice};
use keycase::triage::{Rules, Ticket, triage};
use libfuzzer_sys::fuzz_target;

const NAME: &str = "fuzzed.toml";

/// A drive as its attributes, and the machine it is at.
static MACHINE: LazyLock<Machine> = LazyLock::new(|| {
    let text = include_str!("../../tests/machines/locked-sentry-one/snapshot.json");
    let snapshot: Snapshot = serde_json::from_str(text).expect("a recorded machine");
    let devices: Vec<UsbDevice> = snapshot.drives.iter().map(|drive| drive.device()).collect();
    Machine { host: snapshot.host, devices, problems: Vec::new() }
});

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::load(&embedded()).expect("the embedded packs"));

/// The pack, over those of its kind that are embedded and asked for.
fn packs(kind: &str, text: &str, keep: impl Fn(&str) -> bool) -> PackSet {
    let all = embedded();
    let mut packs = PackSet::new(all.of(kind).filter(|pack| keep(&pack.path)).cloned().collect());
    let text = text.to_owned().into();
    packs.add(kind, Pack { path: NAME.into(), text, origin: Origin::Overlay });
    packs
}

fn checked<T>(loaded: Result<T, Vec<PackError>>) -> Option<T> {
    let errors = match loaded {
        Ok(loaded) => return Some(loaded),
        Err(errors) => errors,
    };
    assert!(errors.iter().any(|error| error.file == NAME), "{errors:?}");
    None
}

fn snapshot(catalog: &Catalog) -> Snapshot {
    let data = DataVersion { version: "0".into(), hash: "0".into() };
    let tool = Tool { name: "keycase".into(), version: "0".into(), data };
    catalog.snapshot(MACHINE.clone(), Timestamp::UNIX_EPOCH, tool, true)
}

fuzz_target!(|text: &str| {
    devices(text);
    problems(text);
    words(text);
    redaction(text);
    desks(text);
});

fn devices(text: &str) {
    let packs = packs("devices", text, |path| path.contains("sentry-one"));
    let Some(catalog) = checked(Catalog::load(&packs)) else { return };
    let snapshot = snapshot(&catalog);
    for drive in &snapshot.drives {
        let _ = catalog.lifecycle(&drive.identity);
        let _ = catalog.certificates(&drive.identity);
    }
}

fn problems(text: &str) {
    let packs = packs("problems", text, |path| path.contains("usb-reset"));
    let Some(problems) = checked(Problems::load(&packs)) else { return };
    let snapshot = snapshot(&CATALOG);
    let today = jiff::civil::date(2026, 11, 25);
    let (observed, stated) = (Observed::default(), Facts::default());
    let (snapshot, observed, stated) = (&snapshot, &observed, &stated);
    let case = Case { snapshot, catalog: &CATALOG, observed, stated, today };
    let _ = diagnose(case, &problems);
    let _ = keycase::diagnose::failed_examples(&problems, &packs, &CATALOG);
    let _ = keycase::render::problem::page(&problems);
}

fn words(text: &str) {
    // Rules read what other packs name, so that this one stands alone.
    let packs = packs("triage", text, |_| false);
    let Some(rules) = checked(Rules::load(&packs)) else { return };
    let facts = Facts::default();
    for policy in rules.policy_ids() {
        let description = "The drive is locked and my password is refused on 3 computers.";
        let _ = triage(&Ticket { description, policy, facts: &facts }, &rules);
    }
}

fn redaction(text: &str) {
    let packs = packs("redaction", text, |path| path.ends_with("ordinary.toml"));
    let Ok(redactor) = Redactor::new(&packs, &Seeds::default(), Key([3; 32])) else { return };
    let raw = "Nov 22 10:00:00 pc sshd[7]: Accepted password for o from 192.0.2.1 port=22\n";
    let out = redactor.text(raw.as_bytes()).expect("memory can be read");
    assert!(out.bytes().len() <= raw.len() * 64 + 4096, "the output grew");
}

const KINDS: [DeskKind; 6] = [
    DeskKind::OutboxOnly,
    DeskKind::Handoff,
    DeskKind::Freshdesk,
    DeskKind::RequestTracker,
    DeskKind::Zendesk,
    DeskKind::Email,
];

fn desks(text: &str) {
    let packs = packs("desks", text, |_| true);
    let Some(data) = checked(DeskData::read(&packs).map_err(|error| vec![error])) else { return };
    let draft = keycase_fuzz::desk::request().draft;
    for kind in KINDS {
        let written = data.ticket(kind).text(&draft);
        assert!(written.len() <= (text.len() + 4096) * 64, "the ticket grew");
    }
}
