//! Whom a person turns to with a ticket that they hand over themselves.

use super::contact::{called, way};
use crate::desk::{HandOver, fill};
use crate::policy::{Channel, Contact, Policy};

/// Whom the verdicts about all drives name instead of the policy's own desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whom.
    pub contact: Contact,
    /// Who makes the drives.
    pub maker: Option<String>,
    /// When it is the policy's desk all the same; `None` when it supports none of the drives.
    pub unless: Option<String>,
}

/// The first step: the desk of the policy by every way the policy names, or, where that policy
/// may support none of the drives, whom the verdict names instead.
pub fn whom(policy: &Policy, elsewhere: Option<&Elsewhere>, data: &HandOver) -> String {
    let unless = elsewhere.and_then(|elsewhere| elsewhere.unless.as_deref());
    let template = match (elsewhere, unless) {
        (None, _) => &data.desk,
        (Some(_), None) => &data.elsewhere,
        (Some(_), Some(_)) => &data.meanwhile,
    };
    fill(template, |name| match name {
        "desk" => policy.pack.name.to_string(),
        "ways" => ways(&policy.pack.channels),
        "unless" => unless.unwrap_or_default().to_owned(),
        "contact" => elsewhere.map(contact).unwrap_or_default(),
        other => format!("{{{other}}}"),
    })
}

fn contact(elsewhere: &Elsewhere) -> String {
    match elsewhere.contact {
        Contact::None => "whoever looks after this computer".to_owned(),
        contact => called(contact, elsewhere.maker.as_deref()),
    }
}

/// One without address only where none has any: nobody can call a phone of which no number is
/// known.
fn ways(channels: &[Channel]) -> String {
    let any = channels.iter().any(|row| row.address.is_some());
    let channels = channels.iter().filter(|row| row.address.is_some() || !any);
    let named = channels.map(|row| way(&row.id, row.address.as_deref(), row.condition.as_deref()));
    named.collect::<Vec<_>>().join(", or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::DeskData;
    use crate::policy::Policies;

    #[test]
    fn the_first_step_is_that_of_the_policy_or_of_the_verdict() {
        let packs = crate::packs::embedded();
        let policies = Policies::load(&packs).unwrap();
        let data = DeskData::read(&packs).unwrap().outbox_only;
        let step = |id: &str, elsewhere| whom(policies.get(id).unwrap(), elsewhere, &data);
        assert_eq!(
            step("datalocker", None),
            "open a ticket with DataLocker technical support: \
             website https://support.datalocker.com"
        );
        let secpod = step("secpod", None);
        assert!(secpod.contains("https://support.secpod.com/ (logging around the clock)"));
        let lockthreat = step("lockthreat", None);
        assert!(
            lockthreat.contains("phone +1-317-886-0121 (critical issues only)"),
            "{lockthreat}"
        );
        let maker = Some("Kingston".to_owned());
        let kingston = Elsewhere { contact: Contact::Manufacturer, maker, unless: None };
        assert_eq!(
            step("datalocker", Some(&kingston)),
            "turn to Kingston, the maker of the drive: DataLocker technical support does not \
             support this drive"
        );
        let open = Elsewhere { unless: Some("it is about EMS".into()), ..kingston.clone() };
        assert_eq!(
            step("datalocker", Some(&open)),
            "turn to Kingston, the maker of the drive, unless it is about EMS: then open a ticket \
             with DataLocker technical support: website https://support.datalocker.com"
        );
    }
}
