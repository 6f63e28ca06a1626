//! The four policies, topic by topic: every one is data or a stated gap with a note, and
//! the data say what the sources say.
#![expect(clippy::unwrap_used)]

use keycase::packs::embedded;
use keycase::policy::{
    Contact, HolidayRule, Period, Policies, Policy, PolicyPack, RequestTypeId, TicketState, Topic,
    VersionRule,
};

const ALL: [&str; 4] = ["datalocker", "lockthreat", "data-dynamics", "secpod"];

/// Runs `test` on each policy with what is expected of it.
fn each<T>(expected: [T; 4], test: impl Fn(&Policy, T)) {
    let policies = Policies::load(&embedded()).unwrap();
    for (id, expected) in ALL.into_iter().zip(expected) {
        test(policies.get(id).unwrap(), expected);
    }
}

/// Whether the pack states something about a topic.
fn stated(topic: Topic, policy: &Policy) -> bool {
    let pack: &PolicyPack = &policy.pack;
    match topic {
        Topic::Scope => !pack.scope.text.is_empty(),
        Topic::SourceDate => pack.source.effective.or(pack.source.updated).is_some(),
        Topic::RequestTypes => !pack.request_types.is_empty(),
        Topic::Severities => !pack.severities.is_empty(),
        Topic::Priorities => !pack.priorities.is_empty(),
        Topic::FirstResponse => pack.targets.iter().any(|row| row.first_response.is_some()),
        Topic::Resolution => pack.targets.iter().any(|row| row.resolution.is_some()),
        Topic::FixExpectations => pack.targets.iter().any(|row| row.fix.is_some()),
        Topic::Plans => !pack.plans.is_empty(),
        Topic::PlanContents => pack.plans.iter().any(|plan| plan.contents.is_some()),
        Topic::Hours => pack.hours.as_ref().is_some_and(|hours| hours.open.is_some()),
        // Assumed holidays are not stated ones.
        Topic::Holidays => pack.hours.as_ref().is_some_and(|hours| {
            hours.holidays.rule.is_some() && policy.gap(Topic::Holidays).is_none()
        }),
        Topic::Channels => !pack.channels.is_empty(),
        Topic::Escalation => !pack.escalation.is_empty(),
        Topic::Waiting => !pack.timers.is_empty(),
        Topic::Reopen => !pack.reopen.is_empty(),
        Topic::Versions => pack.versions.is_some(),
        Topic::AlreadyFixed => !pack.already_fixed.is_empty(),
        Topic::SecurityIncident => !pack.security_incident.is_empty(),
        Topic::OutOfScope => !policy.clauses.is_empty(),
        Topic::Suspension => !pack.suspension.is_empty(),
        Topic::ChangeNotice => !pack.change_notice.is_empty(),
        Topic::States => !pack.states.is_empty(),
        Topic::FeatureRequests => !pack.feature_requests.is_empty(),
        Topic::AskedOfCustomer => !pack.asked_of_customer.is_empty(),
    }
}

#[test]
fn every_topic_is_stated_or_a_gap_with_a_note() {
    each([(); 4], |policy, ()| {
        for topic in Topic::ALL {
            let (stated, gap) = (stated(topic, policy), policy.gap(topic).is_some());
            assert!(stated || gap, "{}: nothing about {topic:?}", policy.id);
            assert!(!(stated && gap), "{}: {topic:?} is stated and a gap", policy.id);
        }
    });
}

#[test]
fn product_scope() {
    each(
        [
            &["EMS", "SafeCrypt", "SafeConsole", "EncryptDisc"][..],
            &["LockThreat"],
            &["StorageX"],
            &["SanerNow"],
        ],
        |policy, products| {
            for product in products {
                assert!(policy.product(product).is_some(), "{}: {product}", policy.id);
            }
            let drives = policy.id == "datalocker";
            assert_eq!(!policy.pack.scope.drive_vendors.is_empty(), drives, "{}", policy.id);
        },
    );
    each([&["DataLocker", "IronKey", "Kingston"][..], &[], &[], &[]], |policy, vendors| {
        assert_eq!(policy.pack.scope.drive_vendors, vendors);
    });
}

#[test]
fn source_date() {
    let none = (None, None);
    each(
        [none, (Some("2025-06-26"), Some("2025-09-24")), (None, Some("2017-01-03")), none],
        |policy, (effective, updated)| {
            let source = &policy.pack.source;
            let text = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
            assert_eq!(text(source.effective).as_deref(), effective, "{}", policy.id);
            assert_eq!(text(source.updated).as_deref(), updated, "{}", policy.id);
        },
    );
}

