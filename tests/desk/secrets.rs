//! A key is nowhere but on the wire to its desk: not in answers, logs, errors or the outbox,
//! and not at another host.

use std::fs;
use std::path::Path;

use crate::fake_freshdesk::{Act, Call, FakeFreshdesk, KEY};
use crate::submitter::{Outcome, Submitter};

/// Everything below a folder, as text.
fn all_text(dir: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => text.push_str(&all_text(&path)),
            false => text.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap())),
        }
    }
    text
}

#[test]
fn a_key_is_in_no_output_log_or_file() {
    let headers = || vec![("location", "http://127.0.0.2:1/".to_owned())];
    let faults = [
        Act::Drop,
        Act::Answer { status: 307, headers: headers(), body: String::new() },
        Act::Answer {
            status: 401,
            headers: Vec::new(),
            body: format!("{{\"message\":\"{KEY}\"}}"),
        },
        Act::Answer { status: 500, headers: Vec::new(), body: "<html>".into() },
    ];
    for (number, act) in faults.into_iter().enumerate() {
        let desk = FakeFreshdesk::start();
        let person = Submitter::at(&desk);
        desk.fail(Call::Create, false, act);
        let outcomes = [
            person.run(&person.submit_args(&["-vvv"])),
            person.run(&["outbox", "send", "-vvv"]),
            person.run(&["desk", "test", "acme", "-vvv"]),
        ];
        for outcome in outcomes {
            let shown = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(!shown.contains(KEY), "fault {number}: {shown}");
        }
        assert!(!all_text(&person.outbox()).contains(KEY), "fault {number}");
    }
}

#[test]
fn login_keeps_a_piped_key_in_a_private_file_and_it_is_used() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let input = person.dir.path().join("typed");
    fs::write(&input, format!("{KEY}\n")).unwrap();
    let mut login = person.command(&["desk", "login", "acme"]);
    login.env_remove("KEYCASE_ACME_TOKEN").stdin(fs::File::open(&input).unwrap());
    let outcome = Outcome::of(login.output().unwrap());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("no desktop session"), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains(KEY) && !outcome.stderr.contains(KEY));
    let kept = person.dir.path().join("config/keycase/credentials/acme");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(outcome.stdout.contains(kept.to_str().unwrap()));
    let mut login = person.command(&["desk", "login", "acme", "--json"]);
    let outcome = Outcome::of(login.stdin(fs::File::open(&input).unwrap()).output().unwrap());
    let document = outcome.json();
    assert_eq!(document["schema"], "keycase.desk-login/1");
    assert_eq!((&document["desk"], &document["kept_in"]), (&"acme".into(), &"file".into()));
    assert_eq!(document["file"], kept.to_str().unwrap());
    let mut test = person.command(&["desk", "test", "acme"]);
    let tested = Outcome::of(test.env_remove("KEYCASE_ACME_TOKEN").output().unwrap());
    assert_eq!(tested.code, 0, "{}", tested.stderr);
}

#[test]
fn login_refuses_what_is_no_key() {
    let person = Submitter::new("http://127.0.0.1:1");
    for (bad, code) in [("", 65), ("two words", 65), ("a\r\nX-Evil: 1", 65)] {
        let input = person.dir.path().join("typed");
        fs::write(&input, bad).unwrap();
        let mut login = person.command(&["desk", "login", "acme"]);
        let outcome = Outcome::of(login.stdin(fs::File::open(&input).unwrap()).output().unwrap());
        assert_eq!(outcome.code, code, "{bad:?}: {}", outcome.stderr);
        assert!(bad.is_empty() || !outcome.stderr.contains(bad), "{}", outcome.stderr);
    }
    assert_eq!(person.run(&["desk", "login", "outbox-only"]).code, 64);
    assert_eq!(person.run(&["desk", "login", "nowhere"]).code, 78);
}

/// A keyring's client is asked before the file, with the secret through a pipe.
#[cfg(target_os = "linux")]
#[test]
fn a_keyring_is_used_where_there_is_one() {
    use std::os::unix::fs::PermissionsExt;
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let bin = person.dir.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let kept = person.dir.path().join("ring");
    let args = person.dir.path().join("args");
    let client = format!(
        "#!/bin/sh\necho \"$@\" >> {args}\ncase $1 in\nstore) cat > {kept} ;;\nlookup) cat {kept} 2>/dev/null || exit 1 ;;\nesac\n",
        args = args.display(),
        kept = kept.display()
    );
    let path = bin.join("secret-tool");
    fs::write(&path, client).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    let with_ring = |words: &[&str], input: &str| {
        let typed = person.dir.path().join("typed");
        fs::write(&typed, input).unwrap();
        let mut command = person.command(words);
        command.env_remove("KEYCASE_ACME_TOKEN").stdin(fs::File::open(typed).unwrap());
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        Outcome::of(command.output().unwrap())
    };
    let before = with_ring(&["desk", "test", "acme"], "");
    assert_eq!(before.code, 77);
    assert!(before.stderr.contains("nothing for this desk"), "{}", before.stderr);
    let login = with_ring(&["desk", "login", "acme"], KEY);
    assert!(login.stdout.contains("the keyring"), "{}{}", login.stdout, login.stderr);
    assert!(!person.dir.path().join("config/keycase/credentials").exists());
    let after = with_ring(&["desk", "test", "acme"], "");
    assert_eq!(after.code, 0, "{}", after.stderr);
    assert!(!fs::read_to_string(args).unwrap().contains(KEY), "the key was an argument");
}
