//! What happens next to a ticket, and which versions are supported.
#![expect(clippy::unwrap_used)]

use jiff::Timestamp;
use jiff::civil::Date;
use keycase::packs::{Origin, Pack, embedded};
use keycase::policy::{
    DayOrMonth, LifecycleAnswer, LifecycleQuery, Policies, ReleaseNumber, SupportStatus,
    TicketState, VersionAnswer, VersionQuery, ticket_lifecycle, version_support,
};

fn policies() -> Policies {
    Policies::load(&embedded()).unwrap()
}

fn next(
    policy: &str,
    state: TicketState,
    since: &str,
    follow_ups: u16,
    now: &str,
) -> LifecycleAnswer {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let query = LifecycleQuery { state, since: time(since), follow_ups, now: time(now) };
    ticket_lifecycle(policies().get(policy).unwrap(), &query).unwrap()
}

fn shown(answer: &LifecycleAnswer) -> (Option<(TicketState, String)>, Option<String>) {
    let text = |at: &jiff::Zoned| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let next = answer.next.as_ref().map(|next| (next.state, text(&next.at)));
    (next, answer.reopen_until.as_ref().map(text))
}

#[test]
fn time_closes_what_waits() {
    use TicketState::{Closed, Open, Pending, Solved, WaitingOnCustomer};
    let now = "2026-11-22T00:00:00Z";
    for (policy, state, since, wanted, reopen) in [
        // Five business days: Thursday to Thursday.
        (
            "lockthreat",
            WaitingOnCustomer,
            "2026-11-12T10:00:00-05:00",
            Some((Closed, "2026-11-19T10:00:00-05:00")),
            None,
        ),
        // A Saturday counts from Monday 00:00.
        (
            "lockthreat",
            WaitingOnCustomer,
            "2026-11-14T10:00:00-05:00",
            Some((Closed, "2026-11-23T00:00:00-05:00")),
            None,
        ),
        (
            "lockthreat",
            Solved,
            "2026-11-12T10:00:00-05:00",
            Some((Closed, "2026-11-17T10:00:00-05:00")),
            None,
        ),
        (
            "lockthreat",
            Closed,
            "2026-11-12T10:00:00-05:00",
            None,
            Some("2026-11-19T10:00:00-05:00"),
        ),
        // A week is a week of the clock on the wall, also when the clock changes.
        (
            "data-dynamics",
            WaitingOnCustomer,
            "2026-10-30T10:00:00-05:00",
            Some((Closed, "2026-11-06T10:00:00-06:00")),
            None,
        ),
        ("data-dynamics", Solved, "2026-10-30T10:00:00-05:00", None, None),
        (
            "secpod",
            WaitingOnCustomer,
            "2026-11-18T10:00:00+05:30",
            Some((Solved, "2026-11-25T10:00:00+05:30")),
            None,
        ),
        (
            "secpod",
            Solved,
            "2026-11-18T10:00:00+05:30",
            Some((Closed, "2026-11-21T10:00:00+05:30")),
            Some("2026-11-21T10:00:00+05:30"),
        ),
        ("secpod", Closed, "2026-11-18T10:00:00+05:30", None, None),
        ("secpod", Pending, "2026-11-18T10:00:00+05:30", None, None),
        ("datalocker", WaitingOnCustomer, "2026-11-18T10:00:00-06:00", None, None),
        ("datalocker", Open, "2026-11-18T10:00:00-06:00", None, None),
    ] {
        let answer = next(policy, state, since, 0, now);
        let wanted = wanted.map(|(state, at)| (state, at.to_owned()));
        assert_eq!(shown(&answer), (wanted, reopen.map(str::to_owned)), "{policy} {state:?}");
        assert!(answer.next.is_some() || !answer.notes.is_empty(), "{policy} {state:?}");
    }
}

