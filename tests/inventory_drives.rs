//! Which drive a row of a list means when its ids and its name say different things, and what is
//! said of devices that are no drives of these makers.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::io::Write as _;
use std::process::Command;

use serde_json::{Value, json};

/// Answers with which a drive is eligible unless its model is a managed one.
const GOOD: [&str; 10] = [
    "license_compliant=true",
    "account_in_good_standing=true",
    "implementation_complete=true",
    "past_end_of_life=false",
    "request_is_problem=true",
    "requester_is_admin=false",
    "standalone=true",
    "installed_as_instructed=true",
    "third_party_cause=false",
    "concerns_management_software=true",
];

/// The answer for the only drive in a file that is given to `check` with this option.
fn check(option: &str, text: &str, facts: &[&str]) -> Value {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_keycase"));
    command.args(["--config", "tests/empty.toml", "--now", "2026-11-25T10:00:00Z"]);
    command.args(["check", "--json", option]).arg(file.path());
    command.args(facts.iter().flat_map(|fact| ["--fact", fact]));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["drives"].as_array().unwrap().len(), 1, "{text}");
    document["drives"][0].take()
}

/// The answer for one row in which these columns are filled.
fn judged(columns: &str, row: &str) -> Value {
    check("--inventory", &format!("{columns}\n{row}\n"), &GOOD)
}

fn evidence(answer: &Value) -> &str {
    assert_eq!(answer["reasons"][0]["clause"], "product_scope");
    answer["reasons"][0]["evidence"].as_str().unwrap()
}

/// All answers for a list of names.
fn named<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Value> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for name in names {
        writeln!(file, "{}", json!({ "model": name })).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_keycase"));
    command.args(["--config", "tests/empty.toml", "check", "--json", "--inventory"]);
    let output = command.arg(file.path()).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["drives"].as_array_mut().unwrap().drain(..).collect()
}

#[test]
fn brand_words_may_be_left_out_or_added() {
    let rows = [
        ("IronKey Vault Privacy 50", "kingston-vp50"),
        ("Kingston IronKey VP80ES", "kingston-vp80es"),
        ("ironkey keypad 200c", "kingston-kp200c"),
        ("DL Sentry ONE-M", "datalocker-sentry-one-m"),
        ("DataLocker Sentry ONE Managed", "datalocker-sentry-one-m"),
        ("IronKey Locker+ 50 G2", "kingston-lp50-g2"),
        ("Kingston  DT4000 G2", "kingston-dt4000g2"),
        ("DataLocker IronKey H350", "datalocker-h350"),
        // A brand that the model never had, and what is no name without its brand.
        ("Kingston Sentry ONE", ""),
        ("IronKey DataTraveler 2000", ""),
        ("DL Vault Privacy 50", ""),
        ("Kingston IronKey", ""),
        ("Sentry", ""),
        ("DataLocker device (model not identified)", ""),
        // Two models could be meant, or a part only is a name.
        ("IronKey Vault Privacy", ""),
        ("IronKey S1000 Enterprise", ""),
    ];
    let answers = named(rows.iter().map(|(name, _)| *name));
    for ((name, id), answer) in rows.iter().zip(&answers) {
        assert_eq!(answer["id"].as_str().unwrap_or_default(), *id, "{name}");
    }
}

/// Whatever is left of a name without its brand, it is never the name of another entry.
#[test]
fn no_name_becomes_another_ones_without_its_brand() {
    let catalog = keycase::catalog::Catalog::load(&keycase::packs::embedded()).unwrap();
    let mut names = Vec::new();
    for entry in catalog.entries() {
        for name in entry.aliases.iter().chain([&entry.name]).chain(&entry.model) {
            let brands = ["Kingston", "IronKey", "DataLocker", "DL", "Imation"];
            let rest = name.split_whitespace().filter(|word| !brands.contains(word));
            let rest = rest.collect::<Vec<_>>().join(" ");
            names.push((entry.id.clone(), name.clone()));
            names.extend(brands.map(|brand| (entry.id.clone(), format!("{brand} {rest}"))));
            names.push((entry.id.clone(), rest));
        }
    }
    let answers = named(names.iter().map(|(_, name)| name.as_str()));
    let mut found = 0;
    for ((id, name), answer) in names.iter().zip(&answers) {
        if let Some(answered) = answer["id"].as_str() {
            assert_eq!(answered, id, "{name}");
            found += 1;
        }
    }
    assert!(found > 200, "{found}");
}

