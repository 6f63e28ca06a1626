//! TLS of a private CA, and a proxy that wants a password.

use std::fs;

use crate::request_tracker::{person, run};
use crate::set;
use crate::submitter::{Outcome, Submitter};

fn through(person: &Submitter, args: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = person.command(args);
    command.env("KEYCASE_ACME_TOKEN", set("RT_TOKEN")).envs(variables.iter().copied());
    Outcome::of(command.output().unwrap())
}

fn behind_tls(settings: &str) -> Submitter {
    person(&set("DESKS_TLS_URL"), &format!("queue = \"{}\"\n{settings}", set("RT_QUEUE")))
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_ca_that_is_not_trusted_is_named_and_can_be_given() {
    let plain = behind_tls("");
    let refused = run(&plain, &set("RT_TOKEN"), &["desk", "test", "acme"]);
    assert_eq!(refused.code, 69, "{}", refused.stderr);
    for part in
        ["issuer not trusted: keycase test CA, keycase tests", "is your network inspecting TLS?"]
    {
        assert!(refused.stderr.contains(part), "{part} in {}", refused.stderr);
    }
    let ca = set("DESKS_CA");
    let given = run(&plain, &set("RT_TOKEN"), &["desk", "test", "acme", "--ca-file", &ca]);
    assert_eq!(given.code, 0, "{}", given.stderr);
    let configured = behind_tls(&format!("ca-file = \"{ca}\""));
    let sent = run(&configured, &set("RT_TOKEN"), &configured.submit_args(&[]));
    assert_eq!(sent.ended(), ("sent".to_owned(), 0), "{} {}", sent.stdout, sent.stderr);
    // Whatever was not trusted is not sent to: the ticket waits.
    let kept = run(&plain, &set("RT_TOKEN"), &plain.submit_args(&[]));
    assert_eq!(kept.ended(), ("queued".to_owned(), 75), "{}", kept.stderr);
    assert!(kept.json()["error"].as_str().unwrap().contains("issuer not trusted"));
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_file_that_is_no_ca_is_a_wrong_configuration() {
    let person = behind_tls("");
    let file = person.dir.path().join("ca.pem");
    fs::write(&file, "hello").unwrap();
    let args = ["desk", "test", "acme", "--ca-file", file.to_str().unwrap()];
    assert_eq!(run(&person, &set("RT_TOKEN"), &args).code, 78);
    fs::remove_file(&file).unwrap();
    assert_eq!(run(&person, &set("RT_TOKEN"), &args).code, 78);
}

#[test]
#[ignore = "needs tests/desks/run"]
fn a_proxy_gets_its_password_and_nobody_else_sees_it() {
    let ca = set("DESKS_CA");
    let person = behind_tls(&format!("ca-file = \"{ca}\""));
    let (proxy, login) = (set("DESKS_PROXY"), set("DESKS_PROXY_LOGIN"));
    let log = set("DESKS_PROXY_LOG");
    let connects = || fs::read_to_string(&log).unwrap().matches("CONNECT").count();
    let with_password = format!("http://{login}@{proxy}");

    let before = connects();
    let sent = through(&person, &person.submit_args(&["-vv"]), &[("HTTPS_PROXY", &with_password)]);
    assert_eq!(sent.ended(), ("sent".to_owned(), 0), "{} {}", sent.stdout, sent.stderr);
    assert!(connects() > before, "the proxy was not used");
    assert!(!sent.stderr.contains("proxy-pass-71"), "{}", sent.stderr);

    let without = format!("http://{proxy}");
    let refused = through(&person, &["desk", "test", "acme"], &[("HTTPS_PROXY", &without)]);
    assert_eq!(refused.code, 69, "{}", refused.stderr);
    assert!(refused.stderr.contains("proxy"), "{}", refused.stderr);
    let wrong = format!("http://proxyuser:proxy-pass-72@{proxy}");
    let refused = through(&person, &["desk", "test", "acme"], &[("HTTPS_PROXY", &wrong)]);
    assert_eq!(refused.code, 69, "{}", refused.stderr);
    assert!(!refused.stderr.contains("proxy-pass-72"), "{}", refused.stderr);

    let before = connects();
    let address = set("DESKS_ADDRESS");
    let around = [("HTTPS_PROXY", without.as_str()), ("NO_PROXY", address.as_str())];
    let direct = through(&person, &["desk", "test", "acme"], &around);
    assert_eq!(direct.code, 0, "{}", direct.stderr);
    assert_eq!(connects(), before, "the proxy was used");
}
