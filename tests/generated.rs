//! JSON Schemas of the published documents, generated into `data/schemas/`. They fail on
//! drift; `UPDATE=1` writes them. Documents that the program prints are held to them.

pub mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use keycase::bundle::{Manifest, Verification};
use keycase::packs::embedded;
use keycase::policy::{PolicyOverlay, PolicyPack};
use keycase::render::bundle::Bundled;
use keycase::render::eligibility::EligibilityDocument;
use keycase::render::event::EventDocument;
use keycase::render::findings::FindingsDocument;
use keycase::render::outbox::OutboxDocument;
use keycase::render::overview::Overview;
use keycase::render::policy::{LifecycleDocument, TargetsDocument, VersionSupportDocument};
use keycase::render::status::StatusDocument;
use keycase::render::submission::Submission;
use keycase::render::triage::Document as TriageDocument;
use keycase::render::udev::UdevDocument;
use keycase::render::unmasked::Unmasked;
use keycase::snapshot::Snapshot;
use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};
use support::keycase::Keycase;

/// Every published document with the file its schema stands in.
fn schemas() -> BTreeMap<&'static str, Value> {
    let mut all = BTreeMap::new();
    let mut add = |name, schema| {
        assert!(all.insert(name, schema).is_none(), "{name} twice");
    };
    add("keycase.snapshot-1", schema::<Snapshot>("keycase.snapshot/1"));
    add("keycase.eligibility-1", schema::<EligibilityDocument>("keycase.eligibility/1"));
    add("keycase.bundle-1", schema::<Manifest>("keycase.bundle/1"));
    add("keycase.bundled-1", schema::<Bundled>("keycase.bundled/1"));
    add("keycase.unmasked-1", schema::<Unmasked>("keycase.unmasked/1"));
    add("keycase.verification-1", schema::<Verification>("keycase.verification/1"));
    add("keycase.submission-1", schema::<Submission>("keycase.submission/1"));
    add("keycase.targets-1", schema::<TargetsDocument>("keycase.targets/1"));
    add("keycase.lifecycle-1", schema::<LifecycleDocument>("keycase.lifecycle/1"));
    add("keycase.version-support-1", schema::<VersionSupportDocument>("keycase.version-support/1"));
    add("keycase.findings-1", schema::<FindingsDocument>("keycase.findings/1"));
    add("keycase.triage-1", schema::<TriageDocument>("keycase.triage/1"));
    add("keycase.overview-1", schema::<Overview>("keycase.overview/1"));
    add("keycase.outbox-1", schema::<OutboxDocument>("keycase.outbox/1"));
    add("keycase.event-1", schema::<EventDocument>("keycase.event/1"));
    add("keycase.udev-1", schema::<UdevDocument>("keycase.udev/1"));
    add("keycase.status-1", schema::<StatusDocument>("keycase.status/1"));
    add("policy-pack", pack_schema::<PolicyPack>("A support policy: policies/<id>.toml"));
    add("policy-overlay", pack_schema::<PolicyOverlay>("Changes of a support policy"));
    all
}

/// The schema of a document whose field `schema` holds `name`.
fn schema<T: JsonSchema>(name: &str) -> Value {
    let mut schema = schema_for!(T).to_value();
    schema["title"] = json!(name);
    schema["properties"]["schema"] = json!({ "const": name });
    schema
}

/// The schema of a pack that people write.
fn pack_schema<T: JsonSchema>(title: &str) -> Value {
    let mut schema = schema_for!(T).to_value();
    schema["title"] = json!(title);
    schema
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/schemas")
}

#[test]
fn schemas_are_the_ones_in_the_repository() {
    let update = std::env::var_os("UPDATE").is_some();
    for (name, schema) in schemas() {
        let file = folder().join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if update {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&file, &text).unwrap();
        }
        let there = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(there, text, "{name}: run with UPDATE=1 and read the change");
    }
}

#[test]
fn no_schema_is_left_behind() {
    let known = schemas();
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.strip_suffix(".json").unwrap_or(&name).to_owned();
        assert!(known.contains_key(stem.as_str()), "nothing publishes {name}");
    }
}