#[test]
fn request_types() {
    use RequestTypeId::{FeatureRequest, Problem, Question, Request};
    each(
        [&[][..], &[Problem, FeatureRequest], &[Problem, Question, FeatureRequest, Request], &[]],
        |policy, types| {
            let found: Vec<RequestTypeId> =
                policy.pack.request_types.iter().map(|row| row.id).collect();
            assert_eq!(found, types, "{}", policy.id);
        },
    );
}

#[test]
fn severities() {
    each(
        [
            &[(Some(1), "Urgent"), (Some(2), "High"), (Some(3), "Moderate"), (Some(4), "Low")][..],
            &[
                (Some(1), "Critical"),
                (Some(2), "High"),
                (Some(3), "Medium"),
                (None, "Feature Request"),
            ],
            &[(Some(1), "Critical"), (Some(2), "High"), (Some(3), "Medium"), (Some(4), "Low")],
            &[(None, "Critical"), (None, "High"), (None, "Medium"), (None, "Low")],
        ],
        |policy, expected| {
            let found: Vec<(Option<u8>, &str)> =
                policy.pack.severities.iter().map(|row| (row.level, &*row.name)).collect();
            assert_eq!(found, expected, "{}", policy.id);
        },
    );
}

#[test]
fn priority() {
    each([&[][..], &[], &["high", "normal", "low"], &[]], |policy, priorities| {
        let found: Vec<&str> = policy.pack.priorities.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(found, priorities, "{}", policy.id);
    });
}

#[test]
fn first_response() {
    use Period::{BusinessDays, BusinessHours};
    let range = BusinessDays { from: 2, to: 3 };
    each(
        [
            &[BusinessHours(8), BusinessHours(12), BusinessHours(24), BusinessHours(48)][..],
            &[],
            &[BusinessHours(4), BusinessDays { from: 1, to: 1 }, range, range],
            &[
                BusinessHours(2),
                BusinessHours(6),
                BusinessHours(12),
                BusinessDays { from: 2, to: 2 },
            ],
        ],
        |policy, expected| {
            let found: Vec<Period> =
                policy.pack.targets.iter().filter_map(|row| row.first_response).collect();
            assert_eq!(found, expected, "{}", policy.id);
        },
    );
}

#[test]
fn resolution_target() {
    let hours = [24, 48, 72, 72].map(Period::ClockHours);
    each([&hours[..], &[], &[], &[]], |policy, expected| {
        let found: Vec<Period> =
            policy.pack.targets.iter().filter_map(|row| row.resolution).collect();
        assert_eq!(found, expected, "{}", policy.id);
    });
}

#[test]
fn fix_expectations() {
    let fixes = ["patch at once", "next service pack", "Not guaranteed", "Not guaranteed"];
    each([&[][..], &[], &fixes, &[]], |policy, expected| {
        let found: Vec<&str> =
            policy.pack.targets.iter().filter_map(|row| row.fix.as_deref()).collect();
        assert_eq!(found.len(), expected.len(), "{}", policy.id);
        assert!(found.iter().zip(expected).all(|(found, part)| found.contains(part)), "{found:?}");
    });
}

#[test]
fn plan_tiers() {
    each([&[][..], &["Essential", "Professional", "Enterprise"], &[], &[]], |policy, plans| {
        let found: Vec<&str> = policy.pack.plans.iter().map(|plan| &*plan.name).collect();
        assert_eq!(found, plans, "{}", policy.id);
        assert!(policy.pack.plans.iter().all(|plan| plan.contents.is_none()));
    });
}

#[test]
fn hours() {
    each(
        [
            ("America/Chicago", Some(("09:00", "17:00")), 5, 5),
            ("America/Indiana/Indianapolis", None, 5, 5),
            ("America/Chicago", Some(("00:00", "24:00")), 7, 5),
            ("Asia/Kolkata", Some(("00:00", "24:00")), 5, 5),
        ],
        |policy, (zone, span, open_days, business_days)| {
            let hours = policy.pack.hours.as_ref().unwrap();
            assert_eq!(hours.zone.to_string(), zone);
            assert!(hours.zone_assumed.is_some(), "{}: no source names a tz zone", policy.id);
            let found = hours.open.zip(hours.close);
            let found = found.map(|(open, close)| (open.to_string(), close.to_string()));
            let span = span.map(|(open, close)| (open.to_owned(), close.to_owned()));
            assert_eq!(found, span, "{}", policy.id);
            assert_eq!(hours.days.len(), open_days, "{}", policy.id);
            let business = hours.business_days.as_ref().unwrap_or(&hours.days);
            assert_eq!(business.len(), business_days, "{}", policy.id);
        },
    );
    let policies = Policies::load(&embedded()).unwrap();
    let exceptions = &policies.get("secpod").unwrap().pack.hours.as_ref().unwrap().exceptions;
    assert_eq!((exceptions.len(), exceptions[0].days.len()), (1, 7));
    assert_eq!(exceptions[0].severities[0].get_ref().0, "critical");
}

