//! What a kernel log says about ports: something came, went, or had trouble.
//!
//! Sources: messages of drivers/usb/core/hub.c, drivers/scsi/sd.c and block/blk-core.c of
//! Linux. A line that names no port and no disk of a drive is no event.

use jiff::Timestamp;

use super::view::clean;
use crate::bundle::Log;
use crate::diagnose::{Clock, written_at};
use crate::snapshot::{PortPath, Snapshot};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Attached,
    Detached,
    Trouble,
}

/// Something that happened at a port.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) port: PortPath,
    pub(super) kind: Kind,
    /// The kernel's own words.
    pub(super) text: String,
}

/// More than this is no picture any more; the newest stay.
const MOST: usize = 400;

/// A longer message is cut.
const LONGEST: usize = 200;

/// What the kernel says of trouble, in lower case.
const TROUBLE: [&str; 14] = [
    "error",
    "failed",
    "unable to",
    "cannot ",
    "can't ",
    "not accepting",
    "not responding",
    "not authorized",
    "over-current",
    "reset ",
    "timed out",
    "insufficient",
    "rejected",
    "offline",
];

/// The events of all logs in order of time, and how many older ones were left out.
pub(super) fn events(logs: &[Log], snapshot: &Snapshot) -> (Vec<Event>, usize) {
    // Stamps that count from the start of the system are placed as if it had started at
    // the epoch; a log has one kind of stamp.
    let clock = Clock { now: snapshot.taken_at, boot: Some(Timestamp::UNIX_EPOCH) };
    let mut all: Vec<Event> = Vec::new();
    for log in logs.iter().filter(|log| log.name.ends_with(".log")) {
        let lines = log.text.split(|byte| *byte == b'\n');
        all.extend(lines.filter_map(|line| event(line, clock, snapshot)));
    }
    // Two logs may have the same line.
    all.sort_by(|a, b| (a.at, &a.port, &a.text).cmp(&(b.at, &b.port, &b.text)));
    all.dedup_by(|a, b| (a.at, &a.port, &a.text) == (b.at, &b.port, &b.text));
    let older = all.len().saturating_sub(MOST);
    all.drain(..older);
    (all, older)
}

/// Whether a time counts from the start of the system.
pub(super) fn since_start(at: Timestamp) -> bool {
    // Nobody's system has run for ten years without a restart.
    at.as_second() < 10 * 366 * 24 * 3600
}

fn event(line: &[u8], clock: Clock, snapshot: &Snapshot) -> Option<Event> {
    let at = written_at(line, clock)?;
    let line = String::from_utf8_lossy(line);
    let message = message(&line);
    let (port, said) = of_port(message).or_else(|| of_disk(message, snapshot))?;
    let kind = kind(said)?;
    let text = clean(said).chars().take(LONGEST).collect();
    Some(Event { at, port, kind, text })
}

/// What the kernel itself said, without the stamps before it.
fn message(line: &str) -> &str {
    let rest = line.split_once("kernel: ").map_or(line, |(_, rest)| rest).trim_start();
    match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((stamp, rest)) if stamp.trim().parse::<f64>().is_ok() => rest.trim_start(),
        _ => rest,
    }
}

/// `usb 2-1.4: …`, `usb usb2-port1: …`, `usb 2-1-port4: …`.
fn of_port(message: &str) -> Option<(PortPath, &str)> {
    let (name, said) = message.strip_prefix("usb ")?.split_once(": ")?;
    let port = match name.split_once("-port") {
        None => name.to_owned(),
        Some((hub, port)) => match hub.strip_prefix("usb") {
            Some(bus) => format!("{bus}-{port}"),
            None => format!("{hub}.{port}"),
        },
    };
    Some((port.parse().ok()?, said))
}

/// `sd 6:0:0:0: [sdb] …`, `I/O error, dev sdb, sector …`, `FAT-fs (sdb1): …`.
fn of_disk<'m>(message: &'m str, snapshot: &Snapshot) -> Option<(PortPath, &'m str)> {
    let named = |node: &str| {
        let disk = node.strip_prefix("/dev/").unwrap_or(node);
        let forms = [format!("[{disk}]"), format!("dev {disk}"), format!("({disk}")];
        forms.iter().any(|form| message.contains(form.as_str()))
    };
    let of = |drive: &&crate::snapshot::Drive| {
        drive.luns.iter().filter_map(|lun| lun.node.as_deref()).any(named)
    };
    Some((snapshot.drives.iter().find(of)?.port.clone(), message))
}

fn kind(said: &str) -> Option<Kind> {
    let lower = said.to_ascii_lowercase();
    if lower.starts_with("usb disconnect") {
        return Some(Kind::Detached);
    }
    if lower.starts_with("new ") && lower.contains("usb device number") {
        return Some(Kind::Attached);
    }
    TROUBLE.iter().any(|word| lower.contains(word)).then_some(Kind::Trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, Kind)> {
        let snapshot: Snapshot = serde_json::from_str(include_str!(
            "../../../tests/machines/locked-sentry-one/snapshot.json"
        ))
        .unwrap();
        let clock = Clock { now: snapshot.taken_at, boot: Some(Timestamp::UNIX_EPOCH) };
        event(line.as_bytes(), clock, &snapshot).map(|e| (e.port.to_string(), e.kind))
    }

    #[test]
    fn lines_of_the_kernel_become_events() {
        let at = "2026-11-22T08:14:03.0+00:00 pc kernel: [  515.000000] ";
        for (line, port, kind) in [
            ("usb 2-1: new SuperSpeed USB device number 2 using xhci_hcd", "2-1", Kind::Attached),
            ("usb 2-1.4: USB disconnect, device number 2", "2-1.4", Kind::Detached),
            ("usb 1-3: device descriptor read/64, error -71", "1-3", Kind::Trouble),
            ("usb usb1-port3: unable to enumerate USB device", "1-3", Kind::Trouble),
            ("usb 1-2-port4: cannot reset (err = -110)", "1-2.4", Kind::Trouble),
            ("I/O error, dev sdb, sector 0 op 0x0:(READ)", "2-1", Kind::Trouble),
        ] {
            assert_eq!(read(&format!("{at}{line}")), Some((port.to_owned(), kind)), "{line}");
        }
        assert_eq!(
            read("[   12.345678] usb 1-1: USB disconnect").map(|e| e.1),
            Some(Kind::Detached)
        );
        for other in ["usb 2-1: Product: Sentry", "I/O error, dev sda, sector 0", "usb x: new", ""]
        {
            assert_eq!(read(&format!("{at}{other}")), None, "{other}");
        }
    }
}