/// What an editor says about a pack by its schema, and what the program says, agree.
#[test]
fn policy_packs_keep_to_their_schemas() {
    let schemas = schemas();
    let errors = |schema: &str, text: &str| {
        let pack: toml::Value = toml::from_str(text).unwrap();
        let validator = jsonschema::validator_for(&schemas[schema]).unwrap();
        let pack = serde_json::to_value(pack).unwrap();
        validator.iter_errors(&pack).map(|error| error.to_string()).collect::<Vec<_>>()
    };
    let packs = embedded();
    for pack in packs.of("policies") {
        assert_eq!(errors("policy-pack", &pack.text), Vec::<String>::new(), "{}", pack.path);
    }
    let good = packs.of("policies").find(|pack| pack.path.ends_with("datalocker.toml")).unwrap();
    for (from, to) in [
        ("checked = ", "chequed = "),
        ("open = \"09:00\"", "open = \"9:00\""),
        ("close = \"17:00\"", "close = \"25:00\""),
        ("business_hours = 8", "hours = 8"),
        ("business_hours = 8", "business_hours = 8, days = 1"),
        ("contact = \"sales\"", "contact = \"nobody\""),
        ("days = [\"mon\"", "days = [\"moon\""),
        ("2026-11-22", "22 November"),
        ("source = \"standard hours of operation\"", "source = \"\""),
        ("source = \"standard hours of operation\"\n", ""),
    ] {
        let wrong = good.text.replacen(from, to, 1);
        assert_ne!(*wrong, *good.text, "{from}");
        assert!(!errors("policy-pack", &wrong).is_empty(), "{to} passes");
    }
    let overlay = "extends = \"datalocker\"\n[hours]\nzone = \"Europe/Berlin\"\n\
        holidays = { dates = [\"2026-12-24\"] }\n[facts]\naccount_in_good_standing = true\n\
        [[release]]\nproduct = \"SafeConsole\"\nends = \"2026-11\"\nsource = \"a letter\"\n";
    assert_eq!(errors("policy-overlay", overlay), Vec::<String>::new());
    assert!(!errors("policy-overlay", &overlay.replace("zone", "zones")).is_empty());
}

/// The table in `data/policies/README.md` names every key that the schemas know.
#[test]
fn the_page_about_policy_packs_names_every_key() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/policies/README.md");
    let page = fs::read_to_string(file).unwrap();
    let apart = |c: char| !c.is_ascii_lowercase() && c != '_';
    let words: BTreeSet<&str> = page.split(apart).collect();
    let schemas = schemas();
    for schema in ["policy-pack", "policy-overlay"] {
        let mut names = Vec::new();
        properties(&schemas[schema], &mut names);
        for name in names {
            assert!(words.contains(name.as_str()), "`{name}` of {schema}.json is not explained");
        }
    }
}

/// The names of all properties in a schema.
fn properties(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "properties" {
                    names.extend(value.as_object().into_iter().flat_map(|own| own.keys().cloned()));
                }
                properties(value, names);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| properties(one, names)),
        _ => {}
    }
}

#[test]
fn documents_keep_to_their_schemas() {
    let machine = "tests/machines/locked-sentry-one/snapshot.json";
    let hostile = "tests/machines/hostile-strings/snapshot.json";
    let bundle = tempfile::tempdir().unwrap();
    let zip = bundle.path().join("b.zip");
    let zip = zip.to_str().unwrap();
    let commands = [
        format!("scan --all --from {machine}"),
        format!("scan --from {hostile}"),
        format!("check --from {machine}"),
        format!("check --from {hostile} --fact past_end_of_life=true"),
        "policy targets datalocker --severity 1 --received-at 2026-11-20T22:00:00Z".to_owned(),
        "policy targets lockthreat --severity 1 --received-at 2026-11-20T22:00:00Z".to_owned(),
        "policy lifecycle secpod --state solved --since 2026-11-20T12:00:00Z".to_owned(),
        "policy lifecycle datalocker --state closed --since 2026-11-20T12:00:00Z".to_owned(),
        "policy support data-dynamics --product StorageX --version 7.7.0".to_owned(),
        "policy support datalocker --product SafeConsole --version 5.9".to_owned(),
        format!("diagnose --from {machine}"),
        format!("--from {machine}"),
        format!("--from {hostile}"),
        format!("diagnose --from {hostile}"),
        "triage --describe broken".to_owned(),
        "outbox list".to_owned(),
        "triage --describe down --policy lockthreat".to_owned(),
        format!("triage --from {machine} --describe slow --policy data-dynamics"),
        format!("bundle --from {machine} -o {zip}"),
        format!("verify {zip}"),
        format!("submit --from {machine} --describe broken --yes"),
        format!("submit --from {machine} --describe broken --dry-run"),
        "udev check --sysroot tests/machines/no-drive/root".to_owned(),
    ];
    let schemas = schemas();
    let mut seen = BTreeMap::new();
    for command in &commands {
        let ran = Keycase::new(&format!("{command} --json")).run();
        let document: Value = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{command}: {error}\n{}\n{}", ran.stdout, ran.stderr));
        let Some(name) = document["schema"].as_str() else { continue };
        let file = name.replace('/', "-");
        let Some(schema) = schemas.get(file.as_str()) else { continue };
        let validator = jsonschema::validator_for(schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{command}:\n{}", errors.join("\n"));
        *seen.entry(name.to_owned()).or_insert(0) += 1;
    }
    assert!(seen.len() >= 10, "only {seen:?} were held to a schema");
}
