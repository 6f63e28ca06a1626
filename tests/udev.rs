//! The udev rules: the file in the repository, and `udev print`, `check` and `install` on
//! trees of files.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a test says what it expected")]

pub mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use keycase::catalog::Catalog;
use keycase::packs::embedded;
use keycase::udev::{FILE_NAME, lint, rules};
use support::keycase::{Keycase, Ran};
use tempfile::TempDir;

const ETC: &str = "etc/udev/rules.d";
const USR: &str = "usr/lib/udev/rules.d";

fn right() -> String {
    rules(&Catalog::load(&embedded()).expect("the packs"))
}

fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("udev").join(FILE_NAME)
}

/// A machine with these rules files, each folder with its text.
fn machine(files: &[(&str, &str)]) -> TempDir {
    let root = TempDir::new().expect("a folder");
    fs::create_dir_all(root.path().join("sys/bus/usb/devices")).expect("a bus");
    for (folder, text) in files {
        let folder = root.path().join(folder);
        fs::create_dir_all(&folder).expect("a folder for rules");
        fs::write(folder.join(FILE_NAME), text).expect("a rules file");
    }
    root
}

fn udev(arguments: &str, root: &TempDir) -> Ran {
    Keycase::new(&format!("udev {arguments}")).sysroot(root.path()).run()
}

#[test]
fn the_file_in_the_repository_is_the_one_the_catalog_makes() {
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file().parent().expect("a folder")).expect("a folder");
        fs::write(file(), right()).expect("the rules are written");
    }
    let there = fs::read_to_string(file()).unwrap_or_default();
    assert_eq!(there, right(), "run with UPDATE=1 and read the change");
    assert_eq!(lint(&there), []);
    assert_eq!(Keycase::new("udev print").run().expect(0).stdout, there);
}

/// systemd 254 and later check a file's syntax; older ones say that they cannot.
#[test]
fn udev_itself_takes_the_file_where_it_can_tell() {
    let Ok(output) = Command::new("udevadm").arg("verify").arg(file()).output() else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !said.contains("Unknown command verb") {
        assert!(output.status.success(), "{said}");
    }
}

#[test]
fn an_overlay_adds_its_products() {
    let data = TempDir::new().expect("a folder");
    fs::create_dir(data.path().join("devices")).expect("a folder");
    let pack = "id = \"ours\"\nkind = \"model\"\nvendor = \"V\"\nmodel = \"M\"\nname = \"Our drive\"\nchecked = \"2026-11-22\"\n[[match]]\nusb = { vid = \"0951\", pid = \"00aa\" }\nsource = \"s\"\nconfidence = \"seen\"\n[[source]]\nwhat = \"w\"\nconfidence = \"seen\"\n";
    fs::write(data.path().join("devices/ours.toml"), pack).expect("a pack");
    let ran = Keycase::new("udev print").arg("--data").arg(data.path()).run().expect(0);
    assert!(ran.stdout.contains("# Our drive\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("ATTRS{idProduct}==\"00aa\""), "{}", ran.stdout);
    assert_eq!(lint(&ran.stdout), []);
}

/// Files of rules, what is said of them, the exit code, and the hint.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, i32, &'a str);

#[test]
fn check_tells_the_states_apart() {
    let right = right();
    let stale = right.replace("0202", "0203");
    let slip = right.replacen("ATTR{idVendor}==", "ATTR{idVendor}=", 1);
    let cases: &[Case] = &[
        (&[], "absent", 1, "keycase needs none"),
        (&[(ETC, &right)], "installed", 0, "/etc/udev/rules.d/70-keycase.rules"),
        (&[(USR, &right)], "installed", 0, "/usr/lib/udev/rules.d/70-keycase.rules"),
        (&[(ETC, &stale)], "stale", 1, "1953:0203"),
        (&[(ETC, &slip)], "stale", 1, "does not compare"),
        (&[(ETC, &stale), (USR, &right)], "shadowed", 1, "/usr/lib/udev/rules.d"),
        (&[("run/udev/rules.d", ""), (USR, &right)], "shadowed", 1, "switches them off"),
    ];
    for (files, state, code, said) in cases {
        let root = machine(files);
        let ran = udev("check", &root).expect(*code);
        let (flat, said) = (ran.stdout.replace(char::is_whitespace, ""), said.replace(' ', ""));
        assert!(flat.contains(&said), "{state}: {}", ran.stdout);
        let document = udev("check --json", &root).expect(*code).json();
        assert_eq!(document["state"], *state, "{document:#}");
        assert_eq!(document["next"].is_null(), *state == "installed", "{document:#}");
    }
}

