//! What a new user gets wrong, and what a broken machine does: a clear message, the right
//! exit code, one next step, nothing half-written, and never a panic.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test")]

pub mod support;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;

use support::keycase::{Keycase, Ran};

const MACHINE: &str = "tests/machines/locked-sentry-one/snapshot.json";

/// Somebody without rights; the tests may run as root, whom no file mode stops.
const NOBODY: u32 = 65534;

/// The run failed as it should: code, first words, and a next step.
fn fails(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, Some(code), "{}", ran.stderr);
    assert!(ran.stderr.contains("error:"), "{}", ran.stderr);
    assert!(ran.stderr.contains(says), "not `{says}` but:\n{}", ran.stderr);
    assert!(ran.stderr.contains("hint:"), "no next step:\n{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

fn file(dir: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = dir.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn recordings_that_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let good = fs::read_to_string(MACHINE).unwrap();
    let cases = [
        ("missing.json", None, 66, "can't read"),
        ("empty.json", Some(Vec::new()), 65, "the recording is empty"),
        ("prose.json", Some(b"hello".to_vec()), 65, "line 1, column 1"),
        ("cut.json", Some(good.as_bytes()[..good.len() / 2].to_vec()), 65, "line "),
        ("latin1.json", Some(b"\xff\xfe{".to_vec()), 65, "is not text"),
        (
            "other.json",
            Some(br#"{"schema":"keycase.findings/1"}"#.to_vec()),
            65,
            "keycase.findings/1",
        ),
        (
            "port.json",
            Some(good.replace("\"2-1\"", "\"usb1\"").into_bytes()),
            65,
            "`usb1` is not a port path",
        ),
        ("deep.json", Some("[".repeat(100_000).into_bytes()), 65, "line 1"),
        ("zip.json", Some(b"PK\x03\x04nonsense".to_vec()), 65, "can't use the bundle"),
        ("age.json", Some(b"age-encryption.org/v1\n".to_vec()), 65, "sealed"),
    ];
    for (name, content, code, says) in cases {
        let path = match content {
            Some(content) => file(dir.path(), name, content),
            None => dir.path().join(name).to_str().unwrap().to_owned(),
        };
        fails(&Keycase::new("scan").arg("--from").arg(&path).run(), code, says);
        // `check` follows the monitoring convention: what could not run is unknown.
        let check = Keycase::new("check").arg("--from").arg(&path).run();
        assert_eq!(check.code, Some(3), "{name}: {}", check.stderr);
    }
}

#[test]
fn a_truncated_bundle_is_refused_by_every_command() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("b.zip");
    let made = Keycase::new("bundle").arg("--from").arg(MACHINE).arg("-o").arg(&whole).run();
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let bytes = fs::read(&whole).unwrap();
    let cut = file(dir.path(), "cut.zip", &bytes[..bytes.len() - 100]);
    fails(&Keycase::new("scan").arg("--from").arg(&cut).run(), 65, "can't use the bundle");
    fails(&Keycase::new("show").arg(&cut).run(), 65, "");
    let verified = Keycase::new("verify").arg(&cut).run();
    assert_eq!(verified.code, Some(65), "{}", verified.stderr);
    let submitted = Keycase::new("submit --describe x --yes").arg(&cut).run();
    fails(&submitted, 65, "is not an intact bundle");
}

#[test]
fn wrong_command_lines() {
    let cases = [
        ("nonsense", 64),
        ("scan --nonsense", 64),
        ("scan --now yesterday", 64),
        ("submit --yes", 64),
        ("submit --describe x", 64),
        ("check --nonsense", 3),
        ("check --fact no_such_fact=1", 3),
        ("-q --color never check --nonsense", 3),
        ("submit --describe check", 64),
        ("explain check --nonsense", 64),
        ("--from check scan --nonsense", 64),
        ("man --json", 64),
        ("completions bash --json", 64),
    ];
    for (command, code) in cases {
        let ran = Keycase::new(command).run();
        assert_eq!(ran.code, Some(code), "`{command}`: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "`{command}` wrote to stdout: {}", ran.stdout);
        assert!(!ran.stderr.is_empty(), "`{command}` says nothing");
    }
}

#[test]
fn folders_that_are_not_there() {
    fails(&Keycase::new("scan --sysroot /nonexistent").run(), 66, "no folder at /nonexistent");
    fails(&Keycase::new("scan --data /nonexistent").run(), 78, "no folder of packs");
    fails(
        &Keycase::new("submit --describe x --yes --config /nonexistent").run(),
        78,
        "no configuration",
    );
}

#[test]
fn configuration_and_packs_are_wrong_at_a_line_and_column() {
    let dir = tempfile::tempdir().unwrap();
    let config =
        file(dir.path(), "config.toml", "default-desk = \"x\"\n[desk.x]\nkind = \"fax\"\n");
    let ran = Keycase::new("submit --describe x --yes")
        .arg("--from")
        .arg(MACHINE)
        .arg("--config")
        .arg(&config)
        .run();
    fails(&ran, 78, "config.toml:3:8:");
    fs::create_dir(dir.path().join("devices")).unwrap();
    file(&dir.path().join("devices"), "x.toml", "extends = \"kingston-d300\"\nnmae = \"x\"\n");
    let ran = Keycase::new("scan").arg("--from").arg(MACHINE).arg("--data").arg(dir.path()).run();
    fails(&ran, 78, "x.toml:2:1: unknown field `nmae`");
    let lint = Keycase::new("data lint").arg(dir.path()).run();
    fails(&lint, 78, "x.toml:2:1: unknown field `nmae`");
}

/// A folder with one pack of a kind.
fn overlay(kind: &str, text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(kind)).unwrap();
    file(&dir.path().join(kind), "x.toml", text);
    dir
}

#[test]
fn lint_looks_at_packs_for_redaction_and_desks_too() {
    let rule = "[[rule]]\nid = \"ours\"\nclass = \"user\"\nwhy = \"w\"\nsource = \"s\"\n\
        checked = \"2026-11-22\"\nprefilter = [\"staff:\"]\nfollow = \"(?<value>[a-z]+)\"\n\
        redacts = [{ text = \"staff:anna\", values = [\"anna\"] }]\nkeeps = [\"staff: anna\"]\n";
    let good = overlay("redaction", rule);
    assert_eq!(Keycase::new("data lint").arg(good.path()).run().code, Some(0));
    let shape = "shape = \"octagon\"";
    let cases = [
        ("triage", "nonsense = [", "x.toml:1:"),
        ("redaction", "nonsense = [", "x.toml:1:"),
        ("desks", "nonsense = [", "x.toml:1:"),
        ("desks", "[ticket-for.fax]\n", "x.toml:1:"),
        (
            "redaction",
            &rule.replace("\"staff: anna\"", "\"staff:anna\""),
            "x.toml:2:7: rule `ours`",
        ),
        ("redaction", &rule.replace("[\"anna\"]", "[\"staff\"]"), "`staff` is left"),
        (
            "redaction",
            &rule.replace("prefilter = [\"staff:\"]\nfollow = \"(?<value>[a-z]+)\"", shape),
            "x.toml:7:9: a redaction rule asks for the shape `octagon`",
        ),
    ];
    for (kind, text, says) in cases {
        let dir = overlay(kind, text);
        fails(&Keycase::new("data lint").arg(dir.path()).run(), 78, says);
    }
    let wrong = overlay("desks", "nonsense = [");
    let ran = Keycase::new("data lint --json").arg(wrong.path()).run();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(78), ""));
    let document = ran.json();
    assert_eq!((&document["schema"], &document["ok"]), (&"keycase.lint/1".into(), &false.into()));
    assert_eq!(document["errors"][0]["line"], 1, "{document:#}");
    let fine = Keycase::new("data lint --json").arg(good.path()).run().json();
    assert_eq!((&fine["ok"], &fine["errors"]), (&true.into(), &serde_json::json!([])));
}

