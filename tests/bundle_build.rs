//! Making bundles as a library does: interrupted, leaking, hung, and failing sealers.

#![expect(clippy::unwrap_used, reason = "a test")]

mod bundle_parts;

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bundle_parts::redactor;
use keycase::bundle::manifest::{AuditEntry, Outcome};
use keycase::bundle::packing::Packing;
use keycase::bundle::{
    self, Auditor, BuiltBundle, BundleError, Include, Inputs, SealError, Sealer, Step, Target,
};
use keycase::collect::{
    Asked, Budget, Collector, Content, Context, Ending, Gathered, Source, Sources, Stop, System,
};
use keycase::host::Root;
use keycase::packs::embedded;
use keycase::redact::audit::{Audit, Hit, Spelling};
use keycase::redact::{Class, Seed, Seeds};
use keycase::snapshot::{HostFacts, SCHEMA, Snapshot, Tool};

/// Searches for one text; streams are read in one go.
struct Finds(&'static str);

impl Auditor for Finds {
    fn searched(&self) -> AuditEntry {
        AuditEntry { values: 1, ..AuditEntry::default() }
    }
    fn hits(&self, file: &str, content: &mut dyn Read) -> io::Result<Vec<Hit>> {
        let mut text = Vec::new();
        content.read_to_end(&mut text)?;
        let count = String::from_utf8_lossy(&text).matches(self.0).count();
        let hit = Hit { file: file.into(), class: Class::User, spelling: Spelling::Plain };
        Ok(vec![hit; count])
    }
}

/// Brings a fixed text, or hangs.
struct Fixed(Option<&'static str>);

impl Source for Fixed {
    fn id(&self) -> &'static str {
        "fixed"
    }
    fn reads(&self) -> &'static str {
        "nothing"
    }
    fn wanted_for(&self) -> &'static str {
        "tests"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux, System::Macos, System::Windows]
    }
    fn budget(&self) -> Budget {
        Budget { time: Duration::from_millis(50), bytes: 100 }
    }
}

impl Collector for Fixed {
    fn collect(&self, _root: &Root, _context: &Context) -> Ending {
        let Some(text) = self.0 else {
            loop {
                std::thread::park();
            }
        };
        let (name, content) = ("fixed.txt".into(), Content::Text(text.into()));
        Ending::Done(vec![Gathered { name, content, cut: None }])
    }
}

/// What the tests vary.
struct Case<'a> {
    text: Option<&'static str>,
    includes: Vec<Include>,
    looked_for: &'static str,
    /// Searches instead of `looked_for`.
    auditor: Option<&'a dyn Auditor>,
    sealer: Option<&'a dyn Sealer>,
    asked: Arc<AtomicBool>,
    progress: &'a dyn Fn(Step<'_>),
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            text: Some("harmless"),
            includes: Vec::new(),
            looked_for: "a value that stands nowhere",
            auditor: None,
            sealer: None,
            asked: Arc::default(),
            progress: &|_| {},
        }
    }
}

fn build(dir: &Path, case: Case<'_>) -> Result<BuiltBundle, BundleError> {
    let tool = Tool { name: "keycase".into(), version: "0".into(), data: embedded().version() };
    let now = jiff::Timestamp::UNIX_EPOCH;
    let snapshot = Snapshot {
        schema: SCHEMA.into(),
        taken_at: now,
        tool: tool.clone(),
        host: HostFacts::default(),
        drives: Vec::new(),
        others: None,
        problems: Vec::new(),
    };
    let redactor = redactor();
    let finds = Finds(case.looked_for);
    let auditor: &dyn Auditor = case.auditor.unwrap_or(&finds);
    let inputs = Inputs {
        snapshot: &snapshot,
        documents: Vec::new(),
        tool,
        now,
        consent: None,
        context: Context {
            root: Some(Root::at(dir)),
            target: Default::default(),
            now,
            since: None,
            stop: Stop::new(case.asked, Duration::from_secs(60)),
            asked: Asked::default(),
        },
        collectors: Sources { machine: vec![Arc::new(Fixed(case.text))], run: vec![] },
        clock: Arc::new(|| Duration::ZERO),
        bytes: 1 << 30,
        includes: case.includes,
        redactor: &redactor,
        auditor,
        report: &|_| "<!DOCTYPE html>".to_owned(),
        progress: case.progress,
    };
    let target = Target::File(dir.join("b.zip"));
    bundle::build(&inputs, &target, case.sealer)
}

fn count(dir: &Path) -> usize {
    fs::read_dir(dir).unwrap().count()
}

#[test]
fn an_interruption_gives_a_valid_bundle_of_what_was_there() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let line = b"a line of a log that goes on and on\n";
    let path = dir.path().join("long.log");
    let mut file = File::create(&path).unwrap();
    for _ in 0..2000 {
        file.write_all(&line.repeat(1000)).unwrap();
    }
    let file = File::open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    let asked = Arc::new(AtomicBool::new(false));
    let seen = Cell::new(0);
    let stop_at_once = |step: Step<'_>| {
        if let Step::Packing { bytes, .. } = step {
            asked.store(true, Ordering::Relaxed);
            seen.set(bytes);
        }
    };
    let includes = vec![Include { name: "long.log".into(), file, length, packing: Packing::Plain }];
    let case = Case { includes, asked: asked.clone(), progress: &stop_at_once, ..Case::default() };
    let built = build(out.path(), case).unwrap();
    assert!(seen.get() < length, "it was read to its end");
    assert!(built.manifest.interrupted);
    let cut = built.manifest.files.iter().find(|file| file.name == "logs/long.log").unwrap();
    assert!(cut.truncated && cut.bytes < length, "{cut:?}");
    assert!(bundle::verify(&built.path).unwrap().ok);
}

