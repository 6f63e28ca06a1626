//! A real keyring: GNOME Keyring behind a session bus of its own.

use std::fs;
use std::process::Command;

use crate::fake_freshdesk::{FakeFreshdesk, KEY};
use crate::submitter::Submitter;

/// Runs a shell script in a session with an unlocked keyring.
fn in_session(person: &Submitter, script: &str) -> (bool, String) {
    let home = person.dir.path();
    let runtime = home.join("runtime");
    fs::create_dir_all(&runtime).unwrap();
    let unlock = "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
    let mut session = Command::new("dbus-run-session");
    session.args(["--", "sh", "-ec", &format!("{unlock}\n{script}")]);
    let like = person.command(&[]);
    session.env_clear().envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    session.env_remove("KEYCASE_ACME_TOKEN").env("PATH", "/usr/bin:/bin");
    session.env("XDG_RUNTIME_DIR", &runtime).env("XDG_DATA_HOME", home.join("data"));
    let output = session.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[test]
#[ignore = "needs tests/desks/run"]
fn login_keeps_the_key_in_the_keyring_and_it_is_read_from_there() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let keycase = env!("CARGO_BIN_EXE_keycase");
    let script = format!(
        "printf {KEY} | {keycase} desk login acme\n{keycase} desk test acme\nsecret-tool lookup application keycase desk acme"
    );
    let (success, text) = in_session(&person, &script);
    assert!(success, "{text}");
    assert!(text.contains("kept in the keyring"), "{text}");
    assert!(text.contains("accepts the credential of agent@desk.example"), "{text}");
    assert!(text.contains(KEY), "the keyring's own client has it: {text}");
    assert!(!person.dir.path().join("config/keycase/credentials").exists());
}
