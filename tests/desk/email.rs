//! A desk that is reached by mail, against a mail server that fails at every stage.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::submitter::{Outcome, Submitter};

/// What the server does wrong, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    /// This answer to this command.
    Answers(&'static str, &'static str),
    /// Closes the connection at this command.
    ClosesAt(&'static str),
    /// Closes the connection after the whole message; it was taken, or not.
    ClosesAfterMessage {
        taken: bool,
    },
    /// Closes the connection in the middle of the message.
    ClosesInMessage,
}

struct MailServer {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<String>>>,
    trouble: Arc<Mutex<Trouble>>,
}

impl MailServer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let trouble = Arc::new(Mutex::new(Trouble::None));
        let (taken_too, trouble_too) = (taken.clone(), trouble.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let trouble = *trouble_too.lock().unwrap();
                serve(&stream.unwrap(), trouble, &taken_too);
            }
        });
        Self { address, taken, trouble }
    }

    fn fail(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, trouble: Trouble, taken: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream.try_clone().ok()?;
    stream.write_all(b"220 mail.test\r\n").ok()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let command = line.split([' ', '\r']).next()?.to_ascii_uppercase();
        match trouble {
            Trouble::ClosesAt(at) if at == command => return None,
            Trouble::Answers(at, answer) if at == command => {
                stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
                continue;
            }
            _ => {}
        }
        let answer = match command.as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                let message = message(&mut reader, trouble)?;
                if trouble != (Trouble::ClosesAfterMessage { taken: false }) {
                    taken.lock().unwrap().push(message);
                }
                if matches!(trouble, Trouble::ClosesAfterMessage { .. }) {
                    return None;
                }
                "250 taken"
            }
            "QUIT" => "221 bye",
            "EHLO" => "250 mail.test",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
    }
}