#[test]
fn enough_follow_ups_come_first() {
    let waiting = TicketState::WaitingOnCustomer;
    let since = "2026-11-18T00:00:00+05:30";
    for (follow_ups, now, at) in [
        (2, "2026-11-20T00:00:00+05:30", "2026-11-25T00:00:00+05:30"),
        (3, "2026-11-20T00:00:00+05:30", "2026-11-20T00:00:00+05:30"),
        (3, "2026-11-30T00:00:00+05:30", "2026-11-25T00:00:00+05:30"),
        (3, "2026-11-01T00:00:00+05:30", "2026-11-18T00:00:00+05:30"),
    ] {
        let answer = next("secpod", waiting, since, follow_ups, now);
        assert_eq!(
            shown(&answer).0,
            Some((TicketState::Solved, at.to_owned())),
            "{follow_ups} {now}"
        );
    }
    // A policy without such a rule does not count them.
    let answer = next("data-dynamics", waiting, since, 9, "2026-11-19T00:00:00Z");
    assert_eq!(answer.next.unwrap().at.timestamp(), "2026-11-24T18:30:00Z".parse().unwrap());
}

#[test]
fn assumed_business_days_are_said() {
    let closed =
        next("lockthreat", TicketState::Closed, "2026-11-12T10:00:00Z", 0, "2026-11-12T10:00:00Z");
    assert!(
        closed.notes.iter().any(|note| note.contains("Monday to Friday")),
        "{:?}",
        closed.notes
    );
}

#[test]
fn states_read_what_they_print() {
    for (state, id) in TicketState::ALL {
        assert_eq!(TicketState::parse(id), Some(state));
        assert_eq!(state.id(), id);
    }
    assert_eq!(TicketState::parse("Resolved"), Some(TicketState::Solved));
    assert_eq!(TicketState::parse("Waiting on Customer"), Some(TicketState::WaitingOnCustomer));
    assert_eq!(TicketState::parse("gone"), None);
}

fn support(
    policy: &str,
    product: &str,
    version: &str,
    latest: Option<&str>,
    today: &str,
) -> VersionAnswer {
    let query = VersionQuery { product, version, latest, today: today.parse().unwrap() };
    version_support(policies().get(policy).unwrap(), &query)
}

const NOW: &str = "2026-11-22";

#[test]
fn storagex_goes_by_its_table() {
    use SupportStatus::{Ended, Supported, Unknown};
    for (version, latest, today, status, ends) in [
        // A month lasts to its last day.
        ("7.7.0", None, "2017-05-31", Supported, Some("2017-05-31")),
        ("7.7.0", None, "2017-06-01", Ended, Some("2017-05-31")),
        ("7.6.0", None, "2016-08-31", Supported, Some("2016-08-31")),
        ("7.6", None, "2016-09-01", Ended, Some("2016-08-31")),
        // "To be determined" is good up to the source's own date.
        ("7.8.0", None, "2017-01-03", Supported, None),
        ("7.8.0", None, "2017-01-04", Unknown, None),
        ("7.8.0", None, NOW, Unknown, None),
        ("7.8.0", Some("7.8.0"), NOW, Supported, None),
        ("7.7.0", Some("7.8.0"), NOW, Ended, Some("2017-05-31")),
        // Not listed.
        ("9.0.0", None, NOW, Unknown, None),
        ("9.0.0", Some("8.0.0"), NOW, Unknown, None),
        ("7.7.5", None, NOW, Unknown, None),
        ("7.5.0", None, NOW, Ended, None),
        ("seven", None, NOW, Unknown, None),
        ("7.8.0", Some("newest"), NOW, Unknown, None),
    ] {
        let answer = support("data-dynamics", "storagex", version, latest, today);
        let found = (answer.status, answer.ends.map(|date| date.to_string()));
        assert_eq!(found, (status, ends.map(str::to_owned)), "{version} on {today}: {answer:?}");
    }
    let tbd = support("data-dynamics", "StorageX", "7.8.0", None, NOW);
    assert!(tbd.because.contains("2017-01-03") && tbd.because.contains("no end of support"));
    let month = support("data-dynamics", "StorageX", "7.7.0", None, NOW);
    assert!(month.notes.iter().any(|note| note.contains("last day")), "{month:?}");
}

