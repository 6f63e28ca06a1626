//! One drive on the page: what it is, and what the policy says.

use super::documents::{Eligibility, Judged, Lifecycle, Policy, whom};
use super::view::clean;
use crate::render::scan::{fact, lock_state};
use crate::render::text::bytes;
use crate::snapshot::{Drive, Lun, LunRole, Managed};

/// A drive with everything the page says about it.
pub(super) struct DriveView {
    pub(super) name: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) verdict: Option<VerdictView>,
    pub(super) missing: Vec<String>,
}

/// What the policy says about it.
pub(super) struct VerdictView {
    pub(super) tone: &'static str,
    pub(super) words: &'static str,
    pub(super) reasons: Vec<ReasonView>,
    pub(super) lifecycle: String,
    pub(super) ask: Vec<String>,
    pub(super) policy: String,
}

/// One clause that spoke.
pub(super) struct ReasonView {
    pub(super) effect: &'static str,
    pub(super) text: String,
    pub(super) evidence: String,
    pub(super) source: String,
}

impl DriveView {
    pub(super) fn new(drive: &Drive, eligibility: &Eligibility) -> Self {
        let port = drive.port.to_string();
        let judged = eligibility.drives.iter().find(|d| d.port.as_deref() == Some(&port));
        let missing = drive.missing.iter().map(|missing| {
            clean(&format!(
                "{}: {}. To settle it: {}.",
                fact(&missing.fact),
                missing.because,
                missing.fix
            ))
        });
        Self {
            name: clean(&drive.display_name()),
            facts: facts(drive),
            verdict: judged.and_then(|judged| verdict(judged, &eligibility.policy)),
            missing: missing.collect(),
        }
    }
}

fn facts(drive: &Drive) -> Vec<(&'static str, String)> {
    let usb = &drive.usb;
    let unknown = || "not known".to_owned();
    let id = |text: Option<String>| text.unwrap_or_else(|| "????".into());
    let vid_pid =
        format!("{}:{}", id(usb.vid.map(|v| v.to_string())), id(usb.pid.map(|p| p.to_string())));
    let device = usb.bcd_device.map_or(String::new(), |bcd| format!(", bcdDevice {bcd}"));
    let text = |value: &Option<String>| value.as_deref().map_or_else(unknown, clean);
    let mut facts = vec![
        ("Port", drive.port.to_string()),
        ("USB id", vid_pid + &device),
        ("Serial number", text(&usb.serial)),
        ("Speed", usb.speed_mbps.map_or_else(unknown, |speed| speed.to_string())),
        ("State", lock_state(drive.lock_state).to_owned()),
        ("Firmware", text(&drive.firmware.version)),
        ("Managed", managed(drive.managed).to_owned()),
    ];
    facts.extend(drive.luns.iter().map(|lun| (role(lun), unit(lun))));
    facts
}

fn managed(managed: Managed) -> &'static str {
    match managed {
        Managed::Yes => "yes",
        Managed::Likely => "likely",
        Managed::No => "no",
        Managed::Unknown => "not known",
    }
}

fn role(lun: &Lun) -> &'static str {
    match lun.role {
        LunRole::Launcher => "Launcher unit",
        LunRole::Data => "Data unit",
        LunRole::Unknown => "Unit",
    }
}

fn unit(lun: &Lun) -> String {
    let size = match lun.size_bytes {
        Some(0) => Some("no medium".to_owned()),
        size => size.map(bytes),
    };
    let read_only = lun.read_only.filter(|read_only| *read_only).map(|_| "read-only".to_owned());
    let words = [lun.vendor.clone(), lun.model.clone(), lun.revision.clone()];
    let inquiry: Vec<String> = words.into_iter().flatten().collect();
    let parts =
        [Some(inquiry.join(" ")), size, lun.filesystem.clone(), read_only, lun.node.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "nothing known".to_owned() } else { clean(&parts.join(", ")) }
}

fn verdict(judged: &Judged, policy: &Policy) -> Option<VerdictView> {
    let (tone, words) = match judged.verdict.as_deref()? {
        "eligible" => ("good", "Eligible for support"),
        "not_eligible" => ("bad", "Not eligible for support"),
        "needs_information" => ("ask", "Eligibility depends on open questions"),
        _ => ("open", "Eligibility is not known"),
    };
    let text = |value: &Option<String>| value.as_deref().map(clean).unwrap_or_default();
    let reasons = judged.reasons.iter().map(|reason| ReasonView {
        effect: effect(reason.effect.as_deref()),
        text: text(&reason.text),
        evidence: text(&reason.evidence).trim_end_matches('.').to_owned(),
        source: text(&reason.source).trim_end_matches('.').to_owned(),
    });
    let mut ask: Vec<String> = judged.ask.iter().map(|ask| text(&ask.question)).collect();
    let (maker, meanwhile) = (judged.vendor.as_deref(), judged.meanwhile.as_ref());
    let whom = match meanwhile {
        Some(row) => whom(row.contact.as_deref(), maker, row.unless.as_deref()),
        None => whom(judged.contact.as_deref(), maker, None),
    };
    ask.extend(whom.map(|whom| format!("Turn to {whom}.")));
    let version = policy.version.as_deref().map(|version| format!("version {version}"));
    let parts = [policy.id.clone(), version, policy.source.clone()];
    let policy: Vec<String> = parts.into_iter().flatten().map(|part| clean(&part)).collect();
    Some(VerdictView {
        tone,
        words,
        reasons: reasons.collect(),
        lifecycle: lifecycle(&judged.lifecycle),
        ask,
        policy: policy.join(", "),
    })
}

/// What a clause does, in a word.
fn effect(effect: Option<&str>) -> &'static str {
    match effect {
        Some("allows") => "Met",
        Some("excludes") => "Excludes",
        Some("asks") => "Open",
        _ => "Not known",
    }
}

/// A missing date is said to be missing; it never reads as "supported".
fn lifecycle(life: &Lifecycle) -> String {
    let checked = life.checked.as_deref().map(|day| format!(" (checked {day})"));
    let source = life.source.as_deref().map(|source| format!(" Source: {source}."));
    let (checked, source) = (checked.unwrap_or_default(), source.unwrap_or_default());
    let ending = match life.ending.as_deref() {
        Some("support") => "End of support",
        _ => "End of life",
    };
    clean(&match (life.status.as_deref(), life.ends.as_deref()) {
        (Some("ended"), Some(day)) => format!("{ending} was {day}{checked}.{source}"),
        (Some("supported"), Some(day)) => format!("{ending} is {day}{checked}.{source}"),
        (Some(_), _) => format!("No published end-of-life date known{checked}.{source}"),
        (None, _) => return String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_named_for_what_ends() {
        let life = |ending: Option<&str>| Lifecycle {
            status: Some("ended".into()),
            ends: Some("2026-06-30".into()),
            ending: ending.map(str::to_owned),
            ..Lifecycle::default()
        };
        for (ending, wanted) in [
            (Some("support"), "End of support was 2026-06-30."),
            (Some("life"), "End of life was 2026-06-30."),
            // Bundles of earlier releases do not say it, and knew only this end.
            (None, "End of life was 2026-06-30."),
        ] {
            assert_eq!(lifecycle(&life(ending)), wanted);
        }
    }
}
