//! The writer: the same bytes twice, in order, for the owner only, or nothing at all.

mod bundle_parts;

use std::fs::{self, File};
use std::io::Read;

use bundle_parts::{manifest, redactor, write};
use keycase::bundle::{self, Bounds, BundleError, Spool};
use zip::ZipArchive;

const FILES: [(&str, &[u8]); 4] = [
    ("snapshot.json", b"{}\n"),
    ("logs/kernel.log", b"[1.0] usb 2-1: new SuperSpeed USB device\n"),
    ("logs/empty.txt", b""),
    ("eligibility.json", b"{\"schema\":\"x\"}\n"),
];

#[test]
fn the_same_files_give_the_same_bytes_in_any_order_of_arrival() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a.zip"), dir.path().join("b.zip"));
    write(&a, &FILES);
    write(&b, &FILES);
    assert_eq!(fs::read(&a).unwrap(), fs::read(&b).unwrap());
    let mut turned = FILES;
    turned.rotate_left(2);
    write(&b, &turned);
    assert_eq!(fs::read(&a).unwrap(), fs::read(&b).unwrap());
}

#[test]
fn the_manifest_is_first_then_sorted_names_with_one_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zip");
    write(&path, &FILES);
    let mut zip = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut names = Vec::new();
    for index in 0..zip.len() {
        let file = zip.by_index(index).unwrap();
        assert_eq!(file.last_modified(), Some(zip::DateTime::DEFAULT));
        assert_eq!(file.unix_mode(), Some(0o100_600));
        names.push(file.name().unwrap().into_owned());
    }
    let order =
        ["manifest.json", "eligibility.json", "logs/empty.txt", "logs/kernel.log", "snapshot.json"];
    assert_eq!(names, order);
    let mut text = String::new();
    zip.by_name("logs/kernel.log").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text.as_bytes(), FILES[1].1);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it_and_nothing_else_is_left() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zip");
    write(&path, &FILES);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_bundle_that_is_not_published_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut packed = Spool::new(dir.path()).unwrap().finish().unwrap().0;
    drop(bundle::write(dir.path(), &mut packed, &manifest(vec![])).unwrap());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn something_that_is_no_file_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("taken");
    fs::create_dir(&path).unwrap();
    let mut packed = Spool::new(dir.path()).unwrap().finish().unwrap().0;
    let unnamed = bundle::write(dir.path(), &mut packed, &manifest(vec![])).unwrap();
    assert!(matches!(unnamed.publish(path.clone()), Err(BundleError::InTheWay(p)) if p == path));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn unsafe_and_repeated_names_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let redactor = redactor();
    let empty = redactor.text(b"").unwrap();
    for name in ["../a", "/a", "manifest.json", "Manifest.JSON"] {
        let mut spool = Spool::new(dir.path()).unwrap();
        let added = spool.add(&redactor.name(name).unwrap(), &empty, "test", false);
        assert!(matches!(added, Err(BundleError::Name(_))), "{name}");
    }
    let mut spool = Spool::new(dir.path()).unwrap();
    spool.add(&redactor.name("logs/a").unwrap(), &empty, "test", false).unwrap();
    assert!(spool.add(&redactor.name("logs/A").unwrap(), &empty, "test", false).is_err());
}

#[test]
fn a_stream_is_cut_at_its_bound_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let redactor = redactor();
    let mut spool = Spool::new(dir.path()).unwrap();
    let bounds = Bounds { bytes: 1_000_000, cut: false, stop: &|| false };
    let endless = redactor.reader(Box::new(std::io::repeat(b'x')));
    let name = redactor.name("logs/endless").unwrap();
    let (entry, _, broken) = spool.add_reader(&name, endless, "test", &bounds).unwrap();
    assert_eq!((entry.bytes, entry.truncated, broken.is_none()), (1_000_000, true, true));
}

#[test]
fn asking_to_stop_ends_a_stream() {
    let dir = tempfile::tempdir().unwrap();
    let redactor = redactor();
    let mut spool = Spool::new(dir.path()).unwrap();
    let bounds = Bounds { bytes: u64::MAX, cut: false, stop: &|| true };
    let endless = redactor.reader(Box::new(std::io::repeat(b'x')));
    let name = redactor.name("logs/endless").unwrap();
    let (entry, ..) = spool.add_reader(&name, endless, "test", &bounds).unwrap();
    assert!(entry.truncated);
}

#[test]
fn what_would_read_like_a_bomb_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let redactor = redactor();
    let mut spool = Spool::new(dir.path()).unwrap();
    let bounds = Bounds { bytes: 100 << 20, cut: false, stop: &|| false };
    let zeros = redactor.reader(Box::new(std::io::repeat(0)));
    spool.add_reader(&redactor.name("logs/zeros").unwrap(), zeros, "test", &bounds).unwrap();
    let small = redactor.text(b"small").unwrap();
    spool.add(&redactor.name("logs/small").unwrap(), &small, "test", false).unwrap();
    let (mut packed, dropped) = spool.finish().unwrap();
    assert_eq!(dropped.len(), 1);
    assert_eq!(packed.entries().len(), 1);
    let manifest = manifest(packed.entries().to_vec());
    let path = dir.path().join("a.zip");
    bundle::write(dir.path(), &mut packed, &manifest).unwrap().publish(path.clone()).unwrap();
    assert!(bundle::verify(&path).unwrap().ok);
}
