//! Due times: against a slow reference that is obviously right, by their properties, and
//! on the cases that people ask about.
#![expect(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::process::Command;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use keycase::packs::{Origin, Pack, embedded};
use keycase::policy::{
    Period, Policies, Policy, RequestTypeId, TargetError, TargetQuery, Targets, targets,
    us_federal_days,
};
use proptest::prelude::*;

/// The federal holidays as published for these years, observed days in place of weekend
/// days: written down, not computed.
const PUBLISHED: &str = "
    2024-01-01 2024-01-15 2024-02-19 2024-05-27 2024-06-19 2024-07-04 2024-09-02 2024-10-14
    2024-11-11 2024-11-28 2024-12-25
    2025-01-01 2025-01-20 2025-02-17 2025-05-26 2025-06-19 2025-07-04 2025-09-01 2025-10-13
    2025-11-11 2025-11-27 2025-12-25
    2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12
    2026-11-11 2026-11-26 2026-12-25
    2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-10-11
    2027-11-11 2027-11-25 2027-12-24 2027-12-31";

/// Weekend days that are holidays themselves; only a desk open at weekends notices.
const WEEKEND: &str = "2026-07-04 2027-06-19 2027-07-04 2027-12-25";

fn dates(text: &str) -> BTreeSet<Date> {
    text.split_whitespace().map(|date| date.parse().unwrap()).collect()
}

/// A desk, described once more and independently of the packs.
struct Desk {
    zone: TimeZone,
    open: fn(i8, Weekday) -> bool,
    holidays: BTreeSet<Date>,
    business_holidays: BTreeSet<Date>,
}

fn weekday(day: Weekday) -> bool {
    !matches!(day, Weekday::Saturday | Weekday::Sunday)
}

fn desk(policy: &str, severity: &str) -> Desk {
    let all: BTreeSet<Date> = dates(PUBLISHED).union(&dates(WEEKEND)).copied().collect();
    let zone = |name| TimeZone::get(name).unwrap();
    match (policy, severity) {
        ("datalocker", _) => Desk {
            zone: zone("America/Chicago"),
            open: |hour, day| weekday(day) && (9..17).contains(&hour),
            holidays: all.clone(),
            business_holidays: all,
        },
        ("secpod", "1") => Desk {
            zone: zone("Asia/Kolkata"),
            open: |_, _| true,
            holidays: BTreeSet::new(),
            business_holidays: BTreeSet::new(),
        },
        ("secpod", _) => Desk {
            zone: zone("Asia/Kolkata"),
            open: |_, day| weekday(day),
            holidays: all.clone(),
            business_holidays: all,
        },
        _ => Desk {
            zone: zone("America/Chicago"),
            open: |_, _| true,
            holidays: all.clone(),
            business_holidays: all,
        },
    }
}

impl Desk {
    fn is_open(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.zone.clone());
        !self.holidays.contains(&local.date()) && (self.open)(local.hour(), local.weekday())
    }

    /// Walks the time in half hours, on which every opening, closing and clock change of
    /// these desks falls, and counts those during which the desk is open.
    fn after_open_seconds(&self, from: Timestamp, mut left: i64) -> Timestamp {
        let mut at = from.as_second();
        loop {
            let next = (at.div_euclid(1800) + 1) * 1800;
            if self.is_open(Timestamp::from_second(at).unwrap()) {
                if left <= next - at {
                    return Timestamp::from_second(at + left).unwrap();
                }
                left -= next - at;
            }
            at = next;
        }
    }

    /// Open seconds between two moments.
    fn open_seconds(&self, from: Timestamp, to: Timestamp) -> i64 {
        let (mut at, mut seconds) = (from.as_second(), 0);
        while at < to.as_second() {
            let next = ((at.div_euclid(1800) + 1) * 1800).min(to.as_second());
            if self.is_open(Timestamp::from_second(at).unwrap()) {
                seconds += next - at;
            }
            at = next;
        }
        seconds
    }

    fn is_business_day(&self, date: Date) -> bool {
        weekday(date.weekday()) && !self.business_holidays.contains(&date)
    }

    /// All desks that count business days are open around the clock.
    fn after_business_days(&self, from: Timestamp, days: u16) -> Timestamp {
        let mut local = from.to_zoned(self.zone.clone());
        while !self.is_business_day(local.date()) {
            local = local.date().tomorrow().unwrap().to_zoned(self.zone.clone()).unwrap();
        }
        let (mut date, mut left) = (local.date(), days);
        while left > 0 {
            date = date.tomorrow().unwrap();
            left -= u16::from(self.is_business_day(date));
        }
        date.to_datetime(local.time()).to_zoned(self.zone.clone()).unwrap().timestamp()
    }

    fn due(&self, from: Timestamp, period: Period) -> Timestamp {
        match period {
            Period::BusinessHours(hours) => self.after_open_seconds(from, i64::from(hours) * 3600),
            Period::ClockHours(hours) => from + SignedDuration::from_hours(hours.into()),
            Period::BusinessDays { to, .. } => self.after_business_days(from, to),
            Period::Days(_) => unreachable!("no target is in calendar days"),
        }
    }
}

