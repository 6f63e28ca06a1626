//! Holds the code to ARCHITECTURE.md: which module may use which, which modules are pure,
//! that no file outgrows its concept, and that every path named in the documents exists.

#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "architecture/paths.rs"]
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use paths::{bare, paths};

/// Module → modules it may use. Anything not listed is an arrow that ARCHITECTURE.md does
/// not draw.
const ARROWS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("files", &[]),
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
    ("bundle", &["collect", "files", "redact", "snapshot", "packs"]),
    ("desk", &["bundle", "files", "host", "redact", "policy", "catalog", "snapshot", "packs"]),
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
            "files",
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

/// What a pure module may not name, in any path: these parts, one after the other.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::os",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "ToSocketAddrs",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant",
    "tokio",
    "rusb",
    "hidapi",
    "reqwest",
    "rustix",
    "sysinfo",
    "tempfile",
    "now",
    // Behind these, anything of the above can hide.
    "std::*",
    "std::io::*",
    "std::net::*",
];

/// The widest comment; rustfmt holds the code to it.
const WIDEST: usize = 100;

/// A file longer than this holds more than one concept.
const LONGEST: usize = 600;

#[test]
fn modules_use_only_what_the_arrows_allow() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, file, code) in sources() {
        let may = allowed.get(module.as_str());
        assert!(may.is_some(), "src/{module} is not in the table of arrows");
        for used in uses(&file, &code) {
            let known = allowed.contains_key(used.as_str()) || used == ROOT;
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
        for path in impure(&code) {
            wrong.push(format!("{}: {path}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "pure modules reach outside:\n{}", wrong.join("\n"));
}

/// Paths that reach outside.
fn impure(code: &str) -> Vec<String> {
    let is_in = |path: &[String], word: &str| {
        let parts: Vec<&str> = word.split("::").collect();
        // `now` alone is a value's name; at the end of a path it asks a clock.
        let path = if word == "now" { path.get(1..).unwrap_or_default() } else { path };
        path.windows(parts.len()).any(|window| window == parts)
    };
    // `use std as other;` would give everything another name.
    let renamed = |path: &[String]| path == ["std"];
    let reaches = |path: &Vec<String>| renamed(path) || IMPURE.iter().any(|word| is_in(path, word));
    paths(code).into_iter().filter(reaches).map(|path| path.join("::")).collect()
}

#[test]
fn the_checks_see_every_way_to_name_a_module() {
    let of = |file: &str, code: &str| uses(Path::new(file), code);
    assert_eq!(of("a/b.rs", "use crate::desk::{self, x};"), ["desk", "desk"]);
    assert_eq!(of("a/b.rs", "use crate::{desk, host::y};"), ["desk", "host"]);
    assert_eq!(of("a/b.rs", "super::super::desk::x()"), ["desk"]);
    assert_eq!(of("a/mod.rs", "use super::{desk::x, host};"), ["desk", "host"]);
    assert_eq!(of("a/b/c.rs", "use super::super::super::desk;"), ["desk"]);
    assert_eq!(of("a/b/c.rs", "use super::super::desk;"), Vec::<String>::new());
    assert_eq!(of("a/b.rs", "use crate as all; use super::super as top;"), [ROOT, ROOT]);
    assert_eq!(of("a/b.rs", "use crate::*;"), [ROOT]);

    assert_eq!(impure("use std::{fs, env::var};"), ["std::fs", "std::env::var"]);
    assert_eq!(impure("use std::{io::{self, stdout}};"), ["std::io::stdout"]);
    assert_eq!(impure("use jiff::Timestamp as T; T::now()"), ["T::now"]);
    assert_eq!(impure("use std as s; use std::{self as t};"), ["std", "std"]);
    assert_eq!(impure("let now = x.now; std::fmt::Result").len(), 0);
}

#[test]
fn comments_are_no_wider_than_code() {
    let mut wide = Vec::new();
    for folder in ["src", "tests", "benches", "examples", "fuzz/src", "fuzz/fuzz_targets"] {
        for file in files(&root().join(folder), "rs") {
            let text = fs::read_to_string(&file).unwrap();
            let comments = text.lines().enumerate().filter(|(_, line)| {
                line.trim_start().starts_with("//") && line.chars().count() > WIDEST
            });
            wide.extend(comments.map(|(at, _)| format!("{}:{}", file.display(), at + 1)));
        }
    }
    assert!(wide.is_empty(), "comments over {WIDEST} columns:\n{}", wide.join("\n"));
}

#[test]
fn every_dependency_has_its_reason_in_the_document() {
    let document = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = document.split("\n## Dependencies\n").nth(1).unwrap().lines();
    let cells = rows.filter_map(|line| line.strip_prefix("| ")?.split('|').next());
    // What stands in brackets is about a crate: its features, its version.
    let names = cells.skip(1).flat_map(|cell| {
        let mut depth = 0;
        let outside = cell.chars().filter(move |c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0 && *c != ')'
        });
        outside.collect::<String>().split(',').map(|n| n.trim().to_owned()).collect::<Vec<_>>()
    });
    let told: BTreeSet<String> = names.collect();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let unix = &manifest["target"]["cfg(unix)"]["dependencies"];
    let tables = [&manifest["dependencies"], unix].map(|table| table.as_table().unwrap());
    let used: BTreeSet<String> = tables
        .into_iter()
        .flatten()
        .map(|(name, row)| row.get("package").map_or(name.as_str(), |p| p.as_str().unwrap()))
        .map(str::to_owned)
        .collect();
    assert_eq!(told, used, "the table of dependencies against Cargo.toml");
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
        found.push((module, below.to_owned(), bare(without_tests(&text))));
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn without_tests(text: &str) -> &str {
    let code = text.split("\n#[cfg(test)]").next().unwrap_or(text);
    code.split("\n#[cfg(all(test").next().unwrap_or(code)
}

/// The root itself: whoever names it can reach every module under another name.
const ROOT: &str = "crate";

/// Names of our modules that the code of a file reaches from the root: as `crate::name`, or
/// with as many `super` as lead there.
fn uses(file: &Path, code: &str) -> Vec<String> {
    let parts = file.with_extension("");
    let deep = parts.iter().filter(|part| *part != "mod").count();
    let mut used = Vec::new();
    for path in paths(code) {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let from_root = match path.first().map(String::as_str) {
            Some("crate") => &path[1..],
            _ if ups >= deep => &path[ups..],
            _ => continue,
        };
        match from_root.first().map(String::as_str) {
            Some("*") => used.push(ROOT.to_owned()),
            Some(name) => used.push(name.to_owned()),
            None if gets_a_name(code, path.last().map_or("", String::as_str)) => {
                used.push(ROOT.to_owned());
            }
            // `pub(crate)` and `pub(super)` are scopes.
            None => {}
        }
    }
    used
}

/// Whether a path that ends so is imported `as` something.
fn gets_a_name(code: &str, end: &str) -> bool {
    let words: Vec<&str> = code.split_whitespace().collect();
    let is_named = |word: &str| word.ends_with(end) || word.ends_with("{self");
    words.windows(2).any(|pair| is_named(pair[0]) && pair[1] == "as")
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
