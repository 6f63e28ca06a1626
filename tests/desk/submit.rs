//! `keycase submit` and `keycase outbox` where no desk is involved: consent, credentials,
//! configuration, and what is kept on disk.

use std::fs;
use std::path::Path;

use crate::fake_freshdesk::{Act, Call, FakeFreshdesk};
use crate::submitter::{Outcome, Submitter};

const NOWHERE: &str = "http://127.0.0.1:1";

fn only_item(person: &Submitter) -> std::path::PathBuf {
    let items = person.items();
    assert_eq!(items.len(), 1, "{items:?}");
    items[0].clone()
}

#[test]
fn nothing_goes_out_without_agreement() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let bundle = person.bundle.to_str().unwrap();
    let without_yes = person.run(&["submit", bundle, "--describe", "it blinks"]);
    assert_eq!(without_yes.code, 64);
    assert!(without_yes.stderr.contains("--yes"), "{}", without_yes.stderr);
    let without_words = person.run(&["submit", bundle, "--yes"]);
    assert_eq!(without_words.code, 64);
    assert!(without_words.stderr.contains("--describe"), "{}", without_words.stderr);
    assert_eq!(person.run(&["submit", bundle, "--yes", "--describe", "  \n"]).code, 64);
    assert!(person.items().is_empty());
    assert_eq!(desk.calls(Call::Create), 0);
}

#[test]
fn a_dry_run_shows_everything_and_keeps_nothing() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let mut command = person.command(&person.submit_args(&["--dry-run"]));
    // Not even a credential is needed to look.
    let outcome = Outcome::of(command.env_remove("KEYCASE_ACME_TOKEN").output().unwrap());
    assert_eq!(outcome.ended(), ("draft".to_owned(), 0), "{}", outcome.stderr);
    for shown in [desk.url().as_str(), "not\" recognised", "snapshot.json", "ticket text"] {
        assert!(outcome.stderr.contains(shown), "{shown} in {}", outcome.stderr);
    }
    assert!(outcome.json()["ticket"].is_null());
    assert!(person.items().is_empty());
    assert_eq!(desk.calls(Call::Create) + desk.calls(Call::List), 0);
}

/// All that the desk gets is shown, in text and in JSON, and kept as it was shown.
#[test]
fn what_goes_along_is_shown_and_sent_as_agreed() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    person.configure(&desk.url(), "[desk.acme.fields]\ncf_submission = \"submission\"");
    let dry = person.run(&person.submit_args(&["--dry-run"]));
    let json = dry.json();
    assert_eq!(json["requester"], "a.user+x@example.org");
    let shown = [
        "requester: a.user+x@example.org".to_owned(),
        format!("priority: {}", json["details"]["priority"].as_str().unwrap()),
        format!("tags: keycase, {}", json["details"]["tags"][1].as_str().unwrap()),
        format!("cf_submission: {}", json["submission"].as_str().unwrap()),
    ];
    for line in &shown {
        assert!(dry.stderr.contains(line), "{line} in {}", dry.stderr);
    }

    let busy = Act::Answer { status: 429, headers: Vec::new(), body: String::new() };
    desk.fail(Call::Create, false, busy);
    let agreed = person.submit().json()["details"].clone();
    // Set later, seen by nobody.
    let more =
        "[desk.acme.fields]\ncf_submission = \"submission\"\ncf_admin = \"requester_is_admin\"";
    person.configure(&desk.url(), more);
    assert_eq!(person.send().code, 0);
    let body = desk.tickets()[0].body.clone();
    assert_eq!(body["custom_fields"], agreed["fields"]);
    assert_eq!(body["tags"], agreed["tags"]);
    assert_eq!(body["priority"].to_string(), agreed["priority"].as_str().unwrap());
}

#[test]
fn a_dry_run_refuses_what_the_real_run_would() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    for settings in ["attachment-bytes = 100", "refused-endings = [\".zip\"]"] {
        person.configure(&desk.url(), settings);
        for more in [&["--dry-run"][..], &[]] {
            let outcome = person.run(&person.submit_args(more));
            assert_eq!(outcome.code, 65, "{settings}: {}", outcome.stderr);
        }
    }
    assert!(person.items().is_empty());
}

