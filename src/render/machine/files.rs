//! The files of the folder, by their place in it.

use super::serials::Serials;
use super::{about, bus};
use crate::bundle::Contents;
use crate::snapshot::{Drive, Lun, Snapshot};
use crate::text::json;

/// One file of the folder.
pub struct File {
    /// Its place, with `/` between folders.
    pub path: &'static str,
    /// Its content.
    pub text: String,
}

/// Reduces a bundle to a test machine.
pub fn reduce(contents: &Contents<'_>) -> Result<Vec<File>, serde_json::Error> {
    let serials = Serials::of(contents.snapshot);
    let mut snapshot = contents.snapshot.clone();
    serials.apply(&mut snapshot);
    snapshot.problems.clear();
    snapshot.others = Some(bus::hubs(&snapshot));
    let mut files = vec![
        File { path: "machine.toml", text: about::about(contents.manifest, &snapshot) },
        File { path: "bus.umockdev", text: bus::bus(&snapshot) },
        File { path: "snapshot.json", text: json::document(&snapshot)? },
        File { path: "root/proc/self/mountinfo", text: mounts(&snapshot) },
    ];
    files.extend(system(&snapshot));
    let log = contents.logs.iter().find(|log| log.name == "logs/kernel.log");
    files.extend(log.map(|log| File {
        path: "root/var/log/kern.log",
        text: serials.in_text(&String::from_utf8_lossy(&log.text)),
    }));
    Ok(files)
}

/// Where a scan reads the system's name and version.
fn system(snapshot: &Snapshot) -> impl Iterator<Item = File> {
    let host = &snapshot.host;
    let line = |text: &String| format!("{}\n", text.replace('\n', " "));
    let quoted = |text: &String| format!("PRETTY_NAME=\"{}\"\n", text.replace(['"', '\n'], " "));
    let file = |path, text: Option<String>| text.map(|text| File { path, text });
    [
        file("root/etc/os-release", host.os_version.as_ref().map(quoted)),
        file("root/proc/sys/kernel/osrelease", host.kernel.as_ref().map(line)),
        file("root/proc/sys/kernel/arch", host.arch.as_ref().map(line)),
    ]
    .into_iter()
    .flatten()
}

/// `proc/self/mountinfo` (proc(5)): the drives' own lines.
fn mounts(snapshot: &Snapshot) -> String {
    let units = snapshot.drives.iter().flat_map(|drive: &Drive| &drive.luns);
    let mut lines = vec!["25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n".to_owned()];
    for (unit, mount) in units.flat_map(|unit: &Lun| unit.mounts.iter().map(move |m| (unit, m))) {
        let Some(node) = &unit.node else { continue };
        let number = bus::device_number(node);
        let (id, target) = (60 + lines.len(), escaped(mount));
        let filesystem = unit.filesystem.as_deref().unwrap_or("auto");
        lines.push(format!(
            "{id} 25 {number} / {target} rw,nosuid,nodev shared:{id} - {filesystem} {node} rw\n"
        ));
    }
    lines.concat()
}

fn escaped(path: &str) -> String {
    let octal = |c: char| match c {
        ' ' | '\t' | '\n' | '\\' => format!("\\{:03o}", u32::from(c)),
        _ => c.to_string(),
    };
    path.chars().map(octal).collect()
}
