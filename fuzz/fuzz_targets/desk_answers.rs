//! Any bytes as the answers of a desk: what comes of it is bounded, tells nothing of the key,
//! steers no terminal, names a page at that desk only; and a desk that said yes is never taken
//! for one that did nothing.
//!
//! The first byte chooses the desk, the second what it is asked for; the byte 0x01 stands for
//! the key.
#![no_main]

use std::fs::File;
use std::io::Write;
use std::sync::{Arc, LazyLock};

use keycase::desk::{Attachment, BundleInfo, Desk, Failure, Meter, Ticket};
use keycase_fuzz::desk::{Bed, KEY, request};
use keycase_fuzz::shown;

/// Twenty pages of two lists, and what stands around them.
const MOST_QUESTIONS: usize = 64;

const BUNDLE: &[u8] = b"PK\x05";
const SHA256: &str = "7ae2355db41bec9801c6a42b74572eb8156db6f7cc2bd42ab03c72c5d7f0c6eb";

thread_local! {
    static BED: Bed = Bed::start();
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [which, what, answers @ ..] = bytes else { return };
    let mut sown = Vec::with_capacity(answers.len());
    for &byte in answers {
        match byte {
            1 => sown.extend_from_slice(KEY.as_bytes()),
            byte => sown.push(byte),
        }
    }
    BED.with(|bed| {
        bed.answers.set(&sown);
        let desk = &bed.desks[usize::from(*which) % bed.desks.len()];
        let said_yes = matches!(sown.first(), Some(b'{' | b'['));
        ask(desk.as_ref(), *what % 8, &bed.url, said_yes);
        assert!(bed.answers.asked() <= MOST_QUESTIONS, "the desk was asked without end");
    });
});

fn ask(desk: &dyn Desk, what: u8, url: &str, said_yes: bool) {
    let request = request();
    let since = request.agreed_at;
    let own = Ticket { id: "7".into(), url: None, requester: None };
    let bundle = BundleInfo { file: "b.zip".into(), sha256: SHA256.into(), bytes: 3 };
    match what {
        0 => match desk.create(&request, None) {
            Ok(made) => ticket(&made, url),
            Err(wrong) => {
                assert!(!(said_yes && (wrong.is_harmless() || wrong.is_final())), "{wrong}");
                failure(&wrong);
            }
        },
        1 => {
            let mut content = tempfile::tempfile().expect("a file");
            content.write_all(BUNDLE).expect("a file");
            ended(desk.attach(&own, attachment(&content), "words"));
        }
        2 => ended(desk.note(&own, "words")),
        3 => ended(desk.has_attachment(&own, &bundle)),
        4 => match desk.find(&request, since) {
            Ok(found) => found.iter().for_each(|found| ticket(found, url)),
            Err(wrong) => failure(&wrong),
        },
        5 => match desk.status("7") {
            Ok(status) => {
                ticket(&status.ticket, url);
                let line = keycase::text::json::line(&status).expect("a status is JSON");
                shown::check_line(line.trim_end());
            }
            Err(wrong) => failure(&wrong),
        },
        6 => match desk.validate(&request) {
            Ok(wrong) => wrong.iter().for_each(|line| shown::check_line(line)),
            Err(wrong) => failure(&wrong),
        },
        _ => ended(desk.probe()),
    }
}

fn attachment(content: &File) -> Attachment<'_> {
    static METER: LazyLock<Meter> = LazyLock::new(|| Arc::new(|_, _| {}));
    Attachment { name: "b.zip", bytes: 3, sha256: SHA256, content, meter: &METER }
}

fn ended<T>(outcome: Result<T, Failure>) {
    if let Err(wrong) = outcome {
        failure(&wrong);
    }
}

fn failure(wrong: &Failure) {
    let text = wrong.to_string();
    assert!(text.len() <= 4096, "a message of {} bytes", text.len());
    assert!(!text.contains(KEY), "the key is in a message: {text}");
    shown::check_line(&text);
}

fn ticket(ticket: &Ticket, url: &str) {
    assert!(ticket.id.parse::<u64>().is_ok(), "{ticket:?}");
    assert!(ticket.url.as_ref().is_none_or(|page| page.starts_with(url)), "{ticket:?}");
}
