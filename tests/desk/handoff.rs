//! Handing a ticket over: no key, nothing sent, one address to open.

use crate::submitter::Submitter;

fn person(settings: &str) -> Submitter {
    let person = Submitter::new("http://127.0.0.1:1");
    person.configure_kind("handoff", "", settings);
    person
}

#[test]
fn a_mail_draft_is_printed_with_where_the_bundle_lies() {
    let person = person("to = \"help@desk.example\"");
    let outcome = person.submit();
    assert_eq!(outcome.ended(), ("ready".to_owned(), 0), "{}", outcome.stderr);
    let next = outcome.json()["next"].as_str().unwrap().to_owned();
    assert!(next.contains("mailto:help@desk.example?subject=encrypted%20USB%20drive"), "{next}");
    let bundle = person.items()[0].join("bundle.zip");
    assert!(next.contains(bundle.to_str().unwrap()), "{next}");
    assert!(std::fs::read(bundle).unwrap() == person.bundle_bytes());
    let id = outcome.json()["submission"].as_str().unwrap().to_owned();
    let shown = person.run(&["outbox", "show", &id]).stdout;
    let log = person.items()[0].join("log");
    assert_eq!(shown.contains("\nlog:"), log.metadata().is_ok_and(|log| log.len() > 0), "{shown}");
    assert!(!shown.trim_end().ends_with("log:"), "{shown}");
}

#[test]
fn a_form_gets_what_it_has_places_for() {
    let form = "form = \"https://desk.example/new?subject={subject}&who={requester}\"";
    let outcome = person(form).submit();
    let next = outcome.json()["next"].as_str().unwrap().to_owned();
    assert!(next.contains("https://desk.example/new?subject=encrypted"), "{next}");
    assert!(next.contains("who=a.user%2Bx@example.org"), "{next}");
    assert!(next.contains("paste the ticket text from"), "the form takes no text: {next}");
}

#[test]
fn a_form_that_is_no_web_page_is_a_wrong_configuration() {
    for form in ["file:///etc/passwd", "http://desk.example", "https://desk.example/?x={serial}"] {
        let outcome = person(&format!("form = \"{form}\"")).submit();
        assert_eq!(outcome.code, 78, "{form}: {}", outcome.stderr);
    }
    assert_eq!(person("").submit().code, 78);
}

/// On a terminal the address is opened; `script` gives the program one.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_is_opened_and_elsewhere_it_is_not() {
    use std::os::unix::fs::PermissionsExt;
    let person = person("to = \"help@desk.example\"");
    let bin = person.dir.path().join("bin");
    let opened = person.dir.path().join("opened");
    std::fs::create_dir(&bin).unwrap();
    let opener = bin.join("xdg-open");
    std::fs::write(&opener, format!("#!/bin/sh\necho \"$1\" >> {}\n", opened.display())).unwrap();
    std::fs::set_permissions(&opener, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());

    let bundle = person.bundle.to_str().unwrap();
    let args = ["submit", bundle, "--describe", "it blinks", "--yes"];
    let piped = person.command(&args).env("PATH", &path).output().unwrap();
    assert!(piped.status.success());
    assert!(!opened.exists(), "nobody is there to see it");

    let command = person.command(&args);
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let mut terminal = std::process::Command::new("script");
    terminal.args(["-qec", &words.join(" "), "/dev/null"]).env_clear().env("PATH", &path);
    terminal.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let shown = terminal.output().unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stdout));
    // The opener runs by itself; the terminal's end waits for nobody.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !opened.exists() && std::time::Instant::now() < end {
        std::thread::yield_now();
    }
    let text = std::fs::read_to_string(&opened).unwrap();
    assert!(text.starts_with("mailto:help@desk.example?subject="), "{text}");
}
