//! Which messages of services are about USB storage, and what is kept of them.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use crate::collect::Target;
use crate::collect::device_control::usbguard::{self, Rule};

/// Services that handle drives, by the name they log under. Sources: udisksd(8),
/// systemd-udevd.service(8), usbguard-daemon(8), fapolicyd(8), automount(8), fwupd(8);
/// polkitd logs refused requests to mount.
pub(super) const PROGRAMS: &[&str] = &[
    "usbguard-daemon",
    "usbguard",
    "udisksd",
    "systemd-udevd",
    "udevd",
    "systemd",
    "fapolicyd",
    "automount",
    "fwupd",
    "polkitd",
    "gvfsd",
    "gvfs-udisks2-volume-monitor",
];

/// Words of messages about drives, buses and mounts.
const WORDS: &[&str] = &[
    "usb",
    "scsi",
    "cdrom",
    "/dev/sd",
    "/dev/sr",
    "dev-sd",
    "dev-sr",
    "/dev/sg",
    "/dev/block",
    "mount",
    "removable",
    "udisks",
    "block device",
    "medium",
    "filesystem",
    "file system",
];

/// How a line of these programs begins that is a policy's decision: always wanted.
const DECISIONS: &[&str] = &["denied", "not authorized", "blocked", "reject", "Device is not"];

/// Programs whose every other message may name anything on the machine: of `systemd`, only
/// mounts and units of devices of the drives' kind are wanted.
const TALKATIVE: &[&str] = &["systemd", "polkitd", "gvfsd", "fwupd"];
const OF_TALKATIVE: &[&str] =
    &["dev-sd", "dev-sr", "/dev/sd", "/dev/sr", "usb", "media-", "udisks", "filesystem-mount"];

/// Decides about one message.
pub(super) struct Filter {
    words: Option<AhoCorasick>,
    decisions: Option<AhoCorasick>,
    talkative: Option<AhoCorasick>,
    target: Target,
}

impl Filter {
    pub(super) fn new(target: &Target) -> Self {
        let nodes = target.disks.iter().cloned();
        let ports = target.ports.iter().map(|port| format!("{port}:"));
        let own: Vec<String> = nodes.chain(ports).collect();
        let with = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned());
            search(words.chain(own.iter().cloned()))
        };
        Self {
            words: with(WORDS),
            decisions: search(DECISIONS),
            talkative: with(OF_TALKATIVE),
            target: target.clone(),
        }
    }

    /// What is kept of a line; `None` when it is not about a drive.
    pub(super) fn keep(&self, line: &[u8]) -> Option<Vec<u8>> {
        let (program, message) = parts(line)?;
        let program = std::str::from_utf8(program).ok()?;
        if !PROGRAMS.contains(&program) {
            return None;
        }
        if program.starts_with("usbguard") {
            return self.usbguard(line, message);
        }
        let words = if TALKATIVE.contains(&program) { &self.talkative } else { &self.words };
        let about_drives = words.as_ref().is_some_and(|words| words.is_match(message));
        let decides = self.decisions.as_ref().is_some_and(|words| words.is_match(message));
        let wanted = about_drives || (decides && program == "fapolicyd" && self.names_cd(message));
        wanted.then(|| line.to_vec())
    }

    /// A blocked program matters when it lies on one of the drives.
    fn names_cd(&self, message: &[u8]) -> bool {
        let mounts = self.target.launchers.iter().flat_map(|cd| &cd.mounts);
        mounts.into_iter().any(|mount| memchr::memmem::find(message, mount.as_bytes()).is_some())
    }

    /// USBGuard writes whole rules, with serial numbers and hashes of every device; what
    /// remains is the decision, and which device where only if it is one of the drives.
    fn usbguard(&self, line: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        let head = &line[..line.len() - message.len()];
        let text = String::from_utf8_lossy(message);
        let rule_at = ["allow ", "block ", "reject ", "match "]
            .iter()
            .filter_map(|word| text.find(&format!("{word}id ")))
            .min();
        let kept = match rule_at {
            None if text.contains("serial") || text.contains("hash") => return None,
            None => text.into_owned(),
            Some(at) => match usbguard::rule(text[at..].trim_end_matches('\''), &self.target) {
                Rule::Shown(rule) => format!("{}{rule}", before_rule(&text[..at])),
                Rule::OtherDevice | Rule::None => return None,
            },
        };
        Some([head, kept.as_bytes()].concat())
    }
}

/// What stands before a rule, unless it names a device itself.
fn before_rule(text: &str) -> &str {
    if ["serial", "hash", "name"].iter().any(|word| text.contains(word)) { "" } else { text }
}

fn search(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Option<AhoCorasick> {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(words).ok()
}

/// Program and message of `time host program[pid]: message`; the time is one word (ISO) or
/// three (RFC 3164 §4.1.2).
fn parts(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_iso = line.first()?.is_ascii_digit();
    let mut rest = line;
    for _ in 0..if is_iso { 2 } else { 4 } {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        rest = rest[space..].trim_ascii_start();
    }
    let colon = rest.windows(2).position(|pair| pair == b": ")?;
    let (tag, message) = (&rest[..colon], &rest[colon + 2..]);
    let name = tag.split(|byte| *byte == b'[').next()?;
    Some((name.rsplit(|byte| *byte == b'/').next()?, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(line: &str) -> Option<String> {
        let target = Target {
            ports: ["2-1".into()].into(),
            disks: ["sdx".into()].into(),
            ids: ["0951:1576".into()].into(),
            ..Target::default()
        };
        Some(String::from_utf8(Filter::new(&target).keep(line.as_bytes())?).unwrap())
    }

    #[test]
    fn messages_about_drives_are_wanted() {
        for line in [
            "2026-11-22T10:00:00+0000 pc udisksd[7]: Mounted /dev/sdb1 at /media/a/B",
            "Nov  2 10:00:00 pc systemd-udevd[9]: 2-1: Failed to create link",
            "Nov 22 10:00:00 pc systemd[1]: dev-sdb1.device: Job timed out.",
        ] {
            assert_eq!(keep(line).as_deref(), Some(line));
        }
    }

    #[test]
    fn messages_about_anything_else_are_not() {
        for line in [
            "2026-11-22T10:00:00+0000 pc sshd[7]: Accepted password from usb 192.0.2.1",
            "2026-11-22T10:00:00+0000 pc kernel: usb 1-1: new device",
            "2026-11-22T10:00:00+0000 pc systemd[1]: Started Session 3 of user eva.",
            "2026-11-22T10:00:00+0000 pc systemd[1]: Mounted /home/eva/secret.",
            "usb usb usb",
            "",
        ] {
            assert_eq!(keep(line), None, "{line}");
        }
    }

    #[test]
    fn usbguard_shows_its_decision_about_the_drive_only() {
        let head = "2026-11-22T10:00:00+0000 pc usbguard-daemon[7]: ";
        let line = format!(
            "{head}uid=0 pid=7 result='SUCCESS' device.rule='block id 0951:1576 serial \"AA11\" name \"I K\" hash \"h=\" via-port \"2-1\"' type='Device.Insert'"
        );
        let kept = keep(&line).unwrap();
        assert!(kept.contains("block id 0951:1576") && kept.contains("2-1"), "{kept}");
        assert!(!kept.contains("AA11") && !kept.contains("I K") && !kept.contains("h="), "{kept}");
        let foreign = line.replace("0951:1576", "046d:c31c");
        assert_eq!(keep(&foreign), None);
    }
}
