//! Any documents and logs of a bundle as a page and a table: no markup but the page's own, and
//! nothing that steers the terminal.
//!
//! The input is a snapshot, three documents and three logs, separated by zero bytes. A snapshot
//! that is none is a recorded one.
#![no_main]

use std::sync::LazyLock;

use keycase::bundle::{Contents, Document, Log, Manifest, check_snapshot};
use keycase::host::parse_snapshots;
use keycase::render;
use keycase::snapshot::Snapshot;
use keycase_fuzz::shown;

const DOCUMENTS: [&str; 3] = ["eligibility.json", "findings.json", "triage.json"];

static RECORDED: LazyLock<(Snapshot, Manifest)> = LazyLock::new(|| {
    let text = include_str!("../../tests/machines/unlocked-behind-hub/snapshot.json");
    let manifest = include_str!("../seeds/manifest/small.json");
    let snapshot = serde_json::from_str(text).expect("a recorded machine");
    (snapshot, serde_json::from_str(manifest).expect("a manifest"))
});

/// Elements of the page, from `templates/report`.
const ELEMENTS: &str = "a article body br circle code dd desc details div dl dt g h1 h2 h3 h4 head \
                        header html li line main meta ol p path rect section span strong style \
                        summary svg table tbody td text th thead title tr ul";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(7, |&byte| byte == 0);
    let (recorded, manifest) = &*RECORDED;
    let text = String::from_utf8_lossy(parts.next().unwrap_or_default());
    for snapshot in parse_snapshots(&text).into_iter().flatten() {
        let again = serde_json::to_string(&snapshot).expect("a snapshot is JSON");
        assert_eq!(parse_snapshots(&again).expect("it was just written"), [snapshot.clone()]);
        if check_snapshot(&snapshot).is_ok() {
            shown::check(&render::scan::table(&snapshot));
            page(&snapshot, manifest, &[], &[]);
        }
    }
    let documents: Vec<Document> = DOCUMENTS
        .iter()
        .filter_map(|name| {
            let value = serde_json::from_slice(parts.next()?).ok()?;
            Some(Document { name: (*name).to_owned(), value })
        })
        .collect();
    let logs: Vec<Log> =
        Log::DRAWN.iter().filter_map(|name| Log::of(name, parts.next()?)).collect();
    page(recorded, manifest, &documents, &logs);
});

fn page(snapshot: &Snapshot, manifest: &Manifest, documents: &[Document], logs: &[Log]) {
    let contents = Contents { manifest, snapshot, documents, logs };
    let page = render::report::report(&contents);
    assert!(!page.is_empty());
    shown::check(&page);
    for tag in page.split('<').skip(1) {
        let name = tag.trim_start_matches(['/', '!']);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = &name[..end];
        let known = name == "DOCTYPE" || ELEMENTS.split_whitespace().any(|own| own == name);
        assert!(known, "strange markup: <{}", &tag[..tag.len().min(40)]);
    }
}