/// Ids, the name in the list, what the ids are known as, and whose the named drive is where only
/// the vendor id tells.
const CONTRADICTIONS: [(&str, &str, &str, &str); 9] = [
    // A public document ascribes this id to the D500S; it is a microphone's.
    ("0951,16df", "D500S", "HyperX QuadCast (not a storage drive)", ""),
    ("0951,1666", "D300S", "Kingston DataTraveler (consumer stick, not encrypted)", ""),
    ("1953,1337", "S250", "Virtual FIDO demo device (not an IronKey drive)", ""),
    ("0984,1407", "D300", "Apricorn Aegis Secure Key 3.0", ""),
    // Nobody saw these ids, but the vendor id is somebody's.
    ("1953,1234", "Sentry ONE", "IronKey's", ", which is DataLocker's"),
    ("0951,1234", "S250", "Kingston's", ", which is IronKey's"),
    ("2009,1234", "D300", "iStorage's", ", which is Kingston's"),
    ("230a,1234", "iStorage datAshur", "DataLocker's", ", which is iStorage's"),
    // Ids of one maker's model, and the name of another's.
    ("0951,1539", "Sentry ONE-M", "Kingston IronKey D300", ""),
];

#[test]
fn ids_and_a_name_that_cannot_be_of_one_drive_leave_it_unknown() {
    for (ids, name, known, whose) in CONTRADICTIONS {
        let answer = judged("vid,pid,model", &format!("{ids},{name}"));
        assert_eq!(answer["verdict"], "unknown", "{ids} {name}");
        assert_eq!((&answer["id"], &answer["name"]), (&Value::Null, &name.into()));
        let (vid, pid) = ids.split_once(',').unwrap();
        let on = match whose {
            "" => format!("usb {vid}:{pid}"),
            _ => format!("usb vendor {vid}"),
        };
        assert_eq!(
            evidence(&answer),
            format!(
                "{on} is known as {known}, the list says {name}{whose}; the model name printed on \
                 the drive and a scan of it would settle which is wrong"
            )
        );
    }
}

#[test]
fn a_name_places_a_drive_whose_ids_nobody_saw() {
    for (row, id) in [
        ("0951,1234,D500S", "kingston-d500s"),
        ("1953,1234,S250", "ironkey-s250"),
        ("230a,1234,Sentry ONE", "datalocker-sentry-one"),
        // Sold as IronKey, whoever answers for them now.
        ("1953,1234,S1000", "kingston-s1000"),
        ("0951,1234,S1000", "kingston-s1000"),
        ("1953,1234,IronKey H350", "datalocker-h350"),
        // The catalog knows no owner of this vendor id, and a rebrand may have its maker's.
        ("abcd,1234,DT6000", "kingston-dt6000"),
    ] {
        let answer = judged("vid,pid,model", row);
        assert_eq!((&answer["id"], &answer["verdict"]), (&id.into(), &"eligible".into()), "{row}");
    }
}

#[test]
fn of_two_models_that_may_share_an_id_the_managed_one_counts() {
    for (row, id, verdict) in [
        ("0951,1539,D300SM", "kingston-d300sm", "not_eligible"),
        ("0951,160d,DTVP-M", "kingston-dtvp-m", "not_eligible"),
        ("0951,1539,D300S", "kingston-d300", "eligible"),
        ("0951,1539,D300", "kingston-d300", "eligible"),
        ("230a,1550,Sentry ONE", "datalocker-sentry-one-m", "not_eligible"),
    ] {
        let answer = judged("vid,pid,model", row);
        assert_eq!((&answer["id"], &answer["verdict"]), (&id.into(), &verdict.into()), "{row}");
    }
}