#[test]
fn lockthreat_counts_on_the_third_number() {
    use SupportStatus::{Ended, Supported, Unknown};
    for (version, latest, status, hotfixes) in [
        ("3.3.2", Some("3.3.2"), Supported, Some(true)),
        ("3.3.1", Some("3.3.2"), Supported, Some(true)),
        ("3.3.0", Some("3.3.2"), Supported, Some(true)),
        ("3.2.9", Some("3.3.2"), Ended, Some(false)),
        ("2.0.0", Some("3.3.2"), Ended, Some(false)),
        ("3.3.4", Some("3.3.7"), Ended, Some(false)),
        ("3.3.5", Some("3.3.7"), Supported, Some(true)),
        // Which releases came before 3.3.1 its number does not tell.
        ("3.3.0", Some("3.3.1"), Supported, Some(true)),
        ("3.2.9", Some("3.3.1"), Unknown, None),
        ("3.3.3", Some("3.3.2"), Unknown, None),
        ("3.3", Some("3.3.2"), Unknown, None),
        ("3.3.2", None, Unknown, None),
    ] {
        let answer = support("lockthreat", "LockThreat", version, latest, NOW);
        assert_eq!(
            (answer.status, answer.hotfixes),
            (status, hotfixes),
            "{version} {latest:?}: {answer:?}"
        );
        assert_eq!(answer.ends, None);
        let upgrade = answer.notes.iter().any(|note| note.contains("Professional Services"));
        assert_eq!(upgrade, status == Ended, "{version}");
    }
}

#[test]
fn policies_without_a_rule_say_so() {
    let secpod = support("secpod", "SanerNow", "6.1", None, NOW);
    assert_eq!(secpod.status, SupportStatus::Unknown);
    assert!(secpod.because.contains("no rule about versions"));
    let other = support("secpod", "Excel", "6.1", None, NOW);
    assert!(other.because.contains("not about Excel"), "{}", other.because);
    let datalocker = support("datalocker", "safeconsole", "5.9.4", None, NOW);
    assert_eq!((datalocker.status, datalocker.ends), (SupportStatus::Unknown, None));
    assert!(
        datalocker
            .because
            .contains("No published end-of-life date known for SafeConsole (checked 2026-11-22)"),
        "{}",
        datalocker.because
    );
}

/// Each open answer says what would settle it, and nothing that the question contradicts.
#[test]
fn every_open_answer_says_what_would_settle_it() {
    for (policy, product, version, latest, parts) in [
        ("secpod", "SanerNow", "6.1", None, ["no rule about versions", "a date from the vendor"]),
        ("secpod", "Excel", "6.1", None, ["not about Excel", "own vendor"]),
        ("datalocker", "Sentry ONE", "6.1", None, ["only EMS", "`keycase check`"]),
        ("datalocker", "EMS", "6.1", None, ["known for EMS", "a date from the vendor"]),
        ("datalocker", "EMS", "six", None, ["`six` is not a version", "--version"]),
        ("lockthreat", "LockThreat", "3.3.1", Some("new"), ["`new` is not a version", "--latest"]),
        ("lockthreat", "LockThreat", "3.3.1", None, ["the latest is not known", "--latest"]),
        ("lockthreat", "LockThreat", "3.3.3", Some("3.3.2"), ["3.3.3 is newer", "--latest"]),
        (
            "lockthreat",
            "LockThreat",
            "3.3.1",
            Some("3.4"),
            ["3.4, given as the latest", "--latest"],
        ),
        ("lockthreat", "LockThreat", "3.3", Some("3.3.2"), ["3.3 has none", "--version"]),
        ("lockthreat", "LockThreat", "3", Some("3.3.2"), ["3 has none", "--version"]),
        ("lockthreat", "LockThreat", "3.2.9", Some("3.3.1"), ["before 3.3.1", "a date from"]),
        ("data-dynamics", "StorageX", "9.0", Some("8.0"), ["9.0 is newer than 8.0", "--latest"]),
        ("data-dynamics", "StorageX", "7.8.0", None, ["names no end", "--latest 7.8.0"]),
        ("data-dynamics", "StorageX", "7.8.0", Some("8.0"), ["directly before 8.0", "a date from"]),
        ("data-dynamics", "StorageX", "7.7.5", None, ["does not list", "--latest 7.7.5"]),
        ("data-dynamics", "StorageX", "7.7.5", Some("8.0"), ["directly before 8.0", "a date from"]),
    ] {
        let answer = support(policy, product, version, latest, NOW);
        let because = &answer.because;
        assert_eq!(answer.status, SupportStatus::Unknown, "{because}");
        for part in parts.iter().chain(&["would settle it"]) {
            assert!(because.contains(part), "{policy} {version} {latest:?}: {because}");
        }
        assert_eq!(
            because.matches("would settle it").count(),
            1 + usize::from(because.contains("otherwise"))
        );
        assert!(latest.is_none() || !because.contains("nothing later"), "{because}");
    }
}