#[test]
fn a_link_to_dev_null_switches_the_rules_off() {
    let root = machine(&[(USR, &right())]);
    fs::create_dir_all(root.path().join(ETC)).expect("a folder");
    symlink("/dev/null", root.path().join(ETC).join(FILE_NAME)).expect("a link");
    let document = udev("check --json", &root).expect(1).json();
    assert_eq!((&document["state"], &document["masked"]), (&"shadowed".into(), &true.into()));
    let refused = udev("install", &root).expect(1);
    assert!(refused.stderr.contains("nothing was changed"), "{}", refused.stderr);
}

#[test]
fn a_merged_lib_counts_once() {
    let root = machine(&[(USR, &right())]);
    symlink("usr/lib", root.path().join("lib")).expect("a link");
    let document = udev("check --json", &root).expect(0).json();
    assert_eq!(document["hidden"], serde_json::json!([]));
}

#[test]
fn check_says_which_attached_drives_are_open() {
    let machine = support::machine::Machine::named("locked-sentry-one");
    let root = machine.unpack();
    let etc = root.path().join(ETC);
    fs::create_dir_all(&etc).expect("a folder");
    fs::write(etc.join(FILE_NAME), right()).expect("a rules file");
    let check = || Keycase::new("udev check --json").sysroot(root.path()).run().expect(0).json();
    let before = check();
    assert_eq!(before["drives"][0]["applied"], false, "{before:#}");
    assert!(before["next"].as_str().is_some_and(|next| next.contains("again")), "{before:#}");
    let device = &root
        .devices
        .iter()
        .find(|d| {
            d.property("DEVTYPE") == Some("usb_device")
                && d.property("MAJOR").is_some()
                && d.property("PRODUCT").is_some_and(|p| p.starts_with("230a"))
        })
        .expect("the drive");
    let number = format!(
        "c{}:{}",
        device.property("MAJOR").expect("a number"),
        device.property("MINOR").expect("a number")
    );
    fs::write(root.path().join("run/udev/data").join(number), "G:uaccess\nQ:uaccess\n")
        .expect("a record");
    assert_eq!(check()["drives"][0]["applied"], true);
}

#[test]
fn install_writes_one_file_and_says_so() {
    let root = machine(&[(USR, "# old\n")]);
    let ran = udev("install", &root).expect(0);
    let file = root.path().join(ETC).join(FILE_NAME);
    assert_eq!(fs::read_to_string(&file).expect("the file"), right());
    assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o644);
    assert_eq!(fs::read_dir(root.path().join(ETC)).expect("the folder").count(), 1);
    assert!(ran.stdout.starts_with("wrote "), "{}", ran.stdout);
    assert!(ran.stdout.contains("instead of /usr/lib/udev/rules.d"), "{}", ran.stdout);
    udev("check", &root).expect(0);
    let again = udev("install", &root).expect(0);
    assert!(again.stdout.contains("nothing was written"), "{}", again.stdout);
}

#[test]
fn with_json_print_and_install_answer_with_a_document() {
    let printed = Keycase::new("udev print --json").run().expect(0).json();
    assert_eq!(printed["schema"], "keycase.udev-rules/1");
    assert_eq!((&printed["file"], &printed["rules"]), (&FILE_NAME.into(), &right().into()));
    let root = machine(&[(USR, "# old\n")]);
    let first = udev("install --json", &root).expect(0).json();
    assert_eq!(first["schema"], "keycase.udev-install/1");
    assert_eq!((&first["written"], &first["next"]), (&true.into(), &serde_json::Value::Null));
    assert!(first["file"].as_str().is_some_and(|file| file.ends_with(FILE_NAME)), "{first:#}");
    assert_eq!(first["hidden"].as_array().map(Vec::len), Some(1), "{first:#}");
    assert_eq!(udev("install --json", &root).expect(0).json()["written"], false);
}

#[test]
fn install_replaces_its_own_file_and_no_other() {
    let root = machine(&[(ETC, &right().replace("0202", "0203"))]);
    udev("install", &root).expect(0);
    udev("check", &root).expect(0);
    let mine = machine(&[(ETC, "# written by hand\n")]);
    udev("install", &mine).expect(1);
    let kept = fs::read_to_string(mine.path().join(ETC).join(FILE_NAME)).expect("the file");
    assert_eq!(kept, "# written by hand\n");
}

#[test]
fn install_stays_inside_the_root() {
    let outside = TempDir::new().expect("a folder");
    let root = machine(&[]);
    fs::create_dir_all(root.path().join("etc")).expect("a folder");
    symlink(outside.path(), root.path().join("etc/udev")).expect("a link");
    let ran = udev("install", &root);
    assert_ne!(ran.code, Some(0), "{}", ran.stdout);
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0, "nothing outside");
}

#[test]
fn rules_belong_to_a_machine() {
    let ran = Keycase::new("udev check --from tests/machines/no-drive/snapshot.json").run();
    assert!(ran.expect(64).stderr.contains("hint:"));
}
