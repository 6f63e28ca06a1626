//! `machine.toml`: what the machine is, and what of it is made up.

use serde::Serialize;

use crate::bundle::Manifest;
use crate::snapshot::Snapshot;

#[derive(Serialize)]
struct About {
    about: String,
    fact: Vec<Fact>,
    made_up: MadeUp,
}

#[derive(Serialize)]
struct Fact {
    what: &'static str,
    source: String,
}

#[derive(Serialize)]
struct MadeUp {
    people: &'static str,
    serial: &'static str,
    tree: &'static str,
}

/// The text of `machine.toml`.
pub(super) fn about(manifest: &Manifest, snapshot: &Snapshot) -> String {
    let drives: Vec<String> = snapshot.drives.iter().map(|drive| drive.display_name()).collect();
    let drives = match drives.as_slice() {
        [] => "no secure drive".to_owned(),
        all => all.join(", "),
    };
    let (tool, made) = (&manifest.tool, manifest.created_at);
    let source = format!("a support bundle made {made} by {} {}", tool.name, tool.version);
    let about = About {
        about: format!(
            "A machine with {drives}, reduced from {source}. Say here what is special about it, \
             and why it is worth a test."
        ),
        fact: vec![
            Fact { what: "drives, interfaces, units, system", source: source.clone() },
            Fact { what: "the kernel log, where there is one", source },
        ],
        made_up: MadeUp {
            people: "names, addresses and labels: stand-ins that redaction has put there",
            serial: "serial numbers",
            tree: "controllers, hubs, device numbers, endpoints, partitions",
        },
    };
    toml::to_string(&about).unwrap_or_default()
}
