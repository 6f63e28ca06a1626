//! Evidence from end to end: what goes in with secrets comes out without, can be read back
//! by its owner alone, and can be reduced to a test machine.
#![cfg(unix)]
#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expected")]

mod bundle_parts;
pub mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::keycase::{Keycase, Ran};
use support::machine::{Machine, Sysroot};
use support::record;
use tempfile::TempDir;

/// A person's machine, one home for all runs.
struct Desk {
    run: Keycase,
    root: Sysroot,
    dir: TempDir,
}

impl Desk {
    fn of(machine: &str, arguments: &str) -> Self {
        let (root, dir) = (Machine::named(machine).unpack(), TempDir::new().expect("a folder"));
        let run = Keycase::new(arguments).sysroot(root.path());
        Self { run, root, dir }
    }

    fn home(&self) -> &Path {
        self.run.home()
    }

    fn config(&self, text: &str) {
        let dir = self.home().join("config/keycase");
        fs::create_dir_all(&dir).expect("a folder");
        fs::write(dir.join("config.toml"), text).expect("a configuration");
    }

    /// Another command of the same person.
    fn same_person(&self, arguments: &str) -> Keycase {
        let state = self.home().join("state");
        let config = self.home().join("config");
        Keycase::new(arguments).env("XDG_STATE_HOME", state).env("XDG_CONFIG_HOME", config)
    }

    fn bundle(&mut self, name: &str) -> (PathBuf, Ran) {
        let path = self.dir.path().join(name);
        let ran = self
            .same_person("bundle --json")
            .sysroot(self.root.path())
            .arg("-o")
            .arg(&path)
            .run()
            .expect(0);
        (path, ran)
    }
}

