//! Whom to turn to, in words: the same words wherever somebody is named.

use super::eligibility::DriveVerdict;
use crate::diagnose::Contact as FindingContact;
use crate::policy::{Contact, Verdict};

/// A contact in words; the maker by name where it is known.
pub fn called(contact: Contact, maker: Option<&str>) -> String {
    let words = match (contact, maker) {
        (Contact::Vendor, _) => "the vendor's support desk",
        (Contact::Manufacturer, Some(maker)) => return format!("{maker}, the maker of the drive"),
        (Contact::Manufacturer, None) => "the maker of the drive",
        (Contact::OrganisationAdmin, _) => "the administrator of your organisation",
        (Contact::Sales, _) => "your sales manager, sales engineer or reseller",
        (Contact::Licensing, _) => "whoever handles your licences and accounts",
        (Contact::None, _) => "nobody the policy names",
    };
    words.to_owned()
}

/// A contact that is right unless something is so, and the desk that is right then.
pub fn unless(contact: &str, unless: &str, desk: &str) -> String {
    format!("{contact}, unless {unless}: then {desk}")
}

/// Whom a verdict names; `desk` is what the policy's own desk is called.
pub fn of_verdict(drive: &DriveVerdict, desk: &str) -> String {
    let maker = drive.vendor.as_deref();
    match (&drive.meanwhile, drive.contact) {
        (Some(row), _) => unless(&called(row.contact, maker), &row.unless, desk),
        (None, Contact::Vendor) => desk.to_owned(),
        (None, Contact::None) if drive.verdict != Verdict::NotEligible => {
            "not decided yet".to_owned()
        }
        (None, contact) => called(contact, maker),
    }
}

/// A channel of a policy in words, with its address and never without its condition.
pub fn way(id: &str, address: Option<&str>, condition: Option<&str>) -> String {
    let mut words = id.replace('_', " ");
    if let Some(address) = address {
        words.push(' ');
        words.push_str(address);
    }
    if let Some(condition) = condition {
        words.push_str(" (");
        words.push_str(condition);
        words.push(')');
    }
    words
}

/// The contact of a finding as a policy's.
pub fn of_finding(contact: FindingContact) -> Contact {
    match contact {
        FindingContact::Vendor => Contact::Vendor,
        FindingContact::Manufacturer => Contact::Manufacturer,
        FindingContact::OrganisationAdmin => Contact::OrganisationAdmin,
        FindingContact::Sales => Contact::Sales,
        FindingContact::Licensing => Contact::Licensing,
        FindingContact::None => Contact::None,
    }
}

/// The contact of a policy as a finding's.
pub fn for_finding(contact: Contact) -> FindingContact {
    match contact {
        Contact::Vendor => FindingContact::Vendor,
        Contact::Manufacturer => FindingContact::Manufacturer,
        Contact::OrganisationAdmin => FindingContact::OrganisationAdmin,
        Contact::Sales => FindingContact::Sales,
        Contact::Licensing => FindingContact::Licensing,
        Contact::None => FindingContact::None,
    }
}