#[test]
fn a_folder_without_packs_is_not_taken_for_one() {
    let empty = tempfile::tempdir().unwrap();
    // Whoever names the folder of devices means the one above it.
    let inside = overlay("devices", "extends = \"kingston-d300\"\nname = \"Ours\"\n");
    for dir in [empty.path(), &inside.path().join("devices")] {
        fails(&Keycase::new("data lint").arg(dir).run(), 78, "no packs in");
        let ran = Keycase::new("scan").arg("--from").arg(MACHINE).arg("--data").arg(dir).run();
        fails(&ran, 78, "no packs in");
    }
    assert_eq!(
        Keycase::new("scan --data").arg(inside.path()).arg("--from").arg(MACHINE).run().code,
        Some(0)
    );
}

#[test]
fn desks_and_policies_that_the_configuration_names_must_exist() {
    let dir = tempfile::tempdir().unwrap();
    let desk = "[desk.ours]\nkind = \"outbox-only\"\npolicy = \"nowhere\"\n";
    let cases = [
        (
            "default-desk = \"gone\"\n[desk.ours]\nkind = \"outbox-only\"\n",
            "there is no desk `gone`",
        ),
        (&format!("default-desk = \"ours\"\n{desk}"), "desk `ours` names the policy `nowhere`"),
    ];
    for (config, says) in cases {
        let config = file(dir.path(), "config.toml", config);
        let run = |command: &str| {
            let ran = Keycase::new(command).arg("--config").arg(&config).arg("--from").arg(MACHINE);
            ran.run()
        };
        for (command, code) in [
            ("check", 3),
            ("triage --describe x", 78),
            ("submit --describe x --yes", 78),
            ("desk test ours", if says.contains("gone") { 0 } else { 78 }),
        ] {
            let ran = run(command);
            match code {
                0 => assert_eq!(ran.code, Some(0), "{}", ran.stderr),
                code => {
                    fails(&ran, code, says);
                    assert!(ran.stderr.contains(&config), "{command}: {}", ran.stderr);
                }
            }
        }
        let listed = run("desk list");
        assert_eq!(listed.code, Some(78), "{}", listed.stderr);
        assert!(listed.stdout.lines().any(|line| line.starts_with("* ") && line.contains(says)));
    }
    // What the command line names is still a wrong command line.
    let ran = Keycase::new("triage --describe x --policy nowhere").run();
    fails(&ran, 64, "no policy `nowhere`");
}