fn content(bundle: &Path, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(fs::File::open(bundle).expect("a bundle")).expect("a zip");
    let entry = zip.by_name(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    std::io::read_to_string(entry).expect("text")
}

/// All that is in a bundle, one after the other.
fn everything(bundle: &Path) -> String {
    let manifest = content(bundle, "manifest.json");
    let listed: Value = serde_json::from_str(&manifest).expect("JSON");
    let files = listed["files"].as_array().expect("files").iter();
    let names = files.map(|file| file["name"].as_str().expect("a name"));
    names.fold(manifest.clone(), |all, name| all + &content(bundle, name))
}

/// The stand-in of the machine's host name, from the log's first line.
fn host_in(bundle: &Path) -> String {
    let log = content(bundle, "logs/kernel.log");
    log.split_whitespace().nth(1).expect("a host name").to_owned()
}

#[test]
fn the_owner_reads_a_stand_in_back_and_nobody_else_can() {
    let mut desk = Desk::of("locked-sentry-one", "bundle");
    let (bundle, ran) = desk.bundle("b.zip");
    let map = PathBuf::from(ran.json()["map"].as_str().expect("a map"));
    assert_eq!(fs::metadata(&map).expect("the map").permissions().mode() & 0o777, 0o600);
    let stand_in = host_in(&bundle);
    assert!(stand_in.starts_with("host-"), "{stand_in}");

    let text = format!("seen on {stand_in}, twice: {}", stand_in.to_uppercase());
    let unmask =
        |file: &Path| desk.same_person("unmask").arg(&bundle).arg("--map").arg(file).arg(&text);
    let ran = unmask(&map).run().expect(0);
    assert_eq!(ran.stdout, "seen on workstation-17, twice: workstation-17\n");
    // Without --map it is the map of this machine; another home has none.
    assert_eq!(desk.same_person("unmask").arg(&bundle).arg(&text).run().code, Some(0));
    let stranger = Keycase::new("unmask").arg(&bundle).arg(&text).run().expect(66);
    assert!(stranger.stderr.contains("map"), "{}", stranger.stderr);
    // The bundle itself holds neither the map nor a value of it.
    assert!(!everything(&bundle).contains("workstation-17"));
}

#[test]
fn stand_ins_are_the_same_in_all_bundles_of_one_customer_and_no_other() {
    let mut desk = Desk::of("locked-sentry-one", "bundle");
    let (first, ran) = desk.bundle("1.zip");
    let (second, _) = desk.bundle("2.zip");
    assert_eq!(host_in(&first), host_in(&second));
    let mut other = Desk::of("locked-sentry-one", "bundle");
    let (third, theirs) = other.bundle("3.zip");
    assert_ne!(host_in(&first), host_in(&third));
    let key = |ran: &Ran| ran.json()["manifest"]["key_id"].clone();
    assert_ne!(key(&ran), key(&theirs));
    // Another customer's map does not fit, and says so.
    let map = theirs.json()["map"].as_str().expect("a map").to_owned();
    let ran =
        desk.same_person("unmask").arg(&first).arg("--map").arg(map).arg(host_in(&first)).run();
    assert_eq!(ran.code, Some(65), "{}", ran.stderr);
    assert!(ran.stderr.contains("not the map of this bundle"), "{}", ran.stderr);
}

#[test]
fn a_text_without_stand_ins_and_a_broken_map_are_told() {
    let mut desk = Desk::of("locked-sentry-one", "bundle");
    let (bundle, ran) = desk.bundle("b.zip");
    assert_eq!(desk.same_person("unmask").arg(&bundle).arg("nothing here").run().code, Some(1));
    let map = ran.json()["map"].as_str().expect("a map").to_owned();
    fs::write(&map, "{").expect("a map");
    let broken = desk.same_person("unmask").arg(&bundle).arg("host-x").run();
    assert_eq!(broken.code, Some(65), "{}", broken.stderr);
    // A bundle is made all the same, and the broken map is left for its owner to look at.
    let again = desk
        .same_person("bundle")
        .sysroot(desk.root.path())
        .arg("-o")
        .arg(desk.dir.path())
        .run()
        .expect(0);
    assert!(again.stderr.contains("can't be read back later"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(&map).expect("the map"), "{");
}

#[cfg(feature = "seal")]
#[test]
fn with_an_identity_the_map_is_encrypted_and_still_read_back() {
    use age::secrecy::ExposeSecret as _;
    let mut desk = Desk::of("locked-sentry-one", "bundle");
    let (_, ran) = desk.bundle("plain.zip");
    let map = PathBuf::from(ran.json()["map"].as_str().expect("a map"));
    assert!(fs::read_to_string(&map).expect("a map").contains("workstation-17"));

    let identity = desk.home().join("identity.txt");
    let secret = age::x25519::Identity::generate().to_string();
    fs::write(&identity, secret.expose_secret()).expect("an identity");
    desk.config(&format!("[redaction]\nidentity = \"{}\"\n", identity.display()));
    let (bundle, _) = desk.bundle("b.zip");
    let bytes = fs::read(&map).expect("a map");
    assert!(bytes.starts_with(b"age-encryption.org/"), "the old map is encrypted from now on");
    let stand_in = host_in(&bundle);
    let ran = desk.same_person("unmask").arg(&bundle).arg(&stand_in).run().expect(0);
    assert_eq!(ran.stdout, "workstation-17\n");

    desk.config("");
    let closed = desk.same_person("unmask").arg(&bundle).arg(&stand_in).run();
    assert_eq!(closed.code, Some(78), "{}", closed.stderr);
    desk.config("[redaction]\nidentity = \"/no/such/file\"\n");
    assert_eq!(desk.same_person("unmask").arg(&bundle).arg(&stand_in).run().code, Some(78));
}

#[test]
fn the_drives_serial_stays_unless_it_is_to_be_masked() {
    let desk = Desk::of("locked-sentry-one", "bundle");
    let serial = "7D3E0A19C4B25F8866E1A7F1";
    for (arguments, stays) in [("", true), ("--mask-serials", false)] {
        let path = desk.dir.path().join(format!("{stays}.zip"));
        desk.same_person(&format!("bundle {arguments}"))
            .sysroot(desk.root.path())
            .arg("-o")
            .arg(&path)
            .run()
            .expect(0);
        assert_eq!(everything(&path).contains(serial), stays, "{arguments}");
        let ran = desk
            .same_person(&format!("submit --describe broken --yes --dry-run {arguments}"))
            .sysroot(desk.root.path())
            .run()
            .expect(0);
        assert_eq!((ran.stdout + &ran.stderr).contains(serial), stays, "the ticket, {arguments}");
    }
}

#[test]
fn packed_files_are_unpacked_or_refused_never_passed_on_unseen() {
    let mut desk = Desk::of("no-drive", "bundle");
    let log = "mail to canary.person@some-works.example bounced\n";
    let path = desk.dir.path().join("app.log.gz");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(log.repeat(2000).as_bytes()).expect("memory");
    fs::write(&path, packed.finish().expect("memory")).expect("a log");
    let out = desk.dir.path().join("b.zip");
    let run = |include: &Path, arguments: &str| {
        let run = desk.same_person(&format!("bundle {arguments}")).sysroot(desk.root.path());
        run.arg("-o").arg(&out).arg("--include").arg(include).run()
    };
    run(&path, "").expect(0);
    let text = content(&out, "logs/app.log");
    assert!(text.starts_with("mail to user-") && !text.contains("canary.person"), "{text:.80}");
    assert_eq!(text.lines().count(), 2000);
    run(&path, "--max-bytes 4k").expect(0);
    let text = content(&out, "logs/app.log");
    assert!(text.len() <= 4000 && text.lines().count() > 20, "{}", text.len());
    fs::remove_file(&out).expect("the bundle");

    let zip = desk.dir.path().join("logs.zip");
    fs::write(&zip, b"PK\x03\x04 and more").expect("a zip");
    let ran = run(&zip, "").expect(65);
    assert!(ran.stderr.contains("zip archive"), "{}", ran.stderr);
    assert!(!out.exists());
    let _ = desk.bundle("c.zip");
}

#[test]
fn the_manifest_says_what_was_searched_and_the_canaries_are_gone() {
    let mut desk = Desk::of("locked-sentry-one", "bundle");
    let (bundle, ran) = desk.bundle("b.zip");
    let audit = &ran.json()["manifest"]["audit"];
    let of_class: u64 =
        audit["classes"].as_object().expect("classes").values().filter_map(Value::as_u64).sum();
    assert_eq!(audit["values"].as_u64(), Some(of_class));
    assert!(of_class > 3 && audit["hits"] == 0, "{audit}");
    assert_eq!(audit["canaries"], 19);
    let spellings = audit["spellings"].as_array().expect("spellings");
    for wanted in
        ["plain", "\\x-escaped", "percent-encoded", "JSON-escaped", "UTF-16LE", "UTF-16BE"]
    {
        assert!(spellings.iter().any(|s| s == wanted), "{wanted} in {spellings:?}");
    }
    let canaries = content(&bundle, "canaries.txt");
    assert!(canaries.contains("bitlocker_key:") && canaries.contains("user-"), "{canaries}");
    for value in ["canarybird", "seedmix", "474747-", "203.0.113.202"] {
        assert!(!canaries.contains(value), "{value} in {canaries}");
    }
}

/// An overlay adds rules; it cannot take one away.
#[test]
fn an_overlay_cannot_take_a_rule_away() {
    let desk = Desk::of("locked-sentry-one", "bundle");
    let overlay = desk.dir.path().join("data/redaction");
    fs::create_dir_all(&overlay).expect("a folder");
    let text = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/redaction/secrets.toml"),
    )
    .expect("the pack");
    let (head, tail) = text.split_once("id = \"password\"").expect("the rule");
    let without = format!(
        "{head}id = \"password\"{}",
        tail.replacen("password|passwd", "passxord|passxd", 1)
    );
    fs::write(overlay.join("secrets.toml"), without).expect("an overlay");
    let zip = desk.dir.path().join("with-overlay.zip");
    let run = desk.same_person("bundle").sysroot(desk.root.path());
    run.arg("--data").arg(desk.dir.path().join("data")).arg("-o").arg(&zip).run().expect(0);
    assert!(!content(&zip, "canaries.txt").contains("seedmix-77"));
}

#[test]
fn a_preview_shows_each_file_and_what_becomes_of_its_lines() {
    let desk = Desk::of("locked-sentry-one", "bundle");
    let ran = desk.same_person("bundle --preview").sysroot(desk.root.path()).run().expect(0);
    for wanted in ["Nothing was written", "logs/kernel.log (", "replaced: host", "      + "] {
        assert!(ran.stdout.contains(wanted), "no `{wanted}` in {}", ran.stdout);
    }
    // What stood there before is for a terminal: a pipe could be kept.
    assert!(!ran.stdout.contains("workstation-17"), "{}", ran.stdout);
    let submit = desk
        .same_person("submit --describe broken --yes --dry-run")
        .sysroot(desk.root.path())
        .run()
        .expect(0);
    assert!(submit.stderr.contains("replaced: host"), "{}", submit.stderr);
    assert!(!submit.stderr.contains("workstation-17"), "{}", submit.stderr);
}

/// On a terminal the person sees both; `script` gives the program one.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_a_preview_shows_what_stood_there_before() {
    let desk = Desk::of("locked-sentry-one", "bundle");
    let mut inner = desk.same_person("bundle --preview -q");
    let root = desk.root.path().display().to_string();
    let command = format!("{} bundle --preview -q --sysroot {root}", support::keycase::EXE);
    let mut script = std::process::Command::new("script");
    support::keycase::clean(&mut script, inner.home());
    let _ = inner.command();
    let output = script.args(["-qec", &command, "/dev/null"]).output().expect("script runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let before = text.lines().any(|line| line.contains("- ") && line.contains("workstation-17"));
    assert!(before, "{text}");
}

#[test]
fn every_bundle_reduces_to_a_machine_that_scans_the_same() {
    for machine in Machine::all() {
        let mut desk = Desk::of(&machine.name, "bundle");
        let (bundle, _) = desk.bundle("b.zip");
        let folder = desk.dir.path().join("machine");
        Keycase::new("show -q").arg(&bundle).arg("--machine").arg(&folder).run().expect(0);
        let wanted: Value = serde_json::from_str(
            &fs::read_to_string(folder.join("snapshot.json")).expect("a snapshot"),
        )
        .expect("JSON");
        let reduced = Machine { name: machine.name.clone(), folder: folder.clone() };
        let root = reduced.unpack();
        let ran = Keycase::new("scan --all --json").sysroot(root.path()).run();
        let now = ran.json();
        for key in ["drives", "others", "host", "problems"] {
            assert_eq!(now[key], wanted[key], "{}: {key}", machine.name);
        }
        // The drives are the ones of the bundle, but for invented serial numbers.
        let bundled: Value =
            serde_json::from_str(&content(&bundle, "snapshot.json")).expect("JSON");
        let drives = |value: &Value| value["drives"].as_array().expect("drives").clone();
        for (ours, theirs) in drives(&now).iter().zip(drives(&bundled)) {
            let before = theirs["usb"]["serial"].as_str();
            assert!(
                before.is_none() || ours["usb"]["serial"].as_str() != before,
                "{}",
                machine.name
            );
            for key in ["port", "identity", "luns", "hid", "interfaces", "lock_state", "managed"] {
                assert_eq!(ours[key], theirs[key], "{}: {key}", machine.name);
            }
        }
        assert_eq!(drives(&now).len(), drives(&bundled).len(), "{}", machine.name);
        record::parse(&fs::read_to_string(reduced.bus()).expect("a recorded bus"));
        let about: toml::Table = fs::read_to_string(folder.join("machine.toml"))
            .expect("machine.toml")
            .parse()
            .expect("TOML");
        assert!(about["about"].as_str().is_some_and(|text| text.len() > 80));
        let again = Keycase::new("show").arg(&bundle).arg("--machine").arg(&folder).run();
        assert_eq!(again.code, Some(74), "an existing folder is left alone: {}", again.stderr);
    }
}

/// A bundle may verify and still be made to exhaust whoever looks inside.
#[test]
fn an_intact_bundle_of_a_monster_machine_is_refused() {
    let dir = TempDir::new().expect("a folder");
    let row = r#"{"port":"1-1"}"#;
    for (drives, why) in [(300, "more than a machine can have"), (80_000, "allowed for it")] {
        let rows = vec![row; drives].join(",");
        let snapshot = format!(
            r#"{{"schema":"keycase.snapshot/1","taken_at":"2026-11-22T12:00:00Z",
            "tool":{{"name":"k","version":"0","data":{{"version":"0","hash":"0"}}}},
            "host":{{}},"problems":[],"drives":[{rows}]}}"#
        );
        let content = snapshot.as_bytes();
        let line = bundle_parts::line("snapshot.json", content);
        let zip = bundle_parts::zip(vec![line], &[("snapshot.json", content)]);
        let path = dir.path().join("b.zip");
        fs::write(&path, zip).expect("a bundle");
        Keycase::new("verify").arg(&path).run().expect(0);
        for command in ["show", "scan --from", "diagnose --from"] {
            let ran = Keycase::new(command).arg(&path).run();
            assert_eq!(ran.code, Some(65), "{command}: {}", ran.stderr);
            assert!(ran.stderr.contains(why), "{command}: {}", ran.stderr);
        }
    }
}

