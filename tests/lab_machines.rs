//! The lab's machines against the catalog: every model known by its USB ids is there, locked
//! and unlocked. `UPDATE=1` writes those two files for each; the others are written by hand.

#![expect(clippy::expect_used, reason = "a test says what it expected")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use keycase::catalog::{Catalog, Entry};
use keycase::packs::embedded;
use keycase::snapshot::{LunType, Pid, Vid};

/// The first line of a generated file.
const MADE: &str = "# Made from data/devices by tests/lab_machines.rs: UPDATE=1 writes it again.";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/machines")
}

fn catalog() -> Catalog {
    Catalog::load(&embedded()).expect("the packs")
}

/// The ids of an entry's first row that has both.
fn ids(entry: &Entry) -> Option<(Vid, Pid)> {
    entry
        .matches
        .iter()
        .filter_map(|row| row.usb.as_ref())
        .find_map(|usb| Some((usb.vid?, usb.pid?)))
}

/// One model in one state, as `usbsim` reads it. Only ids, INQUIRY strings and the launcher
/// come from the catalog; all else is made up and says so by its looks.
fn machine(entry: &Entry, number: usize, unlocked: bool) -> Option<String> {
    let (vid, pid) = ids(entry)?;
    let model = entry.model.as_deref().unwrap_or(&entry.name);
    let inquiry = entry
        .matches
        .iter()
        .filter_map(|row| row.scsi.as_ref())
        .find_map(|scsi| Some((scsi.vendor.clone()?, scsi.model.clone()?)));
    let (scsi_vendor, scsi_model) = inquiry.unwrap_or((entry.vendor.clone(), model.to_owned()));
    let cut =
        |text: &str, most: usize| text.chars().take(most).collect::<String>().trim().to_owned();
    let (scsi_vendor, scsi_model) = (cut(&scsi_vendor, 8), cut(&scsi_model, 16));
    let (state, medium) = match unlocked {
        true => ("unlocked", "private.img"),
        false => ("locked", ""),
    };
    let cd = format!("cd = {scsi_vendor} | {scsi_model} | LAB1 | launcher.iso\n");
    let disk = format!("disk = {scsi_vendor} | {scsi_model} | LAB1 | {medium}");
    let disk = format!("{}\n", disk.trim_end());
    let unit = |kind| match kind {
        LunType::Cdrom => cd.as_str(),
        LunType::Disk | LunType::Other => disk.as_str(),
    };
    let mut units: String = entry.luns.iter().map(|lun| unit(lun.kind)).collect();
    if !units.contains(&disk) {
        units.push_str(&disk);
    }
    Some(format!(
        "{MADE}\n\
         ids = {vid}:{pid}\n\
         bcd = 0100\n\
         manufacturer = {}\n\
         product = {model}\n\
         serial = LAB{number:013}\n\
         {units}expect-id = {}\n\
         expect-lock = {state}\n",
        entry.vendor, entry.id,
    ))
}

/// File name and text of every generated machine.
fn generated() -> BTreeMap<String, String> {
    let catalog = catalog();
    let known = keycase::udev::grants(&catalog);
    let secure = |entry: &&Entry| {
        ids(entry).is_some_and(|(vid, pid)| known.contains_key(&keycase::udev::Grant { vid, pid }))
    };
    let mut files = BTreeMap::new();
    for (index, entry) in catalog.entries().iter().filter(secure).enumerate() {
        for unlocked in [false, true] {
            let state = if unlocked { "unlocked" } else { "locked" };
            let number = 2 * index + usize::from(unlocked) + 1;
            let text = machine(entry, number, unlocked).expect("an entry with ids");
            files.insert(format!("{}-{state}.machine", entry.id), text);
        }
    }
    files
}

#[test]
fn every_model_known_by_its_ids_is_in_the_lab_locked_and_unlocked() {
    let generated = generated();
    assert!(generated.len() >= 16, "{} machines", generated.len());
    for (name, text) in &generated {
        let file = folder().join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, text).expect("a machine is written");
        }
        let there = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(there, *text, "{name}: run with UPDATE=1 and read the change");
    }
    for entry in fs::read_dir(folder()).expect("the machines") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let text = fs::read_to_string(&path).expect("a machine");
        assert!(!text.starts_with(MADE) || generated.contains_key(&name), "{name} is left over");
    }
}

#[test]
fn machines_expect_what_the_catalog_has() {
    let catalog = catalog();
    let ids: BTreeSet<&str> = catalog.entries().iter().map(|entry| entry.id.as_str()).collect();
    for entry in fs::read_dir(folder()).expect("the machines") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a machine");
        let value = |key: &str| {
            let lines = text.lines().filter_map(|line| line.split_once('='));
            let mut found = lines.filter(|(k, _)| k.trim() == key).map(|(_, v)| v.trim());
            found.next().unwrap_or_else(|| panic!("{}: no {key}", path.display())).to_owned()
        };
        assert!(ids.contains(value("expect-id").as_str()), "{}", path.display());
        assert!(["locked", "unlocked", "unknown"].contains(&value("expect-lock").as_str()));
        assert!(value("serial").starts_with("LAB"), "{}: not made up", path.display());
    }
}
