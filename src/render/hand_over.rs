//! Whom a person turns to with a ticket that they hand over themselves.

use crate::desk::{HandOver, fill};
use crate::policy::{Channel, Contact, Policy};

/// The first step: the desk of the policy by every way the policy names, or, where that policy
/// supports none of the drives, whom the verdict names instead.
pub fn whom(policy: &Policy, elsewhere: Option<Contact>, data: &HandOver) -> String {
    let template = if elsewhere.is_some() { &data.elsewhere } else { &data.desk };
    fill(template, |name| match name {
        "desk" => policy.pack.name.to_string(),
        "ways" => ways(&policy.pack.channels),
        "contact" => elsewhere.map(called).unwrap_or_default().to_owned(),
        other => format!("{{{other}}}"),
    })
}

/// One that has a condition is never named without it.
fn ways(channels: &[Channel]) -> String {
    let named = channels.iter().map(|row| {
        let address = row.address.as_ref().map(|address| format!(" {address}"));
        let condition = row.condition.as_ref().map(|condition| format!(" ({condition})"));
        let (address, condition) = (address.unwrap_or_default(), condition.unwrap_or_default());
        format!("{}{address}{condition}", row.id.replace('_', " "))
    });
    named.collect::<Vec<_>>().join(", or ")
}

fn called(contact: Contact) -> &'static str {
    match contact {
        Contact::Vendor => "the vendor's support desk",
        Contact::Manufacturer => "the maker of the drive",
        Contact::OrganisationAdmin => "the administrator of your organisation",
        Contact::Sales => "your sales manager, sales engineer or reseller",
        Contact::Licensing => "whoever handles your licences and accounts",
        Contact::None => "whoever looks after this computer",
    }
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
             website https://support.datalocker.com, or freshdesk, or phone"
        );
        let secpod = step("secpod", None);
        assert!(secpod.contains("https://support.secpod.com/ (logging around the clock)"));
        let lockthreat = step("lockthreat", None);
        assert!(
            lockthreat.contains("phone +1-317-886-0121 (critical issues only)"),
            "{lockthreat}"
        );
        assert_eq!(
            step("datalocker", Some(Contact::Manufacturer)),
            "turn to the maker of the drive: DataLocker technical support does not support this drive"
        );
    }
}