#[test]
fn whether_a_drive_is_managed_is_asked_where_ids_say_never_and_the_name_always() {
    let is_asked = |row: &str| {
        let answer = check("--inventory", &format!("vid,pid,model\n{row}\n"), &[]);
        assert_eq!(answer["id"], "kingston-lp50-g2", "{row}");
        answer["ask"].as_array().unwrap().iter().any(|asked| asked["fact"] == "standalone")
    };
    assert!(!is_asked("0951,159d,"));
    assert!(!is_asked("0951,159d,LP50"));
    assert!(is_asked("0951,159d,D500SM"));
}

#[test]
fn drives_of_other_makers_are_theirs_to_support() {
    for (row, name, maker) in [
        ("0984,1407,", "Apricorn Aegis Secure Key 3.0", "Apricorn"),
        ("0984,1407,Unheard of", "Apricorn Aegis Secure Key 3.0", "Apricorn"),
        (",,iStorage datAshur", "iStorage datAshur", "iStorage"),
        ("2009,5004,datAshur", "iStorage datAshur", "iStorage"),
        ("0781,5e10,", "SanDisk encrypted drive (model not identified)", "SanDisk"),
    ] {
        let answer = judged("vid,pid,model", row);
        assert_eq!(answer["verdict"], "not_eligible", "{row}");
        assert_eq!((&answer["name"], &answer["contact"]), (&name.into(), &"manufacturer".into()));
        assert_eq!(evidence(&answer), format!("{maker} makes it (the catalog)"), "{row}");
    }
}

const CONSUMER: &str = "Kingston DataTraveler (consumer stick, not encrypted)";

fn is_called_a_consumer_stick(answer: &Value) {
    assert_eq!((&answer["verdict"], &answer["name"]), (&"unknown".into(), &CONSUMER.into()));
    assert_eq!((&answer["id"], &answer["model"]), (&Value::Null, &Value::Null));
    assert_eq!(
        evidence(answer),
        format!(
            "the catalog knows it as {CONSUMER}, which is no encrypted drive; the model name \
             printed on the drive would settle it"
        )
    );
}

#[test]
fn what_is_no_encrypted_drive_is_called_so() {
    for row in ["0951,1666,", &format!(",,\"{CONSUMER}\""), "0951,1666,Unheard of"] {
        is_called_a_consumer_stick(&judged("vid,pid,model", row));
    }
}

/// A scan lists neither; a recording from somewhere else can.
#[test]
fn recorded_devices_that_are_no_drives_of_these_makers_are_called_what_they_are() {
    let recorded = |vid: &str, pid: &str| {
        let snapshot = json!({
            "schema": "keycase.snapshot/1",
            "taken_at": "2026-11-22T12:00:00Z",
            "tool": {"name": "keycase", "version": "0", "data": {"version": "0", "hash": "0"}},
            "host": {"os": "linux", "usb_bus": true},
            "drives": [{"port": "1-4", "usb": {"vid": vid, "pid": pid}}],
        });
        check("--from", &snapshot.to_string(), &GOOD)
    };
    let apricorn = recorded("0984", "1407");
    assert_eq!(apricorn["verdict"], "not_eligible");
    assert_eq!(evidence(&apricorn), "Apricorn makes it (the catalog)");
    is_called_a_consumer_stick(&recorded("0951", "1666"));
}

#[test]
fn a_product_is_a_name_where_the_model_is_none() {
    for (row, id) in [
        ("Sentry ONE-M,", "datalocker-sentry-one-m"),
        ("Kingston IronKey D500S,", "kingston-d500s"),
        ("VaultPrivacy50,Unheard of", "kingston-vp50"),
        ("Sentry ONE,D300", "kingston-d300"),
    ] {
        assert_eq!(judged("product,model", row)["id"], id, "{row}");
    }
}
