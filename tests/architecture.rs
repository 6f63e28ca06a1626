//! Holds the code to ARCHITECTURE.md: which module may use which, which modules are pure,
//! that no file outgrows its concept, and that every path named in the documents exists.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Module → modules it may use. Anything not listed is an arrow that ARCHITECTURE.md does
/// not draw.
const ARROWS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("snapshot", &[]),
    ("packs", &["snapshot"]),
    ("condition", &["packs", "snapshot"]),
    ("catalog", &["packs", "snapshot"]),
    ("policy", &["condition", "packs", "snapshot"]),
    ("inventory", &["catalog", "condition", "policy", "snapshot"]),
    ("diagnose", &["catalog", "condition", "packs", "snapshot"]),
    ("triage", &["condition", "packs", "policy", "snapshot"]),
    ("redact", &["packs", "snapshot"]),
    ("udev", &["catalog", "packs", "snapshot"]),
    ("watch", &["snapshot"]),
    ("host", &["snapshot"]),
    ("collect", &["host", "redact", "snapshot", "packs"]),
    ("bundle", &["collect", "redact", "snapshot", "packs"]),
    ("desk", &["bundle", "host", "redact", "policy", "catalog", "snapshot", "packs"]),
    (
        "render",
        &[
            "bundle",
            "catalog",
            "collect",
            "condition",
            "desk",
            "diagnose",
            "packs",
            "policy",
            "redact",
            "snapshot",
            "triage",
            "udev",
            "watch",
        ],
    ),
    (
        "cli",
        &[
            "bundle",
            "catalog",
            "collect",
            "condition",
            "desk",
            "diagnose",
            "host",
            "inventory",
            "packs",
            "policy",
            "redact",
            "render",
            "snapshot",
            "triage",
            "udev",
            "watch",
        ],
    ),
];

/// Functions of values: no clock, file, process, network or device.
const PURE: &[&str] = &[
    "text",
    "snapshot",
    "packs",
    "condition",
    "catalog",
    "policy",
    "inventory",
    "diagnose",
    "triage",
    "redact",
    "udev",
    "watch",
];

/// What a pure module may not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "ToSocketAddrs",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant::now",
    "tokio",
    "rusb",
    "hidapi",
    "reqwest",
    "sysinfo",
    "Timestamp::now",
    "Zoned::now",
];

/// A file longer than this holds more than one concept.
const LONGEST: usize = 600;

#[test]
fn modules_use_only_what_the_arrows_allow() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, file, code) in sources() {
        let may = allowed.get(module.as_str());
        assert!(may.is_some(), "src/{module} is not in the table of arrows");
        for used in uses(&code) {
            let known = allowed.contains_key(used.as_str());
            let bottom = used == "text";
            if known && !bottom && used != module && !may.unwrap().contains(&used.as_str()) {
                wrong.push(format!("{}: {module} → {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows against ARCHITECTURE.md:\n{}", wrong.join("\n"));
}

#[test]
fn pure_modules_touch_nothing() {
    let mut wrong = Vec::new();
    for (module, file, code) in sources() {
        if !PURE.contains(&module.as_str()) {
            continue;
        }
        for (number, line) in code.lines().enumerate() {
            if let Some(word) = IMPURE.iter().find(|word| line.contains(**word)) {
                wrong.push(format!("{}:{}: {word}", file.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "pure modules reach outside:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_is_one_concept_and_says_which() {
    for file in files(&root().join("src"), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display();
        assert!(text.starts_with("//!"), "{name} does not say what belongs in it");
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{name} has {lines} lines; split it");
    }
}

#[test]
fn mod_files_only_explain_and_re_export() {
    for file in files(&root().join("src"), "rs") {
        // The shell's table of commands stands in its mod.rs.
        if file.file_name().unwrap() != "mod.rs" || file.parent().unwrap().ends_with("cli") {
            continue;
        }
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 150, "{} has {lines} lines", file.display());
    }
}

#[test]
fn paths_named_in_the_documents_exist() {
    let mut missing = Vec::new();
    let mut documents = vec![root().join("README.md"), root().join("ARCHITECTURE.md")];
    for folder in ["data", "tests", "docs"] {
        documents.extend(files(&root().join(folder), "md"));
    }
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for path in quoted_paths(&text) {
            let beside = document.parent().unwrap().join(&path);
            if !root().join(&path).exists() && !beside.exists() {
                missing.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "documents name what is not there:\n{}", missing.join("\n"));
}

/// Module, file and code (without tests) of every source file below a module folder.
fn sources() -> Vec<(String, PathBuf, String)> {
    let src = root().join("src");
    let mut found = Vec::new();
    for file in files(&src, "rs") {
        let below = file.strip_prefix(&src).unwrap();
        if below.components().count() < 2 {
            continue;
        }
        let module = below.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        found.push((module, below.to_owned(), without_tests_and_comments(&text)));
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]").next().unwrap_or(text);
    let code = code.split("\n#[cfg(all(test").next().unwrap_or(code);
    code.lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Names of our modules in `crate::name` and `crate::{name, …}`.
fn uses(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let group = group.split("};").next().unwrap_or("");
                used.extend(group.split([',', '{', '}']).map(first_word));
            }
            None => used.push(first_word(rest)),
        }
    }
    used
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// Words in backquotes that look like a path of this repository.
fn quoted_paths(text: &str) -> Vec<String> {
    let tops = [
        "src/",
        "data/",
        "tests/",
        "docs/",
        "benches/",
        "udev/",
        "packaging/",
        "fuzz/",
        ".ci/",
        ".cargo/",
        "templates/",
    ];
    let quoted = text.split('`').skip(1).step_by(2);
    let words = quoted.flat_map(str::split_whitespace);
    words
        .map(|word| word.trim_end_matches([',', '.', ':', ';', ')']))
        .filter(|word| tops.iter().any(|top| word.starts_with(top)))
        .filter(|word| !word.contains(['<', '*', '{', '…', '$']))
        .map(str::to_owned)
        .collect()
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(dir) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