#[test]
fn without_a_desk_everything_is_kept_for_handing_over() {
    let person = Submitter::new(NOWHERE);
    let outcome = person.run(&person.submit_args(&["--desk", "outbox-only"]));
    assert_eq!(outcome.ended(), ("ready".to_owned(), 0), "{}", outcome.stderr);
    let item = only_item(&person);
    let next = outcome.json()["next"].as_str().unwrap().to_owned();
    for file in ["ticket.txt", "bundle.zip"] {
        assert!(next.contains(item.join(file).to_str().unwrap()), "{next}");
    }
    assert!(next.contains("support.datalocker.com"), "{next}");
    assert!(!next.contains("phone"), "nobody can call a phone without a number: {next}");
    assert!(fs::read(item.join("bundle.zip")).unwrap() == person.bundle_bytes());
    let text = fs::read_to_string(item.join("ticket.txt")).unwrap();
    assert!(text.contains("\"not\" recognised & blinking") && text.contains("since the update"));
    assert_eq!(person.send().code, 0, "there is nothing to send");
    assert_eq!(person.state(), "ready");
    let sent = person.run(&["outbox", "send"]);
    assert!(sent.stdout.contains("nothing waits to be sent"), "{}", sent.stdout);
    assert!(sent.stdout.contains("1 submission is kept for you to hand over"), "{}", sent.stdout);
    assert!(sent.stdout.contains("`keycase outbox list`"), "{}", sent.stdout);
}

#[test]
fn a_submission_makes_its_own_bundle() {
    let person = Submitter::new(NOWHERE);
    let args = ["submit", "--describe", "it blinks", "--yes", "--json", "--desk", "outbox-only"];
    let outcome = person.run(&args);
    assert_eq!(outcome.ended(), ("ready".to_owned(), 0), "{}", outcome.stderr);
    let kept = only_item(&person).join("bundle.zip");
    assert_eq!(person.run(&["verify", kept.to_str().unwrap()]).code, 0);
    assert_eq!(outcome.json()["bundle"]["bytes"], fs::metadata(kept).unwrap().len());
}

#[test]
fn only_an_intact_bundle_is_sent() {
    let person = Submitter::new(NOWHERE);
    let missing = person.run(&["submit", "none.zip", "--describe", "x", "--yes"]);
    assert_eq!(missing.code, 66, "{}", missing.stderr);
    let mut bytes = person.bundle_bytes();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&person.bundle, bytes).unwrap();
    assert_eq!(person.submit().code, 65);
    fs::write(&person.bundle, "private notes").unwrap();
    assert_eq!(person.submit().code, 65);
    assert!(person.items().is_empty());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let person = Submitter::new(NOWHERE);
    assert_eq!(person.submit().ended().0, "queued");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let item = only_item(&person);
    assert_eq!(mode(&person.outbox()), 0o700);
    assert_eq!(mode(&item), 0o700);
    for file in fs::read_dir(&item).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_missing_credential_names_every_source() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let mut command = person.command(&person.submit_args(&[]));
    let outcome = Outcome::of(command.env_remove("KEYCASE_ACME_TOKEN").output().unwrap());
    assert_eq!(outcome.code, 77);
    for source in
        ["CREDENTIALS_DIRECTORY", "--credential-file", "KEYCASE_ACME_TOKEN", "credentials/acme"]
    {
        assert!(outcome.stderr.contains(source), "{source} in {}", outcome.stderr);
    }
    assert!(person.items().is_empty());
}

#[cfg(unix)]
#[test]
fn credentials_come_from_private_files_only() {
    use std::os::unix::fs::PermissionsExt;
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let file = person.dir.path().join("key");
    fs::write(&file, format!("{}\n", crate::fake_freshdesk::KEY)).unwrap();
    for (mode, code) in [(0o644, 77), (0o640, 77), (0o600, 0)] {
        fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        let mut command =
            person.command(&["desk", "test", "acme", "--credential-file", file.to_str().unwrap()]);
        let outcome = Outcome::of(command.env_remove("KEYCASE_ACME_TOKEN").output().unwrap());
        assert_eq!(outcome.code, code, "mode {mode:o}: {}", outcome.stderr);
    }
    let folder = person.dir.path().join("config/keycase/credentials");
    fs::create_dir_all(&folder).unwrap();
    fs::rename(&file, folder.join("acme")).unwrap();
    let mut command = person.command(&["desk", "test", "acme"]);
    assert!(command.env_remove("KEYCASE_ACME_TOKEN").output().unwrap().status.success());
}

#[test]
fn a_desk_that_is_badly_configured_is_not_used() {
    let person = Submitter::new(NOWHERE);
    for (url, more) in [
        ("http://desk.example", ""),
        ("https://user:secret9@desk.example", ""),
        ("https://desk.example/path", ""),
        ("ftp://desk.example", ""),
        ("https://desk.example", "[desk.acme.fields]\ncf_x = \"no_such_fact\""),
        ("https://desk.example", "[desk.acme.fields]\nx = \"serial\""),
        ("https://desk.example", "unknown-key = 1"),
    ] {
        person.configure(url, more);
        let outcome = person.submit();
        assert_eq!(outcome.code, 78, "{url} {more}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("secret9"), "{}", outcome.stderr);
    }
    person.configure("https://desk.example", "");
    assert_eq!(person.run(&person.submit_args(&["--desk", "other"])).code, 78);
    assert!(person.items().is_empty());
}

#[test]
fn a_damaged_submission_is_reported_and_does_not_hold_up_the_rest() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    desk.fail(Call::Create, false, Act::Drop);
    desk.fail(Call::Create, false, Act::Drop);
    person.submit();
    let first = only_item(&person);
    person.submit();
    fs::write(first.join("state.json"), "{\"state\": ").unwrap();
    let listed = person.run(&["outbox", "list", "--json"]);
    assert_eq!(listed.code, 65);
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
    assert!(listed.json()["problems"][0]["what"].as_str().unwrap().contains("damaged"));
    let sent = person.send();
    assert_eq!(sent.code, 65, "{}", sent.stderr);
    assert_eq!(desk.tickets().len(), 1, "the readable one was sent");
    assert!(first.join("bundle.zip").exists(), "nothing of the damaged one was lost");
    let id = first.file_name().unwrap().to_str().unwrap();
    assert_eq!(person.run(&["outbox", "drop", id, "--yes"]).code, 0);
    assert_eq!(person.items().len(), 1);
}