fn message(reader: &mut impl BufRead, trouble: Trouble) -> Option<String> {
    let mut message = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if trouble == Trouble::ClosesInMessage {
            return None;
        }
        if line == ".\r\n" {
            return Some(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn person(server: &MailServer) -> Submitter {
    let person = Submitter::new("http://127.0.0.1:1");
    let url = format!("smtp://{}", server.address);
    person.configure_kind("email", &url, "to = \"help@desk.example\"");
    person
}

/// The base64 body of the part that has the bundle.
fn enclosed(message: &str) -> Vec<u8> {
    use base64::Engine as _;
    let part = message.split("\r\n--").find(|part| part.contains("application/zip")).unwrap();
    let body = part.split_once("\r\n\r\n").unwrap().1;
    let plain: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    base64::prelude::BASE64_STANDARD.decode(plain).unwrap()
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let line = message.lines().find(|line| line.starts_with(&format!("{name}: "))).unwrap();
    &line[name.len() + 2..]
}

#[test]
fn one_mail_with_the_bundle_and_an_id_of_its_own() {
    let server = MailServer::start();
    let person = person(&server);
    let outcome = person.submit();
    assert_eq!(outcome.ended(), ("sent".to_owned(), 0), "{}", outcome.stderr);
    let mails = server.taken();
    assert_eq!(mails.len(), 1);
    let submission = outcome.json()["submission"].as_str().unwrap().to_owned();
    let id = header(&mails[0], "Message-ID");
    assert_eq!(id, format!("<keycase.{submission}@example.org>"));
    assert_eq!(outcome.json()["ticket"]["id"], id);
    assert_eq!(header(&mails[0], "From"), "a.user+x@example.org");
    assert_eq!(header(&mails[0], "To"), "help@desk.example");
    assert_eq!(header(&mails[0], "Date"), "Sun, 22 Nov 2026 10:00:00 +0000");
    assert!(enclosed(&mails[0]) == person.bundle_bytes(), "the bundle changed on its way");
}

#[test]
fn every_fault_ends_in_what_is_certain() {
    let refuses = |command, answer| Trouble::Answers(command, answer);
    for (trouble, state, code) in [
        (Trouble::ClosesAt("EHLO"), "queued", 75),
        (Trouble::ClosesAt("MAIL"), "queued", 75),
        (Trouble::ClosesAt("DATA"), "queued", 75),
        (refuses("MAIL", "451 later"), "queued", 75),
        (refuses("RCPT", "550 no such desk"), "rejected", 76),
        (refuses("DATA", "552 too large"), "rejected", 76),
        (Trouble::ClosesInMessage, "ambiguous", 75),
        (Trouble::ClosesAfterMessage { taken: true }, "ambiguous", 75),
        (Trouble::ClosesAfterMessage { taken: false }, "ambiguous", 75),
    ] {
        let server = MailServer::start();
        let person = person(&server);
        server.fail(trouble);
        let outcome = person.submit();
        assert_eq!(outcome.ended(), (state.to_owned(), code), "{trouble:?}: {}", outcome.stderr);
        server.fail(Trouble::None);
        let before = server.taken().len();
        person.send();
        let sent_again = server.taken().len() - before;
        assert_eq!(sent_again, usize::from(state == "queued"), "{trouble:?}");
    }
}

#[test]
fn sent_again_it_is_the_same_message() {
    let server = MailServer::start();
    let person = person(&server);
    server.fail(Trouble::ClosesAfterMessage { taken: true });
    let outcome = person.submit();
    server.fail(Trouble::None);
    let id = outcome.json()["submission"].as_str().unwrap().to_owned();
    let again = person.run(&["outbox", "send", &id, "--again", "--json"]);
    assert_eq!(again.ended(), ("sent".to_owned(), 0), "{}", again.stderr);
    let mails = server.taken();
    assert_eq!(mails.len(), 2);
    assert!(mails[0] == mails[1], "a mailbox could not tell that it is one");
}

#[test]
fn what_does_not_fit_or_is_not_secure_is_said_before_anything_is_sent() {
    let server = MailServer::start();
    let person = person(&server);
    let small = "to = \"help@desk.example\"\nattachment-bytes = 100";
    person.configure_kind("email", &format!("smtp://{}", server.address), small);
    assert_eq!(person.submit().code, 65);
    for (url, settings) in [
        ("smtp://mail.example", ""),
        ("https://mail.example", "to = \"help@desk.example\""),
        ("smtp://me:secret9@mail.example", "to = \"help@desk.example\""),
    ] {
        person.configure_kind("email", url, settings);
        let outcome = person.submit();
        assert_eq!(outcome.code, 78, "{url}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("secret9"));
    }
    assert!(server.taken().is_empty());
}

#[test]
fn a_password_does_not_leave_without_tls() {
    let server = MailServer::start();
    let person = person(&server);
    let settings = "to = \"help@desk.example\"\nuser = \"mailer\"";
    person.configure_kind("email", &format!("smtp://{}", server.address), settings);
    // This server has no STARTTLS, and even on this machine a password needs it.
    let outcome: Outcome = person.submit();
    assert_ne!(outcome.ended().0, "sent");
    assert!(server.taken().is_empty());
}

/// U+202E turns the text after it around: what is read is not what is there.
#[test]
fn no_override_comes_out_of_an_answer_or_gets_into_a_subject() {
    let server = MailServer::start();
    let person = person(&server);
    let bundle = person.bundle.to_str().unwrap();
    let args = ["submit", bundle, "--yes", "--json", "--describe", "\tit\u{202e} blinks"];
    server.fail(Trouble::Answers("RCPT", "550 no \u{202e}such desk"));
    let refused = person.run(&args);
    let error = refused.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("550") && error.contains("such desk"), "{error}");
    assert!(!error.contains('\u{202e}'), "{error:?}");
    server.fail(Trouble::None);
    let submission = refused.json()["submission"].as_str().unwrap().to_owned();
    assert_eq!(person.run(&["outbox", "send", &submission]).code, 0);
    let mails = server.taken();
    assert!(header(&mails[0], "Subject").contains("blinks"), "{}", mails[0]);
    assert!(!mails[0].contains('\u{202e}') && !mails[0].contains("=E2=80=AE"));
}
