//! Names and addresses of the machine: hostname, domains, hardware addresses, machine id.

use super::Reading;
use crate::redact::Class;

/// Files with the machine's own name in the first line.
const NAMES: &[&str] = &["etc/hostname", "proc/sys/kernel/hostname", "etc/HOSTNAME"];

pub(super) fn read(reading: &mut Reading<'_>) {
    for path in NAMES {
        let text = reading.text(path);
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            host(reading, line);
        }
    }
    let text = reading.text("proc/sys/kernel/domainname");
    if text.trim() != "(none)" {
        reading.add(Class::Domain, &text);
    }
    machine_info(reading);
    own_lines_of_hosts(reading);
    resolver(reading);
    for path in ["etc/machine-id", "var/lib/dbus/machine-id"] {
        let text = reading.text(path);
        if text.trim() != "uninitialized" {
            reading.add(Class::Uuid, &text);
        }
    }
    for name in reading.names("sys/class/net") {
        let address = reading.text(&format!("sys/class/net/{name}/address"));
        // InfiniBand and tunnels have addresses of other lengths, or none.
        if address.trim().len() == 17 && address.chars().any(|c| c.is_ascii_hexdigit() && c != '0')
        {
            reading.add(Class::Mac, &address);
        }
    }
}

/// A host name, or a full name that is split into host and domain.
pub(super) fn host(reading: &mut Reading<'_>, name: &str) {
    let name = name.trim().trim_end_matches('.');
    match name.split_once('.') {
        Some((host, domain)) => {
            reading.add(Class::Host, host);
            reading.add(Class::Domain, domain);
        }
        None => reading.add(Class::Host, name),
    }
}

/// machine-info(5): the name people gave the machine.
fn machine_info(reading: &mut Reading<'_>) {
    let text = reading.text("etc/machine-info");
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("PRETTY_HOSTNAME=") {
            reading.add(Class::Host, name.trim_matches('"'));
        }
    }
}

/// hosts(5): Debian gives the machine's full name the address 127.0.1.1.
fn own_lines_of_hosts(reading: &mut Reading<'_>) {
    let text = reading.text("etc/hosts");
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or("").split_whitespace();
        let own =
            words.next().is_some_and(|address| address.starts_with("127.") || address == "::1");
        if own {
            for name in words {
                host(reading, name);
            }
        }
    }
}

/// resolv.conf(5).
fn resolver(reading: &mut Reading<'_>) {
    let text = reading.text("etc/resolv.conf");
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if matches!(words.next(), Some("search" | "domain")) {
            for domain in words.map(|word| word.trim_matches('.')) {
                reading.add(Class::Domain, domain);
            }
        }
    }
}