#[test]
fn a_hit_deletes_the_bundle_and_names_who_brought_it() {
    let dir = tempfile::tempdir().unwrap();
    let text = Some("the name is rosalind");
    let case = Case { text, looked_for: "rosalind", ..Case::default() };
    match build(dir.path(), case) {
        Err(BundleError::Leak { file, collector, found }) => {
            assert_eq!((file.as_str(), collector.as_str()), ("logs/fixed.txt", "fixed"));
            assert_eq!(found, "user (plain)");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(count(dir.path()), 0);
}

/// Values that the redactor was not told of: the second look, which was, must see them in
/// every spelling, and nothing may be left.
#[test]
fn a_deliberate_leak_is_seen_in_every_spelling_and_named() {
    const LEAKS: [(&str, &str); 6] = [
        ("seen on Rosalind-PC7 today", "plain"),
        (r"unit rosalind\x2dpc7.mount", "\\x-escaped"),
        ("seen as rosalind%2Dpc7 today", "percent-encoded"),
        (r#"{"name": "rosalind\u002dpc7"}"#, "JSON-escaped"),
        ("r\0o\0s\0a\0l\0i\0n\0d\0-\0p\0c\x007\0", "UTF-16LE"),
        ("\0r\0o\0s\0a\0l\0i\0n\0d\0-\0p\0c\x007", "UTF-16BE"),
    ];
    let seed = Seed { value: "rosalind-pc7".into(), class: Class::Host };
    let seeds = Seeds { secret: vec![seed], keep: vec![] };
    let audit = Audit::new(&embedded(), &seeds).unwrap();
    for (text, spelling) in LEAKS {
        let dir = tempfile::tempdir().unwrap();
        let case = Case { text: Some(text), auditor: Some(&audit), ..Case::default() };
        let error = build(dir.path(), case).unwrap_err();
        let BundleError::Leak { file, collector, found } = &error else { panic!("{error:?}") };
        assert_eq!((file.as_str(), collector.as_str()), ("logs/fixed.txt", "fixed"));
        assert!(found.contains(&format!("host ({spelling})")), "{text}: {found}");
        assert!(!error.to_string().to_lowercase().contains("rosalind"), "{error}");
        assert_eq!(count(dir.path()), 0, "{text}");
    }
}

/// Packed text cannot be searched, so it must not leave, whoever brings it.
#[test]
fn a_collector_that_brings_packed_text_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let case = Case { text: Some("PK\x03\x04 hidden"), ..Case::default() };
    match build(dir.path(), case) {
        Err(BundleError::Leak { collector, found, .. }) => {
            assert_eq!(collector, "fixed");
            assert!(found.contains("cannot be searched"), "{found}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(count(dir.path()), 0);
}

#[test]
fn a_hung_collector_is_a_result() {
    let dir = tempfile::tempdir().unwrap();
    let built = build(dir.path(), Case { text: None, ..Case::default() }).unwrap();
    assert_eq!(built.manifest.collectors[0].outcome, Outcome::TimedOut);
    assert!(bundle::verify(&built.path).unwrap().ok);
}

#[test]
fn when_sealing_fails_nothing_is_left() {
    struct Fails;
    impl Sealer for Fails {
        fn seal(&self, _: &mut dyn Read, to: &mut dyn Write) -> Result<(), SealError> {
            to.write_all(b"half a bun")?;
            Err("no more entropy".into())
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let failed = build(dir.path(), Case { sealer: Some(&Fails), ..Case::default() });
    assert!(matches!(failed, Err(BundleError::Seal(_))));
    assert_eq!(count(dir.path()), 0);
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_packed_as_far_as_it_goes() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = dir.path().join("a.log");
    fs::write(&path, "short\n").unwrap();
    let file = File::open(&path).unwrap();
    let includes =
        vec![Include { name: "a.log".into(), file, length: 1000, packing: Packing::Plain }];
    let built = build(out.path(), Case { includes, ..Case::default() }).unwrap();
    assert!(bundle::verify(&built.path).unwrap().ok);
}

#[test]
fn a_name_is_redacted_before_it_is_made_safe() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = dir.path().join("a.log");
    fs::write(&path, "short\n").unwrap();
    let names = ["2001:db8:4e1a::77.log", "akowalski@corp.acme.de.log.1", "ca:4a:77:0:0:1.log"];
    let include = |name: &str| {
        let file = File::open(&path).unwrap();
        Include { name: name.into(), file, length: 6, packing: Packing::Plain }
    };
    let includes = names.into_iter().map(include).collect();
    let built = build(out.path(), Case { includes, ..Case::default() }).unwrap();
    let packed = built.manifest.files.iter().map(|file| file.name.as_str()).collect::<String>();
    for gone in ["4e1a", "akowalski", "acme", "ca_4a_77", ":"] {
        assert!(!packed.contains(gone), "{gone} in {packed}");
    }
}