#[test]
fn quiet_leaves_the_next_step_of_an_error() {
    fails(&Keycase::new("scan -q --from /nonexistent").run(), 66, "can't read");
    assert!(Keycase::new("scan --help").run().stdout.contains("still says what to do next"));
}

#[test]
fn an_unreadable_sysfs_is_a_missing_right_not_a_missing_drive() {
    let dir = tempfile::tempdir().unwrap();
    let devices = dir.path().join("sys/bus/usb/devices");
    fs::create_dir_all(&devices).unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&devices, Permissions::from_mode(0o000)).unwrap();
    let mut keycase = Keycase::new("scan").sysroot(dir.path());
    as_nobody(&mut keycase);
    fails(&keycase.run(), 77, "permission denied");
}

#[test]
fn a_home_that_cannot_be_written() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o555)).unwrap();
    let mut keycase = Keycase::new("submit --describe x --yes").arg("--from").arg(MACHINE);
    for variable in ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        keycase = keycase.env(variable, dir.path());
    }
    as_nobody(&mut keycase);
    let ran = keycase.run();
    assert!(matches!(ran.code, Some(74 | 77)), "{:?} {}", ran.code, ran.stderr);
    assert!(ran.stderr.contains("error:") && ran.stderr.contains("hint:"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "something was half-written");
}

#[test]
fn without_a_home_reading_works_and_the_outbox_says_what_it_needs() {
    let without = |command: &str| {
        let mut keycase = Keycase::new(command).arg("--from").arg(MACHINE);
        for variable in ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            keycase.command().env_remove(variable);
        }
        as_nobody(&mut keycase);
        keycase.run()
    };
    assert_eq!(without("scan").code, Some(0));
    let ran = without("submit --describe x --yes");
    assert!(matches!(ran.code, Some(74 | 77 | 78)), "{:?} {}", ran.code, ran.stderr);
    assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
}

#[test]
fn a_full_disk_behind_stdout_is_an_error() {
    let mut keycase = Keycase::new("scan --json").arg("--from").arg(MACHINE);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = keycase.command().stdout(full).stderr(Stdio::piped()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(74), "{stderr}");
    assert!(stderr.contains("can't write the answer to stdout"), "{stderr}");
}

/// A monitoring system knows the codes 0 to 3 and no other.
#[test]
fn check_that_cannot_say_it_is_unknown() {
    for format in ["table", "json", "csv", "ndjson", "prometheus", "nagios"] {
        let mut keycase = Keycase::new("check --format").arg(format).arg("--from").arg(MACHINE);
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = keycase.command().stdout(full).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{format}: {stderr}");
        assert!(stderr.contains("can't write the answer to stdout"), "{format}: {stderr}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    for (command, code) in [("scan", 0), ("scan --json", 0), ("check", 1), ("--help", 0)] {
        let mut keycase = Keycase::new(command);
        if command != "--help" {
            keycase = keycase.arg("--from").arg(MACHINE);
        }
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = keycase.command().stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "`{command}`: {stderr}");
        assert!(!stderr.contains("panicked"), "`{command}`: {stderr}");
    }
}

fn as_nobody(keycase: &mut Keycase) {
    if rustix::process::geteuid().is_root() {
        let home = keycase.home().to_owned();
        // The temporary home belongs to whoever runs the tests.
        std::os::unix::fs::chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
        keycase.command().uid(NOBODY).gid(NOBODY);
    }
}

/// A key that can't be kept is made once a run: it is told once, and what the ticket says is
/// what the bundle says.
#[test]
fn a_key_without_a_place_is_made_once() {
    let ran = Keycase::new("submit --dry-run --describe x")
        .arg("--from")
        .arg(MACHINE)
        .env("XDG_STATE_HOME", "/dev/null/nowhere")
        .run();
    assert_eq!(ran.stderr.matches("pseudonym key can't be kept").count(), 1, "{}", ran.stderr);
}