fn policies() -> Policies {
    Policies::load(&embedded()).unwrap()
}

fn ask<'p>(policy: &'p Policy, severity: &str, received: Timestamp) -> Targets<'p> {
    let query = TargetQuery { severity, request_type: None, priority: None, received };
    targets(policy, &query).unwrap()
}

const POLICIES: [&str; 3] = ["datalocker", "data-dynamics", "secpod"];

/// Seconds of 2024 to the middle of December 2027, so that every holiday is in the table.
fn moments() -> std::ops::Range<i64> {
    1_704_067_200..1_828_800_000
}

/// A small generator: the same cases on every machine.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 17
}

#[test]
fn ten_thousand_cases_agree_with_the_reference() {
    let policies = policies();
    let mut state = 20_261_122;
    let span = moments();
    for case in 0..10_000_u64 {
        let policy = policies.get(POLICIES[usize::try_from(case % 3).unwrap()]).unwrap();
        let severity = (random(&mut state) % 4 + 1).to_string();
        let width = u64::try_from(span.end - span.start).unwrap();
        let second = span.start + i64::try_from(random(&mut state) % width).unwrap();
        let received = Timestamp::from_second(second).unwrap();
        let found = ask(policy, &severity, received);
        let desk = desk(&policy.id, &severity);
        for due in [&found.first_response, &found.resolution].into_iter().flatten() {
            assert_eq!(
                due.at.timestamp(),
                desk.due(received, due.period),
                "{} severity {severity}, {} from {received}",
                policy.id,
                due.period
            );
        }
        assert!(found.first_response.is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_later_ticket_is_never_due_earlier(
        second in moments(), later in 0_i64..400_000, policy in 0_usize..3, severity in 1_u8..5,
    ) {
        let policies = policies();
        let policy = policies.get(POLICIES[policy]).unwrap();
        let at = |second| ask(policy, &severity.to_string(), Timestamp::from_second(second).unwrap());
        let (first, second) = (at(second), at(second + later));
        for (a, b) in [(&first.first_response, &second.first_response), (&first.resolution, &second.resolution)] {
            if let (Some(a), Some(b)) = (a, b) {
                prop_assert!(a.at.timestamp() <= b.at.timestamp());
            }
        }
    }

    #[test]
    fn business_time_is_the_target_and_never_ends_in_closed_hours(
        second in moments(), policy in 0_usize..3, severity in 1_u8..5,
    ) {
        let policies = policies();
        let policy = policies.get(POLICIES[policy]).unwrap();
        let severity = severity.to_string();
        let received = Timestamp::from_second(second).unwrap();
        let due = ask(policy, &severity, received).first_response.unwrap();
        let desk = desk(&policy.id, &severity);
        let at = due.at.timestamp();
        if let Period::BusinessHours(hours) = due.period {
            prop_assert_eq!(desk.open_seconds(received, at), i64::from(hours) * 3600);
            let just_before = Timestamp::from_second(at.as_second() - 1).unwrap();
            prop_assert!(desk.is_open(just_before), "ends in closed hours: {}", due.at);
        } else {
            prop_assert!(desk.is_business_day(due.at.date()), "{}", due.at);
        }
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shown(time: &Zoned) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// (policy, severity, received, first response, resolution)
const CASES: &[(&str, &str, &str, &str, Option<&str>)] = &[
    // Eight hours from Friday 16:00 end on Monday 16:00.
    (
        "datalocker",
        "1",
        "2026-11-20T16:00:00-06:00",
        "2026-11-23T16:00:00-06:00",
        Some("2026-11-21T16:00:00-06:00"),
    ),
    // Received before opening: a whole day, used up exactly at closing time.
    (
        "datalocker",
        "urgent",
        "2026-11-23T07:00:00-06:00",
        "2026-11-23T17:00:00-06:00",
        Some("2026-11-24T07:00:00-06:00"),
    ),
    // At closing time the desk is closed.
    (
        "datalocker",
        "1",
        "2026-11-23T17:00:00-06:00",
        "2026-11-24T17:00:00-06:00",
        Some("2026-11-24T17:00:00-06:00"),
    ),
    // Thanksgiving is no business day.
    (
        "datalocker",
        "2",
        "2026-11-25T15:30:00-06:00",
        "2026-11-30T11:30:00-06:00",
        Some("2026-11-27T15:30:00-06:00"),
    ),
    // To the second.
    (
        "datalocker",
        "1",
        "2026-11-23T10:00:01-06:00",
        "2026-11-24T10:00:01-06:00",
        Some("2026-11-24T10:00:01-06:00"),
    ),
    // 24 clock hours across the change to daylight saving are 24 hours.
    (
        "datalocker",
        "1",
        "2026-03-07T12:00:00-06:00",
        "2026-03-09T17:00:00-05:00",
        Some("2026-03-08T13:00:00-05:00"),
    ),
    // The Friday before Saturday, July 4th, is observed.
    (
        "datalocker",
        "1",
        "2026-07-02T16:00:00-05:00",
        "2026-07-06T16:00:00-05:00",
        Some("2026-07-03T16:00:00-05:00"),
    ),
    // Four hours run around the clock …
    ("data-dynamics", "1", "2026-11-22T23:00:00-06:00", "2026-11-23T03:00:00-06:00", None),
    // … but not through Thanksgiving.
    ("data-dynamics", "critical", "2026-11-25T22:00:00-06:00", "2026-11-27T02:00:00-06:00", None),
    ("data-dynamics", "2", "2026-11-24T10:15:00-06:00", "2026-11-25T10:15:00-06:00", None),
    // A Saturday counts from Monday 00:00.
    ("data-dynamics", "2", "2026-11-21T10:15:00-06:00", "2026-11-24T00:00:00-06:00", None),
    // Of 2 to 3 days the later bound is due.
    ("data-dynamics", "4", "2026-11-16T10:15:00-06:00", "2026-11-19T10:15:00-06:00", None),
    // Critical runs at weekends, the others wait for Monday.
    ("secpod", "critical", "2026-11-21T10:00:00+05:30", "2026-11-21T12:00:00+05:30", None),
    ("secpod", "high", "2026-11-21T10:00:00+05:30", "2026-11-23T06:00:00+05:30", None),
    ("secpod", "medium", "2026-11-20T20:00:00+05:30", "2026-11-23T08:00:00+05:30", None),
    ("secpod", "low", "2026-11-19T09:00:00+05:30", "2026-11-23T09:00:00+05:30", None),
];

#[test]
fn cases_that_people_ask_about() {
    let policies = policies();
    for (policy, severity, received, first, last) in CASES {
        let found = ask(policies.get(policy).unwrap(), severity, at(received));
        let case = format!("{policy} {severity} {received}");
        assert_eq!(shown(&found.first_response.unwrap().at), *first, "{case}");
        assert_eq!(found.resolution.map(|due| shown(&due.at)).as_deref(), *last, "{case}");
    }
}

#[test]
fn a_range_keeps_both_bounds() {
    let policies = policies();
    let found = ask(policies.get("data-dynamics").unwrap(), "3", at("2026-11-16T10:15:00-06:00"));
    let due = found.first_response.unwrap();
    assert_eq!(shown(&due.earliest.unwrap()), "2026-11-18T10:15:00-06:00");
    assert_eq!(shown(&due.at), "2026-11-19T10:15:00-06:00");
}

/// At level 4 the resolution target falls before the first response in every hour of the
/// week; at level 1 in a third of them.
#[test]
fn a_resolution_before_the_first_response_is_shown_and_said() {
    let policies = policies();
    let policy = policies.get("datalocker").unwrap();
    for (severity, hours_of_a_week) in [("1", 33), ("4", 100)] {
        let mut before = 0;
        for hour in 0..168_i64 {
            // A week without a holiday near it.
            let received = at("2026-08-10T05:30:00Z") + SignedDuration::from_hours(hour);
            let found = ask(policy, severity, received);
            let (first, last) = (found.first_response.unwrap(), found.resolution.unwrap());
            let noted = found.notes.iter().any(|note| note.contains("falls before"));
            assert_eq!(noted, last.at < first.at, "{received}");
            before += i64::from(last.at < first.at);
        }
        assert_eq!(before * 100 / 168, hours_of_a_week, "severity {severity}");
    }
}

#[test]
fn every_due_time_says_what_it_rests_on() {
    let policies = policies();
    let about = |policy: &str, severity: &str| {
        let policy = policies.get(policy).unwrap();
        ask(policy, severity, at("2026-11-23T10:00:00Z")).assumptions.join("\n")
    };
    assert!(about("datalocker", "1").contains("holidays: no list is published"));
    assert!(about("datalocker", "1").contains("Central Standard Time"));
    let critical = about("secpod", "critical");
    assert!(critical.contains("Asia/Kolkata") && !critical.contains("holidays"), "{critical}");
    assert!(about("secpod", "low").contains("closed holidays are mentioned but not listed"));
    let first = about("data-dynamics", "1");
    assert!(first.contains("(281)") && !first.contains("business days"), "{first}");
    assert!(about("data-dynamics", "2").contains("Monday to Friday"));
}

#[test]
fn what_is_not_published_is_null_with_a_note() {
    let policies = policies();
    let lockthreat = policies.get("lockthreat").unwrap();
    for severity in ["1", "S2", "medium", "feature request"] {
        let found = ask(lockthreat, severity, at("2026-11-23T10:00:00Z"));
        assert!(found.first_response.is_none() && found.resolution.is_none());
        assert!(found.notes.iter().any(|note| note.contains("table of response times is missing")));
    }
    let secpod = ask(policies.get("secpod").unwrap(), "1", at("2026-11-23T10:00:00Z"));
    assert!(secpod.resolution.is_none());
    assert!(secpod.notes.iter().any(|note| note.contains("not resolution times")));
}

#[test]
fn types_and_priorities_change_what_is_said() {
    let policies = policies();
    let policy = policies.get("data-dynamics").unwrap();
    let ask = |request_type, priority| {
        let received = at("2026-11-23T10:00:00Z");
        targets(policy, &TargetQuery { severity: "1", request_type, priority, received })
    };
    let question = ask(Some(RequestTypeId::Question), None).unwrap();
    assert!(question.first_response.is_none());
    assert!(question.notes.iter().any(|n| n.contains("no times are published for a question")));
    assert!(ask(Some(RequestTypeId::Problem), None).unwrap().first_response.is_some());
    let high = ask(None, Some("HIGH")).unwrap();
    assert!(high.notes.iter().any(|note| note.contains("SWAT team")));
    let low = ask(None, Some("low")).unwrap();
    assert!(low.notes.iter().any(|note| note.contains("do not matter to the customer")));
    assert!(matches!(ask(None, Some("purple")), Err(TargetError::Priority(..))));
}

#[test]
fn severities_go_by_number_and_by_name() {
    let policies = policies();
    for (policy, text, wanted) in [
        ("datalocker", "3", Some("Moderate")),
        ("datalocker", "moderate", Some("Moderate")),
        ("datalocker", "S4", Some("Low")),
        ("secpod", "2", Some("High")),
        ("lockthreat", "4", Some("Feature Request")),
        ("datalocker", "0", None),
        ("datalocker", "5", None),
        ("datalocker", "critical", None),
    ] {
        let found = policies.get(policy).unwrap().severity(text);
        assert_eq!(found.map(|(_, severity)| &*severity.name), wanted, "{policy} {text}");
    }
}

#[test]
fn the_federal_rule_gives_the_published_days() {
    for year in 2024..=2027 {
        let computed: BTreeSet<Date> =
            us_federal_days(year).into_iter().filter(|day| weekday(day.weekday())).collect();
        let published: BTreeSet<Date> =
            dates(PUBLISHED).into_iter().filter(|day| day.year() == year).collect();
        assert_eq!(computed, published, "{year}");
    }
    let juneteenth = jiff::civil::date(2017, 6, 19);
    assert!(!us_federal_days(2017).contains(&juneteenth), "a holiday since 2021");
}

#[test]
fn an_overlay_replaces_zone_and_holidays_and_is_named() {
    let mut set = embedded();
    let text = "extends = \"datalocker\"\nsource = \"service desk handbook\"\n[hours]\n\
                zone = \"Europe/Berlin\"\nholidays = { dates = [\"2026-11-23\"] }\n";
    let (path, origin) = ("desk.toml".to_owned(), Origin::Overlay);
    set.add("policies", Pack { path, text: text.into(), origin });
    let policies = Policies::load(&set).unwrap();
    let found = ask(policies.get("datalocker").unwrap(), "1", at("2026-11-20T16:00:00+01:00"));
    assert_eq!(shown(&found.first_response.unwrap().at), "2026-11-24T16:00:00+01:00");
    assert!(!found.assumptions.iter().any(|text| text.contains("holidays")));
    assert!(found.notes.iter().any(|n| n.contains("desk.toml (service desk handbook)")));
}

/// Only what an overlay states stops being an assumption, and only for what rests on it.
#[test]
fn an_assumption_goes_when_its_own_key_is_stated() {
    let said = |policy: &str, hours: &str, severity: &str| {
        let mut set = embedded();
        let text = format!("extends = \"{policy}\"\n[hours]\n{hours}\n");
        let (path, origin) = ("desk.toml".to_owned(), Origin::Overlay);
        set.add("policies", Pack { path, text: text.into(), origin });
        let policies = Policies::load(&set).unwrap();
        let found = ask(policies.get(policy).unwrap(), severity, at("2026-11-23T10:00:00Z"));
        found.assumptions.iter().any(|text| text.starts_with("business days: "))
    };
    let (days, business) = ("days = [\"mon\", \"tue\"]", "business_days = [\"mon\", \"tue\"]");
    // Here the days of opening are assumed, and the targets count business hours …
    assert!(said("datalocker", business, "1"));
    assert!(!said("datalocker", days, "1"));
    assert!(!said("datalocker", &format!("{days}\n{business}"), "1"));
    // … and there the business days, in which the target counts.
    assert!(said("data-dynamics", days, "2"));
    assert!(!said("data-dynamics", business, "2"));
}

/// The command's answer is the same wherever the machine is.
#[test]
fn the_zone_of_the_machine_changes_nothing() {
    let ask = |zone: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_keycase"))
            .env("TZ", zone)
            .args(["policy", "targets", "datalocker", "--severity", "2", "--json"])
            .args(["--received-at", "2026-11-20T23:00:00+01:00"])
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let utc = ask("UTC");
    let document: serde_json::Value = serde_json::from_slice(&utc).unwrap();
    assert_eq!(document["schema"], "keycase.targets/1");
    assert_eq!(document["received_at"], "2026-11-20T16:00:00-06:00");
    assert_eq!(document["first_response"], "2026-11-24T12:00:00-06:00");
    for zone in ["Pacific/Kiritimati", "America/Chicago", "Asia/Kathmandu"] {
        assert_eq!(ask(zone), utc, "{zone}");
    }
}