/// The policies with an overlay of one of them.
fn with_overlay(text: &str) -> Result<Policies, Vec<String>> {
    let mut set = embedded();
    let (path, origin) = ("dates.toml".to_owned(), Origin::Overlay);
    set.add("policies", Pack { path, text: text.to_owned().into(), origin });
    Policies::load(&set).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn release(product: &str, version: Option<&str>, ends: &str) -> String {
    let version = version.map(|version| format!("version = \"{version}\"\n"));
    let version = version.unwrap_or_default();
    format!(
        "[[release]]\nproduct = \"{product}\"\n{version}ends = \"{ends}\"\nsource = \"letter\"\n"
    )
}

/// A row for a version says more about it than one for the whole product.
#[test]
fn the_row_that_names_the_version_decides() {
    let own = release("EMS", Some("7.2"), "2027-01-01");
    let whole = release("EMS", None, "2026-01-01");
    for rows in [format!("{own}{whole}"), format!("{whole}{own}")] {
        let policies = with_overlay(&format!("extends = \"datalocker\"\n{rows}")).unwrap();
        let policy = policies.get("datalocker").unwrap();
        for (version, status, ends) in [
            ("7.2.0", SupportStatus::Supported, "2027-01-01"),
            ("7.1", SupportStatus::Ended, "2026-01-01"),
        ] {
            let today = NOW.parse().unwrap();
            let query = VersionQuery { product: "ems", version, latest: None, today };
            let answer = version_support(policy, &query);
            let ends = Some(ends.parse::<Date>().unwrap());
            assert_eq!((answer.status, answer.ends), (status, ends), "{version}");
        }
    }
}

#[test]
fn a_release_row_may_use_an_alias_but_no_unknown_product() {
    let row = release("IronKey EMS", None, "2026-01-01");
    let policies = with_overlay(&format!("extends = \"datalocker\"\n{row}")).unwrap();
    let policy = policies.get("datalocker").unwrap();
    let today = NOW.parse().unwrap();
    let query = VersionQuery { product: "EMS", version: "7.2", latest: None, today };
    assert_eq!(version_support(policy, &query).status, SupportStatus::Ended);
    let row = release("Sentry ONE", None, "2026-01-01");
    let errors = with_overlay(&format!("extends = \"datalocker\"\n{row}")).unwrap_err();
    let wanted = "dates.toml:3:11: the policy has no product `Sentry ONE`, only EMS, ";
    assert!(errors[0].starts_with(wanted), "{errors:?}");
    let mut set = embedded();
    let full = set.of("policies").find(|pack| pack.path.ends_with("dynamics.toml")).unwrap();
    let text = full.text.replacen("product = \"StorageX\"", "product = \"Storage\"", 1);
    let (path, origin) = ("data-dynamics.toml".to_owned(), Origin::Overlay);
    set.add("policies", Pack { path, text: text.into(), origin });
    let errors = Policies::load(&set).unwrap_err();
    assert!(errors[0].to_string().contains(":177:11: the policy has no product"), "{errors:?}");
}

#[test]
fn an_overlays_row_takes_the_place_of_the_same_version_however_it_is_written() {
    let row = release("storagex", Some("7.8"), "2026-12-31");
    let policies = with_overlay(&format!("extends = \"data-dynamics\"\n{row}")).unwrap();
    let policy = policies.get("data-dynamics").unwrap();
    assert_eq!(policy.pack.versions.as_ref().unwrap().releases.len(), 3);
    let today = NOW.parse().unwrap();
    let query = VersionQuery { product: "StorageX", version: "7.8.0", latest: None, today };
    let answer = version_support(policy, &query);
    assert_eq!(answer.ends, Some("2026-12-31".parse().unwrap()), "{answer:?}");
}

/// An organisation's own dates decide under every policy, whatever its rule is.
#[test]
fn an_overlays_dates_decide_under_every_rule() {
    use SupportStatus::{Ended, Supported, Unknown};
    for (policy, product, row_version, ends, version, latest, status) in [
        ("secpod", "Saner", Some("6.1"), "2026-01-01", "6.1", None, Ended),
        ("secpod", "SanerNow", None, "2027-01-01", "6.1", None, Supported),
        ("secpod", "SanerNow", Some("6.1"), "2027-01-01", "6.2", None, Unknown),
        ("lockthreat", "LockThreat", Some("3.1.0"), "2027-01-01", "3.1", Some("3.3.2"), Supported),
        ("lockthreat", "LockThreat", Some("3.3.2"), "2026-01-01", "3.3.2", Some("3.3.2"), Ended),
        // The end of the whole product ends every version; before it the rule has to be kept.
        ("lockthreat", "LockThreat", None, "2026-01-01", "3.3.2", Some("3.3.2"), Ended),
        ("lockthreat", "LockThreat", None, "2027-01-01", "3.3.2", Some("3.3.2"), Supported),
        ("lockthreat", "LockThreat", None, "2027-01-01", "3.1.0", Some("3.3.2"), Ended),
        ("lockthreat", "LockThreat", None, "2027-01-01", "3.3.2", None, Unknown),
        ("data-dynamics", "StorageX", None, "2026-01-01", "9.0", Some("9.0"), Ended),
        ("data-dynamics", "StorageX", None, "2027-01-01", "9.0", Some("9.0"), Supported),
    ] {
        let row = release(product, row_version, ends);
        let policies = with_overlay(&format!("extends = \"{policy}\"\n{row}")).unwrap();
        let (policy, today) = (policies.get(policy).unwrap(), NOW.parse().unwrap());
        let product = &policy.pack.scope.products[0].name;
        let answer = version_support(policy, &VersionQuery { product, version, latest, today });
        assert_eq!(answer.status, status, "{product} {version} {latest:?}: {answer:?}");
        let dated = status == Supported || ends < NOW;
        let wanted = dated.then(|| ends.parse::<Date>().unwrap());
        assert_eq!(answer.ends, wanted, "{product} {version} {latest:?}: {answer:?}");
        assert!(policy.cited().ends_with("dates.toml"));
    }
}

#[test]
fn an_overlay_can_date_a_product() {
    let row = release("SafeConsole", Some("5.9.4"), "2026-11");
    let policies = with_overlay(&format!("extends = \"datalocker\"\n{row}")).unwrap();
    let policy = policies.get("datalocker").unwrap();
    for (today, status) in
        [("2026-11-30", SupportStatus::Supported), ("2026-12-01", SupportStatus::Ended)]
    {
        let today = today.parse().unwrap();
        let query = VersionQuery { product: "SafeConsole", version: "5.9.4", latest: None, today };
        assert_eq!(version_support(policy, &query).status, status, "{today}");
    }
    assert!(policy.cited().ends_with("dates.toml"));
}

#[test]
fn versions_and_dates_read_what_they_print() {
    for text in ["7.8.0", "3.3", "1", "1.2.3.4"] {
        assert_eq!(ReleaseNumber::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "7.", ".8", "7.8.0.1.2", "a.b", "7.8-rc", "1..2", "99999999999"] {
        assert!(ReleaseNumber::parse(text).is_none(), "{text}");
    }
    let order = |a: &str, b: &str| {
        ReleaseNumber::parse(a).unwrap().order(&ReleaseNumber::parse(b).unwrap())
    };
    assert!(order("7.10.0", "7.9.9").is_gt());
    assert!(order("v7.8", "7.8.0").is_eq());
    let surely_before = |a: &str, b: &str| {
        ReleaseNumber::parse(a).unwrap().is_surely_before(&ReleaseNumber::parse(b).unwrap())
    };
    for (a, b, wanted) in [
        ("4.8.24", "4.8.25", true),
        ("4.7", "4.8.25", true),
        ("4.8", "4.8.25", false),
        ("4.8.25", "4.8.25", false),
        ("4.8.25.1", "4.8.25", false),
        ("5", "4.8.25", false),
    ] {
        assert_eq!(surely_before(a, b), wanted, "{a} {b}");
    }
    let february: DayOrMonth =
        toml::from_str::<std::collections::BTreeMap<String, DayOrMonth>>("d = \"2024-02\"")
            .unwrap()["d"];
    assert_eq!(february.last_day(), "2024-02-29".parse::<Date>().unwrap());
}
