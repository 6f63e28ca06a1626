//! A snapshot for people: one block a drive, 80 columns, no colour needed.

use std::fmt::Write as _;

use super::text::{bytes, count, labelled};
use crate::snapshot::{
    Confidence, Drive, LockState, Lun, LunRole, LunType, Managed, OtherDevice, Snapshot,
};
use crate::text::visible;

/// Renders a snapshot; device text is made visible.
pub fn table(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    for drive in &snapshot.drives {
        block(&mut out, drive);
    }
    if let Some(others) = &snapshot.others {
        other_devices(&mut out, others);
    }
    for problem in &snapshot.problems {
        labelled(&mut out, "problem", &format!("{}: {}", problem.place, problem.what));
    }
    out
}

fn block(out: &mut String, drive: &Drive) {
    let name = drive.display_name();
    let _ = writeln!(out, "{}  {}, {}", drive.port, visible(&name), lock_state(drive.lock_state));
    labelled(out, "ids", &ids(drive));
    labelled(out, "serial", drive.usb.serial.as_deref().unwrap_or("not published"));
    labelled(out, "link", &link(drive));
    for lun in &drive.luns {
        labelled(out, role(lun), &unit(lun));
    }
    labelled(out, "managed", managed(drive.managed));
    labelled(out, "known by", &known_by(drive));
    for group in drive.missing.chunk_by(|a, b| a.fix == b.fix) {
        let facts: Vec<String> = group.iter().map(|missing| fact(&missing.fact)).collect();
        labelled(out, "not known", &format!("{}: {}", facts.join(", "), group[0].fix));
    }
    out.push('\n');
}

/// A fact that a snapshot can miss, in words; one of another release by its name.
pub fn fact(name: &str) -> String {
    match name {
        "identity.model" => "model".to_owned(),
        "usb.serial" => "serial number".to_owned(),
        "managed" => "whether it is managed".to_owned(),
        name => name.replace(['.', '_'], " "),
    }
}

/// The lock state in words.
pub fn lock_state(state: LockState) -> &'static str {
    state.known().unwrap_or("lock state not known")
}

fn ids(drive: &Drive) -> String {
    let usb = &drive.usb;
    let vid = usb.vid.map_or("????".into(), |v| v.to_string());
    let pid = usb.pid.map_or("????".into(), |p| p.to_string());
    let mut text = format!("{vid}:{pid}");
    if let Some(bcd) = usb.bcd_device {
        let _ = write!(text, ", bcdDevice {bcd}");
    }
    let strings: Vec<&str> =
        [&usb.manufacturer, &usb.product].into_iter().flatten().map(String::as_str).collect();
    if !strings.is_empty() {
        let _ = write!(text, ", says it is \"{}\"", strings.join(" "));
    }
    text
}

fn link(drive: &Drive) -> String {
    let usb = &drive.usb;
    let mut parts = Vec::new();
    if usb.authorized == Some(false) {
        parts.push("not authorized by the kernel".to_owned());
    }
    parts.push(usb.speed_mbps.map_or("speed not known".into(), |speed| speed.to_string()));
    if let Some(version) = &usb.usb_version {
        parts.push(format!("USB {version}"));
    }
    if let Some(power) = usb.max_power_ma {
        parts.push(format!("{power} mA"));
    }
    if drive.port.hubs() > 0 {
        parts.push(format!("behind {}", count(drive.port.hubs(), "hub")));
    }
    parts.join(", ")
}

fn role(lun: &Lun) -> &'static str {
    match lun.role {
        LunRole::Launcher => "launcher",
        LunRole::Data => "data",
        LunRole::Unknown => "unit",
    }
}

fn unit(lun: &Lun) -> String {
    let kind = match lun.kind {
        LunType::Cdrom => "CD-ROM",
        LunType::Disk => "disk",
        LunType::Other => "unit",
    };
    let strings: Vec<&str> = [&lun.vendor, &lun.model, &lun.revision]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|s| !s.is_empty())
        .collect();
    let mut parts = vec![format!("{kind} {}", strings.join(" ")).trim().to_owned()];
    parts.push(match lun.size_bytes {
        None => "size not known".into(),
        Some(0) => "no medium".into(),
        Some(size) => bytes(size),
    });
    parts.extend(lun.node.clone());
    if let Some(label) = &lun.label {
        parts.push(format!("label \"{label}\""));
    }
    parts.extend(lun.filesystem.clone());
    if lun.read_only == Some(true) {
        parts.push("read-only".into());
    }
    parts.extend(lun.mounts.iter().map(|mount| format!("mounted on {mount}")));
    parts.join(", ")
}

/// Whether a drive is managed, in a word.
pub fn managed(managed: Managed) -> &'static str {
    managed.known().unwrap_or("not known")
}

fn known_by(drive: &Drive) -> String {
    let identity = &drive.identity;
    let sure = match identity.confidence {
        Confidence::Exact => "model known",
        Confidence::Family => "family known, model not",
        Confidence::Vendor => "maker known, product not",
        Confidence::None => "nothing known fits",
    };
    match identity.matched_on.is_empty() {
        true => sure.to_owned(),
        false => format!("{} ({sure})", identity.matched_on.join(", ")),
    }
}

fn other_devices(out: &mut String, others: &[OtherDevice]) {
    for other in others {
        let class = other.class.map_or("class not known".into(), |c| format!("class {c:02x}"));
        let speed = other.speed_mbps.map_or("speed not known".into(), |s| s.to_string());
        let _ = writeln!(out, "{}  another USB device, {class}, {speed}", other.port);
    }
}
