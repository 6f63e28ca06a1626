//! People: accounts, their homes and full names, and what the environment tells.

use super::{Reading, network};
use crate::redact::Class;

/// Accounts of people start here on current systems (login.defs(5), `UID_MIN`).
const FIRST_PERSON: u32 = 1000;

/// `nobody`, which is nobody.
const NOBODY: u32 = 65534;

/// Variables that hold an account name.
const USERS: &[&str] = &["USER", "LOGNAME", "USERNAME", "SUDO_USER", "DOAS_USER"];

/// Variables that hold a home folder.
const HOMES: &[&str] = &["HOME", "USERPROFILE"];

/// Variables that name the machine.
const HOSTS: &[&str] = &["HOSTNAME", "HOST", "COMPUTERNAME", "USERDOMAIN"];

pub(super) fn read(reading: &mut Reading<'_>, environment: &[(String, String)]) {
    let text = reading.text("etc/passwd");
    for line in text.lines() {
        account(reading, line);
    }
    for name in reading.names("home") {
        reading.add(Class::User, &name);
    }
    for (name, value) in environment {
        match name.as_str() {
            name if USERS.contains(&name) => reading.add(Class::User, value),
            name if HOMES.contains(&name) => home(reading, value),
            name if HOSTS.contains(&name) => network::host(reading, value),
            "USERDNSDOMAIN" => reading.add(Class::Domain, value),
            "EMAIL" | "DEBEMAIL" | "GIT_AUTHOR_EMAIL" => reading.add(Class::Email, value),
            _ => {}
        }
    }
}

/// passwd(5): name, password, uid, gid, full name and more, home, shell.
fn account(reading: &mut Reading<'_>, line: &str) {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, uid, _, about, folder, ..] = fields.as_slice() else { return };
    let person = uid.parse().is_ok_and(|uid: u32| uid >= FIRST_PERSON && uid != NOBODY);
    if !person {
        return;
    }
    reading.add(Class::User, name);
    // The first part of the fourth field is the full name; the rest are rooms and phones.
    for part in about.split(',') {
        if part.trim().len() >= 4 {
            reading.add(Class::User, part);
        }
    }
    home(reading, folder);
}

/// A home folder is named after its owner, wherever it lies.
fn home(reading: &mut Reading<'_>, path: &str) {
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or("");
    if !matches!(name, "" | "root" | "nonexistent" | "home") {
        reading.add(Class::User, name);
    }
}