#[test]
fn holiday_list() {
    let rule = Some(HolidayRule::UsFederal);
    each(
        [
            (rule, "no list is published"),
            (None, ""),
            (rule, "federal holidays"),
            (rule, "not listed"),
        ],
        |policy, (rule, assumed)| {
            let hours = policy.pack.hours.as_ref().unwrap();
            assert_eq!(hours.holidays.rule, rule, "{}", policy.id);
            let words = hours.holidays_assumed.as_deref().unwrap_or_default();
            assert!(words.contains(assumed), "{}: {words}", policy.id);
        },
    );
}

#[test]
fn channels() {
    each(
        [
            &["website", "freshdesk", "phone"][..],
            &["portal", "email", "phone", "customer_success_manager"],
            &["portal", "email", "phone"],
            &["web", "email"],
        ],
        |policy, channels| {
            let found: Vec<&str> = policy.pack.channels.iter().map(|row| row.id.as_str()).collect();
            assert_eq!(found, channels, "{}", policy.id);
        },
    );
    let policies = Policies::load(&embedded()).unwrap();
    let phone = &policies.get("lockthreat").unwrap().pack.channels[2];
    assert_eq!(phone.severities[0].get_ref().0, "1", "the telephone is for critical issues");
}

#[test]
fn escalation() {
    each(
        [
            &[Some("Tier 1"), Some("Tier 2"), Some("Tier 3")][..],
            &[Some("team leader"), Some("director"), Some("chief customer officer")],
            &[Some("customer's request"), Some("SWAT"), Some("engineering")],
            &[],
        ],
        |policy, expected| {
            let rows = &policy.pack.escalation;
            assert_eq!(rows.len(), expected.len(), "{}", policy.id);
            for (row, part) in rows.iter().zip(expected) {
                assert!(row.who.contains(part.unwrap()), "{}: {}", policy.id, row.who);
            }
        },
    );
}

#[test]
fn waiting_on_customer() {
    use TicketState::{Closed, Solved, WaitingOnCustomer};
    let five = Period::BusinessDays { from: 5, to: 5 };
    each(
        [
            &[][..],
            &[(WaitingOnCustomer, five, None, Closed), (Solved, Period::Days(5), None, Closed)],
            &[(WaitingOnCustomer, Period::Days(7), None, Closed)],
            &[
                (WaitingOnCustomer, Period::Days(7), Some(3), Solved),
                (Solved, Period::Days(3), None, Closed),
            ],
        ],
        |policy, expected| {
            let rows = policy.pack.timers.iter();
            let found: Vec<_> =
                rows.map(|row| (row.state, row.after, row.follow_ups, row.next)).collect();
            assert_eq!(found, expected, "{}", policy.id);
        },
    );
}

#[test]
fn reopen() {
    let five = Period::BusinessDays { from: 5, to: 5 };
    each(
        [
            None,
            Some((TicketState::Closed, five)),
            None,
            Some((TicketState::Solved, Period::Days(3))),
        ],
        |policy, expected| {
            let found = policy.pack.reopen.first().map(|row| (row.state, row.within));
            assert_eq!(found, expected, "{}", policy.id);
        },
    );
}

