//! Bundles that lie: each is refused with its reason, in bounded memory, nothing unpacked.

#![expect(clippy::unwrap_used, reason = "a test")]

mod bundle_parts;

use std::io::{Cursor, Write};

use bundle_parts::{line, manifest, raw_zip, write, zip};
use keycase::bundle::archive::{Archive, Entry};
use keycase::bundle::{self, Verification};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn check(bytes: Vec<u8>) -> Verification {
    bundle::verify_reader(Cursor::new(bytes)).unwrap()
}

/// Checks that it is refused, and that the reason holds `what`.
fn refused(bytes: Vec<u8>, what: &str) {
    let answer = check(bytes);
    assert!(!answer.ok);
    let told = answer.errors.iter().any(|error| error.what.contains(what));
    assert!(told, "wanted `{what}`, got {:?}", answer.errors);
}

fn good() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zip");
    write(&path, &[("logs/a.log", b"one\ntwo\nthree\n"), ("snapshot.json", b"{}")]);
    std::fs::read(path).unwrap()
}

/// Replaces the one place where `from` stands; both have the same length.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8], nth: usize) -> Vec<u8> {
    let at = bytes.windows(from.len()).enumerate().filter(|(_, w)| *w == from).nth(nth).unwrap().0;
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

#[test]
fn what_the_writer_makes_is_fine() {
    let answer = check(good());
    assert_eq!((answer.ok, answer.sealed, answer.files), (true, false, Some(3)));
    assert!(answer.errors.is_empty());
}

#[test]
fn another_zip_program_may_have_packed_it() {
    assert!(check(zip(vec![line("a", b"x")], &[("a", b"x")])).ok);
}

#[test]
fn every_truncation_is_refused() {
    let good = good();
    for length in 0..good.len() {
        assert!(!check(good[..length].to_vec()).ok, "{length} of {} bytes", good.len());
    }
}

/// Names and contents of everything inside.
fn inside(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = Archive::open(Cursor::new(bytes)).unwrap();
    let entries = archive.entries().to_vec();
    let content = |entry: &Entry| archive.bytes(entry, 1 << 20).unwrap();
    let contents: Vec<Vec<u8>> = entries.iter().map(content).collect();
    entries.into_iter().map(|entry| entry.name).zip(contents).collect()
}

#[test]
fn no_changed_byte_changes_what_is_inside_unseen() {
    let good = good();
    let before = inside(&good);
    let mut seen = 0;
    for at in 0..good.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut bad = good.clone();
            bad[at] ^= bit;
            match check(bad.clone()).ok {
                true => assert_eq!(inside(&bad), before, "bit {bit:#x} of byte {at}"),
                false => seen += 1,
            }
        }
    }
    assert!(seen > good.len() * 2, "{seen} of {} changes seen", good.len() * 3);
}

#[test]
fn changed_content_is_named() {
    let files: [(&str, &[u8]); 2] = [("a", b"changed!"), ("b", b"same")];
    let bytes = zip(vec![line("a", b"original"), line("b", b"same")], &files);
    let answer = check(bytes);
    assert_eq!(answer.errors.len(), 1);
    assert_eq!(answer.errors[0].file.as_deref(), Some("a"));
}

#[test]
fn extra_and_missing_files_are_named() {
    refused(zip(vec![], &[("extra", b"x")]), "does not list it");
    refused(zip(vec![line("gone", b"x")], &[]), "it is missing");
    refused(zip(vec![line("a", b"x"), line("a", b"x")], &[("a", b"x")]), "lists it twice");
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in ["../../etc/passwd", "/etc/passwd", "logs/../../x", "C:\\x", "a\\..\\b", "logs/"] {
        refused(zip(vec![line(name, b"x")], &[(name, b"x")]), "plain");
    }
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    let two = zip(vec![line("aaaa", b"x")], &[("aaaa", b"x"), ("aaab", b"x")]);
    let two = patched(patched(two, b"aaab", b"aaaa", 0), b"aaab", b"aaaa", 0);
    refused(two, "stands twice");
    let cases = zip(vec![line("a", b"x")], &[("a", b"x"), ("A", b"x")]);
    refused(cases, "stands twice");
}

#[test]
fn links_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let text = serde_json::to_vec(&manifest(vec![line("link", b"/etc/passwd")])).unwrap();
    zip.start_file("manifest.json", SimpleFileOptions::default()).unwrap();
    zip.write_all(&text).unwrap();
    zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    refused(zip.finish().unwrap().into_inner(), "link");
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let zeros = vec![0; 300 << 20];
    let bytes = zip(vec![line("zeros", b"")], &[("zeros", &zeros)]);
    assert!(bytes.len() < 1 << 20);
    refused(bytes, "bomb");
}

