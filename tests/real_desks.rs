//! Desks and networks that are real: `tests/desks/run` starts them and runs these tests, which
//! are ignored otherwise. `tests/desks/README.md` says what they prove.

#![cfg(all(feature = "submit", target_os = "linux"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "real_desks/disk.rs"]
mod disk;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/fake_freshdesk.rs"]
mod fake_freshdesk;
#[path = "support/http.rs"]
mod http;
#[path = "real_desks/keyring.rs"]
mod keyring;
#[path = "real_desks/mail.rs"]
mod mail;
#[path = "support/multipart.rs"]
mod multipart;
#[path = "real_desks/network.rs"]
mod network;
#[path = "real_desks/request_tracker.rs"]
mod request_tracker;
#[expect(dead_code, reason = "shared with other tests")]
#[path = "support/submitter.rs"]
mod submitter;

use std::process::Command;

use serde_json::Value;

/// A variable that `tests/desks/run` sets.
fn set(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; use tests/desks/run"))
}

/// Asks Request Tracker as its administrator, through a client of its own.
fn ask(path: &str) -> Value {
    let url = format!("{}/REST/2.0/{path}", set("RT_URL"));
    let login = format!("Authorization: token {}", set("RT_TOKEN_ROOT"));
    let asked = Command::new("curl").args(["-sS", "-g", "-H", &login, &url]).output().unwrap();
    serde_json::from_slice(&asked.stdout).unwrap_or_else(|error| {
        panic!("{path}: {error}: {}", String::from_utf8_lossy(&asked.stdout))
    })
}

/// Names and SHA-256 of a ticket's files, as they come back.
fn files_of(ticket: &str) -> Vec<(String, String)> {
    use base64::Engine as _;
    let list = ask(&format!("ticket/{ticket}/attachments?fields=Filename&per_page=100"));
    let named = list["items"].as_array().unwrap().iter().filter_map(|item| {
        let name = item["Filename"].as_str().filter(|name| !name.is_empty())?;
        Some((name.to_owned(), item["id"].as_str().unwrap().to_owned()))
    });
    named
        .map(|(name, id)| {
            let content = ask(&format!("attachment/{id}"))["Content"].as_str().unwrap().to_owned();
            let packed: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            (name, sha256(&base64::prelude::BASE64_STANDARD.decode(packed).unwrap()))
        })
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
