//! Holds `docs/dependencies.md` to `Cargo.lock`, `Cargo.toml` and the sources of the crates, and
//! `Cargo.lock` to the one registry.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::Table;

/// What a row of the page says.
struct Row {
    name: String,
    version: String,
    unsafe_lines: usize,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn page() -> String {
    read("docs/dependencies.md")
}

fn rows() -> Vec<Row> {
    let page = page();
    let cells = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    cells
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            Row {
                name: cells[1].to_owned(),
                version: cells[2].to_owned(),
                unsafe_lines: cells[3].parse().unwrap(),
            }
        })
        .collect()
}

/// Crates named as harmless: the list before the full stop.
fn harmless() -> BTreeSet<String> {
    let page = page();
    let list = page.split("gives them:").nth(1).unwrap().split('.').next().unwrap();
    list.split(',').map(|name| name.trim().to_owned()).collect()
}

fn packages() -> Vec<Table> {
    let lock: Table = read("Cargo.lock").parse().unwrap();
    let list = lock["package"].as_array().unwrap();
    list.iter().map(|package| package.as_table().unwrap().clone()).collect()
}

fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(toml::Value::as_str)
}

#[test]
fn the_versions_that_were_looked_at_are_the_ones_in_use() {
    let used: BTreeSet<(String, String)> = packages()
        .iter()
        .map(|p| (text(p, "name").unwrap().to_owned(), text(p, "version").unwrap().to_owned()))
        .collect();
    let rows = rows();
    assert!(rows.len() > 30, "the table was not found");
    for row in rows {
        let (name, version) = (row.name, row.version);
        assert!(
            used.contains(&(name.clone(), version.clone())),
            "{name} {version} is not in Cargo.lock: read what changed, then write its new row"
        );
    }
}

#[test]
fn every_direct_dependency_is_in_one_of_the_lists() {
    let manifest: Table = read("Cargo.toml").parse().unwrap();
    let mut direct = BTreeSet::new();
    let targets = manifest["target"].as_table().unwrap().values();
    for section in targets.map(|t| t.as_table().unwrap()).chain([&manifest]) {
        for (key, value) in section["dependencies"].as_table().unwrap() {
            let renamed = value.as_table().and_then(|table| text(table, "package"));
            direct.insert(renamed.unwrap_or(key).to_owned());
        }
    }
    let touching: BTreeSet<String> = rows().into_iter().map(|row| row.name).collect();
    let harmless = harmless();
    let both: Vec<_> = touching.intersection(&harmless).collect();
    assert!(both.is_empty(), "in both lists: {both:?}");
    for name in &direct {
        assert!(
            touching.contains(name) || harmless.contains(name),
            "docs/dependencies.md does not say whether {name} touches bytes from outside"
        );
    }
    let gone: Vec<_> = harmless.difference(&direct).collect();
    assert!(gone.is_empty(), "no direct dependency any more: {gone:?}");
}

#[test]
fn the_lines_of_unsafe_code_are_counted() {
    let folders = folders();
    let mut wrong = Vec::new();
    for row in rows() {
        // The first test says so when the version is another one.
        let Some(folder) = folders.get(&(row.name.clone(), row.version.clone())) else { continue };
        let counted = unsafe_lines(&folder.join("src"));
        if counted != row.unsafe_lines {
            wrong.push(format!("{} {}: {counted}", row.name, row.version));
        }
    }
    assert!(wrong.is_empty(), "docs/dependencies.md has other counts:\n{}", wrong.join("\n"));
}

#[test]
fn everything_comes_from_the_registry_with_a_checksum() {
    for package in packages() {
        let name = text(&package, "name").unwrap();
        if name == env!("CARGO_PKG_NAME") {
            continue;
        }
        assert_eq!(
            text(&package, "source"),
            Some("registry+https://github.com/rust-lang/crates.io-index"),
            "{name}"
        );
        assert!(text(&package, "checksum").is_some_and(|sum| sum.len() == 64), "{name}");
    }
}

/// Where cargo keeps the sources, by name and version; it fetches those for other systems where
/// nothing else has needed them yet.
fn folders() -> BTreeMap<(String, String), PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let [name, version, manifest] =
                ["name", "version", "manifest_path"].map(|key| package[key].as_str().unwrap());
            let folder = Path::new(manifest).parent().unwrap().to_owned();
            ((name.to_owned(), version.to_owned()), folder)
        })
        .collect()
}

/// Lines below `dir` with the keyword, comments and lint names aside.
fn unsafe_lines(dir: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += unsafe_lines(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text);
            count += text.lines().filter(|line| has_unsafe(line)).count();
        }
    }
    count
}

fn has_unsafe(line: &str) -> bool {
    let code = line.trim_start();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    code.contains("unsafe")
        && !code.starts_with("//")
        && code.split(|c| !word(c)).any(|part| part == "unsafe")
}