#[test]
fn todays_packs_judge_an_old_bundle() {
    let mut desk = Desk::of("locked-sentry-one", "bundle");
    let log = desk.root.path().join("var/log/kern.log");
    let trouble = "2026-11-22T08:20:00.0+00:00 workstation-17 kernel: [ 600.0] usb 2-1: \
                   device descriptor read/64, error -71\n";
    let text = fs::read_to_string(&log).expect("a log") + &trouble.repeat(5);
    fs::write(&log, text).expect("a log");
    let (bundle, _) = desk.bundle("b.zip");
    let run = |command: &str| Keycase::new(command).arg("--from").arg(&bundle).run();
    let live = |command: &str| Keycase::new(command).sysroot(desk.root.path()).run();
    let ids = |value: &Value| -> Vec<String> {
        let findings = value["findings"].as_array().expect("findings");
        findings.iter().filter_map(|f| f["id"].as_str().map(str::to_owned)).collect()
    };
    let (then, now) = (live("diagnose --json").json(), run("diagnose --json").json());
    assert_eq!(ids(&now), ids(&then));
    assert!(!ids(&now).is_empty(), "the log is read from the bundle");
    let verdict = |ran: Ran| ran.json()["drives"][0]["verdict"].clone();
    assert_eq!(verdict(run("check --json")), verdict(live("check --json")));
    let triage = run("triage --json --describe not-recognised").json();
    assert_eq!(triage["schema"], "keycase.triage/1");
}