#[test]
fn version_support() {
    use VersionRule::{CurrentAndPrevious, EndOfLife, ThirdNumberWindow};
    each(
        [Some((EndOfLife, 0)), Some((ThirdNumberWindow, 2)), Some((CurrentAndPrevious, 0)), None],
        |policy, expected| {
            let found = policy.pack.versions.as_ref().map(|row| (row.rule, row.before_latest));
            assert_eq!(found, expected, "{}", policy.id);
        },
    );
    let policies = Policies::load(&embedded()).unwrap();
    let releases = &policies.get("data-dynamics").unwrap().pack.versions.as_ref().unwrap().releases;
    let found: Vec<String> = releases
        .iter()
        .map(|row| {
            let text = |date: Option<keycase::policy::DayOrMonth>| {
                date.map_or("TBD".to_owned(), |date| date.to_string())
            };
            let version = row.version.as_ref().unwrap();
            format!("{} {version} {} {}", row.product.get_ref(), text(row.released), text(row.ends))
        })
        .collect();
    assert_eq!(
        found,
        [
            "StorageX 7.8.0 2016-08 TBD",
            "StorageX 7.7.0 2015-11 2017-05",
            "StorageX 7.6.0 2015-03 2016-08"
        ]
    );
}

/// A rule in words, by a part of its text.
fn says(rules: &[keycase::policy::Rule], part: &str) -> bool {
    rules.iter().any(|rule| rule.text.contains(part))
}

#[test]
fn already_fixed() {
    each([None, Some("closed as resolved"), Some("next service pack"), None], |policy, part| {
        let rules = &policy.pack.already_fixed;
        assert_eq!(part.is_some_and(|part| says(rules, part)), part.is_some(), "{}", policy.id);
    });
}

#[test]
fn security_incident() {
    each([None, Some("1"), Some("1"), None], |policy, severity| {
        let rule = policy.pack.security_incident.first();
        let found = rule.map(|rule| rule.severity.as_ref().unwrap().get_ref().0.as_str());
        assert_eq!(found, severity, "{}", policy.id);
    });
}

#[test]
fn out_of_scope() {
    each(
        [
            &["not_a_problem", "third_party"][..],
            &[
                "custom_code",
                "non_managed_integration",
                "end_user_training",
                "customer_infrastructure",
            ],
            &["professional_services", "it_consulting", "on_premises_support", "product_licenses"],
            &[],
        ],
        |policy, clauses| {
            for clause in clauses {
                assert!(policy.clause(clause).is_some(), "{}: {clause}", policy.id);
            }
        },
    );
}

#[test]
fn suspension() {
    each([Some(None), Some(Some(Period::Days(60))), Some(None), None], |policy, expected| {
        let found = policy.pack.suspension.first().map(|rule| rule.period);
        assert_eq!(found, expected, "{}", policy.id);
    });
    each(
        [Some("account_standing"), Some("invoices_overdue"), Some("license_not_valid"), None],
        |policy, clause| {
            let contact = clause.map(|clause| policy.clause(clause).unwrap().contact);
            assert!(contact.is_none_or(|contact| contact == Contact::Licensing), "{}", policy.id);
        },
    );
}

#[test]
fn change_notice() {
    let three = Period::BusinessDays { from: 3, to: 3 };
    each([None, Some(three), None, None], |policy, expected| {
        let found = policy.pack.change_notice.first().and_then(|rule| rule.period);
        assert_eq!(found, expected, "{}", policy.id);
    });
}

#[test]
fn ticket_states() {
    each([0, 0, 0, TicketState::ALL.len()], |policy, states| {
        assert_eq!(policy.pack.states.len(), states, "{}", policy.id);
    });
}

#[test]
fn feature_requests() {
    each(
        [Some("severity 4"), Some("every quarter"), Some("of their own"), None],
        |policy, part| {
            let rules = &policy.pack.feature_requests;
            assert_eq!(part.is_some_and(|part| says(rules, part)), part.is_some(), "{}", policy.id);
        },
    );
}

#[test]
fn asked_of_the_customer() {
    each(
        [
            &["required information", "sufficient", "Supporting documents"][..],
            &["primary technical contact", "Timely answers", "stable environment"],
            &["steps", "Screenshots", "log files", "accounts, network and storage"],
            &["Information and feedback", "Screen sharing"],
        ],
        |policy, parts| {
            for part in parts {
                assert!(says(&policy.pack.asked_of_customer, part), "{}: {part}", policy.id);
            }
        },
    );
}

/// Facts carry over from a source, its sentences do not; a pack names where each stands.
#[test]
fn every_row_names_its_section() {
    each([(); 4], |policy, ()| {
        let pack = &policy.pack;
        let sources = pack.severities.iter().map(|row| &row.source);
        let sources = sources.chain(pack.targets.iter().map(|row| &row.source));
        let sources = sources.chain(policy.clauses.iter().map(|row| &row.source));
        assert!(sources.clone().count() >= 4 && sources.into_iter().all(|text| text.len() > 4));
    });
}
