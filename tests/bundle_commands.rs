//! `bundle`, `verify` and `show` on recorded machines, as a person or a script runs them.
#![cfg(unix)]
#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expected")]

pub mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::keycase::{EXE, Keycase, Ran, clean};
use support::machine::Machine;
use tempfile::TempDir;

/// Bundles a machine into `dir`; `None` leaves the machine out.
fn bundle(machine: &str, dir: &Path, arguments: &str) -> Ran {
    let root = Machine::named(machine).unpack();
    Keycase::new(&format!("bundle --json {arguments}"))
        .sysroot(root.path())
        .arg("-o")
        .arg(dir)
        .run()
}

fn file(ran: &Ran) -> PathBuf {
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    PathBuf::from(ran.json()["bundle"]["file"].as_str().expect("a file name"))
}

fn content(bundle: &Path, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(fs::File::open(bundle).expect("a bundle")).expect("a zip");
    let entry = zip.by_name(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    std::io::read_to_string(entry).expect("text")
}

fn listed<'a>(manifest: &'a Value, name: &str) -> &'a Value {
    let files = manifest["files"].as_array().expect("files");
    files.iter().find(|file| file["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn collector<'a>(manifest: &'a Value, id: &str) -> &'a Value {
    let all = manifest["collectors"].as_array().expect("collectors");
    all.iter().find(|entry| entry["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a folder");
    entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_machine_gives_a_bundle_that_verifies_and_is_the_same_twice() {
    for machine in Machine::all() {
        let dir = TempDir::new().expect("a folder");
        // The pseudonym key is the customer's: the same home for both runs.
        let root = machine.unpack();
        let mut run = Keycase::new("bundle --json").sysroot(root.path()).arg("-o").arg(dir.path());
        let first = file(&run.run_again());
        let bytes = fs::read(&first).expect("the bundle");
        fs::remove_file(&first).expect("it is ours");
        let second = file(&run.run_again());
        assert_eq!(first, second, "{}: the name", machine.name);
        assert!(bytes == fs::read(&second).expect("the bundle"), "{}: the bytes", machine.name);
        let verified = Keycase::new("verify --json").arg(&second).run();
        assert_eq!(verified.code, Some(0), "{}: {}", machine.name, verified.stdout);
        assert_eq!(verified.json()["ok"], true);
        // The page is made of redacted values; its own words must mean nothing to a rule.
        let manifest: Value =
            serde_json::from_str(&content(&second, "manifest.json")).expect("JSON");
        let report = &listed(&manifest, "report.html")["redactions"];
        // Serial numbers that are made to look like something else are taken for it.
        let plain = machine.name == "hostile-strings" || *report == serde_json::json!({});
        assert!(plain, "{}: {report}", machine.name);
        assert_eq!(names(dir.path()).len(), 1, "{}", machine.name);
    }
}

#[test]
fn a_bundle_holds_what_the_contract_says() {
    let dir = TempDir::new().expect("a folder");
    let ran = bundle("unlocked-behind-hub", dir.path(), "");
    let path = file(&ran);
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(name.starts_with("keycase-20261122T120000Z-") && name.ends_with(".zip"), "{name}");
    assert_eq!(name.len(), "keycase-20261122T120000Z-00000000.zip".len());
    let mode = fs::metadata(&path).expect("the bundle").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let manifest: Value = serde_json::from_str(&content(&path, "manifest.json")).expect("JSON");
    assert_eq!(manifest, ran.json()["manifest"]);
    assert_eq!(manifest["schema"], "keycase.bundle/1");
    for name in
        ["snapshot.json", "eligibility.json", "findings.json", "report.html", "logs/kernel.log"]
    {
        let entry = listed(&manifest, name);
        assert_eq!(entry["bytes"], content(&path, name).len(), "{name}");
    }
    for entry in manifest["collectors"].as_array().expect("collectors") {
        assert_eq!(entry["ms"], 0, "the run's time was given");
    }
}

#[test]
fn the_kernel_log_holds_storage_lines_only() {
    let dir = TempDir::new().expect("a folder");
    let log = content(&file(&bundle("unlocked-behind-hub", dir.path(), "")), "logs/kernel.log");
    assert!(log.contains("usb "), "{log}");
    for line in log.lines() {
        assert!(line.contains("kernel:") || line.starts_with('['), "{line}");
    }
}

#[test]
fn todays_rules_run_on_last_weeks_bundle() {
    let dir = TempDir::new().expect("a folder");
    let path = file(&bundle("locked-sentry-one", dir.path(), ""));
    let drives = |ran: Ran| {
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.json()["drives"].clone()
    };
    let machine = Machine::named("locked-sentry-one");
    let recorded = drives(Keycase::new("scan --json").arg("--from").arg(machine.snapshot()).run());
    let replayed = drives(Keycase::new("scan --json").arg("--from").arg(&path).run());
    assert_eq!(replayed[0]["identity"], recorded[0]["identity"]);
    assert_eq!(replayed[0]["usb"]["serial"], recorded[0]["usb"]["serial"]);

    let again = Keycase::new("bundle --json").arg("--from").arg(&path).arg("-o").arg(dir.path());
    let ran = again.run();
    file(&ran);
    let entry = collector(&ran.json()["manifest"], "kernel-log").clone();
    assert_eq!(entry["outcome"], "skipped");
    assert!(entry["why"].as_str().expect("why").contains("recorded input"), "{entry}");
}

#[test]
fn a_preview_writes_nothing_and_shows_the_same() {
    let dir = TempDir::new().expect("a folder");
    let root = Machine::named("locked-sentry-one").unpack();
    let mut run = Keycase::new("bundle --json").sysroot(root.path()).arg("-o").arg(dir.path());
    let written = run.run_again().json();
    let before = names(dir.path());
    run.command().arg("--preview");
    let preview = run.run_again();
    assert_eq!(preview.code, Some(0), "{}", preview.stderr);
    assert_eq!(preview.json()["bundle"], Value::Null);
    assert_eq!(preview.json()["manifest"], written["manifest"]);
    assert_eq!(names(dir.path()), before);
}

#[test]
fn included_files_stand_under_logs_and_are_cut_to_the_newest_lines() {
    let dir = TempDir::new().expect("a folder");
    let log = dir.path().join("app.log");
    let text: String = (0..10_000).map(|n| format!("line number {n}\n")).collect();
    fs::write(&log, &text).expect("a log");
    let out = dir.path().join("out");
    fs::create_dir(&out).expect("a folder");
    let whole = bundle("no-drive", &out, &format!("--include {0} --include {0}", log.display()));
    let path = file(&whole);
    assert_eq!(content(&path, "logs/app.log"), text);
    assert_eq!(content(&path, "logs/app-2.log"), text);

    let cut = bundle("no-drive", &out, &format!("--max-bytes 5k --include {}", log.display()));
    let path = file(&cut);
    let kept = content(&path, "logs/app.log");
    assert!(kept.len() <= 5000 && kept.len() > 1500, "{} bytes", kept.len());
    assert!(kept.starts_with("line number ") && kept.ends_with("line number 9999\n"));
    assert_eq!(listed(&cut.json()["manifest"], "logs/app.log")["truncated"], true);
}

#[test]
fn a_budget_of_nothing_still_gives_a_bundle() {
    let dir = TempDir::new().expect("a folder");
    let ran = bundle("unlocked-behind-hub", dir.path(), "--max-bytes 0");
    let path = file(&ran);
    assert!(content(&path, "snapshot.json").contains("drives"));
    let why = collector(&ran.json()["manifest"], "kernel-log")["why"].clone();
    assert!(why.as_str().expect("why").contains("--max-bytes"), "{why}");
}

#[test]
fn a_file_that_cannot_be_included_stops_before_anything_is_read() {
    let dir = TempDir::new().expect("a folder");
    for wrong in ["/no/such/file", "/"] {
        let ran = bundle("no-drive", dir.path(), &format!("--include {wrong}"));
        assert_eq!(ran.code, Some(66), "{}", ran.stderr);
        assert!(ran.stderr.contains("can't include"), "{}", ran.stderr);
    }
    assert!(names(dir.path()).is_empty());
}

#[test]
fn unreadable_sources_are_results() {
    let dir = TempDir::new().expect("a folder");
    let root = Machine::named("unlocked-behind-hub").unpack();
    let log = root.path().join("var/log/kern.log");
    fs::remove_file(&log).expect("a log");
    fs::create_dir(&log).expect("a folder in its place");
    let ran = Keycase::new("bundle --json").sysroot(root.path()).arg("-o").arg(dir.path()).run();
    file(&ran);
    let manifest = &ran.json()["manifest"];
    assert_eq!(collector(manifest, "kernel-log")["outcome"], "skipped");
    assert_eq!(collector(manifest, "os-facts")["outcome"], "done");
}

#[test]
fn targets_that_do_not_work_leave_nothing() {
    let dir = TempDir::new().expect("a folder");
    let ran = Keycase::new("bundle").arg("-o").arg(dir.path().join("no/such/b.zip")).run();
    assert_eq!(ran.code, Some(74), "{}", ran.stderr);
    let ran = Keycase::new("bundle -o /dev/full").run();
    assert_eq!(ran.code, Some(74), "{}", ran.stderr);
    assert!(Path::new("/dev/full").exists());
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_full_disk_leaves_nothing() {
    let dir = TempDir::new().expect("a folder");
    let home = TempDir::new().expect("a home");
    let big = dir.path().join("noise");
    let noise: Vec<u8> =
        (0..400_000_u32).flat_map(|n| n.wrapping_mul(0x9e37_79b1).to_le_bytes()).collect();
    fs::write(&big, noise).expect("noise");
    let out = dir.path().join("out");
    fs::create_dir(&out).expect("a folder");
    // No file may grow beyond 256 kB: writing fails as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 512; exec \"$0\" bundle -o \"$1\" --include \"$2\"";
    let mut command = std::process::Command::new("sh");
    clean(&mut command, home.path());
    let ended = command.args(["-c", script, EXE]).args([&out, &big]).output().expect("sh runs");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(74), "{said}");
    assert!(said.contains("nothing was left behind"), "{said}");
    assert!(names(&out).is_empty());
}

#[test]
fn verify_says_what_is_wrong_and_how_it_ends() {
    let dir = TempDir::new().expect("a folder");
    let path = file(&bundle("locked-sentry-one", dir.path(), ""));
    let ran = Keycase::new("verify").arg(&path).run();
    assert_eq!((ran.code, ran.stdout.starts_with("ok: ")), (Some(0), true));

    let mut bytes = fs::read(&path).expect("the bundle");
    bytes.truncate(bytes.len() - 1);
    fs::write(&path, bytes).expect("the bundle");
    let ran = Keycase::new("verify").arg(&path).run();
    assert_eq!((ran.code, ran.stdout.starts_with("not ok")), (Some(65), true));
    let ran = Keycase::new("verify --json").arg(&path).run();
    assert_eq!(ran.json()["schema"], "keycase.verification/1");
    assert_eq!(ran.json()["ok"], false);

    assert_eq!(Keycase::new("verify /no/such.zip").run().code, Some(66));
    assert_eq!(Keycase::new("verify /").run().code, Some(66));
    assert_eq!(Keycase::new("show").arg(&path).run().code, Some(65));
    assert_eq!(Keycase::new("show /no/such.zip").run().code, Some(66));
}

/// Every element the page may have.
const TAGS: &[&str] = &[
    "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "header", "main", "section",
    "article", "h1", "h2", "h3", "h4", "p", "span", "strong", "code", "ul", "li", "dl", "dt", "dd",
    "div", "table", "thead", "tbody", "tr", "th", "td", "ol", "br", "details", "summary", "svg",
    "g", "desc", "rect", "circle", "path", "line", "text",
];

#[test]
fn show_is_safe_for_the_terminal_and_the_browser() {
    let dir = TempDir::new().expect("a folder");
    let path = file(&bundle("hostile-strings", dir.path(), ""));
    let page = dir.path().join("page.html");
    let ran = Keycase::new("show").arg(&path).arg("--html").arg(&page).run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!ran.stdout.chars().any(|c| c.is_control() && c != '\n'), "{:?}", ran.stdout);
    for html in [fs::read_to_string(&page).expect("a page"), content(&path, "report.html")] {
        assert!(html.contains("default-src 'none'"));
        for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            let name = tag.split_whitespace().next().unwrap_or(tag).trim_start_matches('/');
            assert!(TAGS.contains(&name), "<{tag}>");
            assert!(
                !["src", "href", "on", "url("].iter().any(|a| tag.contains(&format!(" {a}"))),
                "<{tag}>"
            );
        }
        assert!(!html.chars().any(|c| c.is_control() && c != '\n'));
    }
}

#[test]
fn show_tells_what_the_bundle_says_and_what_comes_next() {
    let root = Machine::named("locked-sentry-one").unpack();
    let mut submit = Keycase::new("submit --json --yes --desk outbox-only").sysroot(root.path());
    submit.command().args(["--describe", "I forgot the password of my Sentry ONE"]);
    let submitted = submit.run_again();
    assert_eq!(submitted.code, Some(0), "{}", submitted.stderr);
    let kept = submitted.json()["submission"].as_str().expect("an id").to_owned();
    let path = submit.home().join("state/keycase/outbox").join(kept).join("bundle.zip");
    let ran = Keycase::new("show").arg(&path).run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let (_, said) = ran.stdout.split_once("\nWhat the bundle says\n").expect("what it says");
    let (said, rest) = said.split_once("\n\n").expect("the files come after");
    assert!(
        said.starts_with(
            "    verdict    port 2-1: open, questions decide (8 questions)
    finding    info: A locked drive looks like an empty one on port 2-1 (likely)
    finding    info: The unlocker does not start by itself on port 2-1 (likely)
    type       problem
    severity   "
        ),
        "{said}"
    );
    assert!(said.contains("\n    category   unlocking and passwords (unlock_password)"), "{said}");
    let next = rest.split_once("\nNext\n").expect("what comes next").1;
    for command in ["show --html report.html", "check --from", "diagnose --from"] {
        assert!(next.contains(&format!("    keycase {command} {}\n", path.display())), "{next}");
    }
    let text = ran.stdout.lines().filter(|line| !line.starts_with("    keycase "));
    assert!(text.into_iter().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
}

#[test]
fn the_state_folder_keeps_one_private_key() {
    let root = Machine::named("no-drive").unpack();
    let dir = TempDir::new().expect("a folder");
    let mut run = Keycase::new("bundle").sysroot(root.path()).arg("-o").arg(dir.path());
    run.run_again();
    let key = run.home().join("state/keycase/redaction.key");
    let before = fs::read(&key).expect("a key");
    assert_eq!(before.len(), 32);
    assert_eq!(fs::metadata(&key).expect("a key").permissions().mode() & 0o777, 0o600);
    run.run_again();
    assert_eq!(fs::read(&key).expect("a key"), before);

    fs::write(&key, "short").expect("a key");
    let ran = run.run_again();
    assert_eq!(ran.code, Some(78), "{}", ran.stderr);
    assert_eq!(fs::read(&key).expect("a key"), b"short");
}

#[test]
fn without_a_place_for_the_key_a_bundle_is_made_and_said_to_differ() {
    let root = Machine::named("no-drive").unpack();
    let dir = TempDir::new().expect("a folder");
    let ran = Keycase::new("bundle")
        .sysroot(root.path())
        .env("XDG_STATE_HOME", "/dev/null/nowhere")
        .arg("-o")
        .arg(dir.path())
        .run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("pseudonym key"), "{}", ran.stderr);
}

#[cfg(feature = "seal")]
#[test]
fn a_sealed_bundle_opens_for_its_recipient_only() {
    use std::io::Read as _;
    let identity = age::x25519::Identity::generate();
    let dir = TempDir::new().expect("a folder");
    let path =
        file(&bundle("no-drive", dir.path(), &format!("--seal-to {}", identity.to_public())));
    assert!(path.to_string_lossy().ends_with(".zip.age"));
    assert_eq!(names(dir.path()).len(), 1, "the plain bundle is gone");
    let mode = fs::metadata(&path).expect("the bundle").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let ran = Keycase::new("verify --json").arg(&path).run();
    assert_eq!((ran.code, &ran.json()["sealed"]), (Some(0), &Value::Bool(true)));
    let ran = Keycase::new("show").arg(&path).run();
    assert_eq!(ran.code, Some(65));
    assert!(ran.stderr.contains("age --decrypt"), "{}", ran.stderr);

    let sealed = fs::read(&path).expect("the bundle");
    let mut reader = age::Decryptor::new(&sealed[..])
        .expect("a header")
        .decrypt(std::iter::once(&identity as _))
        .expect("its recipient");
    let mut zip = Vec::new();
    reader.read_to_end(&mut zip).expect("all of it");
    let opened = dir.path().join("opened.zip");
    fs::write(&opened, zip).expect("the zip");
    assert_eq!(Keycase::new("verify").arg(&opened).run().code, Some(0));
}

#[cfg(feature = "seal")]
#[test]
fn a_wrong_recipient_stops_before_anything_is_read() {
    let dir = TempDir::new().expect("a folder");
    let ran = bundle("no-drive", dir.path(), "--seal-to alice@example.org");
    assert_eq!(ran.code, Some(64), "{}", ran.stderr);
    assert!(names(dir.path()).is_empty());
}