#[test]
fn a_bundle_that_was_changed_in_the_outbox_is_not_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let headers = Vec::new();
    desk.fail(Call::Create, false, Act::Answer { status: 429, headers, body: String::new() });
    assert_eq!(person.submit().ended().0, "queued");
    fs::write(only_item(&person).join("bundle.zip"), "something else").unwrap();
    let outcome = person.send();
    assert_eq!(outcome.code, 65, "{}", outcome.stderr);
    assert_eq!(desk.tickets().len(), 0);
    assert_eq!(person.state(), "queued");
}

#[test]
fn an_outbox_that_cannot_be_written_stops_before_anything_is_sent() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let blocked = person.dir.path().join("blocked");
    fs::write(&blocked, "a file where a folder should be").unwrap();
    let mut command = person.command(&person.submit_args(&[]));
    let outcome = Outcome::of(command.env("XDG_STATE_HOME", &blocked).output().unwrap());
    assert_eq!(outcome.code, 74, "{}", outcome.stderr);
    assert_eq!(desk.calls(Call::Create), 0);
}

#[test]
fn submissions_can_be_shown_and_dropped_by_the_beginning_of_their_id() {
    let person = Submitter::new(NOWHERE);
    person.submit();
    let item = only_item(&person);
    let id = item.file_name().unwrap().to_str().unwrap()[..6].to_owned();
    let shown = person.run(&["outbox", "show", &id]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stdout.contains("since the update") && shown.stdout.contains("started"));
    assert_eq!(person.run(&["outbox", "show", "ffffffff-none"]).code, 66);
    let dropped = person.run(&["outbox", "drop", &id, "--yes", "--json"]);
    assert_eq!(dropped.code, 0, "{}", dropped.stderr);
    assert_eq!(dropped.json()["schema"], "keycase.outbox-drop/1");
    assert_eq!(dropped.json()["folder"], item.to_str().unwrap());
    assert!(person.items().is_empty());
    assert_eq!(person.run(&["outbox", "send"]).stdout, "nothing waits to be sent\n");
    assert!(person.run(&["outbox", "list"]).stdout.contains("empty"));
}

#[test]
fn its_own_bundle_fits_the_desk() {
    let desk = FakeFreshdesk::start();
    let person = Submitter::at(&desk);
    let noise = person.noise(20_000_000);
    let args = ["submit", "--describe", "x", "--yes", "--json", "--include", &noise];
    let outcome = person.run(&args);
    assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{}", outcome.stderr);
    let bytes = desk.tickets()[0].files[0].bytes.len();
    assert!((10_000_000..=19_000_000).contains(&bytes), "{bytes}");
}

/// A kind of desk may have a ticket text of its own, as data; the others keep the general one.
#[test]
fn a_kind_of_desk_can_have_a_template_of_its_own() {
    let general = include_str!("../../data/desks/ticket.toml");
    let own = general
        .replace("[ticket", "[ticket-for.freshdesk")
        .replace("[[ticket.", "[[ticket-for.freshdesk.")
        .replace("subject-without-drive = \"", "subject-without-drive = \"Own words: ");
    let person = Submitter::new(NOWHERE);
    let data = person.dir.path().join("data/desks");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("own.toml"), &own).unwrap();
    let root = data.parent().unwrap().to_str().unwrap();
    let preview = |desk: &str| {
        let more = ["--dry-run", "--data", root, "--desk", desk];
        person.run(&person.submit_args(&more)).stderr
    };
    assert!(preview("acme").contains("Own words: "), "{}", preview("acme"));
    assert!(!preview("outbox-only").contains("Own words: "));

    fs::write(data.join("own.toml"), own.replace("for.freshdesk", "for.freshdisk")).unwrap();
    let wrong = person.run(&person.submit_args(&["--dry-run", "--data", root]));
    assert!(wrong.stderr.contains("no kind of desk `freshdisk`"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("own.toml:"), "{}", wrong.stderr);
}