#[test]
fn a_size_that_lies_stops_the_unpacking() {
    let content = vec![b'a'; 4321];
    let mut listed = line("a", &content);
    listed.bytes = 16;
    let bytes = zip(vec![listed], &[("a", &content)]);
    let (real, lie) = (4321u32.to_le_bytes(), 16u32.to_le_bytes());
    let bytes = patched(patched(bytes, &real, &lie, 0), &real, &lie, 0);
    refused(bytes, "unpacks to more");
}

#[test]
fn headers_that_disagree_are_refused() {
    let content = vec![b'a'; 4321];
    let bytes = zip(vec![line("a", &content)], &[("a", &content)]);
    let (real, lie) = (4321u32.to_le_bytes(), 4322u32.to_le_bytes());
    refused(patched(bytes, &real, &lie, 0), "disagree");
}

#[test]
fn too_many_files_are_refused_by_their_number() {
    // The record at the end is all there is: nothing may be allocated for what it claims.
    let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
    end.extend([0xfe, 0xff, 0xfe, 0xff]);
    end.extend([0; 10]);
    refused(end, "more than the 4096 allowed");
}

#[test]
fn a_list_longer_than_its_files_is_refused() {
    let mut end = vec![0; 1 << 20];
    end.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    end.extend((1u32 << 20).to_le_bytes());
    end.extend([0; 6]);
    refused(end, "longer than its files explain");
}

#[test]
fn hidden_data_is_refused() {
    let good = good();
    let mut before = b"MZ hidden program".to_vec();
    before.extend(&good);
    assert!(!check(before).ok);
    let mut after = good.clone();
    after.extend(b"tail");
    refused(after, "not a complete zip");
}

#[test]
fn zip64_and_encryption_are_refused() {
    let manifest = serde_json::to_vec(&manifest(vec![line("a", b"x")])).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("manifest.json", SimpleFileOptions::default()).unwrap();
    zip.write_all(&manifest).unwrap();
    zip.start_file("a", SimpleFileOptions::default().large_file(true)).unwrap();
    zip.write_all(b"x").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert!(!check(bytes).ok);
}

#[test]
fn stored_files_are_checked_too() {
    let manifest = serde_json::to_vec(&manifest(vec![line("a", b"xyz")])).unwrap();
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [("manifest.json", manifest.as_slice()), ("a", b"xyz")] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(content).unwrap();
    }
    let good = zip.finish().unwrap().into_inner();
    assert!(check(good.clone()).ok);
    refused(patched(good, b"xyz", b"xyZ", 0), "checksum");
}

#[test]
fn a_manifest_must_be_first_small_and_a_manifest() {
    refused(raw_zip(&[("snapshot.json", b"{}")]), "first file is not manifest.json");
    refused(raw_zip(&[("manifest.json", b"[1,2")]), "not a manifest");
    let other = serde_json::to_string(&manifest(vec![])).unwrap().replace("bundle/1", "bundle/9");
    refused(raw_zip(&[("manifest.json", other.as_bytes())]), "its schema is");
    let long = vec![b' '; 5 << 20];
    refused(raw_zip(&[("manifest.json", &long)]), "allowed");
    let deep = "[".repeat(100_000);
    refused(raw_zip(&[("manifest.json", deep.as_bytes())]), "not a manifest");
}

#[test]
fn the_number_of_errors_is_bounded() {
    let listed = (0..3000).map(|n| line(&format!("f{n}"), b"x")).collect();
    let answer = check(zip(listed, &[]));
    assert!(answer.errors.len() <= 101, "{}", answer.errors.len());
}

#[test]
fn a_sealed_file_is_reported_as_sealed() {
    let answer = check(b"age-encryption.org/v1\n-> X25519 abc\n".to_vec());
    assert_eq!((answer.sealed, answer.files), (true, None));
}

#[test]
fn the_snapshot_is_returned_only_with_its_hash() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zip");
    write(&path, &[("snapshot.json", b"{\"a\":1}")]);
    assert_eq!(bundle::snapshot(&path).unwrap(), b"{\"a\":1}");
    let forged = zip(vec![line("snapshot.json", b"{}")], &[("snapshot.json", b"[]")]);
    std::fs::write(&path, forged).unwrap();
    assert!(bundle::snapshot(&path).unwrap_err().to_string().contains("SHA-256"));
}
